"""Routes for: provider."""
