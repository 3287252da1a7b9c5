"""How far a company's needs are: quotes asked for, to compare, or booked. A cancelled booking opens its need again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.events.models import Event, Need
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from app.quotes.queries import PAGE, newest_of_request


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need of a company's list of quotes: how many were asked, have yet to answer, can be accepted, are booked."""

    need_id: int
    slug: str
    event_title: str
    starts_at: datetime
    zone: str
    category: str
    need_title: str
    asked: int
    waiting: int
    quotes: int
    booked: int
    soonest: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one event: quotes that can be accepted for needs still open, and requests not answered yet."""

    quotes: int
    answers: int


def of_company(company_id: int, now: datetime, *, page: int = 1, size: int = PAGE) -> tuple[list[NeedRow], int]:
    """A page of a company's needs for which quotes were asked, the latest event first; and how many in all."""
    columns = (Need.id, Event.slug, Event.title, Event.starts_at, Event.zone, Need.category, Need.title)
    query = (
        select(
            *columns,
            func.count(QuoteRequest.id),
            func.count().filter(_unanswered(now)),
            func.count().filter(_to_accept(now)),
            func.count().filter(_stands(now)),
            func.min(Quote.valid_until).filter(_to_accept(now)),
        )
        .join(QuoteRequest, QuoteRequest.need_id == Need.id)
        .join(Event, Event.id == Need.event_id)
        .outerjoin(Quote, Quote.id == newest_of_request())
        .outerjoin(Booking, Booking.quote_id == Quote.id)
        .where(Event.company_id == company_id)
        .group_by(*columns)
    )
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Event.starts_at.desc(), Need.id).limit(size).offset((page - 1) * size)
    return [NeedRow(*tuple[Any, ...](row)) for row in session().execute(ordered)], total


def waiting_for(event_ids: Sequence[int], now: datetime) -> dict[int, Waiting]:
    """What waits for each event that has asked for quotes, by the event's id. Booked needs wait for nothing."""
    met = select(QuoteRequest.need_id).join(Quote, Quote.request_id == QuoteRequest.id).join(Booking)
    booked = met.where(Booking.event_id.in_(event_ids), _stands(now))
    query = (
        select(
            QuoteRequest.event_id,
            func.count(Quote.id.distinct()).filter(_to_accept(now)),
            func.count(QuoteRequest.id.distinct()).filter(_unanswered(now)),
        )
        .outerjoin(Quote, Quote.request_id == QuoteRequest.id)
        .where(QuoteRequest.event_id.in_(event_ids), QuoteRequest.need_id.not_in(booked))
        .group_by(QuoteRequest.event_id)
    )
    return {event_id: Waiting(quotes, answers) for event_id, quotes, answers in session().execute(query)}


def booked_among(need_ids: Sequence[int], now: datetime) -> set[int]:
    """Those of the needs that a booking meets: nobody else is asked for them."""
    query = (
        select(QuoteRequest.need_id)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .join(Booking, Booking.quote_id == Quote.id)
        .where(QuoteRequest.need_id.in_(need_ids), _stands(now))
    )
    return set(session().scalars(query))


def _unanswered(now: datetime) -> ColumnElement[bool]:
    return and_(QuoteRequest.state == RequestState.OPEN, QuoteRequest.answer_by > now)


def _to_accept(now: datetime) -> ColumnElement[bool]:
    return and_(Quote.state == QuoteState.SENT, Quote.valid_until > now)


def _stands(now: datetime) -> ColumnElement[bool]:
    """What `bookings.queries.stands` says, in SQL."""
    unpaid = and_(Booking.state == BookingState.HELD, Booking.expires_at > now)
    return or_(Booking.state.in_((BookingState.CONFIRMED, BookingState.COMPLETED)), unpaid)
