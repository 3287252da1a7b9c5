"""A calendar file as busy times. Pure: bytes, a window and a zone in; intervals and notes out.

Every UID is computed on its own, what is simple first: what is broken or too heavy costs only itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final

from app.availability.imports import series
from app.availability.imports.definitions import defined
from app.availability.imports.events import Entry, entry_of
from app.availability.imports.intervals import Span, clipped, merged
from app.availability.imports.lines import MAX_ZONES, Part, calendars
from app.availability.imports.notes import Code, Note
from app.availability.imports.zones import Directory, Zone, named

MAX_TIMES: Final = 200_000
MAX_NOTES: Final = 50


class OutOfTime(Exception):
    """One series, or all together, took longer than they may."""


Limit = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says of a window: merged busy times, notes (the first of many), how many events it has."""

    busy: list[Span]
    notes: list[Note]
    events: int


@dataclass(slots=True)
class _Notes:
    found: dict[Note, None] = field(default_factory=dict)

    def tell(self, note: Note) -> None:
        """Keep a note once; of very many, the first, and one that says that something is missing."""
        if len(self.found) < MAX_NOTES or (note.leaves_out and not any(each.leaves_out for each in self.found)):
            self.found[note] = None


def read(
    raw: bytes, window: Span, zone: Zone, *, own_domain: str = "", limit: Limit | None = None, most: int = MAX_TIMES
) -> Reading:
    """The busy times of a calendar inside a window; times without a zone are in `zone` unless the file says otherwise.

    Events whose UID ends with `own_domain` came from here and are left out. `limit` makes the context that each series
    is computed in; it raises OutOfTime. Raises Unreadable.
    """
    notes = _Notes()
    found = calendars(raw)
    groups = _groups(found, zone, own_domain, notes)
    times: list[Span] = []
    for entries in sorted(groups, key=lambda group: any(entry.repeats for entry in group)):
        _collect(times, entries, window, notes, limit or nullcontext, most)
    return Reading(merged(times), list(notes.found), sum(len(each.of_kind("VEVENT")) for each in found))


def _collect(times: list[Span], entries: Sequence[Entry], window: Span, notes: _Notes, limit: Limit, most: int) -> None:
    written = entries[0].written
    try:
        with limit():
            for span in series.spans(entries, window, notes.tell):
                inside = clipped(span, window)
                if inside is None:
                    continue
                if len(times) >= most:
                    notes.tell(Note(Code.TOO_MANY_TIMES))
                    return
                times.append(inside)
    except OutOfTime:
        notes.tell(Note(Code.OUT_OF_TIME, "", written))
    except (ValueError, OverflowError):
        notes.tell(Note(Code.BROKEN_EVENT, "", written))


def _groups(found: Sequence[Part], zone: Zone, own_domain: str, notes: _Notes) -> list[list[Entry]]:
    """The events of each UID; one without a UID is alone."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in _entries(found, zone, notes):
        uid = entry.part.text("UID")
        if own_domain and uid.casefold().endswith("@" + own_domain.casefold()):
            continue
        groups[uid or f"\n{len(groups)}"].append(entry)
    return list(groups.values())


def _entries(found: Sequence[Part], zone: Zone, notes: _Notes) -> Iterator[Entry]:
    for calendar in found:
        zones = _directory(calendar, zone, notes)
        for part in calendar.of_kind("VEVENT"):
            try:
                yield entry_of(part, zones)
            except (ValueError, OverflowError):
                notes.tell(Note(Code.BROKEN_EVENT, "", part.text("DTSTART")[:40]))


def _directory(calendar: Part, zone: Zone, notes: _Notes) -> Directory:
    definitions = defined(calendar.of_kind("VTIMEZONE")[:MAX_ZONES])
    name = calendar.text("X-WR-TIMEZONE")
    default: Zone | None = named(name) or definitions.get(name)
    if name and default is None:
        notes.tell(Note(Code.UNKNOWN_CALENDAR_ZONE, name[:80]))
    return Directory(default or zone, definitions, lambda each: notes.tell(Note(Code.UNKNOWN_ZONE, each[:80])))
