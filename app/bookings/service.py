"""What becomes of a booking: confirmed by money, extended while money is on its way, expired without, completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.availability import service as availability
from app.availability.models import ReservationState
from app.bookings.accepting import CLOSED_EVENTS, accept, during_event, need_is_booked
from app.bookings.event_state import follow_bookings
from app.bookings.locks import lock_booking
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.errors import InvalidTransition, Unavailable
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.models import Event, EventState

__all__ = ["accept", "complete_past", "confirm", "expire_unpaid", "extend"]

DONE = (BookingState.CONFIRMED, BookingState.COMPLETED)
SYSTEM = "system"


def confirm(booking: Booking, *, by: str, now: datetime) -> bool:
    """Confirm a booking whose first payment has arrived: once, however often webhook and return page say so.

    Money that comes after the booking expired takes the slot again if it is free. Confirms the event, sets its venue.
    Publishes `booking.confirmed`. Returns False when it was confirmed before.
    Raises Unavailable when the booking can't be had any more: then the money must go back; nothing was changed.
    """
    event, booking = lock_booking(booking.id)
    if booking.state in DONE:
        return False
    _check_wanted(booking, event, now)
    availability.lock_units([booking.reservation.unit_id])
    session().refresh(booking.reservation)
    if booking.reservation.state == ReservationState.ACTIVE:
        availability.book(booking.reservation, by=by, now=now)
    else:
        booking.reservation = availability.retake(booking.reservation, expires_at=None, by=by, now=now)
    advance(booking, "confirm", by=by, now=now)
    booking.confirmed_at, booking.expires_at = now, None
    session().flush()
    follow_bookings(event, by=by, now=now)
    publish("booking.confirmed", {"booking_id": booking.id}, now=now)
    return True


def extend(booking: Booking, until: datetime, *, by: str, now: datetime) -> datetime:
    """Hold an unpaid booking until a later moment, never past its start: a payment is processing, a transfer awaited.

    Returns until when it is held now. Raises InvalidTransition when it isn't held any more, Unavailable when it is
    overdue and its slot is gone.
    """
    _, booking = lock_booking(booking.id)
    if booking.state != BookingState.HELD or booking.expires_at is None:
        raise InvalidTransition(_l("Cette réservation n’attend plus de paiement."))
    until = max(booking.expires_at, min(until, booking.starts_at))
    availability.extend(booking.reservation, until, by=by, now=now)
    if until != booking.expires_at:
        booking.expires_at = until
        audit(booking, "extend", by=by, now=now, reason=until.isoformat())
    session().flush()
    return until


def expire_unpaid(now: datetime, *, limit: int = 50) -> list[Booking]:
    """Expire held bookings whose payment has not come in time, at most `limit`, and free their slots. Returns them.

    Publishes `booking.expired` for each: both sides are told. What another transaction works on is left for next time.
    """
    query = (
        select(Booking)
        .where(Booking.state == BookingState.HELD, Booking.expires_at <= now)
        .order_by(Booking.expires_at, Booking.id)
        .limit(limit)
        .with_for_update(of=Booking, skip_locked=True)
    )
    found = list(session().scalars(query, execution_options={"populate_existing": True}))
    availability.lock_units(booking.reservation.unit_id for booking in found)
    for booking in found:
        advance(booking, "expire", by=SYSTEM, now=now, reason="unpaid")
        availability.expire(booking.reservation, by=SYSTEM, now=now)
        publish("booking.expired", {"booking_id": booking.id}, now=now)
    return found


def complete_past(now: datetime, *, limit: int = 100) -> list[Booking]:
    """Complete confirmed bookings that are over, at most `limit`, and confirmed events that are. Returns the bookings.

    Publishes `booking.completed` for each.
    """
    past = select(Booking).where(Booking.state == BookingState.CONFIRMED, Booking.ends_at <= now)
    query = past.order_by(Booking.id).limit(limit).with_for_update(of=Booking, skip_locked=True)
    bookings: Sequence[Booking] = session().scalars(query, execution_options={"populate_existing": True}).all()
    for booking in bookings:
        advance(booking, "complete", by=SYSTEM, now=now)
        publish("booking.completed", {"booking_id": booking.id}, now=now)
    _complete_events(now, limit)
    return list(bookings)


def _complete_events(now: datetime, limit: int) -> None:
    past = select(Event).where(Event.state == EventState.CONFIRMED, Event.ends_at <= now)
    query = past.order_by(Event.id).limit(limit).with_for_update(of=Event, skip_locked=True)
    for event in session().scalars(query, execution_options={"populate_existing": True}).all():
        advance(event, "complete", by=SYSTEM, now=now)


def _check_wanted(booking: Booking, event: Event, now: datetime) -> None:
    """Raise Unavailable when money for this booking must go back: it was cancelled, or came too late."""
    if booking.state == BookingState.CANCELLED:
        raise Unavailable(_l("Cette réservation a été annulée."))
    if event.state in CLOSED_EVENTS:
        raise Unavailable(_l("Cet évènement est annulé ou terminé."))
    if booking.state == BookingState.HELD and booking.expires_at is not None and booking.expires_at > now:
        return
    if booking.starts_at <= now:
        raise Unavailable(_l("La date de cette réservation est passée."))
    if not during_event(event, booking.starts_at, booking.ends_at):
        raise Unavailable(_l("L’évènement a changé de date depuis cette réservation."))
    if need_is_booked(booking.quote.request.need_id, now=now, but_for=booking.id):
        raise Unavailable(_l("Ce besoin est couvert entre-temps par une autre réservation."))
