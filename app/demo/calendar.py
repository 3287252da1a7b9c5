"""When offers can be booked: weekdays, seasons, closed days, units."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any, Final

from app.demo.dice import Dice
from app.offers import categories

MONTHS_AHEAD: Final = 18
CLOSED: Final = "Fermeture"
SEASON: Final = "Hors saison"
TAKEN: Final = "Réception privée"
Days = tuple[date, date, str]
# First and last day on which a category is open; others are open all year.
SEASONS: Final = {
    "ski_trip": ((12, 12), (4, 18)),
    "summer_party": ((4, 25), (9, 30)),
}
UNITS: Final = {
    "residential_seminar": ("Le lieu",),
    "day_seminar": ("Grande salle", "Salle du jardin", "Salle haute", "Salle de la cour"),
    "evening": ("Le lieu",),
    "summer_party": ("Le site", "La seconde prairie"),
    "afterwork": ("L’espace", "La mezzanine", "La terrasse"),
    "ski_trip": ("Le chalet", "L’annexe"),
    "company_trip": ("Premier départ", "Second départ"),
    "team_day": ("Équipe A", "Équipe B", "Équipe C"),
    "activity": ("Équipe A", "Équipe B", "Équipe C", "Équipe D"),
    "catering": ("Brigade 1", "Brigade 2", "Brigade 3", "Brigade 4"),
}


def units(dice: Dice, category: str) -> tuple[str, ...]:
    """From one to four things that can be booked at once."""
    names = UNITS[category]
    return names[: dice.between(1, len(names))]


def weekdays(dice: Dice, category: str, details: dict[str, Any]) -> tuple[int, ...]:
    """Open weekdays, Monday being 0: the category's usual ones, often without one or two."""
    usual = categories.get(category).weekdays
    if details.get("weekend"):
        return (0, 1, 2, 3, 4, 5, 6)
    if category in ("afterwork", "evening") and dice.chance(0.5):
        return tuple(day for day in usual if day != 0)
    if category in ("activity", "team_day") and dice.chance(0.4):
        return (0, 1, 2, 3, 4)
    return usual


def hours(category: str, details: dict[str, Any]) -> tuple[time, time]:
    """When an open day begins and ends; midnight twice is all day, an end before the beginning is past midnight."""
    match category:
        case "day_seminar":
            return time.fromisoformat(details["available_from"]), time.fromisoformat(details["available_until"])
        case "afterwork":
            return time.fromisoformat(details["from_time"]), time.fromisoformat(details["until_time"])
        case "evening":
            return time(17), time.fromisoformat(details["until_time"])
        case "summer_party":
            return time(9), time.fromisoformat(details["until_time"])
        case "team_day" | "activity":
            return time(8), time(22)
        case "catering":
            return time(6), time(0)
    return time(0), time(0)


def blackouts(dice: Dice, category: str, today: date) -> tuple[Days, ...]:
    """Closed days of the coming year and a half, sorted, none overlapping another."""
    found = _off_season(category, today) if category in SEASONS else _holidays(dice, today)
    if category in ("residential_seminar", "evening", "summer_party"):
        found += _private_days(dice, today)
    kept: list[Days] = []
    for days in sorted(found):
        if days[1] >= today and (not kept or days[0] > kept[-1][1]):
            kept.append(days)
    return tuple(kept)


def _off_season(category: str, today: date) -> list[Days]:
    (first_month, first_day), (last_month, last_day) = SEASONS[category]
    closed = []
    for year in range(today.year - 1, today.year + 3):
        last_open = date(year, last_month, last_day)
        reopens = date(year if first_month > last_month else year + 1, first_month, first_day)
        closed.append((last_open + timedelta(days=1), reopens - timedelta(days=1), SEASON))
    return closed


def _holidays(dice: Dice, today: date) -> list[Days]:
    """The end of the year, and for some a week or three in August or January."""
    years = range(today.year - 1, today.year + 2)
    found = [(date(year, 12, 24), date(year + 1, 1, 2), CLOSED) for year in years]
    if dice.chance(0.45):
        start, length = dice.between(1, 12), dice.pick((7, 14, 18))
        found += [_span(date(year + 1, 8, start), length) for year in years]
    elif dice.chance(0.3):
        found += [_span(date(year + 1, 1, 5), dice.pick((7, 14))) for year in years]
    return found


def _span(first: date, days: int) -> Days:
    return first, first + timedelta(days=days - 1), CLOSED


def _private_days(dice: Dice, today: date) -> list[Days]:
    """Weddings and the like: some weekends of the coming year."""
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    chosen = [saturday + timedelta(weeks=dice.between(1, 52)) for _ in range(dice.between(0, 7))]
    return [(day, day + timedelta(days=1), TAKEN) for day in chosen]
