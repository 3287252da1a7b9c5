"""Calendar documents for one recipient each: REQUEST and CANCEL.

`prepare` writes an event once; `Prepared.for_recipient` splices in the two lines that differ from person to person,
ATTENDEE and ORGANIZER (whose address carries a token). icalendar writes all of it, with three corrections: text
escapes of our own (the library makes a new line of the characters `\\N`, as in `C:\\New`), parameters that are always
quoted, and control characters removed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText, vUri
from icalendar.parser import Contentline, Parameters

from app.core.mime import ascii_address
from app.invites.vtimezone import zone_definition

PRODID: Final = "-//Ensemble//Ensemble//FR"
_RADIUS_METRES: Final = "100"
_NEW_LINES: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES: Final = re.compile(r"\s+")
_URL_SAFE: Final = "%:/?#[]@!$&'()*+,;=~"
# Letters of an address that would end the value or a parameter, or that a reader would decode.
_ADDRESS_SAFE: Final = "@!#$&'*+-/=?^_`{|}~."


class Method(StrEnum):
    """What a document asks the recipient's calendar to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Answer(StrEnum):
    """What a person has answered, as calendars write it (PARTSTAT)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One version of an event, the same for all its attendees.

    `sequence` rises when times or status change; `dtstamp` with every message. `zone` is an IANA name. `sent_by` is the
    mailbox in the mail's From when the organiser's differs. `url` is left out unless it is https.

    Raises:
        ValueError: for a time without a zone, or an end that isn't after the start.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    organizer_name: str
    description: str = ""
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""
    sent_by: str = ""
    alarm_minutes: int | None = None

    def __post_init__(self) -> None:
        if any(moment.utcoffset() is None for moment in (self.dtstamp, self.starts_at, self.ends_at)):
            raise ValueError("An event's times need a zone.")
        if self.ends_at <= self.starts_at:
            raise ValueError("An event ends after it starts.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """The one person a document is for; `organizer_address` is where her calendar sends the answer."""

    name: str
    email: str
    organizer_address: str
    partstat: Answer = Answer.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event written once, open at the two lines that name a person."""

    method: Method
    organizer_name: str
    sent_by: str
    _pieces: tuple[bytes, bytes, bytes] = field(repr=False)

    def for_recipient(self, recipient: Recipient) -> bytes:
        """The whole document for one person: CRLF, folded at 75 octets."""
        before, between, after = self._pieces
        attendee = _line("ATTENDEE", _attendee(recipient))
        organizer = _line("ORGANIZER", _organizer(self.organizer_name, self.sent_by, recipient))
        return b"".join((before, attendee, between, organizer, after))


class Text(vText):
    """TEXT escaped as RFC 5545 says, and nothing more."""

    def to_ical(self) -> bytes:
        """The escaped value."""
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return text.encode("utf-8")


class _Quoted(Parameters):
    """Parameters whose free text is always quoted: programs differ in what they take bare."""

    always_quoted = (*Parameters.always_quoted, "CN")  # type: ignore[assignment] # a tuple of another length


def render(event: CalendarEvent, recipient: Recipient, method: Method) -> bytes:
    """The document for one person."""
    return prepare(event, method).for_recipient(recipient)


def prepare(event: CalendarEvent, method: Method) -> Prepared:
    """Write an event once, for any number of recipients."""
    nobody = Recipient("", "attendee@invalid", "organizer@invalid")
    document = build(event, nobody, method).to_ical()
    before, rest = document.split(_line("ATTENDEE", _attendee(nobody)), 1)
    between, after = rest.split(_line("ORGANIZER", _organizer(event.organizer_name, event.sent_by, nobody)), 1)
    return Prepared(method, event.organizer_name, event.sent_by, (before, between, after))


def build(event: CalendarEvent, recipient: Recipient, method: Method) -> Calendar:
    """The whole document as icalendar's objects."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("METHOD", method.value)
    definition = sayable_zone(event)
    if definition is not None:
        calendar.add_component(definition)
    calendar.add_component(_event(event, recipient, method, ZoneInfo(event.zone) if definition is not None else UTC))
    return calendar


def clean_text(text: str) -> str:
    """Text without control characters; every kind of line end becomes a new line."""
    return _UNPRINTABLE.sub("", _NEW_LINES.sub("\n", text))


def sayable_zone(event: CalendarEvent) -> Timezone | None:
    """The event's zone, unless a time of it falls into an hour that happens twice, where only UTC is unambiguous."""
    definition = zone_definition(event.zone, event.starts_at, event.ends_at)
    if definition is None or _happens_twice(event.starts_at, event.zone) or _happens_twice(event.ends_at, event.zone):
        return None
    return definition


def _happens_twice(moment: datetime, zone: str) -> bool:
    wall = moment.astimezone(ZoneInfo(zone))
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def _event(event: CalendarEvent, recipient: Recipient, method: Method, zone: tzinfo) -> Event:
    component = describe(event, zone, cancelled=method is Method.CANCEL)
    component.add("ATTENDEE", _attendee(recipient))
    component.add("ORGANIZER", _organizer(event.organizer_name, event.sent_by, recipient))
    component.add("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
    if event.alarm_minutes is not None and method is Method.REQUEST:
        component.add_component(_alarm(event, event.alarm_minutes))
    return component


def describe(event: CalendarEvent, zone: tzinfo, *, cancelled: bool) -> Event:
    """What an event is, whoever reads it: nobody is named in it."""
    component = Event()
    component.add("UID", Text(event.uid))
    component.add("SEQUENCE", event.sequence)
    component.add("DTSTAMP", event.dtstamp.astimezone(UTC))
    component.add("DTSTART", event.starts_at.astimezone(zone))
    component.add("DTEND", event.ends_at.astimezone(zone))
    component.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    component.add("TRANSP", "OPAQUE")
    _describe(component, event)
    _place(component, event)
    return component


def _describe(component: Event, event: CalendarEvent) -> None:
    component.add("SUMMARY", Text(one_line(event.summary)))
    if event.description:
        component.add("DESCRIPTION", Text(clean_text(event.description)))
    url = quote(one_line(event.url), safe=_URL_SAFE)
    if url.lower().startswith("https://"):
        component.add("URL", vUri(url))


def _place(component: Event, event: CalendarEvent) -> None:
    location = clean_text(event.location).strip()
    if location:
        component.add("LOCATION", Text(location))
    if event.latitude is None or event.longitude is None:
        return
    latitude, longitude = f"{event.latitude:.6f}", f"{event.longitude:.6f}"
    component["GEO"] = vUri(f"{latitude};{longitude}")
    if location:
        title = _parameter(location.split("\n", 1)[0])
        apple = {"VALUE": "URI", "X-APPLE-RADIUS": _RADIUS_METRES, "X-TITLE": title}
        component["X-APPLE-STRUCTURED-LOCATION"] = vUri(f"geo:{latitude},{longitude}", params=apple)


def _alarm(event: CalendarEvent, minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", Text(one_line(event.summary)))
    alarm.add("TRIGGER", timedelta(minutes=-minutes))
    return alarm


def _attendee(recipient: Recipient) -> vCalAddress:
    # Apple shows no buttons without RSVP=TRUE, Gmail none without the ATTENDEE.
    return _address(
        recipient.email,
        {
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": recipient.partstat.value,
            "RSVP": "TRUE",
            "CN": _parameter(recipient.name) or _parameter(recipient.email),
        },
    )


def _organizer(name: str, sent_by: str, recipient: Recipient) -> vCalAddress:
    parameters = {"CN": _parameter(name)} if _parameter(name) else {}
    if sent_by and sent_by.casefold() != recipient.organizer_address.casefold():
        parameters["SENT-BY"] = _mailto(sent_by)
    return _address(recipient.organizer_address, parameters)


def _address(email: str, parameters: dict[str, str]) -> vCalAddress:
    address = vCalAddress(_mailto(email))
    address.params = _Quoted(parameters)
    return address


def _mailto(email: str) -> str:
    return "mailto:" + quote(ascii_address(email), safe=_ADDRESS_SAFE)


def _line(name: str, value: vCalAddress) -> bytes:
    line: bytes = Contentline.from_parts(name, value.params, value).to_ical()
    return line + b"\r\n"


def one_line(text: str) -> str:
    """Clean text on one line."""
    return _SPACES.sub(" ", clean_text(text)).strip()


def _parameter(text: str) -> str:
    # No quote can be escaped in a parameter, and some readers take a backslash for an escape.
    return one_line(text).replace('"', "’").replace("\\", "/")
