"""All events with one UID as times: the series, what was changed in it, and what was moved out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.availability.imports.events import Entry
from app.availability.imports.notes import Code, Note
from app.availability.imports.rules import Refused, check_start
from app.availability.imports.values import DAY, Moment

Span = tuple[datetime, datetime]
MAX_SHIFT: Final = timedelta(days=366)
MARGIN: Final = 2 * DAY
Tell = Callable[[Note], None]


@dataclass(frozen=True, slots=True)
class Shift:
    """From an occurrence on, all later ones begin so much later or earlier, and take so long."""

    after: datetime
    by: timedelta
    entry: Entry


def spans(entries: Sequence[Entry], window: Span, tell: Tell) -> Iterator[Span]:
    """The busy times of the events with one UID around a window; some may lie outside it."""
    changed, masters = _sorted(entries, tell)
    for entry in changed:
        if entry.repeats:
            tell(Note(Code.REFUSED_RULE, "changed_rule", entry.written))
        if entry.busy and _computed(entry, tell):
            yield entry.span()
    for master in masters:
        if not master.busy and not any(entry.and_later and entry.busy for entry in changed):
            continue
        try:
            yield from _series(master, changed, window)
        except Refused as refused:
            tell(Note(Code.REFUSED_RULE, refused.reason, master.written))


def _computed(entry: Entry, tell: Tell) -> bool:
    try:
        check_start(entry.start)
    except Refused as refused:
        tell(Note(Code.REFUSED_RULE, refused.reason, entry.written))
        return False
    return True


def _sorted(entries: Sequence[Entry], tell: Tell) -> tuple[list[Entry], list[Entry]]:
    """The changed occurrences, each in its newest version; and the series in its newest version."""
    changed: dict[datetime, Entry] = {}
    masters: list[Entry] = []
    for entry in entries:
        try:
            replaces = entry.replaces()
        except (ValueError, OverflowError):
            tell(Note(Code.BROKEN_EVENT, "", entry.written))
            continue
        if replaces is None:
            masters.append(entry)
        elif replaces.utc not in changed or changed[replaces.utc].order <= entry.order:
            changed[replaces.utc] = entry
    newest = max((master.sequence for master in masters), default=0)
    # Several that are equally new have little to do with one another: some programs give everything the same UID.
    return list(changed.values()), [master for master in masters if master.sequence == newest]


def _series(master: Entry, changed: Sequence[Entry], window: Span) -> Iterator[Span]:
    if not master.repeats:
        check_start(master.start)
        if master.busy and not master.exclusions(_replaced(changed)).take(master.start, master.start.utc):
            yield master.span()
        return
    shifts = _shifts(changed)
    excluded = master.exclusions(_replaced(changed))
    seen: set[datetime] = set()
    for start, end in _occurrences(master, shifts, window):
        instant = start.utc
        if instant in seen or excluded.take(start, instant):
            continue
        seen.add(instant)
        shift = next((shift for shift in shifts if shift.after < instant), None)
        if shift is None and master.busy:
            yield instant, end
        elif shift is not None and shift.entry.busy:
            moved = start.later(shift.by)
            yield moved.utc, shift.entry.length.end(moved)


def _replaced(changed: Sequence[Entry]) -> Iterator[Moment]:
    for entry in changed:
        replaces = entry.replaces()
        if replaces is not None:
            yield replaces


def _occurrences(master: Entry, shifts: Sequence[Shift], window: Span) -> Iterator[tuple[Moment, datetime]]:
    """The series' own starts and ends around a window, some of them twice."""
    rules = master.rules()
    dates = master.dates()
    first, last = _around(master, shifts, window)
    yield from dates  # first: one of them may say how long an occurrence of the rule takes
    if not rules or any(rule.until.allows(master.start) for rule in rules):
        yield master.start, master.length.end(master.start)
    for rule in rules:
        for start in rule.between(first, last):
            yield start, master.length.end(start)


def _around(master: Entry, shifts: Sequence[Shift], window: Span) -> Span:
    """The window by the wall clock, wide enough for what begins before it or is moved into it."""
    moved = max((abs(shift.by) for shift in shifts), default=timedelta(0))
    longest = max([master.length.about, *(shift.entry.length.about for shift in shifts)])
    longest = min(max(longest, timedelta(0)), 100 * MAX_SHIFT)
    first = window[0].replace(tzinfo=None) - MARGIN - moved - longest
    return first, window[1].replace(tzinfo=None) + MARGIN + moved


def _shifts(changed: Sequence[Entry]) -> list[Shift]:
    """The changes that hold for all later occurrences, last first. Raises Refused for one by more than a year."""
    found = []
    for entry in changed:
        replaces = entry.replaces() if entry.and_later else None
        if replaces is None:
            continue
        same = replaces.zone == entry.start.zone
        by = entry.start.wall - replaces.wall if same else entry.start.utc - replaces.utc
        if abs(by) > MAX_SHIFT:
            raise Refused("shift")
        found.append(Shift(replaces.utc, by, entry))
    return sorted(found, key=lambda shift: shift.after, reverse=True)
