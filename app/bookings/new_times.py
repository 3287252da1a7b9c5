"""Whether a proposal to move an event can be kept by the providers whose bookings it moves, as far as we know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.availability.busy import is_taken, with_buffers
from app.availability.models import Unit
from app.bookings.models import Booking, Move
from app.bookings.moving import Shift
from app.core.db import session
from app.events.models import Event


def busy_at(event: Event, move: Move, now: datetime) -> list[str]:
    """The names of providers that have nothing free at the proposed times. What moves away itself doesn't count."""
    shift = Shift(
        old=(event.starts_at, event.ends_at),
        new=(move.starts_at, move.ends_at),
        by_wall=move.starts_local - event.starts_local,
        zone=event.zone,
    )
    bookings = [answer.booking for answer in move.answers]
    leaving = [booking.reservation_id for booking in bookings]
    return [one.provider.name for one in bookings if not _has_room(one, shift, leaving, now)]


def _has_room(booking: Booking, shift: Shift, leaving: list[int], now: datetime) -> bool:
    starts_at, ends_at = shift.times(booking.starts_at, booking.ends_at)
    taken = is_taken(with_buffers(starts_at, ends_at), now, besides=leaving)
    free = select(Unit.id).where(Unit.offer_id == booking.quote.request.offer_id, Unit.active, ~taken).limit(1)
    return session().scalar(free) is not None
