"""When an offer can be booked: units, opening days, blackout dates, and reservations of time."""
