"""An event's lines understood: when it is, what it repeats, and whether it makes anyone busy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.availability.imports.lines import Part, values
from app.availability.imports.rules import MAX_DATES, MAX_RULES, Refused, Rule, check_start, rule_of
from app.availability.imports.values import DAY, Length, Moment, between, length, moment, moment_of
from app.availability.imports.zones import Directory

NEXT_DAY: Final = Length(days=DAY)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Occurrences that are not: by the instant they begin at, or by the day they begin on."""

    instants: frozenset[datetime] = frozenset()
    days: frozenset[datetime] = frozenset()

    def take(self, start: Moment, instant: datetime) -> bool:
        """Whether an occurrence, which begins at that instant, is taken away."""
        if not start.is_date and instant in self.instants:
            return True
        return bool(self.days) and start.wall.replace(hour=0, minute=0, second=0) in self.days


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. `written` is its DTSTART as the file has it."""

    part: Part
    zones: Directory
    start: Moment
    length: Length
    written: str

    @property
    def busy(self) -> bool:
        """Unless it says that it is cancelled, transparent, or free in Outlook's words."""
        return not (
            self.part.text("STATUS").upper() == "CANCELLED"
            or self.part.text("TRANSP").upper() == "TRANSPARENT"
            or self.part.text("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"
        )

    @property
    def order(self) -> tuple[int, str]:
        """Of two that say the same thing, the one with more counts."""
        sequence = self.part.text("SEQUENCE")
        stamp = self.part.text("LAST-MODIFIED") or self.part.text("DTSTAMP")
        return (int(sequence) if sequence.isdecimal() and len(sequence) < 12 else 0), stamp

    @property
    def sequence(self) -> int:
        """Its SEQUENCE, 0 without one."""
        return self.order[0]

    @property
    def repeats(self) -> bool:
        """Whether it stands for more than one time."""
        return any(name in self.part.lines for name in ("RRULE", "RDATE", "EXRULE"))

    @property
    def and_later(self) -> bool:
        """Whether this change of one occurrence holds for all that follow."""
        line = self.part.first("RECURRENCE-ID")
        return line is not None and line.parameters.get("RANGE", "").upper() == "THISANDFUTURE"

    def replaces(self) -> Moment | None:
        """The occurrence that this one stands for, by its original start. Raises ValueError."""
        line = self.part.first("RECURRENCE-ID")
        return None if line is None else moment_of(line, self.zones)

    def span(self) -> tuple[datetime, datetime]:
        """From when to when, as instants; the end may be before the start."""
        return self.start.utc, self.length.end(self.start)

    def rules(self) -> list[Rule]:
        """Its rules, all checked. Raises Refused."""
        check_start(self.start)
        if "EXRULE" in self.part.lines:
            raise Refused("exrule")
        lines = self.part.lines.get("RRULE", [])
        if len(lines) > MAX_RULES:
            raise Refused("malformed")
        return [rule_of(line.value, self.start, self.zones) for line in lines]

    def dates(self) -> list[tuple[Moment, datetime]]:
        """Further occurrences, with the end of each. Raises Refused."""
        found = list(values(self.part.lines.get("RDATE", [])))
        if len(found) > MAX_DATES:
            raise Refused("dates")
        try:
            return [self._date(value, parameters) for value, parameters in found]
        except ValueError as error:
            raise Refused("malformed") from error

    def _date(self, value: str, parameters: dict[str, str]) -> tuple[Moment, datetime]:
        first, _slash, rest = value.partition("/")
        start = self._like_start(moment(first, parameters, self.zones, floating=self.start.zone))
        if not rest:
            return start, self.length.end(start)
        if rest.upper().lstrip("+-").startswith("P"):
            return start, length(rest).end(start)
        return start, moment(rest, parameters, self.zones, floating=self.start.zone).utc

    def _like_start(self, found: Moment) -> Moment:
        """A day added to timed occurrences means their hour on that day."""
        if not found.is_date or self.start.is_date:
            return found
        since_midnight = self.start.wall - self.start.wall.replace(hour=0, minute=0, second=0)
        return Moment(found.wall + since_midnight, self.start.zone)

    def exclusions(self, replaced: Iterator[Moment]) -> Exclusions:
        """What EXDATE takes away, and what is written elsewhere. Raises Refused."""
        lines = self.part.lines.get("EXDATE", [])
        try:
            dates = [moment(*each, self.zones, floating=self.start.zone) for each in values(lines)]
        except ValueError as error:
            raise Refused("exdate") from error
        found = [*dates, *replaced]
        by_day = [each for each in found if each.is_date or self.start.is_date]
        instants = frozenset(each.utc for each in found if not each.is_date)
        return Exclusions(instants, frozenset(each.wall.replace(hour=0, minute=0, second=0) for each in by_day))


def entry_of(part: Part, zones: Directory) -> Entry:
    """Understand an event. Raises ValueError or OverflowError for one that can't be."""
    line = part.first("DTSTART")
    if part.broken or line is None:
        raise ValueError("an event without a start or an end")
    start = moment_of(line, zones)
    return Entry(part, zones, start, _length(part, start, zones), line.value[:40])


def _length(part: Part, start: Moment, zones: Directory) -> Length:
    end, duration = part.first("DTEND"), part.text("DURATION")
    if end is not None:
        return between(start, moment_of(end, zones, floating=start.zone if not start.floating else None))
    if duration:
        return length(duration)
    return NEXT_DAY if start.is_date else Length(exact=timedelta(0))
