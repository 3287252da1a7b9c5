"""What became of an event's requests: each with its provider, its offer and its newest quote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, exists, select
from sqlalchemy.orm import aliased, contains_eager

from app.accounts.models import Provider
from app.availability.models import Reservation
from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Event
from app.offers.models import Offer, OfferVersion
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState


def of_event(event_id: int) -> Sequence[Row[Any]]:
    """An event's requests in the order sent, with the newest quote of each that was ever sent, in one statement."""
    newest = (
        select(Quote)
        .where(Quote.request_id == QuoteRequest.id, Quote.state != QuoteState.DRAFT, Quote.sent_at.is_not(None))
        .order_by(Quote.version.desc())
        .limit(1)
        .correlate(QuoteRequest)
        .lateral("newest")
    )
    quote = aliased(Quote, newest)
    query = (
        select(
            QuoteRequest.id, QuoteRequest.need_id, QuoteRequest.state, QuoteRequest.answer_by, QuoteRequest.sent_at,
            QuoteRequest.answered_at, QuoteRequest.headcount, QuoteRequest.offer_id, QuoteRequest.competitors,
            OfferVersion.title, Offer.category, Provider.name.label("provider"),
            quote.id.label("quote_id"), quote.state.label("quote_state"), quote.gross_cents, quote.net_cents,
            quote.headcount.label("quote_headcount"), quote.valid_until, quote.version.label("quote_version"),
            quote.sent_at.label("quoted_at"),
            Reservation.state.label("hold_state"), Reservation.expires_at.label("hold_until"),
        )
        .join(Offer, Offer.id == QuoteRequest.offer_id)
        .join(OfferVersion, OfferVersion.id == QuoteRequest.offer_version_id)
        .join(Provider, Provider.id == QuoteRequest.provider_id)
        .outerjoin(newest, newest.c.request_id == QuoteRequest.id)
        .outerjoin(Reservation, Reservation.id == quote.reservation_id)
        .where(QuoteRequest.event_id == event_id)
        .order_by(QuoteRequest.sent_at, QuoteRequest.id)
    )  # fmt: skip
    return cast(Sequence[Row[Any]], session().execute(query).all())


def request_of(request_id: int, company_id: int) -> QuoteRequest:
    """A request that a company sent, with its event. Raises NotFound."""
    query = (
        select(QuoteRequest)
        .join(Event, Event.id == QuoteRequest.event_id)
        .options(contains_eager(QuoteRequest.event))
        .where(QuoteRequest.id == request_id, Event.company_id == company_id)
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("Cette demande n’existe pas."))
    return found


def is_asked(event_id: int) -> bool:
    """Whether a provider was asked for these dates and may still count on them."""
    waiting = (RequestState.OPEN, RequestState.ANSWERED)
    return (
        session()
        .execute(select(exists().where(QuoteRequest.event_id == event_id, QuoteRequest.state.in_(waiting))))
        .scalar_one()
    )


def was_asked(need_id: int) -> bool:
    """Whether anyone was ever asked for a need."""
    return session().execute(select(exists().where(QuoteRequest.need_id == need_id))).scalar_one()
