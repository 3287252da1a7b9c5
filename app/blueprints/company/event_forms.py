"""Forms of an event, of its needs and of the request that goes out. They keep what is typed; the services check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.blueprints.forms import stripped
from app.core.errors import InvalidInput
from app.core.money import parse_cents
from app.events import programme
from app.events.models import Event, Need
from app.events.service import Brief, Plan
from app.offers import categories
from app.quotes.requests import MESSAGE_LENGTH
from app.rules import requirements
from app.search import places

ZONES = (
    SelectChoice("Europe/Paris", _l("Paris, et toute la France métropolitaine")),
    SelectChoice("Europe/London", _l("Londres")),
    SelectChoice("Europe/Lisbon", _l("Lisbonne")),
    SelectChoice("Europe/Athens", _l("Athènes")),
    SelectChoice("Africa/Casablanca", _l("Casablanca")),
    SelectChoice("America/Guadeloupe", _l("Guadeloupe")),
    SelectChoice("America/Martinique", _l("Martinique")),
    SelectChoice("America/Cayenne", _l("Guyane")),
    SelectChoice("Indian/Reunion", _l("La Réunion")),
    SelectChoice("Indian/Mayotte", _l("Mayotte")),
    SelectChoice("Pacific/Noumea", _l("Nouvelle-Calédonie")),
    SelectChoice("Pacific/Tahiti", _l("Polynésie française")),
)
LOCAL = "%Y-%m-%dT%H:%M"
TOO_LONG = _l("Au plus %(max)d caractères.")
SHORT = Length(max=120, message=TOO_LONG)


class WallTime(DateTimeLocalField):
    """A day and an hour on the wall. What can't be read stays as it was typed."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, format=[LOCAL, LOCAL + ":%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"], **options)

    def process_formdata(self, valuelist: Any) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError as error:
            raise ValueError(_("Indiquez un jour et une heure.")) from error


class WholeNumber(IntegerField):
    """A count of people."""

    def process_formdata(self, valuelist: Any) -> None:
        typed = [str(value).replace(" ", "").replace("\u202f", "").replace("\u00a0", "") for value in valuelist]
        try:
            super().process_formdata(typed)
        except ValueError as error:
            self.data = None
            raise ValueError(_("Indiquez un nombre entier de personnes.")) from error


class Boxes(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EventForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The event in her words."""

    title = StringField(
        _l("Nom de l’évènement"),
        validators=[
            DataRequired(_l("Donnez un nom à l’évènement.")),
            Length(max=120, message=TOO_LONG),
        ],
        filters=[stripped],
        render_kw={"maxlength": 120},
    )
    starts = WallTime(_l("Début"), validators=[InputRequired(_l("Indiquez le jour et l’heure du début."))])
    ends = WallTime(_l("Fin"), validators=[InputRequired(_l("Indiquez le jour et l’heure de la fin."))])
    zone = SelectField(_l("Heure de"), choices=ZONES, default="Europe/Paris", validate_choice=False)
    headcount = WholeNumber(_l("Effectif"), validators=[InputRequired(_l("Indiquez combien de personnes viendront."))])
    children = WholeNumber(_l("Dont enfants"), validators=[Optional()])
    place = StringField(_l("Lieu souhaité"), filters=[stripped], validators=[SHORT])
    budget = StringField(_l("Budget total"), filters=[stripped], validators=[SHORT])
    description = TextAreaField(
        _l("Ce que vous voulez vivre ensemble"),
        filters=[stripped],
        validators=[Length(max=4000, message=TOO_LONG)],
        render_kw={"rows": 4},
    )
    programme = TextAreaField(
        _l("Programme"),
        filters=[stripped],
        validators=[Length(max=8000, message=TOO_LONG)],
        render_kw={"rows": 5},
    )

    @classmethod
    def of(cls, event: Event) -> EventForm:
        """The form of an event as it stands."""
        budget = event.budget_cents
        return cls(
            title=event.title,
            starts=event.starts_local,
            ends=event.ends_local,
            zone=event.zone,
            headcount=event.headcount,
            children=event.children or None,
            place=event.place_name,
            budget="" if budget is None else f"{budget / 100:.2f}".removesuffix(".00").replace(".", ","),
            description=event.description,
            programme=programme.write(event.programme, event.starts_local.date()),
        )

    def plan(self) -> Plan:
        """What was typed, read. Raises InvalidInput with a sentence for each field that can't be."""
        wrong: dict[str, Any] = {}
        typed: dict[str, Any] = self.data
        place = self._read(wrong, self._place)
        budget = self._read(wrong, self._budget)
        lines = self._read(wrong, lambda: programme.parse(typed["programme"] or "", typed["starts"].date()))
        if wrong:
            raise InvalidInput(fields=wrong)
        return Plan(
            title=typed["title"],
            starts_local=typed["starts"],
            ends_local=typed["ends"],
            zone=typed["zone"],
            headcount=typed["headcount"],
            children=typed["children"] or 0,
            place_name=place.label if place else "",
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            budget_cents=budget,
            description=self.description.data or "",
            programme=lines,
        )

    @staticmethod
    def _read(wrong: dict[str, Any], reader: Any) -> Any:
        try:
            return reader()
        except InvalidInput as error:
            wrong.update(error.fields)
            return None

    def _place(self) -> places.Place | None:
        if not self.place.data:
            return None
        found = places.lookup(self.place.data)
        if not found:
            sentence = _(
                "Nous ne connaissons pas « %(place)s » : essayez une ville voisine ou un code postal.",
                place=self.place.data,
            )
            raise InvalidInput(sentence, field="place")
        return found[0]

    def _budget(self) -> int | None:
        if not self.budget.data:
            return None
        cents = parse_cents(self.budget.data, field="budget")
        if cents < 0:
            raise InvalidInput(_("Indiquez un budget au-dessus de zéro."), field="budget")
        return cents


class NeedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What one kind of provider is asked for."""

    codes = Boxes(_l("Ce qu’il faut"), choices=(), validate_choice=False)
    others = TextAreaField(_l("Autres besoins"), filters=[stripped], validators=[Length(max=3000, message=TOO_LONG)])
    must = RadioField(
        _l("Ce besoin est"),
        choices=[
            SelectChoice("yes", _l("Indispensable")),
            SelectChoice("no", _l("Souhaité, s’il entre dans le budget")),
        ],
        default="yes",
    )
    notes = TextAreaField(
        _l("Précisions pour les prestataires"),
        filters=[stripped],
        validators=[Length(max=3000, message=TOO_LONG)],
        render_kw={"rows": 3},
    )

    def offer_choices(self, category: str) -> None:
        """Let her tick what offers of this category usually hold."""
        self.codes.choices = [
            SelectChoice(code, requirements.label(code)) for code in categories.get(category).requirements
        ]

    @classmethod
    def of(cls, need: Need) -> NeedForm:
        """The form of a need as it stands."""
        form = cls(
            codes=[one["code"] for one in need.requirements],
            others="\n".join(one["label"] for one in need.requirements if one["code"].startswith("other-")),
            must="yes" if need.must else "no",
            notes=need.notes,
        )
        form.offer_choices(need.category)
        return form

    def brief(self, category: str) -> Brief:
        """What was ticked and typed. Raises InvalidInput."""
        return Brief(
            category=category,
            must=self.must.data == "yes",
            codes=tuple(self.codes.data or ()),
            others=tuple((self.others.data or "").splitlines()),
            notes=self.notes.data or "",
        )


class RequestForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The message to all who are asked, and until when they answer. Times are of the event's zone."""

    message = TextAreaField(
        _l("Votre message"),
        filters=[stripped],
        validators=[Length(max=MESSAGE_LENGTH, message=TOO_LONG)],
        render_kw={"rows": 5},
    )
    answer_by = WallTime(_l("Réponse attendue avant le"), validators=[InputRequired(_l("Indiquez jusqu’à quand."))])

    def use_local(self, moment: Any, zone: str) -> None:
        """Start from this deadline, rounded to the hour below."""
        self.answer_by.data = moment.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0, tzinfo=None)


def picked_ids(values: Iterable[str]) -> list[int]:
    """Offer ids of hidden fields; what is no number is dropped."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
