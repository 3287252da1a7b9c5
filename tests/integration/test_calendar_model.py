"""Imported calendars, holds and buffers around a change of the clock, against every minute counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.availability import queries, service
from app.availability.imports import feeds
from app.availability.imports.feeds import Whose
from app.availability.imports.looking import Read, digest, window
from app.availability.imports.reading import read
from app.availability.imports.zones import NamedZone
from app.core.db import session, transaction
from app.core.errors import Unavailable
from tests.conftest import clean
from tests.factories import Factories, now
from tests.support.calendars import calendar

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
HOURS = st.integers(0, 4 * 24)
events = st.lists(
    st.tuples(st.sampled_from([None, 0, 1]), HOURS, st.integers(1, 30), st.booleans(), st.integers(1, 3)), max_size=5
)
holds = st.lists(st.tuples(st.sampled_from([0, 1]), HOURS, st.integers(1, 10)), max_size=2)
asked = st.lists(st.tuples(HOURS, st.integers(1, 20)), min_size=1, max_size=6)


def change_of_clock(month: int) -> datetime:
    """Two days before the next change in March or October, by the wall clock."""
    day = datetime(now().year + 1, month, 31)
    while day.weekday() != 6:
        day -= timedelta(days=1)
    return day - timedelta(days=2)


def instant(wall: datetime) -> datetime:
    return wall.replace(tzinfo=PARIS).astimezone(UTC)


def minutes(start: datetime, end: datetime) -> set[int]:
    return set(range(int(start.timestamp()) // 60, int(end.timestamp()) // 60))


@pytest.mark.parametrize("month", [3, 10])
@given(events=events, holds=holds, asked=asked, before=st.sampled_from([0, 30]), after=st.sampled_from([0, 45]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_free_units_and_takings_match_the_model(
    app: Flask, month: int, events: Any, holds: Any, asked: Any, before: int, after: int
) -> None:
    session().rollback()
    session().expunge_all()
    clean()
    base, offer = change_of_clock(month), Factories().offer(units=2)
    units = queries.units_of(offer.id)
    with transaction():
        for unit in units:
            unit.before_minutes, unit.after_minutes = before, after
    taken: list[set[int]] = [set(), set()]
    for number, (whose, hour, length, whole_day, count) in enumerate(events):
        spans = _import(offer, units, number, base, whose, hour, length, whole_day, count)
        for index in (0, 1) if whose is None else (whose,):
            for span in spans:
                taken[index] |= minutes(*span)
    for index, hour, length in holds:
        start = instant(base + timedelta(hours=hour))
        _hold(offer, units, index, start, start + timedelta(hours=length), taken, before, after)
    for hour, length in asked:
        start = instant(base + timedelta(hours=hour))
        end = start + timedelta(hours=length)
        wanted = minutes(start - before * MINUTE, end + after * MINUTE)
        free = sum(not wanted & each for each in taken)
        assert queries.free_units([offer.id], start, end, now())[offer.id] == free


def _import(
    offer: Any, units: Any, number: int, base: datetime, whose: Any, hour: int, length: int, whole: bool, count: int
) -> list[tuple[datetime, datetime]]:
    """Add a calendar with one daily series; the busy times that it means."""
    wall = base + timedelta(hours=hour)
    if whole:
        wall = wall.replace(hour=0)
        line = f"DTSTART;VALUE=DATE:{wall:%Y%m%d}"
    else:
        line = f"DTSTART;TZID=Romance Standard Time:{wall:%Y%m%dT%H%M%S}\nDURATION:PT{length}H"
    raw = calendar(f"UID:{number}\n{line}\nRRULE:FREQ=DAILY;COUNT={count}")
    at = now()
    found = Read(read(raw, window(at), NamedZone(PARIS)), digest(raw), window(at)[1])
    given: dict[str, Any] = {"url": "", "zone": "Europe/Paris", "secret_key": "k", "by": "user:1", "now": at}
    with transaction():
        which = Whose(offer.id, None if whose is None else units[whose].id)
        feeds.add(offer.provider_id, which, str(number), found, **given)
    spans = []
    for day in range(count):
        start = wall + timedelta(days=day)
        end = instant(start + timedelta(days=1)) if whole else instant(start) + timedelta(hours=length)
        spans.append((instant(start), end))
    return spans


def _hold(
    offer: Any, units: Any, index: int, start: datetime, end: datetime, taken: list[set[int]], before: int, after: int
) -> None:
    """Take a time on one unit: it succeeds exactly when every minute of it, and of its buffers, is free."""
    wanted = minutes(start - before * MINUTE, end + after * MINUTE)
    expected = not wanted & taken[index]
    try:
        with transaction():
            service.take(offer.id, start, end, expires_at=None, now=now(), unit_ids=[units[index].id])
        happened = True
    except Unavailable:
        happened = False
    assert happened == expected
    if happened:
        taken[index] |= wanted
