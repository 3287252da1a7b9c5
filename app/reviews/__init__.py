"""What organisers and attendees say after a completed booking."""
