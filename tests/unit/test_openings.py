"""Opening hours, past midnight and over several days; merging closures; covering a window."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.availability.openings import Hours, Openings, covers, merge

FRIDAY = date(2027, 3, 5)
DAY = timedelta(days=1)
NIGHT = Openings((Hours(frozenset({3, 4, 5}), time(18), time(2)),), zone="UTC")
OFFICE = Openings((Hours(frozenset(range(5)), time(8), time(18)),), zone="UTC")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "days"),
    [
        (at(FRIDAY, 19), at(FRIDAY, 23), [FRIDAY]),
        (at(FRIDAY, 19), at(FRIDAY + DAY, 2), [FRIDAY]),
        (at(FRIDAY + DAY, 0, 30), at(FRIDAY + DAY, 1), [FRIDAY]),
        (at(FRIDAY, 19), at(FRIDAY + DAY, 23), [FRIDAY, FRIDAY + DAY]),
        (at(FRIDAY, 19), at(FRIDAY + DAY, 0), [FRIDAY]),
    ],
)
def test_after_midnight_belongs_to_the_evening_before(starts_at: datetime, ends_at: datetime, days: list[date]) -> None:
    assert list(NIGHT.service_days(starts_at, ends_at)) == days
    assert NIGHT.allows(starts_at, ends_at)


@pytest.mark.parametrize(
    ("openings", "starts_at", "ends_at"),
    [
        (NIGHT, at(FRIDAY, 17), at(FRIDAY, 20)),
        (NIGHT, at(FRIDAY, 19), at(FRIDAY + DAY, 3)),
        (OFFICE, at(FRIDAY, 7, 59), at(FRIDAY, 12)),
        (OFFICE, at(FRIDAY, 9), at(FRIDAY, 18, 1)),
    ],
)
def test_outside_of_the_hours(openings: Openings, starts_at: datetime, ends_at: datetime) -> None:
    assert not openings.allows(starts_at, ends_at)


def test_several_days_need_each_of_them_open() -> None:
    monday = FRIDAY + 3 * DAY
    assert list(OFFICE.service_days(at(monday, 9), at(monday + 2 * DAY, 17))) == [monday + n * DAY for n in range(3)]
    assert OFFICE.allows(at(monday, 9), at(monday + 2 * DAY, 17))
    assert [OFFICE.closed_on(FRIDAY + n * DAY) for n in range(4)] == [False, True, True, False]


def test_hours_are_the_offers_own_wall_time() -> None:
    paris = Openings((Hours(opens=time(9), closes=time(18)),))
    summer, winter = date(2027, 7, 1), date(2027, 1, 4)
    assert paris.allows(at(summer, 7), at(summer, 16))
    assert not paris.allows(at(winter, 7), at(winter, 16))
    assert paris.instants(summer)[0] == (at(summer, 7), at(summer, 16))


def test_blackouts_count_on_both_ends() -> None:
    closed = Openings(blackouts=((FRIDAY, FRIDAY + DAY),))
    assert [closed.closed_on(FRIDAY + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_periods_that_touch_are_merged() -> None:
    def days(*pairs: tuple[int, int]) -> list[tuple[date, date]]:
        return [(FRIDAY + first * DAY, FRIDAY + last * DAY) for first, last in pairs]

    assert merge(days((5, 6), (0, 2), (3, 3), (1, 1), (8, 9))) == days((0, 3), (5, 6), (8, 9))
    assert merge([]) == []


def test_a_gap_is_seen() -> None:
    def hours(*pairs: tuple[int, int]) -> list[tuple[datetime, datetime]]:
        return [(at(FRIDAY, first), at(FRIDAY, last)) for first, last in pairs]

    assert covers(hours((7, 10), (9, 12), (12, 19)), at(FRIDAY, 8), at(FRIDAY, 18))
    assert not covers(hours((8, 10), (11, 18)), at(FRIDAY, 8), at(FRIDAY, 18))
    assert not covers(hours((8, 17)), at(FRIDAY, 8), at(FRIDAY, 18))
    assert not covers([], at(FRIDAY, 8), at(FRIDAY, 18))
