"""The days of a season in words, in the reader's language."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from app.offers.price_rule import Season
from app.web import locale

LEAP_YEAR = 2028
MONDAY = date(2028, 1, 3)


def season_words(season: Season) -> str:
    """« du 20 décembre au 4 janvier, le samedi »."""
    said = []
    if season.first:
        said.append(_("du %(first)s au %(last)s", first=_day(season.first), last=_day(season.last)))
    if season.weekdays:
        said.append(", ".join(weekday_words(day) for day in season.weekdays))
    return ", ".join(said)


def weekday_words(weekday: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    return str(format_date(MONDAY.replace(day=MONDAY.day + weekday), "EEEE"))


def _day(month_day: str) -> str:
    day = date.fromisoformat(f"{LEAP_YEAR}-{month_day}")
    words = str(format_date(day, "d MMMM"))
    return words.replace("1 ", "1er ", 1) if day.day == 1 and locale() == "fr" else words
