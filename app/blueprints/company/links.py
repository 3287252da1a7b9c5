"""Where an event's pages lead: one place for the addresses that several pages share."""

from __future__ import annotations

from flask import url_for

from app.events.models import Event, Need


def booking(booking_id: int) -> str:
    """The page of a booking, where it is paid."""
    return url_for("payments.booking", booking_id=booking_id)


def compare(event: Event, need: Need) -> str:
    """The comparison of a need's quotes."""
    return url_for("quotes.compare", slug=event.slug, need_id=need.id)


def request(need: Need) -> str:
    """The page that sends the request of a need."""
    return url_for("picks.review", need_id=need.id)


def attendees(event: Event) -> str:
    """Who is to come."""
    return url_for("attendees.index", slug=event.slug)


def move(event: Event) -> str:
    """Proposing other times."""
    return url_for("moves.new", slug=event.slug)


def cancel(event: Event) -> str:
    """Cancelling the event."""
    return url_for("cancelling.event", slug=event.slug)
