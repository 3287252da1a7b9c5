"""What an attendee's calendar program sends back, as plain data.

The mail's calendar part is read line by line and never as icalendar's components: those keep any VTIMEZONE that a
stranger sends for the life of the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from enum import StrEnum
from typing import Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.parser import Contentline, Contentlines, Parameters

from app.invites.ical import Answer, clean_text

MAX_BYTES: Final = 256 * 1024
_MAX_LINES: Final = 2_000
_MAX_COMMENT: Final = 2_000
_DATE_TIME: Final = re.compile(r"(\d{8}T\d{6})(Z?)")
_CALENDAR_TYPES: Final = ("text/calendar", "application/ics")
_COMMENTS: Final = ("COMMENT", "X-RESPONSE-COMMENT")


class ReplyMethod(StrEnum):
    """What a program may ask of an organiser."""

    REPLY = "REPLY"
    COUNTER = "COUNTER"
    REFRESH = "REFRESH"


class UnreadableReply(ValueError):
    """The mail carries no answer that can be understood; it is logged and left alone."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who answered: the ATTENDEE inside counts, whatever the mail's From says."""

    email: str
    name: str
    partstat: Answer
    sent_by: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `dtstamp` is when the person's program made it, `starts_at` and `ends_at` what a COUNTER proposes.

    `organizer` is the address with the token, empty when the program left it out. Times without a zone that we know
    are None.
    """

    method: ReplyMethod
    uid: str
    sequence: int
    dtstamp: datetime
    attendee: Attendee
    organizer: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


_Line = tuple[str, Parameters, str]


def parse_mail(raw: bytes) -> Reply:
    """Read the answer in a whole mail: the first calendar part that holds one.

    Raises:
        UnreadableReply: for a mail without one (out-of-office notes, bounces, …).
    """
    # The older policy on purpose: it reads no header but Content-Type, so a malformed one can't stop it.
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() in _CALENDAR_TYPES:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return parse_calendar(content)
    raise UnreadableReply("no calendar part")


def parse_calendar(content: bytes) -> Reply:
    """Read the answer in a calendar document.

    Raises:
        UnreadableReply: when it is too large, malformed, no answer, or lacks its UID, DTSTAMP or ATTENDEE.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableReply("too large")
    method, lines = "", []
    for component, line in _lines(content):
        if component == ("VCALENDAR",) and line[0] == "METHOD":
            method = line[2].strip().upper()
        elif component == ("VCALENDAR", "VEVENT"):
            lines.append(line)
    if method not in list(ReplyMethod):
        raise UnreadableReply(f"method {method[:20]!r}")
    return _reply(ReplyMethod(method), lines)


def _lines(content: bytes) -> Iterator[tuple[tuple[str, ...], _Line]]:
    """Each property with the components it is in. Only the first VEVENT is read."""
    path: list[str] = []
    events = 0
    for line in _unfolded(content):
        if not line.strip():
            continue
        name, parameters, value = _parts(line)
        if name == "BEGIN":
            path.append(value.strip().upper())
            events += path[-1] == "VEVENT"
        elif name == "END":
            if not path or path.pop() != value.strip().upper():
                raise UnreadableReply("unbalanced components")
        elif events <= 1:
            yield tuple(path), (name, parameters, value)
    if path:
        raise UnreadableReply("truncated")


def _unfolded(content: bytes) -> list[Contentline]:
    lines: list[Contentline] = Contentlines.from_ical(_decode(content))  # type: ignore[no-untyped-call]
    if len(lines) > _MAX_LINES:
        raise UnreadableReply("too many lines")
    return lines


def _parts(line: str) -> _Line:
    try:
        name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise UnreadableReply("malformed line") from error
    return name.upper(), parameters, value


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _reply(method: ReplyMethod, lines: list[_Line]) -> Reply:
    return Reply(
        method=method,
        uid=_required(lines, "UID")[2].strip(),
        sequence=_sequence(_value(lines, "SEQUENCE")),
        dtstamp=_stamp(_required(lines, "DTSTAMP")),
        attendee=_attendee(method, lines),
        organizer=_email(_value(lines, "ORGANIZER")),
        starts_at=_moment(_first(lines, "DTSTART")),
        ends_at=_moment(_first(lines, "DTEND")),
    )


def _attendee(method: ReplyMethod, lines: list[_Line]) -> Attendee:
    if sum(line[0] == "ATTENDEE" for line in lines) > 1 and method is not ReplyMethod.COUNTER:
        raise UnreadableReply("several attendees")
    _, parameters, value = _required(lines, "ATTENDEE")
    email = _email(value)
    if "@" not in email:
        raise UnreadableReply("attendee without an address")
    comments = [*(_value(lines, name) for name in _COMMENTS), _parameter(parameters, "X-RESPONSE-COMMENT")]
    return Attendee(
        email=email,
        name=clean_text(_parameter(parameters, "CN")).strip(),
        partstat=_answer(method, _parameter(parameters, "PARTSTAT")),
        sent_by=_email(_parameter(parameters, "SENT-BY")),
        comment=next((clean_text(text).strip()[:_MAX_COMMENT] for text in comments if text.strip()), ""),
    )


def _answer(method: ReplyMethod, partstat: str) -> Answer:
    """The answer; a COUNTER or REFRESH may lack one."""
    value = partstat.strip().upper()
    if value in list(Answer):
        return Answer(value)
    if method is ReplyMethod.REPLY:
        raise UnreadableReply(f"answer {value[:20]!r}")
    return Answer.NEEDS_ACTION


def _parameter(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    return value if isinstance(value, str) else ", ".join(str(one) for one in value)


def _first(lines: list[_Line], name: str) -> _Line | None:
    return next((line for line in lines if line[0] == name), None)


def _value(lines: list[_Line], name: str) -> str:
    line = _first(lines, name)
    return line[2] if line else ""


def _required(lines: list[_Line], name: str) -> _Line:
    line = _first(lines, name)
    if line is None or not line[2].strip():
        raise UnreadableReply(f"no {name}")
    return line


def _email(value: str) -> str:
    address = value.strip()
    if address[:7].lower() == "mailto:":
        address = unquote(address[7:].partition("?")[0])
    return address.strip() if "@" in address else ""


def _sequence(value: str) -> int:
    digits = value.strip() or "0"
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise UnreadableReply("malformed SEQUENCE")
    return int(digits)


def _stamp(line: _Line) -> datetime:
    """DTSTAMP is UTC; one written without the Z is taken for it."""
    moment = _parse_time(line[2])
    if moment is None:
        raise UnreadableReply("malformed DTSTAMP")
    return moment[0].replace(tzinfo=UTC)


def _moment(line: _Line | None) -> datetime | None:
    moment = _parse_time(line[2]) if line else None
    if line is None or moment is None:
        return None
    wall, utc = moment
    if utc:
        return wall.replace(tzinfo=UTC)
    try:
        return wall.replace(tzinfo=ZoneInfo(_parameter(line[1], "TZID"))).astimezone(UTC)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def _parse_time(text: str) -> tuple[datetime, bool] | None:
    """The wall clock's time as written, and whether it is UTC."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%dT%H%M%S"), bool(match[2])  # noqa: DTZ007 - wall clock
    except ValueError:
        return None
