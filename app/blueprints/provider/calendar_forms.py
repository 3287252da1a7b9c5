"""Forms of the provider's calendar: closures, units; lines of opening hours, seasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.validators import Optional

from app.availability.models import Season
from app.availability.openings import Hours
from app.blueprints.forms import stripped
from app.core.errors import InvalidInput
from app.offers.categories.details import CLOCK

CLOCK_FIELD = {"maxlength": "8", "inputmode": "numeric"}
SPARE_LINES = 2


class ClosureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Days on which nothing can be booked, or some hours of each."""

    first_day = DateField(_l("Du"))
    last_day = DateField(_l("Au"))
    opens = StringField(_l("De"), filters=[stripped], render_kw=CLOCK_FIELD | {"placeholder": "9:00"})
    closes = StringField(_l("À"), filters=[stripped], render_kw=CLOCK_FIELD | {"placeholder": "12:00"})
    reason = StringField(_l("Pourquoi"), filters=[stripped], render_kw={"maxlength": "120"})

    def days(self) -> tuple[date, date]:
        """First and last day; the last is the first when left empty. Raises InvalidInput."""
        if self.first_day.data is None:
            raise InvalidInput(_l("Choisissez une date."), field="first_day")
        if self.last_day.data is None and _typed(self.last_day):
            raise InvalidInput(_l("Choisissez une date."), field="last_day")
        return self.first_day.data, self.last_day.data or self.first_day.data

    def hours(self) -> tuple[time, time] | None:
        """From when to when on each day; none for whole days. Raises InvalidInput."""
        if not self.opens.data and not self.closes.data:
            return None
        return clock(self.opens.data or "", "opens"), clock(self.closes.data or "", "closes")


class UnitForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What can be booked at once beside the others."""

    name = StringField(_l("Nom"), filters=[stripped], render_kw={"maxlength": "80"})


class HorizonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """How far ahead an offer can be booked."""

    horizon_days = IntegerField(_l("Se réserve au plus"), validators=[Optional()], render_kw={"maxlength": "4"})

    def days(self) -> int | None:
        """The number of days; none when left empty. Raises InvalidInput."""
        if self.horizon_days.data is None and _typed(self.horizon_days):
            raise InvalidInput(_l("Indiquez un nombre de jours."), field="horizon_days")
        return int(self.horizon_days.data) if self.horizon_days.data is not None else None


class SeasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A part of the year."""

    name = StringField(_l("Nom"), filters=[stripped], render_kw={"maxlength": "80"})
    first_day = DateField(_l("Du"))
    last_day = DateField(_l("Au"))
    yearly = BooleanField(_l("Chaque année aux mêmes dates"))

    @classmethod
    def of(cls, season: Season | None) -> SeasonForm:
        """The form as a season fills it."""
        names = ("name", "first_day", "last_day", "yearly")
        return cls(formdata=None, data={name: getattr(season, name) for name in names} if season else {"yearly": True})

    def days(self) -> tuple[date, date]:
        """First and last day. Raises InvalidInput."""
        first, last = self.first_day.data, self.last_day.data
        if first is None or last is None:
            raise InvalidInput(_l("Choisissez une date."), field="last_day" if first else "first_day")
        return first, last


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of opening hours as it stands in a form."""

    weekdays: frozenset[int] = frozenset()
    opens: str = ""
    closes: str = ""

    @classmethod
    def of(cls, hours: Hours) -> TypedLine:
        """As the form shows hours; all day is left empty."""
        if hours.all_day:
            return cls(hours.weekdays)
        return cls(hours.weekdays, f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}")

    def hours(self, number: int) -> Hours:
        """What it means. Raises InvalidInput, its field ending in the line's number."""
        if not self.opens and not self.closes:
            return Hours(self.weekdays)
        return Hours(self.weekdays, clock(self.opens, f"opens-{number}"), clock(self.closes, f"closes-{number}"))


def typed_lines(form: Any, count: int) -> list[TypedLine]:
    """The lines that were sent, in order: `days-0`, `opens-0`, `closes-0` …"""
    return [
        TypedLine(
            frozenset(int(day) for day in form.getlist(f"days-{n}") if day in "0123456" and len(day) == 1),
            form.get(f"opens-{n}", "").strip()[:8],
            form.get(f"closes-{n}", "").strip()[:8],
        )
        for n in range(count)
    ]


def hours_of(lines: Sequence[TypedLine]) -> list[Hours]:
    """What the lines mean; those that are left empty don't count. Raises InvalidInput."""
    return [line.hours(n) for n, line in enumerate(lines) if line != TypedLine()]


def with_spare(lines: Sequence[TypedLine], most: int) -> list[TypedLine]:
    """The lines and some empty ones to fill."""
    kept = [line for line in lines if line != TypedLine()]
    return [*kept, *[TypedLine()] * min(SPARE_LINES, most - len(kept))]


def numbered(fields: Mapping[str, Any], lines: Sequence[TypedLine]) -> dict[str, Any]:
    """The sentences beside fields, for the lines as `hours_of` counts them and as the form does."""
    kept = [n for n, line in enumerate(lines) if line != TypedLine()]
    found = dict(fields)
    for name, said in fields.items():
        kind, dash, number = name.rpartition("-")
        if kind == "weekdays" and dash and int(number) < len(kept):
            found[f"weekdays-{kept[int(number)]}"] = said
    return found


def clock(text: str, field: str) -> time:
    """A time of day as people type it. Raises InvalidInput."""
    found = CLOCK.match(text)
    if not found:
        raise InvalidInput(_l("Indiquez une heure, par exemple 18:30."), field=field)
    return time(int(found[1]), int(found[2] or 0))


def _typed(field: Any) -> bool:
    return bool(field.raw_data and field.raw_data[0])
