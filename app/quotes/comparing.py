"""Loading a need's quotes for comparison: rows of the database as the plain facts that `comparison.py` compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.availability.models import ReservationState
from app.core.clock import local_date
from app.events.models import Event, Need
from app.offers.terms import Terms
from app.quotes import queries
from app.quotes.comparison import Asked, Brief, Comparison, HoldFacts, ProviderFacts, QuoteFacts, compare
from app.quotes.models import Quote, QuoteRequest, QuoteState
from app.quotes.proposal import lines_of

OPEN = (QuoteState.SENT, QuoteState.ACCEPTED, QuoteState.DECLINED)


@dataclass(frozen=True, slots=True)
class Compared:
    """A need's answers: the table of those that count, and apart what has lapsed and who has sent nothing.

    `quotes` holds every quote by the key of its column (its id as text), `requests` every request by its id.
    """

    comparison: Comparison
    quotes: Mapping[str, Quote]
    requests: Mapping[int, QuoteRequest]
    lapsed: tuple[Quote, ...]
    silent: tuple[QuoteRequest, ...]

    def request_of(self, key: str) -> QuoteRequest:
        """The request that the quote of a column answers."""
        return self.requests[self.quotes[key].request_id]


def load(need: Need, *, headcount: int, now: datetime) -> Compared:
    """All that was answered for a need, on one footing at `headcount`. Raises InvalidInput for a bad headcount."""
    requests = {request.id: request for request in queries.requests_of(need.id)}
    found = queries.newest_quotes(need.id)
    counts = [quote for quote in found if is_open(quote, now)]
    ranks = queries.places_in_queue([quote.reservation_id for quote in counts if quote.reservation_id])
    facts = [facts_of(quote, requests[quote.request_id], ranks, now) for quote in counts]
    today = local_date(now, need.event.zone)
    answered = {quote.request_id for quote in found}
    return Compared(
        comparison=compare(facts, brief_of(need), now=now, today=today, headcount=headcount),
        quotes={str(quote.id): quote for quote in found},
        requests=requests,
        lapsed=tuple(quote for quote in found if not is_open(quote, now)),
        silent=tuple(request for request in requests.values() if request.id not in answered),
    )


def is_open(quote: Quote, now: datetime) -> bool:
    """Whether a quote belongs into the table: it can still be accepted, or the choice has been made among it."""
    return quote.state in OPEN and not (quote.state == QuoteState.SENT and quote.valid_until <= now)


def brief_of(need: Need) -> Brief:
    """What a need asks for, as the comparison takes it."""
    event: Event = need.event
    company = event.company
    origin = (company.lat, company.lon) if company.lat is not None and company.lon is not None else None
    asked = (Asked(each["code"], each["label"], bool(each.get("must", True))) for each in need.requirements)
    return Brief(
        requirements=tuple(asked),
        headcount=event.headcount,
        starts_on=local_date(event.starts_at, event.zone),
        ends_on=local_date(event.ends_at, event.zone),
        origin=origin,
    )


def facts_of(quote: Quote, request: QuoteRequest, ranks: Mapping[int, int], now: datetime) -> QuoteFacts:
    """One quote as it stands."""
    version, provider = request.offer_version, request.provider
    at_theirs = version.service_radius_km is None and version.lat is not None and version.lon is not None
    return QuoteFacts(
        key=str(quote.id),
        provider=ProviderFacts(
            provider.name, provider.rating_hundredths, provider.review_count, provider.answer_minutes
        ),
        lines=lines_of(quote),
        headcount=quote.headcount,
        terms=Terms.from_json(quote.terms),
        valid_until=quote.valid_until,
        title=version.title,
        currency=quote.currency,
        place=(version.lat or 0.0, version.lon or 0.0) if at_theirs else None,
        hold=_hold(quote, ranks, now),
    )


def _hold(quote: Quote, ranks: Mapping[int, int], now: datetime) -> HoldFacts | None:
    hold = quote.reservation
    if hold is None or hold.expires_at is None or hold.expires_at <= now:
        return None
    if hold.state == ReservationState.ACTIVE:
        return HoldFacts(hold.expires_at, 1)
    return HoldFacts(hold.expires_at, ranks.get(hold.id, 2)) if hold.state == ReservationState.QUEUED else None
