"""Every component on one page, with invented data: what the browser tests look at and page authors copy from."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.validators import InputRequired, NumberRange

from app.blueprints.access import public

bp = Blueprint("styleguide", __name__)


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind, some of them refused."""

    title = StringField(_l("Nom de l’évènement"), [InputRequired(_l("Donnez un nom à l’évènement."))])
    headcount = IntegerField(_l("Effectif"), [InputRequired(), NumberRange(1, 5000, _l("Entre 1 et 5 000 personnes."))])
    category = SelectField(_l("Catégorie"), choices=[SelectChoice("day_seminar", _l("Journée d’étude"))])
    layout = RadioField(
        _l("Disposition"), choices=[SelectChoice("theatre", _l("Théâtre")), SelectChoice("islands", _l("Îlots"))]
    )
    notes = TextAreaField(_l("Ce qui compte pour vous"))
    exclusive = BooleanField(_l("Le lieu rien que pour nous"))


@bp.get("/styleguide")
@public
def styleguide() -> str:
    form = SampleForm(data={"title": "", "headcount": 0, "layout": "islands", "notes": "Accès facile en train."})
    form.validate()
    return render_template("public/styleguide.html", form=form, now=datetime(2027, 1, 12, 9, 0, tzinfo=UTC))
