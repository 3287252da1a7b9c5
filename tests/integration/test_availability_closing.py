"""Closing and opening days and hours by hand: each day is open when it should be in the end; undoing restores it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.availability import closing, plan, queries
from app.availability.calendars import openings_of
from app.availability.models import Blackout, CalendarChange, OpeningException
from app.availability.openings import Hours, Openings
from app.core.db import session, transaction
from app.core.errors import InvalidInput
from app.core.outbox import OutboxRow
from tests.conftest import clean
from tests.factories import Factories

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
MONDAY = date(2090, 5, 1)
NOW = datetime(2090, 4, 1, 9, tzinfo=UTC)
WHO: dict[str, Any] = {"by": "user:1", "now": NOW}
USUAL = (
    [Hours()],
    [Hours(frozenset(range(5)), time(9), time(12)), Hours(frozenset(range(5)), time(14), time(18))],
    [Hours(frozenset({3, 4, 5}), time(18), time(2)), Hours(frozenset({6}))],
)

clocks = st.integers(0, 23).map(time)
steps = st.lists(
    st.tuples(
        st.sampled_from(["close_days", "open_days", "close_hours", "open_hours", "undo"]),
        st.integers(0, 6),
        st.integers(0, 3),
        clocks,
        clocks,
    ),
    min_size=1,
    max_size=6,
)


def quarters(openings: Openings) -> set[datetime]:
    """Every quarter of an hour, by the wall, at which it is open around those days; whichever day's hours they are."""
    days = [MONDAY + n * DAY for n in range(-3, 13)]
    return {
        begins + n * QUARTER
        for day in days
        for begins, ends in openings.walls(day)
        for n in range((ends - begins) // QUARTER)
    }


def windows(first: date, last: date, opens: time, closes: time) -> set[datetime]:
    hours = Hours(opens=opens, closes=closes)
    found = set()
    for n in range((last - first).days + 1):
        begins, ends = hours.window(first + n * DAY)
        found |= {begins + each * QUARTER for each in range((ends - begins) // QUARTER)}
    return found


@given(usual=st.sampled_from(USUAL), history=steps)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_asked_is_what_is_open_and_nothing_else_changes(
    app: Flask, usual: list[Hours], history: Sequence[tuple[str, int, int, time, time]]
) -> None:
    session().rollback()
    session().expunge_all()
    clean()
    offer_id = Factories().offer().id
    with transaction():
        plan.set_usual(offer_id, usual, zone="UTC")
    past = [quarters(openings_of(offer_id))]
    for verb, begins, length, opens, closes in history:
        first, last = MONDAY + begins * DAY, MONDAY + (begins + length) * DAY
        with transaction():
            if verb == "undo":
                assert closing.undo(offer_id, now=NOW) == (len(past) > 1)
                past = past[:-1] or past
            elif verb == "close_days":
                closing.close_days(offer_id, first, last, **WHO)
            elif verb == "open_days":
                closing.open_days(offer_id, first, last, **WHO)
            else:
                getattr(closing, verb)(offer_id, (first, last), (opens, closes), **WHO)
        openings = openings_of(offer_id)
        found = quarters(openings)
        if verb == "undo":
            assert found == past[-1]
            continue
        before, drawn = past[-1], windows(first, last, opens, closes)
        if verb == "close_hours":
            assert found == before - drawn
        elif verb == "open_hours":
            assert found == before | drawn
        elif verb == "close_days":
            assert all(openings.closed_on(first + n * DAY) for n in range(length + 1)) and found <= before
        else:
            assert not any(openings.closed_on(first + n * DAY) for n in range(length + 1)) and found >= before
        past.append(found)


def test_a_day_that_is_usually_closed_opens_at_the_usual_hours(factories: Factories) -> None:
    offer = factories.offer()
    saturday = MONDAY + 5 * DAY
    with transaction():
        plan.set_opening(offer.id, range(5), time(9), time(18), zone="UTC")
        closing.open_days(offer.id, saturday, saturday + DAY, **WHO)
    hours = openings_of(offer.id).walls(saturday)
    assert [(f"{one:%H}", f"{two:%H}") for one, two in hours] == [("09", "18")]
    (row,) = closing.exceptions_of(offer.id, MONDAY)
    assert (row.first_day, row.last_day, row.opened) == (saturday, saturday + DAY, True)


def test_opening_the_middle_of_a_closure_keeps_its_reason_on_both_sides(factories: Factories) -> None:
    offer = factories.offer()
    with transaction():
        closing.close_days(offer.id, MONDAY, MONDAY + 9 * DAY, reason="Travaux", **WHO)
        closing.open_days(offer.id, MONDAY + 3 * DAY, MONDAY + 4 * DAY, **WHO)
    rows = [(row.first_day, row.last_day, row.reason) for row in queries.blackouts_of(offer.id)]
    assert rows == [(MONDAY, MONDAY + 2 * DAY, "Travaux"), (MONDAY + 5 * DAY, MONDAY + 9 * DAY, "Travaux")]


def test_only_the_last_changes_are_kept_and_each_tells_the_search(factories: Factories) -> None:
    offer = factories.offer()
    for n in range(closing.KEPT_CHANGES + 3):
        with transaction():
            closing.close_days(offer.id, MONDAY + 2 * n * DAY, MONDAY + 2 * n * DAY, **WHO)
    assert session().scalar(select(func.count(CalendarChange.id))) == closing.KEPT_CHANGES
    assert session().scalar(select(func.count(OutboxRow.id)).where(OutboxRow.signal == "offer.changed"))
    undone = 0
    while undone <= closing.KEPT_CHANGES:
        with transaction():
            if not closing.undo(offer.id, now=NOW):
                break
        undone += 1
    assert undone == closing.KEPT_CHANGES and len(queries.blackouts_of(offer.id)) == 3


def test_what_makes_no_sense_is_refused(factories: Factories) -> None:
    offer = factories.offer()
    hours = (time(9), time(12))
    for first, last in ((MONDAY, MONDAY - DAY), (NOW.date() - DAY, NOW.date() - DAY), (MONDAY, MONDAY + 800 * DAY)):
        with pytest.raises(InvalidInput) as caught, transaction():
            closing.close_hours(offer.id, (first, last), hours, **WHO)
        assert caught.value.field == "last_day"
    assert session().scalars(select(Blackout)).all() == [] and session().scalars(select(OpeningException)).all() == []
    assert not closing.can_undo(offer.id)
