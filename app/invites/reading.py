"""What a calendar document says, as plain values: for the mailbox page and for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar

from app.core.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class CalendarCard:
    """The first event of a calendar document."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    description: str
    starts: datetime | date | None
    ends: datetime | date | None
    organizer: str
    attendees: tuple[str, ...]


def read(content: bytes) -> CalendarCard:
    """The card of a calendar document. Raises InvalidInput for one without an event."""
    try:
        calendar = Calendar.from_ical(content)
        event = calendar.walk("VEVENT")[0]
    except (ValueError, IndexError) as error:
        raise InvalidInput("Ce document ne contient pas d’évènement.") from error
    attendees = event.get("ATTENDEE", [])
    return CalendarCard(
        method=str(calendar.get("METHOD", "")),
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        status=str(event.get("STATUS", "")),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        description=str(event.get("DESCRIPTION", "")),
        starts=event.get("DTSTART").dt if event.get("DTSTART") else None,
        ends=event.get("DTEND").dt if event.get("DTEND") else None,
        organizer=_person(event.get("ORGANIZER", "")),
        attendees=tuple(_person(one) for one in (attendees if isinstance(attendees, list) else [attendees])),
    )


def _person(value: object) -> str:
    address = str(value).removeprefix("mailto:").removeprefix("MAILTO:")
    name = str(getattr(value, "params", {}).get("CN", ""))
    return f"{name} <{address}>" if name else address
