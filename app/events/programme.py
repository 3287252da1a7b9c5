"""A programme as people type it, a line each: « 9 h 30 Café d’accueil », « 12/03 18:00 Dîner — au bord de l’eau »."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

LINE = re.compile(
    r"(?:(?P<day>\d{1,2})/(?P<month>\d{1,2})\s+)?(?P<hour>\d{1,2})\s*[h:]\s*(?P<minute>\d{2})?\s+(?P<words>\S.*)"
)
NOTE = re.compile(r"\s+[—–|]\s+")
TITLE_LENGTH, NOTE_LENGTH = 160, 300
MOST_DAYS_LATER = 40


def parse(text: str, first_day: date) -> list[dict[str, Any]]:
    """The lines of a programme as stored: {"at", "title", "note"}, wall times, in order.

    A line without a day is on the day of the line before, at first `first_day`. Raises InvalidInput with the number of
    the line that can't be read.
    """
    found, day = [], first_day
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            entry, day = _entry(number, line.strip(), day, first_day)
            found.append(entry)
    return sorted(found, key=lambda one: str(one["at"]))


def write(lines: Iterable[dict[str, Any]], first_day: date) -> str:
    """The same lines as text to edit; `parse` reads it back."""
    written, day = [], first_day
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        date_part = f"{at:%d/%m} " if at.date() != day else ""
        note = f" — {line['note']}" if line.get("note") else ""
        written.append(f"{date_part}{at:%H:%M} {line['title']}{note}")
        day = at.date()
    return "\n".join(written)


def by_day(lines: Sequence[dict[str, Any]]) -> list[tuple[date, list[tuple[time, str, str]]]]:
    """The lines grouped by day: (time, title, note)."""
    days: dict[date, list[tuple[time, str, str]]] = {}
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        days.setdefault(at.date(), []).append((at.time(), line["title"], line.get("note", "")))
    return sorted(days.items())


def _entry(number: int, line: str, day: date, first_day: date) -> tuple[dict[str, Any], date]:
    match = LINE.fullmatch(line)
    if match is None:
        message = _l("Ligne %(number)s : commencez par l’heure, par exemple « 9 h 30 Café d’accueil ».", number=number)
        raise InvalidInput(message, field="programme")
    try:
        clock = time(int(match["hour"]), int(match["minute"] or 0))
        if match["day"]:
            day = _near(int(match["day"]), int(match["month"]), first_day)
    except ValueError as error:
        message = _l("Ligne %(number)s : cette date ou cette heure n’existe pas.", number=number)
        raise InvalidInput(message, field="programme") from error
    title, *note = NOTE.split(match["words"], maxsplit=1)
    entry = {
        "at": datetime.combine(day, clock).isoformat(timespec="minutes"),
        "title": title[:TITLE_LENGTH],
        "note": (note[0] if note else "")[:NOTE_LENGTH],
    }
    return entry, day


def _near(day: int, month: int, first_day: date) -> date:
    """That day and month in the year of the event, or the next when the event goes over New Year."""
    found = date(first_day.year, month, day)
    if found < first_day - timedelta(days=MOST_DAYS_LATER):
        found = date(first_day.year + 1, month, day)
    return found
