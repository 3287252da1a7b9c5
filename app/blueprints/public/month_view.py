"""A month of an offer's calendar as the macro `month` shows it, with the months before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date, get_day_names

from app.availability.queries import Day, DayState
from app.translation import gettext as _

MONTHS_AHEAD = 24


@dataclass(frozen=True, slots=True)
class MonthPage:
    """One month: its name, the addresses' names of its neighbours (empty at the ends), seven day names, its cells."""

    name: str
    key: str
    before: str
    after: str
    names: list[str]
    cells: list[dict[str, Any] | None]


def chosen_month(text: str, today: date) -> date:
    """The first day of the month « 2027-03 », within what can be booked; this month for anything else."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    first = today.replace(day=1)
    if not found:
        return first
    ahead = (int(found[1]) - first.year) * 12 + int(found[2]) - first.month
    return shifted(first, min(max(ahead, 0), MONTHS_AHEAD))


def shifted(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_page(
    first: date, days: Sequence[dict[str, Any]], *, locale: str, today: date, past: bool = False
) -> MonthPage:
    """A month of cells, with empty ones before it so that each day stands under its name.

    `past`: months before this one may be turned to.
    """
    names = get_day_names("abbreviated", locale=locale)
    this = today.replace(day=1)
    return MonthPage(
        name=format_date(first, "LLLL yyyy", locale=locale).capitalize(),
        key=f"{first:%Y-%m}",
        before=f"{shifted(first, -1):%Y-%m}" if first > this or past else "",
        after=f"{shifted(first, 1):%Y-%m}" if first < shifted(this, MONTHS_AHEAD) else "",
        names=[names[number] for number in range(7)],
        cells=[None] * first.weekday() + [dict(day) for day in days],
    )


def public_cell(day: Day, today: date) -> dict[str, Any]:
    """A day as anyone sees it."""
    kind, word = _words(day.state)
    if day.day < today:
        kind, word = "past", ""
    return {"n": day.day.day, "kind": kind, "word": word, "today": day.day == today}


def _words(state: DayState) -> tuple[str, str]:
    match state:
        case DayState.FREE:
            return "free", _("libre")
        case DayState.PART:
            return "held", _("partiel")
        case DayState.TAKEN:
            return "busy", _("pris")
        case DayState.CLOSED:
            return "closed", _("fermé")
        case DayState.NOTICE:
            return "closed", _("trop tôt")
        case DayState.FAR:
            return "closed", _("plus tard")
