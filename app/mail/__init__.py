"""Mails: composing them, the rows of those that wait, and the transport."""
