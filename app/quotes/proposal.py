"""What a provider proposes in answer to a request, before it is sent: where it starts from, and what it may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l

from app.core.clock import french_date, local_date, to_utc
from app.core.errors import InvalidInput
from app.offers.price_rule import (
    HOUR,
    MAX_NIGHTS,
    NIGHTLY,
    PricedLine,
    PriceRule,
    Scale,
    hours_between,
    nights_between,
    quote_lines,
)
from app.offers.terms import Terms
from app.quotes.models import Quote, QuoteLine, QuoteRequest
from app.quotes.pricing import totals
from app.rules.thresholds import hold_expires, limits

LAST_MINUTE = time(23, 59)
DAY_HOURS = 24
MESSAGE_LENGTH = 3_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """The priced answer to a request. Times are aware.

    `hold_until`: an option is put on the date until then; `may_queue`: behind another one when the time is taken.
    """

    lines: tuple[PricedLine, ...]
    terms: Terms
    valid_until: datetime
    message: str = ""
    hold_until: datetime | None = None
    may_queue: bool = False


@dataclass(frozen=True, slots=True)
class Measures:
    """How long what is asked for lasts, and how many of the people are children."""

    nights: int
    hours: int
    children: int = 0

    def times(self, basis: str) -> int:
        """How often a unit of a basis is charged: for each night, each hour, or once."""
        return self.nights if basis in NIGHTLY else self.hours if basis == HOUR else 1


def usual_measures(request: QuoteRequest) -> Measures:
    """Nights where the event takes place and hours begun, from the request's times; and its children.

    Over a night, an hourly service lasts as long as the offer says it does: nobody plays music for three days.
    """
    rule, hours = _rule(request), hours_between(request.starts_at, request.ends_at)
    nights = min(nights_between(request.starts_at, request.ends_at, request.zone), MAX_NIGHTS)
    return Measures(nights, hours if hours < DAY_HOURS else rule.usual_hours if rule else 1, request.children)


def measured(request: QuoteRequest) -> frozenset[str]:
    """Which measures the price of the offer depends on: `nights`, `hours`, `children`."""
    rule = _rule(request)
    if rule is None:
        return frozenset()
    known = {"nights": rule.by_night, "hours": rule.by_hour, "children": rule.for_children}
    return frozenset(name for name, needed in known.items() if needed)


def _rule(request: QuoteRequest) -> PriceRule | None:
    """The price rule of the offer asked; None while it gives no price."""
    try:
        return PriceRule.from_json(request.offer_version.price_rule)
    except InvalidInput:
        return None


def starting_lines(request: QuoteRequest, measures: Measures | None = None) -> tuple[PricedLine, ...]:
    """The lines that the offer's own price rule makes for the request's headcount, with the VAT rates of its day.

    Raises InvalidInput when the rule, or the measures, can't be priced.
    """
    rule = PriceRule.from_json(request.offer_version.price_rule)
    for_request = measures or usual_measures(request)
    return tuple(
        quote_lines(
            rule,
            request.headcount,
            on=local_date(request.starts_at, request.zone),
            franchise=request.provider.vat_franchise,
            children=for_request.children,
            hours=for_request.hours,
            nights=for_request.nights,
        )
    )


def end_of(day: date, request: QuoteRequest) -> datetime:
    """The last minute of a day where the event is; never after the event begins."""
    return min(to_utc(datetime.combine(day, LAST_MINUTE), request.zone), request.starts_at)


def usual_validity(request: QuoteRequest, now: datetime) -> date:
    """The last day of a quote's validity unless the provider says otherwise."""
    days = timedelta(days=limits(french_date(now)).quote_valid_days)
    return local_date(min(now + days, request.starts_at), request.zone)


def usual_hold(request: QuoteRequest, now: datetime) -> date:
    """The last day of an option unless the provider says otherwise."""
    return local_date(hold_expires(now, request.starts_at), request.zone)


def check(proposal: Proposal, request: QuoteRequest, *, now: datetime) -> None:
    """Raises InvalidInput with the field that can't be sent: `message`, `lines`, `valid_until` or `hold_until`."""
    if len(proposal.message) > MESSAGE_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=MESSAGE_LENGTH), field="message")
    if all(line.optional for line in proposal.lines):
        raise InvalidInput(_l("Au moins une ligne du prix n’est pas en option."), field="lines")
    if totals(proposal.lines, request.headcount).gross.cents == 0:
        raise InvalidInput(_l("Le total d’un devis est supérieur à zéro."), field="lines")
    if proposal.valid_until <= now:
        raise InvalidInput(_l("Choisissez une date de validité à venir."), field="valid_until")
    if proposal.valid_until > request.starts_at:
        raise InvalidInput(_l("La validité s’arrête au plus tard quand l’évènement commence."), field="valid_until")
    if proposal.hold_until is None:
        return
    if proposal.hold_until <= now:
        raise InvalidInput(_l("Choisissez une fin d’option à venir."), field="hold_until")
    if proposal.hold_until > proposal.valid_until:
        raise InvalidInput(_l("L’option ne dure pas plus longtemps que le devis."), field="hold_until")


def lines_of(quote: Quote) -> tuple[PricedLine, ...]:
    """A stored quote's lines as the arithmetic takes them."""
    return tuple(
        PricedLine(
            label=line.label,
            vat_category=line.vat_category,
            vat_bps=line.vat_bps,
            basis=line.basis,
            quantity=line.quantity,
            unit_net_cents=line.unit_net_cents,
            covers=tuple(line.covers),
            optional=line.optional,
            group_size=line.group_size,
            minimum_headcount=line.minimum_headcount,
            parts=tuple(line.parts),
            scale=Scale.from_json(line.scale or {}),
        )
        for line in quote.lines
    )


def rows_of(lines: tuple[PricedLine, ...]) -> list[QuoteLine]:
    """Lines as they are stored, in their order."""
    return [QuoteLine(position=position, **line.to_json()) for position, line in enumerate(lines)]
