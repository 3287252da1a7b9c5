"""A company's plan: brief, needs, headcount, dates, programme, attendees."""
