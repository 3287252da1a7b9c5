"""VTIMEZONE from the POSIX footer of a zone's TZif data: one STANDARD, one DAYLIGHT, one yearly RRULE each.

Calendar programs read this form alike; lists of RDATEs they don't. A zone whose rules can't be said so gets no
definition, and its events go out in UTC, which is exact everywhere. That is so when a change falls outside its named
day (Cairo, Jerusalem, Santiago: Outlook takes BYDAY or BYMONTHDAY, never both), when the rules differ from year to
year (Casablanca), and for names that say nothing of a place (Etc/GMT+5).
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

_WEEKDAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_NAME: Final = r"(<[^<>]+>|[A-Za-z]+)"
_OFFSET: Final = r"([+-]?\d+(?::\d+){0,2})"
_FOOTER: Final = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}{_OFFSET}?,([^,]+),([^,]+))?")
_ONSET: Final = re.compile(r"M(\d+)\.(\d)\.(\d)(?:/([+-]?\d+(?::\d+){0,2}))?")
_FIRST_YEAR: Final = 1970
_DAY: Final = timedelta(days=1)
_DEFAULT_ONSET: Final = timedelta(hours=2)
_PROBE_STEP: Final = timedelta(days=7)


class _Unsayable(Exception):
    """The zone's rules don't fit into one yearly rule each."""


@dataclass(frozen=True, slots=True)
class _Onset:
    """The moment in each year when an offset begins: the nth (5 = last) weekday (0 = Sunday) of a month."""

    month: int
    week: int
    weekday: int
    time: timedelta

    def in_year(self, year: int) -> datetime:
        """The wall clock's time of the change, by the offset that ends."""
        first = datetime(year, self.month, 1)  # noqa: DTZ001 - wall clock
        day = first + (self.weekday - first.isoweekday()) % 7 * _DAY + (self.week - 1) * 7 * _DAY
        if day.month != self.month:
            day -= 7 * _DAY
        return day + self.time

    def rrule(self) -> dict[str, object]:
        """The yearly rule that says the same."""
        nth = -1 if self.week == 5 else self.week
        return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": f"{nth}{_WEEKDAYS[self.weekday]}"}


@dataclass(frozen=True, slots=True)
class _Period:
    """One of the two offsets of a zone, with its name and when it begins."""

    name: str
    offset: timedelta
    onset: _Onset | None


@dataclass(frozen=True, slots=True)
class _Rule:
    standard: _Period
    daylight: _Period | None

    def onsets(self, year: int) -> tuple[datetime, datetime] | None:
        """When daylight time and standard time begin in a year, as instants (UTC)."""
        if self.daylight is None or self.daylight.onset is None or self.standard.onset is None:
            return None
        begins = self.daylight.onset.in_year(year) - self.standard.offset
        ends = self.standard.onset.in_year(year) - self.daylight.offset
        return begins.replace(tzinfo=UTC), ends.replace(tzinfo=UTC)

    def offset_at(self, instant: datetime) -> timedelta:
        """The offset that the rule gives for an aware instant."""
        onsets = self.onsets(instant.astimezone(UTC).year)
        if onsets is None or self.daylight is None:
            return self.standard.offset
        begins, ends = onsets
        summer = begins <= instant < ends if begins < ends else not ends <= instant < begins
        return self.daylight.offset if summer else self.standard.offset


def zone_definition(zone: str, starts_at: datetime, ends_at: datetime) -> Timezone | None:
    """The VTIMEZONE of an IANA zone, or None when times of this event have to be written in UTC.

    The definition is compared with the zone's own data from the year before the event to the year after it. It is
    cached and shared: don't change it.
    """
    return _definition(zone, starts_at.astimezone(UTC).year - 1, ends_at.astimezone(UTC).year + 1)


@lru_cache(maxsize=512)
def _definition(zone: str, first_year: int, last_year: int) -> Timezone | None:
    if "/" not in zone or zone.startswith(("Etc/", "posix/", "right/")):
        return None
    try:
        info = zoneinfo.ZoneInfo(zone)
        rule = _parse(_footer(zone))
    except (_Unsayable, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None
    if any(
        info.utcoffset(probe.astimezone(info)) != rule.offset_at(probe)
        for probe in _probes(rule, first_year, last_year)
    ):
        return None
    return _component(zone, rule)


def _probes(rule: _Rule, first_year: int, last_year: int) -> Iterator[datetime]:
    """Instants at which rule and data are compared: one a week, and each side of every change."""
    probe = datetime(first_year, 1, 1, tzinfo=UTC)
    while probe.year <= last_year:
        yield probe
        probe += _PROBE_STEP
    for year in range(first_year, last_year + 1):
        for onset in rule.onsets(year) or ():
            yield onset - timedelta(seconds=1)
            yield onset


def _footer(zone: str) -> str:
    """The last line of the zone's TZif file, found where Python's own zoneinfo finds it."""
    data = _tzif(zone)
    footer = data.rsplit(b"\n", 2)
    if len(footer) != 3 or data[4:5] < b"2" or not footer[1].isascii():
        raise _Unsayable(zone)
    return footer[1].decode("ascii")


def _tzif(zone: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        path = Path(folder, *zone.split("/"))
        if path.is_file():
            return path.read_bytes()
    packaged = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    if packaged.is_file():
        return packaged.read_bytes()
    raise _Unsayable(zone)


def _parse(footer: str) -> _Rule:
    match = _FOOTER.fullmatch(footer)
    if match is None:
        raise _Unsayable(footer)
    name, west, summer_name, summer_west, summer_onset, onset = match.groups()
    offset = -_duration(west)
    if summer_name is None:
        return _Rule(_Period(name.strip("<>"), offset, None), None)
    summer_offset = -_duration(summer_west) if summer_west else offset + timedelta(hours=1)
    standard = _Period(name.strip("<>"), offset, _onset(onset))
    daylight = _Period(summer_name.strip("<>"), summer_offset, _onset(summer_onset))
    # Dublin's data call winter the exception; calendar programs expect the later clock to be DAYLIGHT.
    return _Rule(standard, daylight) if offset < summer_offset else _Rule(daylight, standard)


def _onset(text: str) -> _Onset:
    match = _ONSET.fullmatch(text)
    if match is None:
        raise _Unsayable(text)
    month, week, weekday, time = match.groups()
    at = _duration(time) if time else _DEFAULT_ONSET
    if not timedelta(0) <= at < _DAY:
        raise _Unsayable(text)
    return _Onset(int(month), int(week), int(weekday), at)


def _duration(text: str) -> timedelta:
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    duration = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    return -duration if text.startswith("-") else duration


def _component(zone: str, rule: _Rule) -> Timezone:
    component = Timezone()
    component.add("TZID", zone)
    summer = rule.daylight or rule.standard
    component.add_component(_observance(TimezoneStandard(), rule.standard, before=summer.offset))
    if rule.daylight:
        component.add_component(_observance(TimezoneDaylight(), rule.daylight, before=rule.standard.offset))
    return component


def _observance(component: Component, period: _Period, *, before: timedelta) -> Component:
    component.add("TZNAME", period.name)
    component.add("TZOFFSETFROM", before)
    component.add("TZOFFSETTO", period.offset)
    if period.onset is None:
        component.add("DTSTART", datetime(_FIRST_YEAR, 1, 1))  # noqa: DTZ001 - wall clock
        return component
    component.add("DTSTART", period.onset.in_year(_FIRST_YEAR))
    component.add("RRULE", period.onset.rrule())
    return component
