"""Locking what a booking hangs on, always in one order: event, requests, quotes, bookings, then the offers' units."""

from __future__ import annotations

from sqlalchemy import select

from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.events.models import Event
from app.quotes.models import QuoteRequest, RequestState

LIVE = (BookingState.HELD, BookingState.CONFIRMED)


def lock_event(event_id: int) -> Event:
    """Lock and reread an event that exists."""
    query = select(Event).where(Event.id == event_id).with_for_update(of=Event)
    return session().scalars(query, execution_options={"populate_existing": True}).one()


def lock_open_requests(event: Event) -> list[QuoteRequest]:
    """Lock and reread an event's unanswered requests in id order. The event is locked, its bookings aren't yet."""
    query = (
        select(QuoteRequest)
        .where(QuoteRequest.event_id == event.id, QuoteRequest.state == RequestState.OPEN)
        .order_by(QuoteRequest.id)
        .with_for_update(of=QuoteRequest)
    )
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def lock_booking(booking_id: int) -> tuple[Event, Booking]:
    """Lock and reread a booking that exists, after its event."""
    event_id = session().scalars(select(Booking.event_id).where(Booking.id == booking_id)).one()
    event = lock_event(event_id)
    query = select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking)
    return event, session().scalars(query, execution_options={"populate_existing": True}).one()


def lock_live_bookings(event: Event) -> list[Booking]:
    """Lock and reread an event's held and confirmed bookings in id order. The event is locked."""
    query = (
        select(Booking)
        .where(Booking.event_id == event.id, Booking.state.in_(LIVE))
        .order_by(Booking.id)
        .with_for_update(of=Booking)
    )
    return list(session().scalars(query, execution_options={"populate_existing": True}))
