"""What providers sell: offers and their versions, photos, price rules, terms."""
