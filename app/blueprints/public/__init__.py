"""Routes for: public."""
