"""Routes for: attendee."""
