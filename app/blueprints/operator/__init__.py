"""Routes for: operator."""
