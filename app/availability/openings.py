"""When an offer opens: weekdays and hours in its own zone, past midnight included, and the days it is closed.

Pure: what the rows say arrives as arguments. A *service day* is the day an opening begins on: with doors from 18:00 to
02:00, half past midnight on Saturday still belongs to Friday.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Paris"
EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Openings:
    """Opening weekdays (Monday is 0) and hours, and the blackouts as (first day, last day), both included."""

    weekdays: frozenset[int] = EVERY_DAY
    opens: time = MIDNIGHT
    closes: time = MIDNIGHT
    zone: str = ZONE
    blackouts: tuple[tuple[date, date], ...] = ()

    @property
    def all_day(self) -> bool:
        """Whether hours don't matter."""
        return self.opens == self.closes

    @property
    def overnight(self) -> bool:
        """Whether it closes after midnight."""
        return self.closes < self.opens

    def local(self, instant: datetime) -> datetime:
        """The wall time of an instant at the offer, naive."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def window(self, day: date) -> tuple[datetime, datetime]:
        """From when to when it is open on a service day: wall times, naive."""
        if self.all_day:
            return datetime.combine(day, MIDNIGHT), datetime.combine(day + DAY, MIDNIGHT)
        last = day + DAY if self.overnight else day
        return datetime.combine(day, self.opens), datetime.combine(last, self.closes)

    def instants(self, day: date) -> tuple[datetime, datetime]:
        """The same window as aware instants."""
        zone = ZoneInfo(self.zone)
        opens, closes = self.window(day)
        return opens.replace(tzinfo=zone), closes.replace(tzinfo=zone)

    def first_day(self, starts_at: datetime) -> date:
        """The service day that a start belongs to."""
        wall = self.local(starts_at)
        return wall.date() - DAY if self.overnight and wall.time() < self.closes else wall.date()

    def last_day(self, ends_at: datetime) -> date:
        """The service day that an end belongs to; an end at midnight belongs to the day before."""
        wall = self.local(ends_at)
        late = self.overnight and wall.time() <= self.closes
        return wall.date() - DAY if late or wall.time() == MIDNIGHT else wall.date()

    def service_days(self, starts_at: datetime, ends_at: datetime) -> Iterator[date]:
        """The service days that a time touches, in order."""
        first = self.first_day(starts_at)
        for count in range((self.last_day(ends_at) - first).days + 1):
            yield first + count * DAY

    def closed_on(self, day: date) -> bool:
        """Whether a service day is no opening day, or blacked out."""
        return day.weekday() not in self.weekdays or self.blacked_out(day)

    def blacked_out(self, day: date) -> bool:
        """Whether a service day lies in a blackout."""
        return any(first <= day <= last for first, last in self.blackouts)

    def within_hours(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a time begins in the opening hours of its first service day and ends in those of its last."""
        if self.all_day:
            return True
        opens, closes = self.window(self.first_day(starts_at))
        reopens, recloses = self.window(self.last_day(ends_at))
        return opens <= self.local(starts_at) < closes and reopens < self.local(ends_at) <= recloses


def merge(periods: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Periods of days in order, those that overlap or touch made one."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted(periods):
        if merged and first <= merged[-1][1] + DAY:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def covers(busy: Sequence[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether busy times, in order of their starts, leave no gap between two instants."""
    reached = starts_at
    for first, last in busy:
        if first > reached:
            break
        reached = max(reached, last)
    return reached >= ends_at
