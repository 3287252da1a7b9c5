"""Recurrence rules: which are refused before anything is computed, and the wall times of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod
from typing import Final

from dateutil.rrule import rrule, rrulestr

from app.availability.imports.values import DAY, Moment, moment
from app.availability.imports.zones import Directory

MAX_COUNT: Final = 100_000
MAX_COMBINATIONS: Final = 500
MAX_DATES: Final = 2_000
MAX_RULES: Final = 20
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2200
_PERIODS: Final = {"DAILY": DAY, "WEEKLY": 7 * DAY}
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_SUBDAILY: Final = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_TIMES: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_END_OF_DAY: Final = timedelta(hours=23, minutes=59, seconds=59)


class Refused(Exception):
    """This rule isn't computed. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment at which an occurrence may begin: by the wall clock, or as an instant; either will do."""

    wall: datetime | None = None
    instant: datetime | None = None

    def allows(self, start: Moment) -> bool:
        """Whether an occurrence begins early enough."""
        if self.instant is not None and start.utc <= self.instant:
            return True
        return start.wall <= self.wall if self.wall is not None else self.instant is None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule within the limits, from its series' start on."""

    frequency: str
    recurrence: rrule
    start: Moment
    until: Until
    skips: timedelta | None
    """A multiple of this can be left out at the beginning without changing what follows."""

    def between(self, first: datetime, last: datetime) -> Iterator[Moment]:
        """The occurrences whose wall times lie between two, both included. Raises Refused."""
        begin = self._begin(first)
        recurrence = self.recurrence if begin == self.start.wall else self.recurrence.replace(dtstart=begin)
        try:
            for wall in recurrence:
                found = Moment(wall, self.start.zone, self.start.is_date, self.start.floating)
                if wall > last or not self.until.allows(found):
                    return
                if wall >= first:
                    yield found
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise Refused("malformed") from error

    def _begin(self, first: datetime) -> datetime:
        """A later date at which the rule has the same phase: a daily rule of 1970 costs no more than a new one."""
        start = self.start.wall
        if self.skips is None or first <= start:
            return start
        return start + max((first - start) // self.skips - 1, 0) * self.skips


def rule_of(text: str, start: Moment, zones: Directory) -> Rule:
    """A checked rule. Raises Refused."""
    parts = _parts(text)
    _check(parts)
    until = _until(parts.pop("UNTIL", ""), start, zones)
    if start.is_date:
        parts = {name: value for name, value in parts.items() if name not in _TIMES}
    if parts.get("COUNT", "").startswith("-"):
        del parts["COUNT"]  # some programs write COUNT=-1 for "without end"
    period = _PERIODS.get(parts["FREQ"])
    skips = None if period is None or "COUNT" in parts else period * int(parts.get("INTERVAL", "1"))
    return Rule(parts["FREQ"], _recurrence(parts, start), start, until, skips)


def _recurrence(parts: dict[str, str], start: Moment) -> rrule:
    try:
        return rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start.wall)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:
        raise Refused("malformed") from error


def check_start(start: Moment) -> None:
    """Raises Refused for a start outside the years that are computed."""
    if not FIRST_YEAR <= start.wall.year <= LAST_YEAR:
        raise Refused("start")


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().strip(";").upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name.strip() in parts:
            raise Refused("malformed")
        if not name.strip().startswith("X-"):
            parts[name.strip()] = value.strip()
    return parts


def _check(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency in _SUBDAILY:
        raise Refused("subdaily")
    if frequency not in _FREQUENCIES:
        raise Refused("malformed")
    try:
        if int(parts.get("INTERVAL", "1")) < 1:
            raise Refused("interval")
        count = int(parts.get("COUNT", "1"))
    except ValueError as error:
        raise Refused("malformed") from error
    if count > MAX_COUNT:
        raise Refused("count")
    if count == 0 or int(parts.get("INTERVAL", "1")) > MAX_COUNT:
        raise Refused("malformed")
    lists = [value.count(",") + 1 for name, value in parts.items() if name.startswith("BY") and name != "BYSETPOS"]
    if prod(lists) > MAX_COMBINATIONS:
        raise Refused("combinations")


def _until(text: str, start: Moment, zones: Directory) -> Until:
    """A day counts whole; a time without a zone is one of the series' own clock."""
    if not text:
        return Until()
    try:
        found = moment(text, {}, zones, floating=start.zone)
    except ValueError as error:
        raise Refused("malformed") from error
    if found.is_date:
        return Until(wall=found.wall + _END_OF_DAY)
    if start.is_date:  # midnight of the last day, in UTC or by the calendar's clock: programs differ
        return Until(wall=found.wall, instant=found.utc)
    return Until(wall=found.wall) if found.floating else Until(instant=found.utc)
