"""Forms of the provider's calendar: opening days and hours, closures, units."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from babel.dates import get_day_names
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.widgets import CheckboxInput, ListWidget

from app.availability.openings import Openings
from app.blueprints.forms import stripped
from app.core.errors import InvalidInput
from app.offers.categories.details import CLOCK
from app.web import locale


class OpeningForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Weekdays, and hours that are left empty when they don't matter."""

    weekdays = SelectMultipleField(
        _l("Jours d’ouverture"), coerce=int, validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput()
    )
    opens = StringField(_l("Ouvre à"), filters=[stripped], render_kw={"placeholder": "9:00", "maxlength": "8"})
    closes = StringField(_l("Ferme à"), filters=[stripped], render_kw={"placeholder": "18:00", "maxlength": "8"})

    @classmethod
    def of(cls, openings: Openings) -> OpeningForm:
        """The form as the present rule fills it."""
        first = openings.usual[0]
        hours = {} if first.all_day else {"opens": f"{first.opens:%H:%M}", "closes": f"{first.closes:%H:%M}"}
        return cls(formdata=None, data={"weekdays": sorted(first.weekdays), **hours}).named()

    def named(self) -> OpeningForm:
        """With the weekdays' names in the reader's language."""
        names = get_day_names("wide", locale=locale())
        self.weekdays.choices = [SelectChoice(day, names[day].capitalize()) for day in range(7)]
        return self

    def hours(self) -> tuple[time, time]:
        """From when to when; both empty mean all day. Raises InvalidInput."""
        if not self.opens.data and not self.closes.data:
            return time(0), time(0)
        return _time(self.opens.data or "", "opens"), _time(self.closes.data or "", "closes")


class ClosureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Days on which nothing can be booked."""

    first_day = DateField(_l("Du"))
    last_day = DateField(_l("Au"))
    reason = StringField(_l("Pourquoi"), filters=[stripped], render_kw={"maxlength": "120"})

    def days(self) -> tuple[date, date]:
        """First and last day; the last is the first when left empty. Raises InvalidInput."""
        if self.first_day.data is None:
            raise InvalidInput(_l("Choisissez une date."), field="first_day")
        if self.last_day.data is None and _typed(self.last_day):
            raise InvalidInput(_l("Choisissez une date."), field="last_day")
        return self.first_day.data, self.last_day.data or self.first_day.data


class UnitForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What can be booked at once beside the others."""

    name = StringField(_l("Nom"), filters=[stripped], render_kw={"maxlength": "80"})


def _typed(field: Any) -> bool:
    return bool(field.raw_data and field.raw_data[0])


def _time(text: str, field: str) -> time:
    found = CLOCK.match(text)
    if not found:
        raise InvalidInput(_l("Indiquez une heure, par exemple 18:30."), field=field)
    return time(int(found[1]), int(found[2] or 0))
