"""How money is asked for outside: `base` says what the domain needs, `stripe` is the one that does it."""
