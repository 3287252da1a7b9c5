"""The zones that a file defines itself (VTIMEZONE), within the same limits as everything else in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from app.availability.imports.lines import Part, values
from app.availability.imports.rules import MAX_DATES, Refused, rule_of
from app.availability.imports.values import UTC_ZONE, Moment, moment, moment_of, offset
from app.availability.imports.zones import Directory, FileZone, Onset, Zone, file_zone

MAX_OBSERVANCES: Final = 200
_EARLIEST: Final = 1949
_BEGIN: Final = datetime(_EARLIEST, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_END: Final = datetime(2201, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NO_NAMES: Final = Directory(UTC_ZONE, {}, lambda _name: None)


def defined(parts: Iterable[Part]) -> dict[str, Zone]:
    """The zones of a file by the names it gives them. A definition that can't be understood is left out."""
    found: dict[str, Zone] = {}
    for part in parts:
        name = part.text("TZID").strip('"')
        try:
            found.setdefault(name, _zone(name, part))
        except (ValueError, OverflowError, Refused):
            continue
    return found


def _zone(name: str, part: Part) -> FileZone:
    observances = [*part.of_kind("STANDARD"), *part.of_kind("DAYLIGHT")]
    if part.broken or len(observances) > MAX_OBSERVANCES:
        raise ValueError("a definition that is broken or too long")
    return file_zone(name, [onset for observance in observances for onset in _onsets(observance)])


def _onsets(part: Part) -> Iterator[Onset]:
    before, after = offset(part.text("TZOFFSETFROM")), offset(part.text("TZOFFSETTO"))
    for wall in sorted(set(_walls(part))):
        yield Onset(wall, before, after)


def _walls(part: Part) -> Iterator[datetime]:
    line = part.first("DTSTART")
    if line is None or part.broken:
        raise ValueError("an offset without a beginning")
    start = moment_of(line, _NO_NAMES)
    yield start.wall
    dates = list(values(part.lines.get("RDATE", [])))
    if len(dates) > MAX_DATES:
        raise Refused("dates")
    for value, parameters in dates:
        yield moment(value.split("/")[0], parameters, _NO_NAMES).wall
    for rule in part.lines.get("RRULE", []):
        parsed = rule_of(rule.value, _recent(start, rule.value), _NO_NAMES)
        if parsed.frequency != "YEARLY":
            raise Refused("frequency")  # a clock that changes each month would be a bomb
        yield from (each.wall for each in parsed.between(_BEGIN, _END))


def _recent(start: Moment, rule: str) -> Moment:
    """Outlook lets rules begin in 1601; what they said then doesn't matter."""
    plain = "COUNT" not in rule.upper() and "INTERVAL" not in rule.upper()
    if start.wall.year >= _EARLIEST or not plain:
        return start
    return Moment(start.wall.replace(year=_EARLIEST, day=min(start.wall.day, 28)), start.zone, start.is_date)
