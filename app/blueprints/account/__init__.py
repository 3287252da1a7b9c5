"""Routes for: account."""
