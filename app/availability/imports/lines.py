"""A file's bytes as components and properties: decoded, unfolded, what matters picked out, what is broken marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.availability.imports.notes import Trouble, Unreadable

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_EVENTS: Final = 20_000
MAX_ZONES: Final = 500
MAX_DEPTH: Final = 20

_LINE: Final = re.compile(r'([A-Za-z0-9-]+)((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)', re.S)
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9-]+)=((?:"[^"]*"|[^;:"])*)')
_FOLD: Final = re.compile(rb"\n[ \t]")
_FOLD_TEXT: Final = re.compile(r"\n[ \t]")
_OF_EVENTS: Final = frozenset(
    ("UID", "SEQUENCE", "STATUS", "TRANSP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE")
) | {"RECURRENCE-ID", "DTSTAMP", "LAST-MODIFIED", "X-MICROSOFT-CDO-BUSYSTATUS"}
_OF_ZONES: Final = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_WANTED: Final = {
    "VCALENDAR": frozenset({"X-WR-TIMEZONE"}),
    "VEVENT": _OF_EVENTS,
    "VTIMEZONE": _OF_ZONES,
    "STANDARD": _OF_ZONES,
    "DAYLIGHT": _OF_ZONES,
}


@dataclass(frozen=True, slots=True)
class Property:
    """One line: `value` as written, parameters by their upper-case names, without quotes."""

    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class Part:
    """A component: what is wanted of its lines, by upper-case name, and the components inside."""

    kind: str
    lines: dict[str, list[Property]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    broken: bool = False
    """Its end is missing."""

    def first(self, name: str) -> Property | None:
        """The first line of that name, if any."""
        found = self.lines.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The value of the first line of that name, else nothing."""
        found = self.first(name)
        return found.value.strip() if found else ""

    def of_kind(self, kind: str) -> list[Part]:
        """The components inside of one kind."""
        return [part for part in self.parts if part.kind == kind]


def calendars(raw: bytes) -> list[Part]:
    """The calendars of a file. Raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    text = unfold(raw).strip("\ufeff\n\t \0")
    _check(text)
    root = Part("")
    _build(root, text)
    found = root.of_kind("VCALENDAR")
    if sum(len(calendar.of_kind("VEVENT")) for calendar in found) > MAX_EVENTS:
        raise Unreadable(Trouble.TOO_MANY_EVENTS)
    return found


def unfold(raw: bytes) -> str:
    """Decoded, with LF line ends and no folded lines. A character may be folded in its middle: bytes come first."""
    coding = _wide(raw)
    if coding:
        text = raw.decode(coding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        return _FOLD_TEXT.sub("", text)
    raw = _FOLD.sub(b"", raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _wide(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = raw[:16].lstrip()
    return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be" if start[:1] == b"\0" else ""


def _check(text: str) -> None:
    start = text[:2000].lstrip().upper()
    if not start.startswith("BEGIN:VCALENDAR"):
        page = start.startswith("<") or "<HTML" in start
        raise Unreadable(Trouble.WEB_PAGE if page else Trouble.NOT_A_CALENDAR)
    if text.rstrip()[-13:].upper() != "END:VCALENDAR":
        raise Unreadable(Trouble.TRUNCATED)


def _build(root: Part, text: str) -> None:
    """Put each line where it belongs. A component whose end is missing ends with the one around it, as broken."""
    stack = [root]
    for line in text.split("\n"):
        start = line[:6].upper()
        if start == "BEGIN:":
            _begin(stack, line[6:].strip().upper())
        elif start[:4] == "END:":
            _end(stack, line[4:].strip().upper())
        elif wanted := _WANTED.get(stack[-1].kind):
            _note(stack[-1], line, wanted)
    for part in stack[1:]:
        part.broken = True


def _begin(stack: list[Part], kind: str) -> None:
    if len(stack) > MAX_DEPTH:
        raise Unreadable(Trouble.TOO_HEAVY)
    if kind == "VEVENT" and any(part.kind == "VEVENT" for part in stack):
        while stack[-1].kind != "VCALENDAR" and len(stack) > 1:
            stack.pop().broken = True
    part = Part(kind)
    stack[-1].parts.append(part)
    stack.append(part)


def _end(stack: list[Part], kind: str) -> None:
    if kind not in (part.kind for part in stack[1:]):
        return
    while stack[-1].kind != kind:
        stack.pop().broken = True
    stack.pop()


def _note(part: Part, line: str, wanted: frozenset[str]) -> None:
    end = min(at for at in (line.find(";"), line.find(":"), len(line)) if at >= 0)
    name = line[:end].strip().upper()
    if name not in wanted:
        return
    match = _LINE.fullmatch(line.strip())
    if match is None:
        part.broken = True
        return
    parameters = {key.upper(): value.strip().strip('"') for key, value in _PARAMETER.findall(match[2])}
    part.lines.setdefault(name, []).append(Property(match[3].strip(), parameters))


def values(lines: list[Property]) -> Iterator[tuple[str, dict[str, str]]]:
    """The values of lines that may hold several each, with the parameters of their line."""
    for line in lines:
        for value in line.value.split(","):
            if value.strip():
                yield value.strip(), line.parameters
