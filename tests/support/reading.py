"""What is read of other people's calendars, in texts that tests can compare."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.availability.imports.notes import Code
from app.availability.imports.reading import Reading, read
from app.availability.imports.zones import NamedZone
from tests.support.calendars import calendar

PARIS = NamedZone(ZoneInfo("Europe/Paris"))
YEAR = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def reading(raw: bytes, zone: str = "Europe/Paris") -> Reading:
    return read(raw, YEAR, NamedZone(ZoneInfo(zone)))


def busy(*events: str, head: str = "", zone: str = "Europe/Paris") -> list[tuple[str, str]]:
    """The busy times of clean events, as texts."""
    found = reading(calendar(*events, head=head), zone)
    assert found.notes == []
    return texts(found)


def texts(found: Reading) -> list[tuple[str, str]]:
    return [(f"{start:%y-%m-%d %H:%M}", f"{end:%y-%m-%d %H:%M}") for start, end in found.busy]


def codes(found: Reading) -> list[tuple[Code, str]]:
    return [(note.code, note.detail) for note in found.notes]
