"""Random rules, seasons, exceptions, buffers, reservations and imported times, around changes of the clock and of the
year, against a model that looks at every quarter of an hour and knows nothing of intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.availability import queries
from app.availability.imports.models import CalendarFeed, ImportedBusy
from app.availability.models import (
    Blackout,
    OpeningException,
    OpeningHours,
    OpeningRule,
    Reservation,
    ReservationState,
    Season,
    Unit,
    span,
)
from app.availability.openings import Hours, join
from app.availability.queries import DayState
from app.core.db import session
from app.offers.models import Offer
from tests.conftest import clean
from tests.factories import Factories

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
# The clock goes forward, back, back by half an hour only, and a year ends.
PLACES = [
    ("Europe/Paris", date(2027, 3, 28)),
    ("Europe/Paris", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("America/Santiago", date(2027, 9, 5)),
    ("Europe/Paris", date(2027, 12, 31)),
]
AROUND = range(-2, 4)
SLOTS = 4 * 24
NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


@dataclass
class Taken:
    """A reservation by quarters from midnight UTC of the first day around."""

    unit: int
    first: int
    quarters: int
    gone: bool  # a hold that has run out


@dataclass
class Elsewhere:
    """What an imported calendar says: of one unit, or of all when `unit` is None; several pieces that don't touch."""

    unit: int | None
    pieces: list[tuple[int, int]]


@dataclass
class Rules:
    """What a provider may have set, as plain values."""

    place: int
    usual: list[Hours]
    seasons: list[tuple[int, int, bool, list[Hours]]]
    specials: list[tuple[int, int, bool, Hours]]
    blackouts: list[tuple[int, int]]
    buffers: list[tuple[int, int]]
    taken: list[Taken]
    notice: int
    horizon: int | None
    elsewhere: list[Elsewhere] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def zone(self) -> str:
        return PLACES[self.place][0]

    def day(self, number: int) -> date:
        return PLACES[self.place][1] + number * DAY

    @property
    def epoch(self) -> datetime:
        return datetime.combine(self.day(AROUND[0]), time(0), UTC)


clock = st.sampled_from([0, 3, 4, 5, 6]) | st.integers(0, 47)  # halves of an hour; those near a change of the clock
clock = clock.map(lambda half: time(half // 2, half % 2 * 30))
hours = st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), clock, clock) | st.builds(Hours)
of_days = st.tuples(st.integers(-3, 4), st.integers(0, 3))
rules = st.builds(
    Rules,
    place=st.integers(0, len(PLACES) - 1),
    usual=st.lists(hours, min_size=1, max_size=3),
    seasons=st.lists(
        st.tuples(st.integers(-240, 3), st.integers(-3, 30), st.booleans(), st.lists(hours, max_size=2)).map(
            lambda one: (one[0], max(0, one[1] - one[0]), *one[2:])
        ),
        max_size=2,
    ),
    specials=st.lists(st.tuples(st.integers(-3, 4), st.integers(0, 3), st.booleans(), hours), max_size=3),
    blackouts=st.lists(of_days, max_size=1),
    buffers=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=3),
    taken=st.lists(
        st.builds(Taken, st.integers(0, 2), st.integers(0, 6 * SLOTS), st.integers(1, 2 * SLOTS), st.booleans()),
        max_size=8,
    ),
    notice=st.sampled_from([0, 0, 82, 299]),
    horizon=st.sampled_from([None, None, 84, 300, 361]),
    elsewhere=st.lists(
        st.builds(
            Elsewhere,
            st.none() | st.integers(0, 2),
            st.lists(st.tuples(st.integers(0, 6 * SLOTS), st.integers(1, SLOTS)), min_size=1, max_size=3),
        ),
        max_size=2,
    ),
    asked=st.lists(st.tuples(st.integers(0, 6 * SLOTS), st.integers(1, 3 * SLOTS)), min_size=6, max_size=12),
)


class Brute:
    """The model: a wall clock in quarters, the open ones of each service day, the taken ones of each unit."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.info = rules, ZoneInfo(rules.zone)
        self.busy = [self._busy(number) for number in range(len(rules.buffers))]

    # When it is open

    def _hours(self, day: date) -> list[Hours]:
        found = self.rules.usual
        shortest = None
        for first, length, yearly, lines in self.rules.seasons:
            begins, ends = self.rules.day(first), self.rules.day(first + length)
            year = (day.month, day.day)
            one, two = (begins.month, begins.day), (ends.month, ends.day)
            across = begins.year != ends.year
            inside = (year >= one or year <= two) if across else one <= year <= two
            if (inside if yearly else begins <= day <= ends) and (shortest is None or length <= shortest):
                found, shortest = lines, length
        return [line for line in found if day.weekday() in line.weekdays]

    @staticmethod
    def _in(line: Hours, day: date, wall: datetime) -> bool:
        opens = datetime.combine(day, line.opens)
        closes = datetime.combine(day, line.closes)
        if line.opens == line.closes:
            opens, closes = datetime.combine(day, time(0)), datetime.combine(day + DAY, time(0))
        elif closes < opens:
            closes += DAY
        return opens <= wall < closes

    def _open_quarter(self, day: date, wall: datetime) -> bool:
        rules = self.rules
        if any(rules.day(first) <= day <= rules.day(first + more) for first, more in rules.blackouts):
            return False
        lines = self._hours(day)
        for first, more, opened, line in rules.specials:
            days = [rules.day(first + n) for n in range(more + 1)]
            line = Hours(opens=line.opens, closes=line.closes)
            if opened and day in days:
                lines = [*lines, line]
            if not opened and line.opens != line.closes and any(self._in(line, each, wall) for each in days):
                return False
        return any(self._in(line, day, wall) for line in lines)

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        if day not in self._stretches:
            self._stretches[day] = list(self._runs(day))
        return self._stretches[day]

    @property
    def _stretches(self) -> dict[date, list[tuple[datetime, datetime]]]:
        return self.__dict__.setdefault("found", {})

    def _runs(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        walls = [datetime.combine(day, time(0)) + n * QUARTER for n in range(2 * SLOTS + 1)]
        begins = None
        for wall in walls:
            opened = self._open_quarter(day, wall)
            if opened and begins is None:
                begins = wall
            if not opened and begins is not None:
                first, last = first_shown(begins, self.rules.zone), first_shown(wall, self.rules.zone)
                if first < last:
                    yield first, last
                begins = None

    def closed_by_hand(self, starts_at: datetime, ends_at: datetime) -> bool:
        for first, more, opened, line in self.rules.specials:
            for n in range(more + 1):
                wall = datetime.combine(self.rules.day(first + n), line.opens)
                end = datetime.combine(self.rules.day(first + n + (line.closes < line.opens)), line.closes)
                one, two = first_shown(wall, self.rules.zone), first_shown(end, self.rules.zone)
                if not opened and one < ends_at and starts_at < two:
                    return True
        return False

    def begins_on(self, starts_at: datetime, ends_at: datetime) -> list[date]:
        """The service days that it may begin on; none when it is closed."""
        if self.closed_by_hand(starts_at, ends_at):
            return []
        local = starts_at.astimezone(self.info).date()
        return [day for day in (local - DAY, local) if self._fits(day, starts_at, ends_at)]

    def _fits(self, day: date, starts_at: datetime, ends_at: datetime) -> bool:
        inside = [two for one, two in self.stretches(day) if one <= starts_at < two]
        if not inside:
            return False
        if ends_at <= inside[0]:
            return True
        later = day + DAY
        while later <= ends_at.astimezone(self.info).date() and self.stretches(later):
            if any(one < ends_at <= two for one, two in self.stretches(later)):
                return True
            later += DAY
        return False

    # What is taken

    def _busy(self, number: int) -> set[int]:
        """The quarters that a unit's reservations and their buffers take."""
        before, after = self.rules.buffers[number]
        found: set[int] = set()
        for one in kept(self.rules):
            if one.unit == number and not one.gone:
                found |= set(range(one.first - before, one.first + one.quarters + after))
        for feed in self.rules.elsewhere:
            if feed.unit in (None, number):
                found |= {n for first, quarters in feed.pieces for n in range(first, first + quarters)}
        return found

    def is_free(self, unit: int, first: int, quarters: int) -> bool:
        before, after = self.rules.buffers[unit]
        return self.busy[unit].isdisjoint(range(first - before, first + quarters + after))

    def quarter(self, instant: datetime) -> int:
        return (instant - self.rules.epoch) // QUARTER

    def day(self, day: date) -> tuple[DayState, int]:
        hours, today = self.stretches(day), NOW.astimezone(self.info).date()
        if not hours:
            return DayState.CLOSED, 0
        if day < today + self.rules.notice * DAY:
            return DayState.NOTICE, 0
        if self.rules.horizon is not None and day > today + self.rules.horizon * DAY:
            return DayState.FAR, 0
        quarters = [n for one, two in hours for n in range(self.quarter(one), self.quarter(two))]
        free = [[self.is_free(unit, n, 1) for n in quarters] for unit in range(len(self.busy))]
        if not any(any(each) for each in free):
            return DayState.TAKEN, 0
        whole = sum(all(each) for each in free)
        return DayState.FREE if whole == len(free) else DayState.PART, whole


@cache
def first_shown(wall: datetime, zone: str) -> datetime:
    """The first quarter at which a clock shows a wall time, or has jumped over it."""
    info = ZoneInfo(zone)
    instant = (wall - timedelta(hours=16)).replace(tzinfo=UTC)
    while instant.astimezone(info).replace(tzinfo=None) < wall:
        instant += QUARTER
    return instant


def kept(rules: Rules) -> list[Taken]:
    """Those that don't overlap one before them on their unit, buffers included: what the database lets in."""
    found: list[Taken] = []
    for one in rules.taken:
        if one.unit < len(rules.buffers) and not any(_meet(one, each, sum(rules.buffers[one.unit])) for each in found):
            found.append(one)
    return found


def _meet(one: Taken, other: Taken, between: int) -> bool:
    near = one.first < other.first + other.quarters + between and other.first < one.first + one.quarters + between
    return one.unit == other.unit and near


def write(rules: Rules) -> Offer:
    """The same in the database."""
    factories = Factories()
    offer = factories.offer(units=0, notice_days=rules.notice)
    rule = session().get_one(OpeningRule, offer.id)
    first = rules.usual[0]
    rule.weekdays, rule.opens, rule.closes = sorted(first.weekdays), first.opens, first.closes
    rule.zone, rule.horizon_days = rules.zone, rules.horizon
    more: list[tuple[int | None, Hours]] = [(None, line) for line in rules.usual[1:]]
    for begins, length, yearly, lines in rules.seasons:
        season = Season(
            offer_id=offer.id, first_day=rules.day(begins), last_day=rules.day(begins + length), yearly=yearly, name=""
        )
        factories.add(season)
        more += [(season.id, line) for line in lines]
    factories.add(
        *(
            OpeningHours(
                offer_id=offer.id, season_id=number, weekdays=sorted(line.weekdays),
                opens=line.opens, closes=line.closes,
            )
            for number, line in more
        ),
        *(
            OpeningException(
                offer_id=offer.id, first_day=rules.day(begins), last_day=rules.day(begins + length), opened=opened,
                opens=line.opens, closes=line.closes,
            )
            for begins, length, opened, line in rules.specials
            if opened or line.opens != line.closes
        ),
        *(
            Blackout(offer_id=offer.id, first_day=rules.day(begins), last_day=rules.day(begins + more_days))
            for begins, more_days in rules.blackouts
        ),
    )  # fmt: skip
    units = [
        Unit(offer_id=offer.id, position=n, name=str(n), before_minutes=15 * before, after_minutes=15 * after)
        for n, (before, after) in enumerate(rules.buffers)
    ]
    factories.add(*units)
    factories.add(*(_reservation(units[one.unit], one, rules) for one in kept(rules)))
    for feed in rules.elsewhere:
        if feed.unit is None or feed.unit < len(units):
            _import(factories, offer, None if feed.unit is None else units[feed.unit].id, feed.pieces, rules)
    return offer


def _import(
    factories: Factories, offer: Offer, unit_id: int | None, pieces: list[tuple[int, int]], rules: Rules
) -> None:
    whose = {"provider_id": offer.provider_id, "offer_id": offer.id, "unit_id": unit_id}
    feed = CalendarFeed(**whose, name="", zone=rules.zone, notes=[])
    factories.add(feed)
    times = [(rules.epoch + first * QUARTER, rules.epoch + (first + length) * QUARTER) for first, length in pieces]
    during = [span(first, last) for first, last in join(times)]
    factories.add(ImportedBusy(feed_id=feed.id, offer_id=offer.id, unit_id=unit_id, during=during))


def _reservation(unit: Unit, one: Taken, rules: Rules) -> Reservation:
    starts_at = rules.epoch + one.first * QUARTER
    ends_at = starts_at + one.quarters * QUARTER
    before, after = timedelta(minutes=unit.before_minutes), timedelta(minutes=unit.after_minutes)
    return Reservation(
        unit_id=unit.id,
        during=span(starts_at - before, ends_at + after),
        before_minutes=unit.before_minutes,
        after_minutes=unit.after_minutes,
        state=ReservationState.ACTIVE if one.gone else ReservationState.BOOKED,
        expires_at=NOW - DAY if one.gone else None,
    )


@given(rules=rules)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_free_times_and_days_are_those_of_the_model(app: Flask, rules: Rules) -> None:
    session().rollback()
    session().expunge_all()
    clean()
    rules.specials = [one for one in rules.specials if one[2] or one[3].opens != one[3].closes]
    offer, brute = write(rules), Brute(rules)
    openings = queries.openings_of(offer.id)
    for number in AROUND:
        assert openings.instants(rules.day(number)) == brute.stretches(rules.day(number))
    for first, quarters in rules.asked:
        starts_at = rules.epoch + first * QUARTER
        check_time(rules, brute, offer, starts_at, starts_at + quarters * QUARTER)
    shown = queries.days(offer, rules.day(AROUND[0]), rules.day(AROUND[-1]), NOW)
    assert [(day.state, day.free_units) for day in shown] == [brute.day(day.day) for day in shown]


def check_time(rules: Rules, brute: Brute, offer: Offer, starts_at: datetime, ends_at: datetime) -> None:
    first, quarters = brute.quarter(starts_at), (ends_at - starts_at) // QUARTER
    free = sum(brute.is_free(unit, first, quarters) for unit in range(len(rules.buffers)))
    assert queries.free_units([offer.id], starts_at, ends_at, NOW)[offer.id] == free
    begins = brute.begins_on(starts_at, ends_at)
    assert queries.openings_of(offer.id).allows(starts_at, ends_at) == bool(begins)
    if not begins:
        assert not queries.is_open(offer, starts_at, ends_at, NOW)
        return
    today = NOW.astimezone(brute.info).date()
    day = begins[-1]
    last = day if rules.horizon is None else today + rules.horizon * DAY
    in_time = today + rules.notice * DAY <= day <= last
    assert queries.is_open(offer, starts_at, ends_at, NOW) == in_time
    assert queries.free_offers([offer.id], starts_at, ends_at, NOW) == ({offer.id} if in_time and free else set())
