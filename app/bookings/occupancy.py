"""Who takes an offer's time: its reservations over some days, with the company behind each, for its provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Organisation
from app.availability.models import Reservation, ReservationState, Unit, ends, span, starts
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.events.models import Event
from app.quotes.models import Quote, QuoteRequest


@dataclass(frozen=True, slots=True)
class Occupied:
    """A reservation that stands: `booked` for good, else an option until `expires_at`, `queued` behind another.

    `booking_id` is set once a quote was accepted, `request_id` where it came from a quote.
    """

    unit: str
    starts_at: datetime
    ends_at: datetime
    booked: bool
    queued: bool
    expires_at: datetime | None
    company: str
    event: str
    request_id: int | None
    booking_id: int | None


def of_offer(offer_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> list[Occupied]:
    """The reservations of an offer that touch [starts_at, ends_at), first to last, in one statement."""
    stands = or_(
        Reservation.state == ReservationState.BOOKED,
        Reservation.state.in_((ReservationState.ACTIVE, ReservationState.QUEUED)) & (Reservation.expires_at > now),
    )
    live = Booking.state.not_in((BookingState.CANCELLED, BookingState.EXPIRED))
    query = (
        select(
            Unit.name, starts(), ends(), Reservation.state,
            Reservation.expires_at, Organisation.name.label("company"), Event.title, QuoteRequest.id, Booking.id,
        )
        .join(Unit, Unit.id == Reservation.unit_id)
        .outerjoin(Booking, (Booking.reservation_id == Reservation.id) & live)
        .outerjoin(Quote, or_(Quote.id == Booking.quote_id, Quote.reservation_id == Reservation.id))
        .outerjoin(QuoteRequest, QuoteRequest.id == Quote.request_id)
        .outerjoin(Event, Event.id == QuoteRequest.event_id)
        .outerjoin(Organisation, Organisation.id == Event.company_id)
        .where(Unit.offer_id == offer_id, stands, Reservation.during.overlaps(span(starts_at, ends_at)))
        .ext(distinct_on(Reservation.id))
        .order_by(Reservation.id, Quote.id.desc())
    )  # fmt: skip
    found = [_occupied(*row) for row in session().execute(query)]
    return sorted(found, key=lambda one: (one.starts_at, one.unit))


def _occupied(
    unit: str,
    starts_at: datetime,
    ends_at: datetime,
    state: ReservationState,
    expires_at: datetime | None,
    company: str | None,
    event: str | None,
    request_id: int | None,
    booking_id: int | None,
) -> Occupied:
    return Occupied(
        unit=unit,
        starts_at=starts_at,
        ends_at=ends_at,
        booked=state == ReservationState.BOOKED,
        queued=state == ReservationState.QUEUED,
        expires_at=expires_at,
        company=company or "",
        event=event or "",
        request_id=request_id,
        booking_id=booking_id,
    )
