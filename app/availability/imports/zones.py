"""Which zone a name means. An IANA name wins over what the file says of it; then Windows' names; then the file.

What a definition inside the file says holds for that file alone: nothing is kept between two files.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from app.availability.imports.windows_zones import KEYS, WORDS

_OFFSET: Final = re.compile(r"^\((?:UTC|GMT)\s*(?:[+-]\d{1,2}:?\d{2})?\)\s*", re.I)
_COPY: Final = re.compile(r"\s+\d{1,2}$")
_NO_PLACES: Final = frozenset({"localtime", "posixrules", "Factory", "leapseconds", "tzdata.zi"})
_LONGEST: Final = 200


class Zone(Protocol):
    """Turns wall times into instants. Times that a zone skips are read by the clock before; of two, the first."""

    @property
    def name(self) -> str:
        """What the zone is called."""

    def utc(self, wall: datetime) -> datetime:
        """The instant of a naive wall time."""


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A zone of the IANA database."""

    info: ZoneInfo

    @property
    def name(self) -> str:
        """Its IANA name."""
        return self.info.key

    def utc(self, wall: datetime) -> datetime:
        """The instant of a naive wall time."""
        return wall.replace(tzinfo=self.info).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class FileZone:
    """A zone as a file defines it: from each wall time in `since` on, the offset beside it."""

    name: str
    since: Sequence[datetime]
    offsets: Sequence[timedelta]
    """One more than `since`: the first holds before all of them."""

    def utc(self, wall: datetime) -> datetime:
        """The instant of a naive wall time."""
        offset = self.offsets[bisect_right(self.since, wall)]
        return (wall - offset).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Onset:
    """An offset begins at a wall time of the clock before."""

    wall: datetime
    before: timedelta
    after: timedelta

    @property
    def first_wall(self) -> datetime:
        """From which wall time on the new offset counts: a skipped time still goes by the old one."""
        return self.wall + max(self.after - self.before, timedelta(0))


def file_zone(name: str, onsets: Sequence[Onset]) -> FileZone:
    """The zone that these changes make. Raises ValueError when there are none."""
    ordered = sorted(onsets, key=lambda onset: onset.wall)
    if not ordered:
        raise ValueError("a zone without any offset")
    offsets = [ordered[0].before, *(onset.after for onset in ordered)]
    return FileZone(name, [onset.first_wall for onset in ordered], offsets)


def named(name: str) -> NamedZone | None:
    """The zone that a name means without any help: IANA's names, also behind a maker's path, then Windows' names."""
    cleaned = " ".join(name.strip().strip('"').replace("\\,", ",").split())
    if not cleaned or len(cleaned) > _LONGEST:
        return None
    return _iana(cleaned) or _windows(cleaned)


def _iana(name: str) -> NamedZone | None:
    parts = name.removeprefix("/").split("/")
    for first in range(len(parts)):  # /citadel.org/20210210_1/Europe/Paris
        found = _exactly("/".join(parts[first:]))
        if found is not None and (first == 0 or len(parts) - first > 1 or found.info.key == "UTC"):
            return found
    return None


@cache
def _exactly(name: str) -> NamedZone | None:
    spelled = _spellings().get(name.casefold())
    if spelled is None:
        return None
    try:
        return NamedZone(ZoneInfo(spelled))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _spellings() -> Mapping[str, str]:
    spelled = {zone.casefold(): zone for zone in available_timezones() - _NO_PLACES}
    return spelled | {"z": "UTC", "utc": "UTC", "gmt": "UTC"}


def _windows(name: str) -> NamedZone | None:
    plain = name.removeprefix("tzone://Microsoft/")
    for form in (plain, _COPY.sub("", plain)):
        zone = KEYS.get(form.casefold()) or WORDS.get(_OFFSET.sub("", form).casefold())
        if zone is not None:
            return _exactly(zone)
    return _by_cities(plain) if _OFFSET.match(plain) or "," in plain else _exactly(plain)


def _by_cities(name: str) -> NamedZone | None:
    """The menus' words in other languages: "(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris"."""
    cities = [city.strip().casefold() for city in _OFFSET.sub("", name).split(",")]
    zones = {_cities()[city] for city in cities if city in _cities()}
    return _exactly(zones.pop()) if len(zones) == 1 else None


@cache
def _cities() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for words, zone in WORDS.items():
        for city in words.split(", "):
            found[city] = zone if found.get(city, zone) == zone else ""
    return {city: zone for city, zone in found.items() if zone}


@dataclass(slots=True)
class Directory:
    """Names as one file means them: `default` is where times without a zone are, `defined` what the file defines."""

    default: Zone
    defined: Mapping[str, Zone]
    tell_unknown: Callable[[str], None]

    def __getitem__(self, name: str) -> Zone:
        found: Zone | None = named(name) or self.defined.get(name.strip())
        if found is not None:
            return found
        self.tell_unknown(name.strip())
        return self.default
