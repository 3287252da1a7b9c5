"""The demonstration catalogue: a third door, for the command line only."""
