"""When an offer is open, as a document holds it: weekdays, hours, and the days that are closed in spite of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.availability.openings import DAY, MIDNIGHT, ZONE, Openings

AHEAD_DAYS: Final = 3 * 366
WEEK: Final = 7
MINUTES_OF_A_DAY: Final = 1440
ALWAYS: Final = Openings()


def calendar(openings: Openings, today: date) -> dict[str, Any]:
    """The columns of a document that say when its offer is open.

    Where hours differ from day to day, `opens` is the earliest and `closes` the latest of them all.
    """
    plain = len(openings.usual) == 1 and not openings.seasons and not openings.specials
    found = _plain(openings) if plain else _varied(openings, today)
    return found | {
        "zone": None if openings.zone == ZONE else openings.zone,
        "horizon_days": openings.horizon_days,
    }


def _plain(openings: Openings) -> dict[str, Any]:
    (hours,) = openings.usual
    opens, closes = _minutes(hours.opens), _minutes(hours.closes)
    return {
        "weekdays": sum(1 << day for day in hours.weekdays),
        "opens": None if hours.all_day else opens,
        "closes": None if hours.all_day else closes if closes > opens else closes + MINUTES_OF_A_DAY,
        "closed": _multirange(openings.blackouts),
    }


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _varied(openings: Openings, today: date) -> dict[str, Any]:
    days = [today + n * DAY for n in range(-1, AHEAD_DAYS)]
    walls = {day: openings.walls(day) for day in days}
    open_days = {day.weekday() for day, found in walls.items() if found}
    each = [(opens - _start(day), closes - _start(day)) for day, found in walls.items() for opens, closes in found]
    opens = min((first for first, _last in each), default=timedelta(0))
    closes = max((last for _first, last in each), default=DAY)
    shut = [day for day, found in walls.items() if not found and day.weekday() in open_days]
    whole = (opens, closes) == (timedelta(0), DAY)
    return {
        "weekdays": sum(1 << day for day in open_days),
        "opens": None if whole else round(opens.total_seconds() / 60),
        "closes": None if whole else round(closes.total_seconds() / 60),
        "closed": _multirange(_stretches(shut)),
    }


def _start(day: date) -> datetime:
    return datetime.combine(day, MIDNIGHT)


def _stretches(days: list[date]) -> Iterator[tuple[date, date]]:
    """Days in order as first and last days."""
    first = last = None
    for day in days:
        if last is None or day != last + DAY:
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def _multirange(days: Any) -> str | None:
    """Stretches of days as PostgreSQL writes a datemultirange; None for none."""
    written = ",".join(f"[{first},{last + DAY})" for first, last in days)
    return f"{{{written}}}" if written else None
