"""Quotes brought to one footing: the same headcount, the same needs, the same day.

Pure: takes plain dataclasses, returns columns (one per quote, its figures typed) and rows (which columns are best,
which lack something, whether they differ). What a quote prices as an option but the brief asks for is added to its
price, and said so; what it doesn't offer at all is named. `best` is only given among the quotes that lack the least:
a low price for half of what was asked is no best price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.core.money import EUR, Money, round_half_up
from app.offers.price_rule import CHILDREN, Price, PricedLine, check_headcount
from app.offers.terms import (
    ScheduledInstalment,
    Terms,
    cancellation_fee,
    fee_bps,
    free_until,
    reduced_headcount,
    reduction_until,
    schedule,
    thresholds,
)
from app.quotes.pricing import at_headcount, option_price, take_options, totals, unrecoverable_vat
from app.rules import carbon, requirements

MEALS = frozenset({"lunch", "dinner", "cocktail"})


class Coverage(StrEnum):
    """How a quote meets one requirement of the brief."""

    INCLUDED = "included"
    OPTIONAL = "optional"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement of the brief. `must`: its absence makes a quote incomplete."""

    code: str
    label: Any
    must: bool = True


@dataclass(frozen=True, slots=True)
class Brief:
    """What was asked: requirements, headcount, first and last day in the event's zone, where people leave from."""

    requirements: tuple[Asked, ...]
    headcount: int
    starts_on: date
    ends_on: date
    origin: tuple[float, float] | None = None

    @property
    def nights(self) -> int:
        return (self.ends_on - self.starts_on).days


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What is known of a provider: mean of verified reviews × 100, how many, median time to answer in minutes."""

    name: str
    rating_hundredths: int | None = None
    review_count: int = 0
    answer_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """The option put on the date: `position` 1 holds it, 2 stands behind another."""

    expires_at: datetime
    position: int = 1


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """One quote as it stands. `key` is the caller's own; `place` is where it happens, None where the company is."""

    key: str
    provider: ProviderFacts
    lines: tuple[PricedLine, ...]
    headcount: int
    terms: Terms
    valid_until: datetime
    title: str = ""
    currency: str = EUR
    place: tuple[float, float] | None = None
    travel_mode: str | None = None
    hold: HoldFacts | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How one requirement is met; `option` is the line that would meet it, `option_gross_cents` what that adds."""

    asked: Asked
    coverage: Coverage
    option: str = ""
    option_gross_cents: int = 0
    option_added: bool = False


@dataclass(frozen=True, slots=True)
class CancellationCost:
    """From `from_on`, cancelling costs `fee_cents`, `fee_bps` of the price."""

    from_on: date
    fee_cents: int
    fee_bps: int


@dataclass(frozen=True, slots=True)
class Column:
    """One quote on the common footing. Money for the comparison's headcount, with the needed options added."""

    quote: QuoteFacts
    starts_on: date
    price: Price
    price_without_options: Price
    added: tuple[PricedLine, ...]
    unrecoverable_vat: Money
    cost: Money
    cost_per_person: Money
    answers: tuple[Answer, ...]
    instalments: tuple[ScheduledInstalment, ...]
    cancellation: tuple[CancellationCost, ...]
    free_cancellation_until: date | None
    reduced_headcount: int
    reduction_until: date | None
    footprint: carbon.Footprint
    origin_unknown: bool
    expired: bool

    @property
    def key(self) -> str:
        return self.quote.key

    @property
    def missing(self) -> tuple[Asked, ...]:
        """What the brief must have and the quote doesn't offer."""
        return tuple(a.asked for a in self.answers if a.coverage is Coverage.MISSING and a.asked.must)

    @property
    def travel_minutes(self) -> int:
        """One way, for one person; 0 when the provider comes to the company."""
        return self.footprint.journey.minutes if self.footprint.journey else 0

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def cancellation_burden(self) -> int:
        """Cents × days: the fee summed over every day from today to the event. What puts two scales in order."""
        ends = [*(step.from_on for step in self.cancellation[1:]), self.starts_on]
        spans = [max(1, (end - step.from_on).days) for step, end in zip(self.cancellation, ends, strict=True)]
        return sum(step.fee_cents * days for step, days in zip(self.cancellation, spans, strict=True))

    @property
    def due_now_cents(self) -> int:
        return self.instalments[0].amount_cents if self.instalments else 0

    def answer_to(self, code: str) -> Answer:
        """The answer to one requirement. Raises KeyError for one that was not asked."""
        return {answer.asked.code: answer for answer in self.answers}[code]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `best` and `gaps` hold keys of quotes; `differs`: the quotes don't all say the same."""

    key: str
    differs: bool
    best: frozenset[str] = frozenset()
    gaps: frozenset[str] = frozenset()
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole table for one headcount and day."""

    headcount: int
    on: date
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    uncovered: tuple[Asked, ...] = field(default=())
    """What no quote offers: to be found elsewhere."""

    @property
    def rows(self) -> dict[str, Row]:
        """Every row by its key."""
        return {row.key: row for _, rows in self.groups for row in rows}


def compare(quotes: Sequence[QuoteFacts], brief: Brief, *, now: datetime, today: date, headcount: int) -> Comparison:
    """Bring quotes to one footing for a headcount. `today` is `now`'s date in the event's zone.

    Columns keep the order of `quotes`. Raises InvalidInput for a headcount that can't be priced.
    """
    check_headcount(headcount)
    columns = tuple(column(quote, brief, now=now, today=today, headcount=headcount) for quote in quotes)
    return Comparison(headcount, today, columns, _groups(columns, brief), _uncovered(columns, brief))


def column(quote: QuoteFacts, brief: Brief, *, now: datetime, today: date, headcount: int) -> Column:
    """One quote on the common footing."""
    lines = at_headcount(quote.lines, quote.headcount, headcount)
    chosen = needed_options(lines, brief.requirements)
    full = take_options(lines, chosen)
    price = totals(full, headcount, quote.currency)
    lost = unrecoverable_vat(full, quote.currency)
    gross = price.gross.cents
    return Column(
        quote=quote,
        starts_on=brief.starts_on,
        price=price,
        price_without_options=totals(lines, headcount, quote.currency),
        added=tuple(lines[index] for index in chosen),
        unrecoverable_vat=lost,
        cost=price.net + lost,
        cost_per_person=(price.net + lost).per(headcount),
        answers=tuple(_answer(asked, lines, chosen) for asked in brief.requirements),
        instalments=tuple(schedule(gross, quote.terms, brief.starts_on, today)),
        cancellation=_cancellation(quote.terms, gross, brief.starts_on, today),
        free_cancellation_until=_free_until(quote.terms, gross, brief.starts_on, today),
        reduced_headcount=_reduced(quote.terms, headcount, brief.starts_on, today),
        reduction_until=_reduction_until(quote.terms, brief.starts_on, today),
        footprint=_footprint(quote, [line for line in full if not line.optional], brief, headcount),
        origin_unknown=quote.place is not None and brief.origin is None,
        expired=quote.valid_until <= now,
    )


def needed_options(lines: Sequence[PricedLine], asked: Iterable[Asked]) -> tuple[int, ...]:
    """The options to add so that what must be there is, where options can do it: the cheapest for each need in turn."""
    have = _covered(line for line in lines if not line.optional)
    chosen: list[int] = []
    for one in asked:
        able = _able(lines, one)
        if one.must and one.code not in have and able:
            pick = min(able, key=lambda whole: (_adds(lines, whole), whole))
            chosen.extend(pick)
            have |= requirements.covered(code for i in pick for code in lines[i].covers)
    return tuple(sorted(chosen))


def _able(lines: Sequence[PricedLine], asked: Asked) -> list[tuple[int, ...]]:
    """The options that meet a requirement, each with all its lines: an option by seasons or ages is taken whole."""
    found = [i for i, line in enumerate(lines) if line.optional and asked.code in requirements.covered(line.covers)]
    whole: dict[tuple[str, int], list[int]] = {}
    for i in found:
        component = lines[i].scale.component
        whole.setdefault(("line", i) if component is None else ("component", component), []).append(i)
    return [tuple(each) for each in whole.values()]


def _adds(lines: Sequence[PricedLine], whole: Iterable[int]) -> int:
    """Gross cents that an option adds, with all its lines."""
    return sum(option_price(lines[i]).gross_cents for i in whole)


def _covered(lines: Iterable[PricedLine]) -> frozenset[str]:
    return requirements.covered(code for line in lines for code in line.covers)


def _answer(asked: Asked, lines: Sequence[PricedLine], chosen: Sequence[int]) -> Answer:
    if asked.code in _covered(line for line in lines if not line.optional):
        return Answer(asked, Coverage.INCLUDED)
    able = _able(lines, asked)
    if not able:
        return Answer(asked, Coverage.MISSING)
    pick = min(able, key=lambda whole: (whole[0] not in chosen, _adds(lines, whole), whole))
    return Answer(asked, Coverage.OPTIONAL, lines[pick[0]].label, _adds(lines, pick), pick[0] in chosen)


def _cancellation(terms: Terms, gross_cents: int, starts_on: date, today: date) -> tuple[CancellationCost, ...]:
    steps = thresholds(terms, gross_cents, starts_on, today)
    return tuple(CancellationCost(on, cents, fee_bps(terms, starts_on, on)) for on, cents in steps)


def _free_until(terms: Terms, gross_cents: int, starts_on: date, today: date) -> date | None:
    return None if cancellation_fee(terms, gross_cents, starts_on, today) else free_until(terms, starts_on)


def _reduction_until(terms: Terms, starts_on: date, today: date) -> date | None:
    until = reduction_until(terms, starts_on)
    return until if until is not None and until >= today else None


def _reduced(terms: Terms, headcount: int, starts_on: date, today: date) -> int:
    return reduced_headcount(terms, headcount) if _reduction_until(terms, starts_on, today) else headcount


def _footprint(quote: QuoteFacts, taken: Sequence[PricedLine], brief: Brief, headcount: int) -> carbon.Footprint:
    straight = carbon.straight_km(brief.origin, quote.place) if brief.origin and quote.place else None
    return carbon.footprint(
        brief.starts_on,
        straight=straight,
        nights=brief.nights if "lodging" in _covered(taken) else 0,
        meals=_meals(taken, headcount, most=2 * (brief.nights + 1)),
        mode=quote.travel_mode,
    )


def _meals(taken: Iterable[PricedLine], headcount: int, *, most: int) -> int:
    """Main meals per person, read from the quantities: 84 lunches for 42 people are two."""
    served = (
        len(MEALS & set(line.covers)) * max(1, round_half_up(line.quantity, line.units(headcount)))
        for line in taken
        if line.scale.who != CHILDREN and line.units(headcount)
    )
    return min(most, sum(served))


def _uncovered(columns: Sequence[Column], brief: Brief) -> tuple[Asked, ...]:
    if not columns:
        return ()
    lacking = (
        one for one in brief.requirements if all(c.answer_to(one.code).coverage is Coverage.MISSING for c in columns)
    )
    return tuple(lacking)


# What each row compares: its key, and the figure of a column that is better when it is lower; None takes no part.
Figure = Callable[[Column], Any]


def _negative(value: int | None) -> int | None:
    return None if value is None else -value


COST: tuple[tuple[str, Figure], ...] = (
    ("gross_per_person", lambda c: c.price.per_person_gross.cents),
    ("net_per_person", lambda c: c.price.per_person_net.cents),
    ("total", lambda c: c.price.gross.cents),
    ("unrecoverable_vat", lambda c: c.unrecoverable_vat.cents),
    ("cost_per_person", lambda c: c.cost_per_person.cents),
    ("payment", lambda c: c.due_now_cents),
)
CHANGE: tuple[tuple[str, Figure], ...] = (
    ("cancellation", lambda c: c.cancellation_burden),
    ("reduction", lambda c: c.reduced_headcount),
)
REACH: tuple[tuple[str, Figure], ...] = (
    ("carbon", lambda c: None if c.origin_unknown else c.footprint.total_grams),
    ("distance", lambda c: None if c.origin_unknown else c.travel_minutes),
)
PROVIDER: tuple[tuple[str, Figure], ...] = (
    ("reviews", lambda c: _negative(c.quote.provider.rating_hundredths)),
    ("answer", lambda c: c.quote.provider.answer_minutes),
    ("validity", lambda c: -c.quote.valid_until.timestamp()),
    ("hold", lambda c: c.quote.hold.position if c.quote.hold else None),
)


def _groups(columns: Sequence[Column], brief: Brief) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    fewest = min((len(c.missing) for c in columns), default=0)
    fair = [c for c in columns if len(c.missing) == fewest and not c.expired]
    return (
        ("cost", tuple(_row(key, figure, columns, fair) for key, figure in COST)),
        ("needs", tuple(_need_row(asked, columns) for asked in brief.requirements)),
        ("change", tuple(_row(key, figure, columns, fair) for key, figure in CHANGE)),
        ("reach", tuple(_row(key, figure, columns, fair) for key, figure in REACH)),
        ("provider", tuple(_row(key, figure, columns, fair) for key, figure in PROVIDER)),
    )


def _row(key: str, figure: Figure, columns: Sequence[Column], fair: Sequence[Column]) -> Row:
    figures = {c.key: figure(c) for c in columns}
    differs = len(set(figures.values())) > 1
    ranked = [c.key for c in fair if figures[c.key] is not None]
    if not differs or not ranked:
        return Row(key, differs)
    lowest = min(figures[one] for one in ranked)
    return Row(key, differs, frozenset(one for one in ranked if figures[one] == lowest))


def _need_row(asked: Asked, columns: Sequence[Column]) -> Row:
    answers = {c.key: c.answer_to(asked.code).coverage for c in columns}
    gaps = frozenset(key for key, coverage in answers.items() if coverage is Coverage.MISSING)
    return Row(f"need:{asked.code}", len(set(answers.values())) > 1, gaps=gaps, asked=asked)
