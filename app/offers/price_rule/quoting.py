"""From a rule to the lines of a quote: the same in the simulator, a provider's quote and a search's prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.clock import local_date
from app.core.errors import InvalidInput
from app.core.money import gross_from_net, net_from_gross, round_half_up
from app.offers.price_rule.basis import (
    HOUR,
    NIGHTLY,
    PER_PERSON,
    check_children,
    check_headcount,
    check_times,
    units,
)
from app.offers.price_rule.components import LABEL_LENGTH, Component, Tier, tier_price
from app.offers.price_rule.lines import ADULTS, CHILDREN, PLAIN, Price, PricedLine, Scale, complements, price_of
from app.offers.price_rule.rule import MAX_LINES, PriceRule
from app.offers.price_rule.seasons import Season, season_on, seasonal
from app.rules import vat

ENTERED = ("net", "gross")
DAY_MINUTES = 24 * 60


def unit_net_cents(
    entered_cents: int, entered: str, vat_category: str, on: date, *, parts: Sequence[str] = (), franchise: bool = False
) -> int:
    """The net unit price that a provider's entry becomes; `entered` is "net" or "gross". Raises InvalidInput."""
    rate = vat.rate_bps(vat_category, on, parts=parts, franchise=franchise)
    if shape.choice({"entered": entered}, "entered", ENTERED) == "net":
        return entered_cents
    return net_from_gross(entered_cents, rate)


def nights_between(starts_at: datetime, ends_at: datetime, zone: str) -> int:
    """The nights of an event: its calendar days less one, where it takes place; at least one."""
    return max(1, (local_date(ends_at, zone) - local_date(starts_at, zone)).days)


def hours_between(starts_at: datetime, ends_at: datetime) -> int:
    """The hours of an event that are begun, as a clock that nobody turns counts them."""
    return max(1, -(-int((ends_at - starts_at).total_seconds()) // 3600))


def usual_hours(minutes: int | None) -> int:
    """Hours begun of an offer's usual duration; one when it isn't known or takes days."""
    return max(1, -(-minutes // 60)) if minutes and minutes < DAY_MINUTES else 1


def usual_nights(minutes: int | None) -> int:
    """Nights of an offer's usual duration: of three days, two."""
    return max(1, -(-minutes // DAY_MINUTES) - 1) if minutes else 1


@dataclass(frozen=True, slots=True)
class Occasion:
    """For whom and when a rule is applied. `children` are among the `headcount`; `on` is the first day.

    Without a date that matters (`dated` is false), no season applies.
    """

    headcount: int
    on: date
    children: int
    hours: int
    nights: int
    dated: bool
    franchise: bool

    def times(self, basis: str) -> int:
        """How often a unit of the basis is charged: for each hour, each night, or once."""
        return self.hours if basis == HOUR else self.nights if basis in NIGHTLY else 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rule applied: for each component, in the rule's order, its lines; and what fills up to the least charged."""

    parts: tuple[tuple[PricedLine, ...], ...]
    complements: tuple[PricedLine, ...]

    @property
    def lines(self) -> tuple[PricedLine, ...]:
        """All lines of the quote, options included."""
        return (*(line for part in self.parts for line in part), *self.complements)

    def taken(self, options: Iterable[int]) -> tuple[PricedLine, ...]:
        """The lines that make the price when the components at `options` are chosen."""
        chosen = set(options)
        found = (line for index, part in enumerate(self.parts) for line in part if index in chosen or not line.optional)
        return (*(replace(line, optional=False) for line in found), *self.complements)


def apply(
    rule: PriceRule,
    headcount: int,
    *,
    on: date,
    franchise: bool = False,
    children: int = 0,
    hours: int | None = None,
    nights: int | None = None,
    dated: bool = True,
) -> Sheet:
    """Apply a rule: for `headcount` people, `children` among them, from the day `on`, whose VAT rates hold.

    `hours` and `nights` are the rule's usual ones unless said; `dated` is false when `on` is no day of an event:
    then no season applies. Raises InvalidInput with the field that can't be priced.
    """
    occasion = Occasion(
        headcount=check_headcount(headcount),
        on=on,
        children=check_children(children, headcount),
        hours=check_times("hours", rule.usual_hours if hours is None else hours),
        nights=check_times("nights", rule.usual_nights if nights is None else nights),
        dated=dated,
        franchise=franchise,
    )
    parts = tuple(_part(rule, index, occasion) for index in range(len(rule.components)))
    lines = [line for part in parts for line in part]
    if len(lines) > MAX_LINES:
        raise InvalidInput(_l("Au plus %(most)s lignes.", most=MAX_LINES), field="components")
    return Sheet(parts, tuple(complements(lines, rule.minimum_net_cents)))


def quote_lines(
    rule: PriceRule,
    headcount: int,
    *,
    on: date,
    franchise: bool = False,
    children: int = 0,
    hours: int | None = None,
    nights: int | None = None,
    dated: bool = True,
) -> list[PricedLine]:
    """The lines that a quote starts from, options included: see `apply`."""
    sheet = apply(
        rule, headcount, on=on, franchise=franchise, children=children, hours=hours, nights=nights, dated=dated
    )
    return list(sheet.lines)


def price_for(
    rule: PriceRule,
    headcount: int,
    *,
    on: date,
    franchise: bool = False,
    options: Iterable[int] = (),
    children: int = 0,
    hours: int | None = None,
    nights: int | None = None,
    dated: bool = True,
) -> Price:
    """What the offer costs; `options` are the indexes of optional components to add. For the rest see `apply`."""
    sheet = apply(
        rule, headcount, on=on, franchise=franchise, children=children, hours=hours, nights=nights, dated=dated
    )
    return price_of(sheet.taken(options), headcount, rule.currency)


class Figures(NamedTuple):
    """What each person and the whole group cost, in cents."""

    person_net_cents: int
    person_gross_cents: int
    group_net_cents: int
    group_gross_cents: int


def figures(rule: PriceRule, headcount: int, *, on: date, franchise: bool = False) -> Figures:
    """A rule as a straight line, to sort and filter by: exact at `headcount`, and near it while no tier lies between.

    A price for every so many people begun counts per person; people of a least headcount who aren't there count for the
    group. Of the usual length, out of season, without options.
    """
    found = [0, 0, 0, 0]
    for line in quote_lines(rule, headcount, on=on, franchise=franchise, dated=False):
        if line.optional:
            continue
        by_people = line.basis in PER_PERSON or line.group_size is not None
        each = by_people and line.minimum_headcount <= headcount
        people = line.units(headcount) * (1 if line.basis in PER_PERSON else line.group_size or 1)
        net = round_half_up(line.net_cents, people if each else 1)
        found[0 if each else 2] += net
        found[1 if each else 3] += gross_from_net(net, line.vat_bps)
    return Figures(*found)


def _part(rule: PriceRule, index: int, occasion: Occasion) -> tuple[PricedLine, ...]:
    component = rule.components[index]
    ages = list(_ages(rule, component, occasion))
    stretches = _stretches(rule, component, occasion)
    together = index if len(ages) * len(stretches) > 1 else None
    return tuple(
        _line(rule, component, occasion, season, times, age, together) for season, times in stretches for age in ages
    )


class Age(NamedTuple):
    """Who is counted, and how many children there are; `price` of a child, None for the component's own."""

    who: str
    children: int
    price: int | None


def _ages(rule: PriceRule, component: Component, occasion: Occasion) -> Iterator[Age]:
    """Who pays for a component: everyone alike; or adults and children apart. Minors owe no tourist tax."""
    child = 0 if _is_tax(component) else component.child_net_cents
    if component.basis not in PER_PERSON or child is None or not occasion.children:
        yield Age("", 0, None)
        return
    least = 1 if _is_tax(component) else rule.minimum_headcount
    if max(occasion.headcount, least) > occasion.children:
        yield Age(ADULTS, occasion.children, None)
    if not _is_tax(component):
        yield Age(CHILDREN, occasion.children, child)


def _is_tax(component: Component) -> bool:
    return component.vat_category in vat.CATEGORIES and not vat.CATEGORIES[component.vat_category].taxed


def _stretches(rule: PriceRule, component: Component, occasion: Occasion) -> list[tuple[Season | None, int]]:
    """The seasons that a component goes through, with the nights of each; by the first day if not by night."""
    times = occasion.times(component.basis)
    if component.constant or _is_tax(component) or not occasion.dated or not rule.seasons:
        return [(None, times)]
    if component.basis not in NIGHTLY:
        return [(season_on(rule.seasons, occasion.on), times)]
    found: dict[Season | None, int] = {}
    for night in range(times):
        season = season_on(rule.seasons, occasion.on + timedelta(days=night))
        found[season] = found.get(season, 0) + 1
    return list(found.items())


def _line(
    rule: PriceRule,
    component: Component,
    occasion: Occasion,
    season: Season | None,
    times: int,
    age: Age,
    together: int | None,
) -> PricedLine:
    least = 1 if _is_tax(component) else rule.minimum_headcount
    headcount, tiers = occasion.headcount, tuple[Tier, ...]()
    if age.price is not None:
        unit = seasonal(age.price, season)
    elif component.tiers:
        tiers = tuple(Tier(step.people, seasonal(step.unit_net_cents, season)) for step in component.steps)
        unit = tier_price(tiers, max(headcount, least))
    else:
        unit = seasonal(component.unit_net_cents, season)
    charged = units(component.basis, headcount, component.group_size, least)
    if age.who:
        charged = age.children if age.who == CHILDREN else charged - age.children
    return PricedLine(
        label=_label(rule, component, season, times, age),
        vat_category=component.vat_category,
        vat_bps=_rate_bps(component.vat_category, occasion.on, component.parts, occasion.franchise),
        basis=component.basis,
        quantity=charged * times,
        unit_net_cents=unit,
        covers=component.covers,
        optional=component.optional,
        group_size=component.group_size,
        minimum_headcount=least,
        parts=component.parts,
        scale=_scale(age.who, age.children, tiers, rule.minimum_net_cents, together),
    )


@lru_cache(maxsize=1_024)
def _rate_bps(code: str, on: date, parts: tuple[str, ...], franchise: bool) -> int:
    return vat.rate_bps(code, on, parts=parts, franchise=franchise)


def _scale(who: str, children: int, tiers: tuple[Tier, ...], minimum_net_cents: int, together: int | None) -> Scale:
    if not (who or tiers or minimum_net_cents) and together is None:
        return PLAIN
    return Scale(who, children, tiers, minimum_net_cents, component=together)


def _label(rule: PriceRule, component: Component, season: Season | None, times: int, age: Age) -> str:
    """The line's words, with what it counts: a document's words, in French like the rest of the line."""
    said = []
    if component.basis in NIGHTLY:
        said.append("1\u00a0nuit" if times == 1 else f"{times}\u00a0nuits")
    if component.basis == HOUR:
        said.append("1\u00a0heure" if times == 1 else f"{times}\u00a0heures")
    if season:
        said.append(season.label)
    if age.who == ADULTS:
        said.append("adultes")
    if age.who == CHILDREN:
        said.append(f"enfants jusqu’à {rule.child_age}\u00a0ans" if rule.child_age else "enfants")
    more = f" ({', '.join(said)})" if said else ""
    return component.label[: LABEL_LENGTH - len(more)] + more
