"""Finding offers: the search document, its index, queries, places."""
