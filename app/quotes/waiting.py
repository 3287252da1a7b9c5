"""What waits for a company, event by event: quotes to compare and answers to come; and needs that wait for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one event: quotes that can be accepted for needs still open, and requests not answered yet."""

    quotes: int
    answers: int


def of_events(event_ids: Sequence[int], now: datetime) -> dict[int, Waiting]:
    """What waits for each event that has asked for quotes, by the event's id. Needs with an accepted quote are done."""
    won, others = aliased(Quote), aliased(QuoteRequest)
    settled = exists().where(
        others.need_id == QuoteRequest.need_id, won.request_id == others.id, won.state == QuoteState.ACCEPTED
    )
    sent = and_(Quote.state == QuoteState.SENT, Quote.valid_until > now)
    unanswered = and_(QuoteRequest.state == RequestState.OPEN, QuoteRequest.answer_by > now)
    query = (
        select(
            QuoteRequest.event_id,
            func.count(Quote.id.distinct()).filter(sent),
            func.count(QuoteRequest.id.distinct()).filter(unanswered),
        )
        .outerjoin(Quote, Quote.request_id == QuoteRequest.id)
        .where(QuoteRequest.event_id.in_(event_ids), ~settled)
        .group_by(QuoteRequest.event_id)
    )
    return {event_id: Waiting(quotes, answers) for event_id, quotes, answers in session().execute(query)}


def settled_needs(need_ids: Sequence[int]) -> set[int]:
    """Those of the needs for which a quote was accepted: nobody else is asked for them."""
    query = (
        select(QuoteRequest.need_id)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .where(QuoteRequest.need_id.in_(need_ids), Quote.state == QuoteState.ACCEPTED)
    )
    return set(session().scalars(query))
