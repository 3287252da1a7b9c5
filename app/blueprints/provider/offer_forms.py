"""The form of an offer's editor: one class for each category. It keeps all that was typed, right or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.blueprints.forms import stripped
from app.blueprints.provider.price_forms import ComponentForm, Seasons, controls_of
from app.blueprints.provider.priced_forms import DECIMAL, NUMERIC, Boxes, Lines, TermsForm
from app.offers import categories
from app.offers.content import DESCRIPTION_LENGTH, LANGUAGES, SUMMARY_LENGTH, TITLE_LENGTH
from app.offers.photos import MOST
from app.rules import requirements

DETAILS = "details-"
ENTERED = (SelectChoice("net", _l("Hors taxes (HT)")), SelectChoice("gross", _l("Toutes taxes comprises (TTC)")))


class NewOfferForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What kind of offer, and what it is called: all that a draft needs."""

    category = RadioField(_l("Catégorie"), validate_choice=False)
    title = StringField(_l("Titre"), filters=[stripped], render_kw={"maxlength": TITLE_LENGTH})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.category.choices = [SelectChoice(each.code, each.label) for each in categories.all_categories()]


class PhotoForm(Form):
    """What a photo shows, for who doesn't see it. `key` tells which: rows may have changed meanwhile."""

    key = HiddenField()
    alt = StringField(_l("Ce que montre la photo"), filters=[stripped], render_kw={"maxlength": "240"})


class OfferForm(TermsForm):
    """All of an offer but its details, which depend on the category."""

    title = StringField(_l("Titre"), filters=[stripped], render_kw={"maxlength": TITLE_LENGTH})
    summary = TextAreaField(_l("En une phrase"), filters=[stripped], render_kw={"rows": 2, "maxlength": SUMMARY_LENGTH})
    description = TextAreaField(
        _l("Description"), filters=[stripped], render_kw={"rows": 8, "maxlength": DESCRIPTION_LENGTH}
    )
    place = StringField(_l("Commune ou station"), filters=[stripped], render_kw={"maxlength": "80"})
    place_choice = RadioField(_l("Lequel ?"), choices=[], validate_choice=False)
    street = StringField(_l("Adresse"), filters=[stripped], render_kw={"maxlength": "160"})
    postcode = StringField(_l("Code postal"), filters=[stripped], render_kw={"inputmode": "numeric", "maxlength": "5"})
    service_radius_km = StringField(_l("Vous vous déplacez jusqu’à"), filters=[stripped], render_kw=NUMERIC)
    capacity_min = StringField(_l("Personnes, au moins"), filters=[stripped], render_kw=NUMERIC)
    capacity_max = StringField(_l("Personnes, au plus"), filters=[stripped], render_kw=NUMERIC)
    duration = StringField(_l("Durée"), filters=[stripped], render_kw={"maxlength": "20"})
    notice_days = StringField(_l("Délai de réservation"), filters=[stripped], render_kw=NUMERIC)
    languages = Boxes(_l("Langues parlées"), choices=[SelectChoice(code, words) for code, words in LANGUAGES.items()])
    entered = RadioField(_l("Vous tapez vos prix"), choices=ENTERED, default="net", validate_choice=False)
    minimum_headcount = StringField(_l("Facturé au moins pour"), filters=[stripped], render_kw=NUMERIC)
    minimum_charge = StringField(_l("Minimum de facturation"), filters=[stripped], render_kw=DECIMAL)
    components = Lines(ComponentForm)
    seasons = Seasons()
    child_age = StringField(_l("On est enfant jusqu’à"), filters=[stripped], render_kw=NUMERIC)
    usual_hours = StringField(_l("Durée habituelle"), filters=[stripped], render_kw=NUMERIC)
    usual_nights = StringField(_l("Nuits habituelles"), filters=[stripped], render_kw=NUMERIC)
    uploads = MultipleFileField(
        _l("Ajouter des photos"), render_kw={"accept": "image/jpeg,image/png,image/webp", "multiple": True}
    )
    photos = FieldList(FormField(PhotoForm), max_entries=MOST)

    def wear(self, category: str) -> None:
        """Give each line the requirements of its category to tick, and those it covers already."""
        controls: Any = self
        usual = categories.get(category).requirements
        for entry in controls.components:
            ticked = set(entry.form.covers.data or ()) & requirements.REQUIREMENTS.keys()
            codes = [code for code in requirements.REQUIREMENTS if code in ticked or code in usual]
            entry.form.covers.choices = [SelectChoice(code, requirements.label(code)) for code in codes]
        for entry in controls.seasons:
            entry.form.named()

    def details(self) -> dict[str, Field]:
        """The fields of the category, by their own names."""
        return {name.removeprefix(DETAILS): field for name, field in self._fields.items() if name.startswith(DETAILS)}

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Id and label of every control with a sentence."""
        for control, number in self._controls():
            if control.errors:
                yield control.id, f"{control.label.text} ({number})" if number else str(control.label.text)

    def said(self) -> list[tuple[Field, list[str]]]:
        """Take all sentences off the form, to put them back with `say_again`."""
        found = [(control, list(control.errors)) for control, _number in self._controls() if control.errors]
        for control, _errors in found:
            control.errors = []
        return found

    def say_again(self, sentences: list[tuple[Field, list[str]]]) -> None:
        """Put back what `said` took, in place of what was said since."""
        self.said()
        for control, errors in sentences:
            control.errors = errors

    def _controls(self) -> Iterator[tuple[Field, int]]:
        """Every control that a person fills in, and the number of its row where there are rows."""
        for field in self.terms_last():
            if isinstance(field, FieldList):
                for number, entry in enumerate(field.entries, start=1):
                    yield from ((control, number) for part in entry.form for control in controls_of(part))
            else:
                yield field, 0


@lru_cache(maxsize=32)
def form_class(category: str) -> type[OfferForm]:
    """The editor's form for a category."""
    return type(f"OfferForm_{category}", (OfferForm,), dict(categories.build_form_fields(category, DETAILS)))
