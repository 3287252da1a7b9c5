"""The price part of the offer's editor: its lines with their tiers, and its seasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from babel.dates import get_day_names
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.blueprints.forms import stripped
from app.blueprints.provider.priced_forms import DECIMAL, NUMERIC, Boxes, PricedLineForm
from app.offers.price_rule import MAX_SEASONS, MAX_TIERS
from app.web import locale

BASES = (
    SelectChoice("person", _l("par personne")),
    SelectChoice("group", _l("pour le groupe")),
    SelectChoice("hour", _l("par heure")),
    SelectChoice("person_night", _l("par personne et par nuit")),
    SelectChoice("group_night", _l("par nuit, pour le groupe")),
)
TIER_ROWS = 3
DAY = {"placeholder": _l("jj/mm"), "autocomplete": "off", "maxlength": "12"}


class TierForm(Form):
    """From so many people on, another unit price."""

    people = StringField(_l("À partir de"), filters=[stripped], render_kw=NUMERIC)
    price = StringField(_l("Prix unitaire"), filters=[stripped], render_kw=DECIMAL)


class ComponentForm(PricedLineForm):
    """One line of the price."""

    basis = SelectField(_l("Compté"), choices=BASES, default="person")
    price = StringField(_l("Prix unitaire"), filters=[stripped], render_kw=DECIMAL)
    group_size = StringField(_l("Un pour"), filters=[stripped], render_kw=NUMERIC)
    tiers = FieldList(FormField(TierForm), min_entries=TIER_ROWS, max_entries=MAX_TIERS)
    child_price = StringField(_l("Prix pour un enfant"), filters=[stripped], render_kw=DECIMAL)
    constant = BooleanField(_l("Même prix en toute saison"))

    def typed_tiers(self) -> list[Any]:
        """The rows of tiers that say something."""
        controls: Any = self
        return [row.form for row in controls.tiers if row.form.people.data or row.form.price.data]

    def more(self) -> int:
        """How many tiers, child rate and constancy there are."""
        controls: Any = self
        return len(self.typed_tiers()) + bool(controls.child_price.data) + bool(controls.constant.data)

    def wrong_more(self) -> bool:
        """Whether one of them carries a sentence."""
        controls: Any = self
        return any(control.errors for part in (controls.tiers, controls.child_price) for control in controls_of(part))


class SeasonForm(Form):
    """A time of the year, or days of the week, when prices are other ones."""

    label = StringField(_l("Nom"), filters=[stripped], render_kw={"maxlength": "60"})
    first = StringField(_l("Du"), filters=[stripped], render_kw=DAY)
    last = StringField(_l("Au"), filters=[stripped], render_kw=DAY)
    change = StringField(_l("Prix changés de"), filters=[stripped], render_kw=DECIMAL)
    weekdays = Boxes(_l("Jours"), choices=[])

    def named(self) -> None:
        """Give the boxes the weekdays' names in the reader's language."""
        names = get_day_names("abbreviated", locale=locale())
        controls: Any = self
        controls.weekdays.choices = [SelectChoice(str(day), names[day]) for day in range(7)]


class Seasons(FieldList):  # type: ignore[type-arg]  # generic in the stubs alone
    """Seasons: one can be added, and taken away."""

    def __init__(self, **options: Any) -> None:
        super().__init__(FormField(SeasonForm), max_entries=MAX_SEASONS, **options)

    def add(self) -> None:
        """One more, empty."""
        if len(self.entries) < MAX_SEASONS:
            self.append_entry({})

    def remove(self, position: int) -> None:
        """Drop one."""
        if 0 <= position < len(self.entries):
            self.entries.pop(position)


def controls_of(field: Field) -> Iterator[Field]:
    """A field, or each of those in its rows, however deep."""
    if isinstance(field, FieldList):
        for entry in field.entries:
            for control in entry.form:
                yield from controls_of(control)
    else:
        yield field
