"""Invitations and their delivery, answers, iCalendar."""
