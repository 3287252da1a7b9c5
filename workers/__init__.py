"""Background work: the second thin door to the domain."""
