"""A search's values as SQL parameters, so that a statement is built once for each kind of search and then kept.

`kind(criteria)` is the criteria with a stand-in for each value: two searches by words, place and date are of one kind
and share a statement. `values(criteria, now)` is what it is executed with. Building it costs more than running it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Date, Float, Integer, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE

from app.availability.models import span
from app.availability.openings import ZONE
from app.core.clock import french_date
from app.core.db import UtcDateTime
from app.rules import ranking
from app.rules.dated import value_on
from app.search import words
from app.search.criteria import Criteria, Near
from app.search.places import bounding_box

WEEK = 7
A_DAY, A_MOMENT = date.min, datetime.min.replace(tzinfo=UTC)

NOW = bindparam("now", type_=UtcDateTime())
TYPED = bindparam("typed", type_=Text())
CATEGORY = bindparam("category", type_=Text())
HEADCOUNT = bindparam("headcount", type_=Integer())
BUDGET = bindparam("budget", type_=Float())
LAT, LON, RADIUS = (bindparam(name, type_=Float()) for name in ("lat", "lon", "radius_km"))
SOUTH, WEST, NORTH, EAST = (bindparam(name, type_=Float()) for name in ("south", "west", "north", "east"))
FIRST_DAY, LAST_DAY = (bindparam(name, type_=Date()) for name in ("first_day", "last_day"))
WEEKDAYS = bindparam("weekdays_wanted", type_=Integer())
AHEAD = bindparam("ahead", type_=Integer())
WINDOW = bindparam("window", type_=TSTZRANGE())
CHOSEN = bindparam("chosen", type_=ARRAY(BigInteger()))
SKIPPED = bindparam("skipped", type_=Integer())
STATIC, TEXT, DISTANCE, AVAILABILITY = (
    bindparam(f"weight_of_{name}", type_=Float()) for name in ("static", "text", "distance", "availability")
)


def kind(criteria: Criteria) -> Criteria:
    """The same filters and order, with a stand-in for each value."""
    return replace(
        criteria,
        words="x" if words.typed(criteria.words) else "",
        any_word=False,
        category="x" if criteria.category else "",
        near=Near("", 0, 0, 1) if criteria.near else None,
        headcount=1 if criteria.headcount else None,
        first_day=A_DAY if criteria.first_day else None,
        last_day=None,
        window=(A_MOMENT, A_MOMENT) if criteria.window else None,
        budget_cents=None if criteria.budget_cents is None else 0,
    )


def values(criteria: Criteria, now: datetime) -> dict[str, Any]:
    """What a statement of this kind is executed with, by parameter. Half a cent of budget forgives rounding."""
    weights = value_on(ranking.WEIGHTS, french_date(now))
    found: dict[str, Any] = {
        "now": now,
        "typed": words.typed(criteria.words, any_word=criteria.any_word),
        "category": criteria.category,
        "headcount": criteria.headcount,
        "budget": None if criteria.budget_cents is None else criteria.budget_cents + 0.5,
        "weight_of_static": weights.rating + weights.answer + weights.completeness,
        "weight_of_text": weights.text,
        "weight_of_distance": weights.distance,
        "weight_of_availability": weights.availability,
    }
    if criteria.near:
        found |= _around(criteria.near)
    if criteria.first_day:
        found |= _days(criteria.first_day, criteria.last_day or criteria.first_day, now)
    if criteria.window:
        found["window"] = span(*criteria.window)
    return found


def _around(near: Near) -> dict[str, Any]:
    south, west, north, east = bounding_box(near.lat, near.lon, near.radius_km)
    here = {"lat": near.lat, "lon": near.lon, "radius_km": near.radius_km}
    return here | {"south": south, "west": west, "north": north, "east": east}


def _days(first: date, last: date, now: datetime) -> dict[str, Any]:
    days = {(first + timedelta(days=n)).weekday() for n in range(min(WEEK, (last - first).days + 1))}
    return {
        "first_day": first,
        "last_day": last,
        "weekdays_wanted": sum(1 << day for day in days),
        "ahead": (first - now.astimezone(ZoneInfo(ZONE)).date()).days,
    }
