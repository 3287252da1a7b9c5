"""Amounts, rates, days and hours as the printed quote writes them, in French or in English."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
RATE_PATTERN = {"fr": "#,##0.##\u00a0%", "en": "#,##0.##%"}


def _wide(text: str) -> str:
    """The document's font draws the narrow space between thousands too thin to be seen."""
    return text.replace("\u202f", "\u00a0")


def amount(cents: int, currency: str, language: str) -> str:
    """1 234,56 € or €1,234.56."""
    return _wide(format_currency(Decimal(cents) / 100, currency, locale=LOCALES[language]))


def share(bps: int, language: str) -> str:
    """5,5 % or 5.5%."""
    return format_decimal(Decimal(bps) / 10_000, format=RATE_PATTERN[language], locale=LOCALES[language])


def count(number: int, language: str) -> str:
    """1 200 or 1,200."""
    return _wide(format_decimal(number, locale=LOCALES[language]))


def day(on: date, language: str) -> str:
    """mercredi 11 mars 2026, with the ordinal of a first; or Wednesday 11 March 2026."""
    first = "d'er'" if language == "fr" and on.day == 1 else "d"
    return format_date(on, f"EEEE {first} MMMM y", locale=LOCALES[language])


def short_day(on: date, language: str) -> str:
    """11 mars 2026 or 11 March 2026."""
    first = "d'er'" if language == "fr" and on.day == 1 else "d"
    return format_date(on, f"{first} MMMM y", locale=LOCALES[language])


def clock(at: datetime, language: str) -> str:
    """9 h, 18 h 30 or 6.30 pm, of a wall time."""
    if language == "en":
        pattern = "h:mm a" if at.minute else "h a"
        return format_time(at.time(), pattern, locale=LOCALES[language])
    return f"{at.hour}\u00a0h\u00a0{at.minute:02d}" if at.minute else f"{at.hour}\u00a0h"


def moment(instant: datetime, zone: str, language: str) -> str:
    """A day and its hour in a zone: mercredi 11 mars 2026, 9 h."""
    wall = instant.astimezone(ZoneInfo(zone))
    return f"{day(wall.date(), language)}, {clock(wall, language)}"


def hours(minutes: int) -> str:
    """5 h 30, the same in both languages."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}\u00a0h\u00a0{rest:02d}" if rest else f"{whole}\u00a0h"
