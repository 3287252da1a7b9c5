"""Reading bookings and moves, each scoped to the side that reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.locks import LIVE
from app.bookings.models import Booking, BookingState, Move, MoveAnswer, MoveState
from app.core.clock import local_date
from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Event
from app.offers.terms import Terms, thresholds
from app.quotes.models import Quote, QuoteRequest

NO_BOOKING = _l("Cette réservation n’existe pas.")


@dataclass(frozen=True, slots=True)
class CancellationCost:
    """What cancelling costs the company today and from each later day on which that changes, in cents of the gross."""

    today_cents: int
    steps: tuple[tuple[date, int], ...]


def for_company(booking_id: int, company_id: int) -> Booking:
    """A company's booking with its event, provider and quote. Raises NotFound."""
    return _one(_whole().where(Booking.id == booking_id, Booking.company_id == company_id))


def for_provider(booking_id: int, provider_id: int) -> Booking:
    """A provider's booking with its event, company and quote. Raises NotFound."""
    return _one(_whole().where(Booking.id == booking_id, Booking.provider_id == provider_id))


def by_id(booking_id: int) -> Booking:
    """A booking with its event, its sides and its quote, for its mails. Raises NotFound."""
    return _one(_whole().where(Booking.id == booking_id))


def of_event(event_id: int) -> Sequence[Booking]:
    """All bookings of an event with what a page shows of them, by their start, in one statement."""
    return session().scalars(_whole().where(Booking.event_id == event_id).order_by(Booking.starts_at, Booking.id)).all()


def of_quote(quote_id: int) -> Booking | None:
    """The booking that an accepted quote became; None when there is none."""
    return session().scalars(_whole().where(Booking.quote_id == quote_id)).one_or_none()


def booked_needs(event_id: int, now: datetime) -> dict[int, Booking]:
    """The needs of an event that are covered: need id to the booking that stands. An overdue unpaid one doesn't."""
    query = (
        select(QuoteRequest.need_id, Booking)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .join(Booking, Booking.quote_id == Quote.id)
        .where(Booking.event_id == event_id, Booking.state.in_((*LIVE, BookingState.COMPLETED)))
    )
    return {need_id: row for need_id, row in session().execute(query).all() if stands(row, now)}


def coming_for_provider(provider_id: int, now: datetime, *, limit: int = 100) -> Sequence[Booking]:
    """A provider's held and confirmed bookings that are not over, soonest first."""
    query = _whole().where(Booking.provider_id == provider_id, Booking.state.in_(LIVE), Booking.ends_at > now)
    return session().scalars(query.order_by(Booking.starts_at, Booking.id).limit(limit)).all()


def stands(booking: Booking, now: datetime) -> bool:
    """Whether a booking counts now: confirmed, completed, or held and not overdue, whoever expires it when."""
    if booking.state == BookingState.HELD:
        return booking.expires_at is not None and booking.expires_at > now
    return booking.state in (BookingState.CONFIRMED, BookingState.COMPLETED)


def cancellation_cost(booking: Booking, now: datetime) -> CancellationCost:
    """What cancelling costs the company by the terms, today and at each later step; nothing until it is paid."""
    if booking.state != BookingState.CONFIRMED:
        return CancellationCost(0, ())
    zone = booking.event.zone
    starts_on, today = local_date(booking.starts_at, zone), local_date(now, zone)
    found = thresholds(Terms.from_json(booking.terms), booking.gross_cents, starts_on, today)
    return CancellationCost(found[0][1], tuple(found[1:]))


def open_move(event_id: int) -> Move | None:
    """The proposal to move an event that waits for answers, with these; None when there is none."""
    query = select(Move).where(Move.event_id == event_id, Move.state == MoveState.PROPOSED)
    return session().scalars(query.options(joinedload(Move.answers))).unique().one_or_none()


def move_answers_awaited(provider_id: int) -> Sequence[MoveAnswer]:
    """What a provider is asked about moving events and hasn't said yet, oldest first, with the bookings and events."""
    query = (
        select(MoveAnswer)
        .join(Booking, Booking.id == MoveAnswer.booking_id)
        .join(Move, Move.id == MoveAnswer.move_id)
        .where(
            Booking.provider_id == provider_id,
            Booking.state.in_(LIVE),
            Move.state == MoveState.PROPOSED,
            MoveAnswer.agreed_at.is_(None),
            MoveAnswer.declined_at.is_(None),
        )
        .options(contains_eager(MoveAnswer.booking).joinedload(Booking.event))
        .order_by(MoveAnswer.id)
    )
    return session().scalars(query).all()


def move_asked(answer_id: int, provider_id: int) -> tuple[Move, MoveAnswer]:
    """What a provider was asked about moving an event, with the proposal and the booking. Raises NotFound."""
    query = (
        select(Move, MoveAnswer)
        .join(MoveAnswer, MoveAnswer.move_id == Move.id)
        .join(MoveAnswer.booking)
        .options(contains_eager(MoveAnswer.booking).joinedload(Booking.event).joinedload(Event.organiser))
        .options(contains_eager(MoveAnswer.booking).joinedload(Booking.company))
        .where(MoveAnswer.id == answer_id, Booking.provider_id == provider_id)
    )
    row = session().execute(query).one_or_none()
    if row is None:
        raise NotFound(_l("Cette proposition n’existe pas."))
    return row[0], row[1]


def last_move(event_id: int) -> Move | None:
    """The latest proposal to move an event, with its answers and their bookings; None when there was none."""
    answers = joinedload(Move.answers).joinedload(MoveAnswer.booking).joinedload(Booking.provider)
    query = select(Move).where(Move.event_id == event_id).order_by(Move.id.desc()).limit(1).options(answers)
    return session().scalars(query).unique().one_or_none()


def _whole() -> Select[Booking]:
    quote = joinedload(Booking.quote).joinedload(Quote.request).joinedload(QuoteRequest.offer_version)
    parties = (joinedload(Booking.company), joinedload(Booking.provider))
    return select(Booking).options(joinedload(Booking.event).joinedload(Event.organiser), *parties, quote)


def _one(query: Select[Booking]) -> Booking:
    booking = session().scalars(query).one_or_none()
    if booking is None:
        raise NotFound(NO_BOOKING)
    return booking
