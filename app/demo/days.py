"""Days of the demonstration's events: weekdays that people work on, and that the provider is open on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.availability import queries as availability
from app.core.clock import to_utc
from app.offers.models import Offer

ZONE: Final = "Europe/Paris"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
MOST_WEEKS: Final = 60
FIXED: Final = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


def easter(year: int) -> date:
    """Easter Sunday (Gauss, as Butcher wrote it)."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date) -> bool:
    """Whether nobody works in France that day; the Friday after Ascension Day counts."""
    after = (day - easter(day.year)).days
    return (day.month, day.day) in FIXED or after in (1, 39, 40, 50)


def next_weekday(day: date, weekday: int) -> date:
    """The first such weekday from a day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def open_days(offer: Offer, first: date, length: int, hours: tuple[time, time], headcount: int, now: datetime) -> date:
    """The first day, week by week from `first`, on which an offer can be had for so many days; else `first`.

    `hours`: when the first day begins and the last one ends.
    """
    for week in range(MOST_WEEKS):
        day = first + timedelta(weeks=week)
        last = day + timedelta(days=length - 1)
        if is_holiday(day) or is_holiday(last):
            continue
        starts, ends = (wall(day, hours[0]), wall(last, hours[1]))
        if availability.why_not(offer, to_utc(starts, ZONE), to_utc(ends, ZONE), headcount, now) is None:
            return day
    return first


def wall(day: date, at: time) -> datetime:
    """A wall time, naive."""
    return datetime.combine(day, at)


def ago(now: datetime, days: int, at: str = "10:00") -> datetime:
    """That hour in France, so many days before `now`, on a working day; always before `now`."""
    day = now.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=days)
    while day.weekday() > FRIDAY:
        day -= timedelta(days=1)
    moment = wall(day, time.fromisoformat(at)).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return min(moment, now - timedelta(minutes=2))


def programme(first: date, days: Sequence[Sequence[tuple[str, str, str]]]) -> list[dict[str, str]]:
    """Lines (hour, title, note) of each day, as an event stores them."""
    return [
        {"at": f"{first + timedelta(days=number)}T{at}", "title": title, "note": note}
        for number, lines in enumerate(days)
        for at, title, note in lines
    ]
