"""What dates, durations and periods say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.availability.imports.lines import Property
from app.availability.imports.zones import Directory, NamedZone, Zone

_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)?([Zz])?)?")
_DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.I
)
_OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
DAY: Final = timedelta(days=1)
NOTHING: Final = timedelta(0)
UTC_ZONE: Final[Zone] = NamedZone(ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time in a zone, or a whole day from midnight on. `floating`: the file named no zone."""

    wall: datetime
    zone: Zone
    is_date: bool = False
    floating: bool = False

    @property
    def utc(self) -> datetime:
        """The instant."""
        return self.zone.utc(self.wall)

    def later(self, by: timedelta) -> Moment:
        """The same clock, later by so much of it."""
        return Moment(self.wall + by, self.zone, self.is_date, self.floating)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something takes: days by the calendar, then exact time."""

    days: timedelta = NOTHING
    exact: timedelta = NOTHING

    def end(self, start: Moment) -> datetime:
        """The instant at which it ends."""
        return start.zone.utc(start.wall + self.days) + self.exact

    @property
    def about(self) -> timedelta:
        """Roughly how long, for a search that is made wider."""
        return self.days + self.exact


def moment(value: str, parameters: dict[str, str], zones: Directory, *, floating: Zone | None = None) -> Moment:
    """A DATE or DATE-TIME. One without a zone is in `floating`, else in the directory's default. Raises ValueError."""
    match = _MOMENT.fullmatch(value.strip())
    if match is None:
        raise ValueError("no date")
    year, month, day, hour, minute, second, utc = match.groups()
    wall = datetime(int(year), int(month), int(day), tzinfo=UTC).replace(tzinfo=None)
    if hour is None or parameters.get("VALUE", "").upper() == "DATE":
        return Moment(wall, floating or zones.default, is_date=True, floating=True)
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 60:
        raise ValueError("no time")
    wall += timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    if utc:
        return Moment(wall, UTC_ZONE)
    name = parameters.get("TZID", "")
    return Moment(wall, zones[name]) if name else Moment(wall, floating or zones.default, floating=True)


def moment_of(line: Property, zones: Directory, *, floating: Zone | None = None) -> Moment:
    """The DATE or DATE-TIME of a line. Raises ValueError."""
    return moment(line.value, line.parameters, zones, floating=floating)


def length(value: str) -> Length:
    """A DURATION: weeks and days by the calendar, the rest exact. Raises ValueError."""
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        raise ValueError("no duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    sign = -1 if match[1] == "-" else 1
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Length(sign * timedelta(weeks=weeks, days=days), sign * exact)


def between(start: Moment, end: Moment) -> Length:
    """The length from one to the other: whole days stay whole days, whatever the clock does."""
    if start.is_date and end.is_date:
        return Length(days=end.wall - start.wall)
    return Length(exact=end.utc - start.utc)


def offset(value: str) -> timedelta:
    """A UTC offset. Raises ValueError."""
    match = _OFFSET.fullmatch(value.strip())
    if match is None:
        raise ValueError("no offset")
    sign, hours, minutes, seconds = match.groups()
    found = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    if found >= DAY:
        raise ValueError("an offset of more than a day")
    return -found if sign == "-" else found
