"""When an offer is open: its usual hours, seasons with others, exceptions, closures; in its own zone.

Pure: what the rows say arrives as arguments. Hours belong to the *service day* on which they begin: with doors from
18:00 to 02:00, half past midnight on Saturday still belongs to Friday. Wall times are naive datetimes.

A time is open when it lies inside one stretch of hours, or when it goes over several service days, all of them open,
and begins in the hours of the first and ends in those of the last. No closed hours may lie inside.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Paris"
EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MIDNIGHT = time(0)
LONGEST_DAYS = 400

Period = tuple[datetime, datetime]
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on some weekdays (Monday is 0). Equal times: all day; `closes` first: past midnight."""

    weekdays: frozenset[int] = EVERY_DAY
    opens: time = MIDNIGHT
    closes: time = MIDNIGHT

    @property
    def all_day(self) -> bool:
        """Whether the whole day is meant."""
        return self.opens == self.closes

    def window(self, day: date) -> Period:
        """The wall times on a day."""
        if self.all_day:
            return datetime.combine(day, MIDNIGHT), datetime.combine(day + DAY, MIDNIGHT)
        last = day + DAY if self.closes < self.opens else day
        return datetime.combine(day, self.opens), datetime.combine(last, self.closes)


@dataclass(frozen=True, slots=True)
class SeasonHours:
    """The hours of a part of the year, both days included; `yearly`: on the same dates of every year."""

    first: date
    last: date
    yearly: bool = False
    hours: tuple[Hours, ...] = ()
    id: int = 0

    def holds(self, day: date) -> bool:
        """Whether a day is in it. A 29th of February that a year lacks counts as the 28th."""
        if not self.yearly:
            return self.first <= day <= self.last
        years = range(day.year - 1, day.year + 1)
        return any(_in_year(self.first, year) <= day <= self._end(year) for year in years)

    def _end(self, year: int) -> date:
        """The last day of the one that begins in that year."""
        return _in_year(self.last, year + self.last.year - self.first.year)

    @property
    def rank(self) -> tuple[timedelta, int]:
        """The smallest counts where several hold a day."""
        return self.last - self.first, -self.id


@dataclass(frozen=True, slots=True)
class Special:
    """Hours on each of some days that are open besides the others (`opened`), or closed in spite of them."""

    first: date
    last: date
    opened: bool
    hours: Hours = Hours()

    def holds(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Openings:
    """All that says when an offer is open. Blackouts are (first day, last day), both included; what closes wins."""

    usual: tuple[Hours, ...] = (Hours(),)
    seasons: tuple[SeasonHours, ...] = ()
    specials: tuple[Special, ...] = ()
    blackouts: tuple[Days, ...] = ()
    zone: str = ZONE
    notice_days: int = 0
    horizon_days: int | None = None

    def bookable_days(self, now: datetime) -> tuple[date, date | None]:
        """The first service day that notice allows, and the last one within the horizon, if it has any."""
        today = self.local(now).date()
        return today + self.notice_days * DAY, None if self.horizon_days is None else today + self.horizon_days * DAY

    def local(self, instant: datetime) -> datetime:
        """The wall time of an instant at the offer, naive."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def instant(self, wall: datetime) -> datetime:
        """The first instant at which the offer's clock shows a wall time, or jumps over it."""
        zone = ZoneInfo(self.zone)
        late = wall.replace(tzinfo=zone).astimezone(UTC)
        if late.astimezone(zone).replace(tzinfo=None) == wall:
            return late
        early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        while late - early > SECOND:
            middle = (early + (late - early) / 2).replace(microsecond=0)
            early, late = (middle, late) if self.local(middle) < wall else (early, middle)
        return late

    def season(self, day: date) -> SeasonHours | None:
        """The season whose hours count on a day, if any."""
        return min((one for one in self.seasons if one.holds(day)), key=lambda one: one.rank, default=None)

    def regular(self, day: date) -> tuple[Hours, ...]:
        """The hours of a day but for exceptions and closures."""
        season = self.season(day)
        return tuple(one for one in (season.hours if season else self.usual) if day.weekday() in one.weekdays)

    def walls(self, day: date) -> list[Period]:
        """The hours of a service day as wall times, in order; those that touch are one. None when it is closed."""
        if self.blacked_out(day):
            return []
        extra = [one.hours for one in self.specials if one.opened and one.holds(day)]
        return subtract(join(one.window(day) for one in (*self.regular(day), *extra)), self.closed_walls(day))

    def closed_walls(self, day: date) -> list[Period]:
        """The closed hours that may lie in those of a service day, in order."""
        near = [day + n * DAY for n in (-1, 0, 1)]
        closed = [one for one in self.specials if not one.opened]
        return join(one.hours.window(each) for one in closed for each in near if one.holds(each))

    def instants(self, day: date) -> list[Period]:
        """The hours of a service day as aware instants. What a change of the clock swallows is left out."""
        found = [(self.instant(opens), self.instant(closes)) for opens, closes in self.walls(day)]
        return [(opens, closes) for opens, closes in found if opens < closes]

    def bounds(self, first: date, last: date) -> Period:
        """Instants that hold all hours of some service days."""
        before, after = datetime.combine(first, MIDNIGHT), datetime.combine(last + 2 * DAY, MIDNIGHT)
        return self.instant(before), self.instant(after)

    def closed_on(self, day: date) -> bool:
        """Whether nothing is open on a service day."""
        return not self.walls(day)

    def blacked_out(self, day: date) -> bool:
        """Whether a service day lies in a blackout."""
        return any(first <= day <= last for first, last in self.blackouts)

    def first_day(self, starts_at: datetime) -> date:
        """The service day that a start belongs to: the evening before, if its hours go on."""
        day = self.local(starts_at).date()
        late = any(opens <= starts_at < closes for opens, closes in self.instants(day - DAY))
        return day - DAY if late and not self._begins_inside(day, starts_at) else day

    def last_day(self, ends_at: datetime) -> date:
        """The service day that an end belongs to; an end at midnight belongs to the day before."""
        wall = self.local(ends_at)
        day = wall.date()
        late = any(opens < ends_at <= closes for opens, closes in self.instants(day - DAY))
        return day - DAY if late or wall.time() == MIDNIGHT else day

    def service_days(self, starts_at: datetime, ends_at: datetime) -> Iterator[date]:
        """The service days that a time touches, in order."""
        first = self.first_day(starts_at)
        for count in range((self.last_day(ends_at) - first).days + 1):
            yield first + count * DAY

    def allows(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a time is open, as the head of this file says."""
        first, last = self.local(starts_at).date(), self.local(ends_at).date()
        if (last - first).days > LONGEST_DAYS or self.closed_between(starts_at, ends_at):
            return False
        for begins in (first - DAY, first):
            stretches = [(opens, closes) for opens, closes in self.instants(begins) if opens <= starts_at < closes]
            if any(ends_at <= closes for _opens, closes in stretches):
                return True
            if stretches and self._goes_on(begins, last, ends_at):
                return True
        return False

    def closed_between(self, starts_at: datetime, ends_at: datetime) -> Period | None:
        """Closed hours that lie in a time, as wall times, if any."""
        opens, closes = self.local(starts_at), self.local(ends_at)
        days = [opens.date() + n * DAY for n in range(-1, (closes.date() - opens.date()).days + 1)]
        closed = [one for one in self.specials if not one.opened]
        for first, last in (one.hours.window(day) for one in closed for day in days if one.holds(day)):
            if self.instant(first) < ends_at and starts_at < self.instant(last):
                return first, last
        return None

    def _goes_on(self, begins: date, last: date, ends_at: datetime) -> bool:
        """Whether a time that begins on a service day may end on a later one at that moment."""
        for ends in (last - DAY, last):
            inside = any(opens < ends_at <= closes for opens, closes in self.instants(ends))
            between = (begins + n * DAY for n in range(1, (ends - begins).days))
            if ends > begins and inside and not any(self.closed_on(day) for day in between):
                return True
        return False

    def _begins_inside(self, day: date, starts_at: datetime) -> bool:
        return any(opens <= starts_at < closes for opens, closes in self.instants(day))


def _in_year(day: date, year: int) -> date:
    lacks = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if lacks else day.day)


def join(periods: Iterable[Period]) -> list[Period]:
    """Periods in order, those that overlap or touch made one."""
    joined: list[Period] = []
    for first, last in sorted(periods):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def subtract(periods: Sequence[Period], taken: Sequence[Period]) -> list[Period]:
    """What is left of periods, in order, without what is taken."""
    left = list(periods)
    for first, last in taken:
        parts = [part for one in left for part in ((one[0], min(one[1], first)), (max(one[0], last), one[1]))]
        left = [part for part in parts if part[0] < part[1]]
    return left


def merge(periods: Iterable[Days]) -> list[Days]:
    """Periods of days in order, those that overlap or touch made one."""
    merged: list[Days] = []
    for first, last in sorted(periods):
        if merged and first <= merged[-1][1] + DAY:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def cut(period: Days, hole: Days) -> list[Days]:
    """What is left of a period of days without some of them."""
    parts = [(period[0], min(period[1], hole[0] - DAY)), (max(period[0], hole[1] + DAY), period[1])]
    if hole[1] < period[0] or period[1] < hole[0]:
        return [period]
    return [part for part in parts if part[0] <= part[1]]


def covers(busy: Sequence[Period], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether busy times, in order of their starts, leave no gap between two instants."""
    reached = starts_at
    for first, last in busy:
        if first > reached:
            break
        reached = max(reached, last)
    return reached >= ends_at
