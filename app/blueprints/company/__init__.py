"""Routes for: company."""
