"""A search's values as SQL parameters, so that a statement is built once for each kind of search and then kept.

`kind(criteria)` is the criteria with a stand-in for each value: two searches by words, place and date are of one kind
and share a statement. `values(criteria, now)` is what it is executed with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.range import Range

from app.availability.openings import ZONE
from app.core.clock import french_date
from app.rules import ranking
from app.rules.dated import value_on
from app.search import tags
from app.search.criteria import MOST_FLEXIBLE_DAYS, Criteria, Near
from app.search.places import bounding_box

WEEK = 7
A_DAY, A_MOMENT = date.min, datetime.min.replace(tzinfo=UTC)
DAY = timedelta(days=1)


def kind(criteria: Criteria) -> Criteria:
    """The same filters and order, with a stand-in for each value."""
    return replace(
        criteria,
        words="x" if criteria.words else "",
        any_word=False,
        category="x" if criteria.category else "",
        near=Near("", 0, 0, 1) if criteria.near else None,
        headcount=1 if criteria.headcount else None,
        first_day=A_DAY if criteria.first_day else None,
        last_day=None,
        flexible_days=1 if criteria.flexible_days else 0,
        window=(A_MOMENT, A_MOMENT) if criteria.window and not criteria.flexible_days else None,
        budget_cents=None if criteria.budget_cents is None else 0,
        tags=("x",) if criteria.tags else (),
        covers=("x",) if criteria.covers else (),
        minutes=(criteria.minutes[0] and 1, criteria.minutes[1] and 1),
        rating=criteria.rating and 1,
        origin=(0.0, 0.0) if criteria.origin else None,
    )


def values(criteria: Criteria, now: datetime) -> dict[str, Any]:
    """What a statement of this kind is executed with, by parameter. Half a cent of budget forgives rounding."""
    weights = value_on(ranking.WEIGHTS, french_date(now))
    found: dict[str, Any] = {
        "now": now,
        "category": criteria.category,
        "headcount": criteria.headcount,
        "budget": None if criteria.budget_cents is None else criteria.budget_cents + 0.5,
        "tags": tags.bits(criteria.tags, tags.TAG_BITS),
        "covers": tags.bits(criteria.covers, tags.COVER_BITS),
        "shortest": criteria.minutes[0],
        "longest": criteria.minutes[1],
        "rating": criteria.rating,
        "weight_of_static": weights.rating + weights.answer + weights.completeness,
        "weight_of_text": weights.text,
        "weight_of_distance": weights.distance,
        "weight_of_availability": weights.availability,
    }
    if criteria.near:
        found |= _around(criteria.near)
    if criteria.origin:
        found |= {"from_lat": criteria.origin[0], "from_lon": criteria.origin[1]}
    if criteria.first_day:
        found |= _days(criteria, criteria.first_day, now)
    if criteria.window and not criteria.flexible_days:
        found["window"] = Range(*criteria.window)
    return found


def _around(near: Near) -> dict[str, Any]:
    south, west, north, east = bounding_box(near.lat, near.lon, near.radius_km)
    here = {"lat": near.lat, "lon": near.lon, "radius_km": near.radius_km}
    return here | {"south": south, "west": west, "north": north, "east": east}


def _days(criteria: Criteria, first: date, now: datetime) -> dict[str, Any]:
    today = now.astimezone(ZoneInfo(ZONE)).date()
    last = criteria.last_day or first
    found = _day(first, last, today) | {"whole_days": Range(_midnight(first), _midnight(last + DAY))}
    if criteria.flexible_days:
        each = list(_alternatives(criteria, first, last, today))
        found |= {
            "starts": [day["first_day"] for day in each],
            "ends": [day["last_day"] for day in each],
            "masks": [day["weekdays"] for day in each],
            "aheads": [day["ahead"] for day in each],
        }
    return found


def _alternatives(criteria: Criteria, first: date, last: date, today: date) -> Iterator[dict[str, Any]]:
    days = min(criteria.flexible_days, MOST_FLEXIBLE_DAYS)
    for shift in (timedelta(days=count) for count in range(-days, days + 1)):
        if first + shift >= today:
            yield _day(first + shift, last + shift, today)


def _day(first: date, last: date, today: date) -> dict[str, Any]:
    days = {(first + n * DAY).weekday() for n in range(min(WEEK, (last - first).days + 1))}
    return {
        "first_day": first,
        "last_day": last,
        "weekdays": sum(1 << day for day in days),
        "ahead": (first - today).days,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(ZONE)).astimezone(UTC)
