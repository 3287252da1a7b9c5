"""What a calendar entry says of an event or of a booking, for whoever it goes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app.bookings.models import Booking
from app.events.models import Event
from app.invites.ical import CalendarEvent

VERSIONS_SINCE = datetime(2025, 1, 1, tzinfo=UTC)
TOKEN_LETTERS = 16


def of_event(event: Event, *, sequence: int, stamp: datetime, sent_by: str, url: str = "") -> CalendarEvent:
    """The event as attendees have it. `sent_by` is the mailbox our mails come from, `url` its public page."""
    venue = event.venue_lat is not None and bool(event.venue_name)
    return CalendarEvent(
        uid=event.ical_uid,
        sequence=sequence,
        dtstamp=stamp,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        summary=event.title,
        organizer_name=event.organiser.name or event.organiser.email,
        description="\n".join(_description(event)),
        location=place_of(event),
        latitude=event.venue_lat if venue else None,
        longitude=event.venue_lon if venue else None,
        url=url,
        sent_by=sent_by,
    )


def of_booking(
    booking: Booking, *, uid: str, summary: str, description: str, stamp: datetime, sender: tuple[str, str]
) -> CalendarEvent:
    """A booking as one of its two sides has it. `sender`: name and mailbox that our mails come from."""
    event = booking.event
    version = booking.quote.request.offer_version
    comes = version.service_radius_km is not None
    town = " ".join(filter(None, (version.postcode, version.place_name)))
    there = ", ".join(filter(None, (booking.provider.name, version.street, town)))
    return CalendarEvent(
        uid=uid,
        sequence=booking.ical_sequence,
        dtstamp=stamp,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        zone=event.zone,
        summary=summary,
        organizer_name=sender[0],
        description=description,
        location=place_of(event) if comes else there,
        latitude=event.venue_lat if comes else version.lat,
        longitude=event.venue_lon if comes else version.lon,
        sent_by=sender[1],
    )


def place_of(event: Event) -> str:
    """Where an event is: its venue with the address once that is booked, until then the place wished for."""
    if event.venue_name:
        return ", ".join(filter(None, (event.venue_name, event.venue_address)))
    return event.place_name


def reply_address(token: str, domain: str) -> str:
    """The organiser's address for one attendee: her calendar's answer comes back with the token in it."""
    return f"r-{token}@{domain}"


def public_url(event: Event, base_url: str, domain: str) -> str:
    """The event's page for everyone who sees it in a calendar: it names nobody. Empty unless the site is https."""
    key, _, at = event.ical_uid.partition("@")
    return f"{base_url}/e/{key}" if base_url.startswith("https://") and at == domain else ""


def booking_address(uid: str, domain: str) -> str:
    """The organiser's address in a booking's entry; answers to it change nothing."""
    return f"b-{uid.partition('@')[0][:TOKEN_LETTERS]}@{domain}"


def next_stamp(now: datetime, last: datetime | None) -> datetime:
    """The DTSTAMP of a new message: now, in whole seconds, and later than that of the last."""
    stamp = now.astimezone(UTC).replace(microsecond=0)
    return stamp if last is None else max(stamp, last + timedelta(seconds=1))


def version_of(stamp: datetime) -> int:
    """Messages of one person rise by this number: a later one supersedes what still waits."""
    return int((stamp - VERSIONS_SINCE).total_seconds())


def programme_lines(event: Event) -> list[tuple[datetime, str, str]]:
    """The programme: moment, title, note. Lines that can't be read are left out."""
    return [line for line in (_line(stored, event.zone) for stored in event.programme) if line is not None]


def programme_days(event: Event) -> list[tuple[date, list[tuple[datetime, str, str]]]]:
    """The programme by day."""
    lines = programme_lines(event)
    return [(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: line[0].date())]


def _line(stored: dict[str, Any], zone: str) -> tuple[datetime, str, str] | None:
    try:
        at = datetime.fromisoformat(str(stored.get("at", "")))
    except ValueError:
        return None
    return at.replace(tzinfo=ZoneInfo(zone)), str(stored.get("title", "")), str(stored.get("note", "") or "")


def _description(event: Event) -> Iterator[str]:
    if event.description:
        yield event.description
    lines = programme_lines(event)
    if lines and event.description:
        yield ""
    several = len({at.date() for at, _, _ in lines}) > 1
    for at, title, note in lines:
        when = f"{at:%d/%m %H:%M}" if several else f"{at:%H:%M}"
        yield f"{when} {title}" + (f" ({note})" if note else "")
