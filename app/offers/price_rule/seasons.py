"""Times of the year and days of the week when prices are higher or lower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.core.money import WHOLE_BPS, round_half_up

MAX_SEASONS = 12
SEASON_LABEL_LENGTH = 60
LOWEST_BPS, HIGHEST_BPS = -9_000, 30_000
LEAP_YEAR = 2028
EVERY_WEEKDAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Season:
    """Unit prices change by `bps` on `weekdays` from `first` to `last` (MM-DD, every year, both included).

    `first` after `last` goes over the end of the year. No dates: all year; no weekdays (0 is Monday): the whole week.
    """

    label: str
    bps: int
    first: str = ""
    last: str = ""
    weekdays: tuple[int, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether a day is in it."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if not self.first:
            return True
        at = f"{day:%m-%d}"
        return self.first <= at <= self.last if self.first <= self.last else at >= self.first or at <= self.last

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        said = {"label": self.label, "bps": self.bps, "first": self.first, "last": self.last}
        return said | {"weekdays": list(self.weekdays)}

    @classmethod
    def from_json(cls, data: Any) -> Season:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        season = cls(
            label=shape.text(data, "label", most=SEASON_LABEL_LENGTH, required=True),
            bps=shape.integer(data, "bps", minimum=LOWEST_BPS, maximum=HIGHEST_BPS),
            first=_day_of_year(data, "first"),
            last=_day_of_year(data, "last"),
            weekdays=_weekdays(data),
        )
        if season.bps == 0:
            raise InvalidInput(_l("Indiquez de combien les prix changent, par exemple +20 ou -10."), field="bps")
        if bool(season.first) != bool(season.last):
            raise InvalidInput(_l("Indiquez le premier et le dernier jour."), field="last" if season.first else "first")
        if not season.first and not season.weekdays:
            raise InvalidInput(_l("Indiquez des dates, ou des jours de la semaine."), field="first")
        return season


def season_on(seasons: Iterable[Season], day: date) -> Season | None:
    """The season of a day; where several meet, the one that raises prices most. None outside all."""
    return max((one for one in seasons if one.holds(day)), key=lambda one: (one.bps, one.label), default=None)


def seasonal(unit_net_cents: int, season: Season | None) -> int:
    """A unit price in a season, in cents, half-up."""
    return round_half_up(unit_net_cents * (WHOLE_BPS + season.bps), WHOLE_BPS) if season else unit_net_cents


def _day_of_year(data: Any, name: str) -> str:
    text = shape.text(data, name, most=5)
    if not text:
        return ""
    try:
        return f"{date.fromisoformat(f'{LEAP_YEAR}-{text}'):%m-%d}"
    except ValueError as error:
        raise InvalidInput(_l("Indiquez un jour et un mois, par exemple 20/12."), field=name) from error


def _weekdays(data: Any) -> tuple[int, ...]:
    found: Sequence[Any] = shape.items(data, "weekdays", most=7)
    if not all(type(day) is int and day in EVERY_WEEKDAY for day in found):
        raise InvalidInput(_l("Choisissez dans la liste."), field="weekdays")
    return tuple(sorted(set(found)))
