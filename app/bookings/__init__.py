"""What was agreed: accepting a quote, moving, cancelling."""
