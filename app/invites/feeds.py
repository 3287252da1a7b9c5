"""Feeds that calendars subscribe to: the same bytes as long as nothing changes, and nobody named in them.

An ORGANIZER or ATTENDEE in a feed makes some programs send mails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration

from app.invites.ical import PRODID, CalendarEvent, Text, describe, one_line, sayable_zone

REFRESH: Final = timedelta(hours=1)
CANCELLED_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in a feed. Its `dtstamp` is the moment of its last change; `cancelled_at` that of its cancelling."""

    event: CalendarEvent
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's bytes, their ETag (with its quotes), and when anything in it last changed, if it holds anything."""

    content: bytes
    etag: str
    changed_at: datetime | None


def render(name: str, uid: str, entries: Iterable[Entry], *, now: datetime) -> Feed:
    """Write a feed. Cancelled entries stay in it for 30 days, as cancelled."""
    kept = [entry for entry in entries if entry.cancelled_at is None or now - entry.cancelled_at < CANCELLED_KEPT]
    kept.sort(key=lambda entry: (entry.event.starts_at, entry.event.uid))
    calendar = _calendar(name, uid)
    definitions = [sayable_zone(entry.event) for entry in kept]
    for zone in _once(definitions):
        calendar.add_component(zone)
    for entry, definition in zip(kept, definitions, strict=True):
        calendar.add_component(_event(entry, definition))
    content: bytes = calendar.to_ical()
    changed_at = max((entry.event.dtstamp for entry in kept), default=None)
    return Feed(content, f'"{sha256(content).hexdigest()[:32]}"', changed_at)


def _calendar(name: str, uid: str) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("METHOD", "PUBLISH")
    calendar.add("UID", Text(uid))
    calendar.add("NAME", Text(one_line(name)))
    calendar.add("X-WR-CALNAME", Text(one_line(name)))
    calendar["REFRESH-INTERVAL"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH)
    return calendar


def _once(definitions: Sequence[Timezone | None]) -> list[Timezone]:
    """Each zone's definition once: whatever the years, one zone's definitions are the same."""
    return list({str(definition["TZID"]): definition for definition in definitions if definition is not None}.values())


def _event(entry: Entry, definition: Timezone | None) -> Event:
    zone = ZoneInfo(entry.event.zone) if definition is not None else UTC
    component = describe(entry.event, zone, cancelled=entry.cancelled_at is not None)
    component.add("LAST-MODIFIED", entry.event.dtstamp.astimezone(UTC))
    return component
