"""What `make bench` runs: figures about this machine, from the product's own parts."""
