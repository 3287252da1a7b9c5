"""Routes for: webhooks."""
