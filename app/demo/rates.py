"""What makes one price rule of many figures: seasons, weekdays, tiers, child rates and the least that is charged.

No dice are thrown here: what is chosen follows from the offer's own figures, so that the rest of the catalogue stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from app.offers.price_rule import PER_PERSON, Component, PriceRule, Season, Tier, usual_hours, usual_nights

Lines = Sequence[Component]

SCHOOL_HOLIDAYS: Final = (
    Season("Vacances de Noël", 3_500, "12-19", "01-03"),
    Season("Vacances d’hiver", 3_000, "02-06", "03-07"),
    Season("Janvier", -1_000, "01-04", "01-31"),
    Season("Avril", -1_500, "04-01", "04-30"),
)
SUMMER: Final = (Season("Été", 1_500, "07-01", "08-31"),)
LONG_WEEKENDS: Final = (Season("Week-end", 1_200, weekdays=(4, 5)),)
QUIET_DAYS: Final = (Season("Lundi et vendredi", -1_000, weekdays=(0, 4)),)
EARLY_WEEK: Final = (Season("Début de semaine", -1_000, weekdays=(0, 1)),)
YEAR_END: Final = (
    Season("Fêtes de fin d’année", 2_000, "11-27", "12-23"),
    Season("Vendredi et samedi", 1_000, weekdays=(4, 5)),
)
GARDEN_SEASON: Final = (Season("Juin et juillet", 1_000, "06-01", "07-14"),)
CHILD_AGE: Final = 12
FIXED: Final = frozenset({"ski_lift", "ski_hire", "ski_lesson", "transport"})
CHILDISH: Final = frozenset({"food_immediate", "activity"})


def rule(category: str, lines: Lines, low: int, minutes: int) -> PriceRule:
    """The price rule of an offer of a category, for groups of `low` people on, that lasts so many minutes."""
    base = PriceRule(
        components=tuple(lines),
        minimum_headcount=low,
        usual_hours=usual_hours(minutes),
        usual_nights=usual_nights(minutes),
    )
    if not base.by_hour:
        base = replace(base, usual_hours=1)
    if not base.by_night:
        base = replace(base, usual_nights=1)
    return EXTRAS[category](base, _number(lines))


def _number(lines: Lines) -> int:
    """A number that looks thrown and follows from the prices."""
    return sum(line.unit_net_cents for line in lines) // 50


def _seasonal(*choices: tuple[Season, ...]) -> Callable[[PriceRule, int], PriceRule]:
    """One of several sets of seasons; what is bought elsewhere keeps its price."""

    def extra(rule: PriceRule, number: int) -> PriceRule:
        seasons = choices[number % len(choices)]
        lines = tuple(replace(one, constant=bool(seasons) and one.vat_category in FIXED) for one in rule.components)
        return replace(rule, components=lines, seasons=seasons)

    return extra


def _tiered(rule: PriceRule, number: int) -> PriceRule:
    """The first price per person falls from thirty and from sixty people on, for three offers of five."""
    if number % 5 > 2:
        return rule
    first = next((i for i, one in enumerate(rule.components) if one.basis in PER_PERSON), None)
    if first is None:
        return rule
    price = rule.components[first].unit_net_cents
    tiers = tuple(Tier(people, price * share // 5_000 * 50) for people, share in ((30, 92), (60, 85)))
    lines = list(rule.components)
    lines[first] = replace(lines[first], tiers=tiers)
    return replace(rule, components=tuple(lines))


def _catering(rule: PriceRule, number: int) -> PriceRule:
    """A least charge of some hundred euros, and tiers."""
    return replace(_tiered(rule, number), minimum_net_cents=20_000 + number % 5 * 10_000)


def _party(rule: PriceRule, number: int) -> PriceRule:
    """Children eat and play at half price."""
    lines = tuple(
        replace(one, child_net_cents=one.unit_net_cents // 100 * 50)
        if one.basis in PER_PERSON and one.vat_category in CHILDISH and not one.optional
        else one
        for one in rule.components
    )
    seasons = GARDEN_SEASON if number % 2 else ()
    return replace(rule, components=lines, child_age=CHILD_AGE, seasons=seasons)


EXTRAS: Final[dict[str, Callable[[PriceRule, int], PriceRule]]] = {
    "residential_seminar": _seasonal((), SUMMER, LONG_WEEKENDS),
    "day_seminar": _seasonal((), QUIET_DAYS, ()),
    "evening": _seasonal(YEAR_END, ()),
    "afterwork": _seasonal((), EARLY_WEEK, ()),
    "summer_party": _party,
    "team_day": _tiered,
    "activity": _tiered,
    "ski_trip": _seasonal(SCHOOL_HOLIDAYS),
    "company_trip": _seasonal(SUMMER, LONG_WEEKENDS, ()),
    "catering": _catering,
}
