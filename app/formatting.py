"""Amounts, dates and quantities in words, French and English. Pure functions, and their installation as Jinja filters.

French typography: a narrow no-break space (U+202F) before units and inside numbers, a no-break space (U+00A0) before €.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from app.translation import language

NARROW = "\u202f"
NO_BREAK = "\u00a0"
PARIS = "Europe/Paris"
MINUTES_PER_DAY = 24 * 60
_BABEL = {"fr": "fr", "en": "en_GB"}
_WORDS = {
    "fr": {
        "gross": "TTC", "net": "HT", "per_person": "par personne", "to": "au", "from": "du", "and": "et",
        "day": ("jour", "jours"), "bytes": ("o", "Ko", "Mo", "Go"),
        "over": "terminé", "under_minute": "moins d’une minute",
    },
    "en": {
        "gross": "incl. VAT", "net": "excl. VAT", "per_person": "per person", "to": "to", "from": "from", "and": "and",
        "day": ("day", "days"), "bytes": ("B", "KB", "MB", "GB"), "over": "over", "under_minute": "less than a minute",
    },
}  # fmt: skip


@lru_cache(maxsize=16_384)  # Babel takes fifty times as long as a page can spare
def money(cents: int, currency: str = "EUR", locale: str = "fr", *, exact: bool = False) -> str:
    """An amount in cents as `64,50 €`. Whole amounts lose their cents (`289 €`) unless `exact`."""
    whole = cents % 100 == 0 and not exact
    text = format_currency(
        Decimal(cents) / 100,
        currency,
        locale=_babel(locale),
        currency_digits=False,
        format=_money_pattern(locale, whole),
    )
    return text.replace("-", "\u2212")


def basis(name: str, locale: str = "fr") -> str:
    """`gross` as `TTC`, `net` as `HT`."""
    return str(_words(locale)[name])


def per_person(cents: int, currency: str = "EUR", locale: str = "fr", *, price_basis: str = "gross") -> str:
    """An amount in cents for one person, with its basis: `64,50 € TTC par personne`."""
    words = _words(locale)
    return f"{money(cents, currency, locale)} {words[price_basis]} {words['per_person']}"


@lru_cache(maxsize=4_096)
def number(value: int | float | Decimal, locale: str = "fr", *, digits: int = 0) -> str:
    """`1 234` or, with `digits`, `1 234,5`."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=_babel(locale)).replace("-", "\u2212")


def percent_bps(bps: int, locale: str = "fr") -> str:
    """A rate in basis points: 2000 as `20 %`, 550 as `5,5 %`."""
    figure = number(Decimal(bps) / 100, locale, digits=2)
    return f"{figure}%" if _is_english(locale) else f"{figure}{NARROW}%"


def date_in_words(day: date, locale: str = "fr", *, today: date | None = None, weekday: bool = True) -> str:
    """`jeudi 12 mars 2026`; without the year when it is `today`'s. A datetime must already be in its own zone."""
    year = "" if today is not None and day.year == today.year else f" {day.year}"
    return f"{_day(day, locale, weekday=weekday)} {_month(day, locale)}{year}"


def short_date(day: date, locale: str = "fr", *, today: date | None = None) -> str:
    """`12 mars`, `25 févr.`; with the year when it is not `today`'s."""
    year = "" if today is not None and day.year == today.year else f" {day.year}"
    return f"{_day(day, locale, weekday=False)} {format_date(day, 'LLL', locale=_babel(locale))}{year}"


def time_of_day(moment: datetime, locale: str = "fr", *, zone: str = PARIS) -> str:
    """`18 h`, `18 h 30`, in English `18:00`. `moment` is aware; `zone` is an IANA name."""
    local = _local(moment, zone)
    if _is_english(locale):
        return f"{local:%H:%M}"
    minutes = f"{NARROW}{local:%M}" if local.minute else ""
    return f"{local.hour}{NARROW}h{minutes}"


def time_range(start: datetime, end: datetime, locale: str = "fr", *, zone: str = PARIS) -> str:
    """`18 h – 23 h`."""
    return f"{time_of_day(start, locale, zone=zone)}{NO_BREAK}– {time_of_day(end, locale, zone=zone)}"


def date_range(first: date, last: date, locale: str = "fr", *, today: date | None = None) -> str:
    """`jeudi 11 et vendredi 12 mars`, `du lundi 28 février au mercredi 2 mars`; one day alone as itself."""
    if first == last:
        return date_in_words(first, locale, today=today)
    words, end = _words(locale), date_in_words(last, locale, today=today)
    start = _day(first, locale)
    if (first.year, first.month) != (last.year, last.month):
        start += f" {_month(first, locale)}"
    if first.year != last.year:
        start += f" {first.year}"
    if last - first == timedelta(days=1):
        return f"{start} {words['and']} {end}"
    return f"{words['from']} {start} {words['to']} {end}"


def when_in_words(
    start: datetime, end: datetime, locale: str = "fr", *, zone: str = PARIS, today: date | None = None
) -> str:
    """`jeudi 12 mars, 18 h – 23 h`, or over days `jeudi 11 mars, 9 h – vendredi 12 mars, 17 h`.

    An end before noon on the day after an evening start counts as the same evening.
    """
    first, last = _local(start, zone).date(), _local(end, zone).date()
    same_night = last - first == timedelta(days=1) and _local(end, zone).hour < 6
    if first == last or same_night:
        return f"{date_in_words(first, locale, today=today)}, {time_range(start, end, locale, zone=zone)}"
    year = today if first.year != last.year else first  # said once, at the end, when both share it
    begin = f"{date_in_words(first, locale, today=year)}, {time_of_day(start, locale, zone=zone)}"
    return f"{begin}{NO_BREAK}– {date_in_words(last, locale, today=today)}, {time_of_day(end, locale, zone=zone)}"


def moment_in_words(moment: datetime, locale: str = "fr", *, zone: str = PARIS, today: date | None = None) -> str:
    """`mardi 3 mars, 18 h`."""
    day = date_in_words(_local(moment, zone).date(), locale, today=today)
    return f"{day}, {time_of_day(moment, locale, zone=zone)}"


def duration(minutes: int, locale: str = "fr") -> str:
    """`45 min`, `1 h 30`, `2 jours`; in English `1 h 30 min`."""
    if minutes >= 2 * MINUTES_PER_DAY:
        days = minutes // MINUTES_PER_DAY
        return f"{number(days, locale)} {plural(days, *_words(locale)['day'], locale=locale)}"
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NARROW}min"
    if not rest:
        return f"{hours}{NARROW}h"
    return f"{hours}{NARROW}h{NARROW}{rest}{NARROW}min" if _is_english(locale) else f"{hours}{NARROW}h{NARROW}{rest:02}"


def lasting(minutes: int, locale: str = "fr") -> str:
    """How long an event lasts: under a day as `duration`, else the days begun (32 h: `2 jours`)."""
    return duration(minutes if minutes <= MINUTES_PER_DAY else -(-minutes // MINUTES_PER_DAY) * MINUTES_PER_DAY, locale)


def near(place: str, locale: str = "fr") -> str:
    """`près de Lyon`, `près d’Avoriaz`, `près du Mans`, `près des Gets`; in English `near Lyon`."""
    if _is_english(locale):
        return f"near {place}"
    article, _space, name = place.partition(" ")
    if name and article in ("Le", "Les"):
        return f"près {'du' if article == 'Le' else 'des'} {name}"
    begins = unicodedata.normalize("NFKD", place[:1]).lower()[:1]
    return f"près d’{place}" if begins and begins in "aeiouœ" else f"près de {place}"


def time_left(until: datetime, now: datetime, locale: str = "fr") -> str:
    """What remains before `until`: `3 jours`, `5 h 20`, `terminé` once past."""
    seconds = (until - now).total_seconds()
    if seconds <= 0:
        return str(_words(locale)["over"])
    if seconds < 60:
        return str(_words(locale)["under_minute"])
    minutes = int(seconds // 60)
    return duration(minutes - minutes % 60 if 10 * 60 <= minutes < 2 * MINUTES_PER_DAY else minutes, locale)


def distance_km(km: float, locale: str = "fr") -> str:
    """`4,2 km` under ten kilometres, else `38 km`."""
    return f"{number(km if km < 10 else round(km), locale, digits=1 if km < 10 else 0)}{NARROW}km"


def plural(count: int, one: str, many: str, *, locale: str = "fr") -> str:
    """The word that goes with `count`: French says one for 0 and 1, English for 1 alone."""
    return one if abs(count) == 1 or (count == 0 and not _is_english(locale)) else many


def filesize(size: int, locale: str = "fr") -> str:
    """Bytes as `840 o`, `1,4 Mo` (thousands of 1,000)."""
    units, figure, step = _words(locale)["bytes"], float(size), 0
    while figure >= 1000 and step < len(units) - 1:
        figure, step = figure / 1000, step + 1
    return f"{number(figure, locale, digits=1 if step and figure < 100 else 0)}{NARROW}{units[step]}"


def initials(name: str) -> str:
    """`Claire Martin` as `CM`; at most two letters."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def register(app: Flask) -> None:
    """Install every function as a Jinja filter and global that speaks the reader's language and knows today."""
    localized: tuple[Callable[..., str], ...] = (
        money, basis, per_person, number, percent_bps, time_of_day, time_range, duration, lasting, time_left,
        distance_km, near, plural, filesize,
    )  # fmt: skip
    dated: tuple[Callable[..., str], ...] = (date_in_words, short_date, date_range, when_in_words, moment_in_words)
    installed: dict[str, Callable[..., str]] = {f.__name__: _in_reader_locale(f) for f in localized}
    installed |= {f.__name__: _in_reader_locale(f, dated=True) for f in dated}
    installed["initials"] = initials
    app.jinja_env.filters.update(installed)
    app.jinja_env.globals.update(installed)


def _in_reader_locale(function: Callable[..., str], *, dated: bool = False) -> Callable[..., str]:
    @pass_context  # else Jinja would compute calls on constants once, in the language of the first reader
    def speak(_context: Context, *args: Any, **options: Any) -> str:
        options.setdefault("locale", language())
        if dated:
            options.setdefault("today", datetime.now(ZoneInfo(PARIS)).date())
        return function(*args, **options)

    return speak


def _babel(locale: str) -> str:
    return _BABEL["en" if _is_english(locale) else "fr"]


def _words(locale: str) -> dict[str, Any]:
    return _WORDS["en" if _is_english(locale) else "fr"]


def _is_english(locale: str) -> bool:
    return locale.startswith("en")


def _money_pattern(locale: str, whole: bool) -> str:
    figure = "#,##0" if whole else "#,##0.00"
    return f"¤{figure}" if _is_english(locale) else f"{figure}{NO_BREAK}¤"


@lru_cache(maxsize=4_096)
def _day(day: date, locale: str, *, weekday: bool = True) -> str:
    figure = "1er" if day.day == 1 and not _is_english(locale) else str(day.day)
    return f"{format_date(day, 'EEEE', locale=_babel(locale))} {figure}" if weekday else figure


@lru_cache(maxsize=4_096)
def _month(day: date, locale: str) -> str:
    return format_date(day, "MMMM", locale=_babel(locale))


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(ZoneInfo(zone))
