"""The form that answers a request: lines, validity, option, terms. Keeps all that was typed, right or wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.blueprints.forms import stripped
from app.blueprints.provider.priced_forms import DECIMAL, NUMERIC, Lines, PricedLineForm, TermsForm, amount_text
from app.offers.price_rule import PricedLine
from app.quotes.models import QuoteRequest
from app.quotes.proposal import MESSAGE_LENGTH
from app.rules import requirements

BASIS_WORDS = (
    SelectChoice("person", _l("personne")),
    SelectChoice("group", _l("groupe")),
    SelectChoice("hour", _l("heure")),
    SelectChoice("person_night", _l("personne et nuit")),
    SelectChoice("group_night", _l("nuit")),
)
MAX_QUOTE_LINES = 100
"""More than a form of an offer has: one of its lines may become several, by season and by age."""


class LineForm(PricedLineForm):
    """One line of the quote."""

    basis = SelectField(_l("Prix par"), choices=BASIS_WORDS, default="person")
    quantity = StringField(_l("Quantité"), filters=[stripped], render_kw=NUMERIC)
    price = StringField(_l("Prix unitaire HT"), filters=[stripped], render_kw=DECIMAL)
    group_size = HiddenField()
    minimum_headcount = HiddenField()
    scale = HiddenField()


class QuoteForm(TermsForm):
    """All of a quote."""

    lines = Lines(LineForm, most=MAX_QUOTE_LINES)
    nights = StringField(_l("Nuits"), filters=[stripped], render_kw=NUMERIC)
    hours = StringField(_l("Heures"), filters=[stripped], render_kw=NUMERIC)
    children = StringField(_l("Dont enfants"), filters=[stripped], render_kw=NUMERIC)
    follows = HiddenField(default="0")
    valid_until = DateField(_l("Devis valable jusqu’au"))
    hold = RadioField(_l("Option sur la date"), default="none")
    hold_until = DateField(_l("Option jusqu’au"))
    message = TextAreaField(_l("Message à l’entreprise"), filters=[stripped], render_kw={"maxlength": MESSAGE_LENGTH})

    def wear(self, request: QuoteRequest, holds: Iterable[tuple[str, Any]]) -> None:
        """Give the choices that depend on the request: what the brief asks for, and which options can be put."""
        asked = {each["code"]: each["label"] for each in request.requirements}
        controls: Any = self
        for line in (entry.form for entry in controls.lines):
            ticked = set(line.covers.data or ()) & requirements.REQUIREMENTS.keys()
            known = asked | {code: requirements.label(code) for code in asked.keys() & requirements.REQUIREMENTS.keys()}
            more = {code: requirements.label(code) for code in ticked - asked.keys()}
            line.covers.choices = [SelectChoice(code, label) for code, label in (known | more).items()]
        offered = dict(holds)
        controls.hold.choices = [SelectChoice(code, label) for code, label in offered.items()]
        if controls.hold.data not in offered:
            controls.hold.data = "none"

    def hush(self) -> None:
        """Forget what is wrong with the lines: they are still being typed."""
        for line in self.lines:
            for control in line.form:
                control.errors = []

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Id and label of every control with a sentence, in the order of the page."""
        for position, line in enumerate(self.lines, start=1):
            for control in line:
                if control.errors:
                    yield (
                        control.id,
                        str(_l("Ligne %(number)s\u00a0: %(label)s", number=position, label=control.label.text)),
                    )
        for control in self.terms_last():
            if control.errors and control is not self.lines and control is not self.steps:
                yield control.id, str(control.label.text)
        for step in self.steps:
            for control in step:
                if control.errors:
                    yield control.id, str(control.label.text)


def line_values(line: PricedLine) -> dict[str, Any]:
    """A priced line as the form's fields hold it."""
    return {
        "label": line.label,
        "basis": line.basis,
        "quantity": str(line.quantity),
        "price": amount_text(line.unit_net_cents),
        "vat_category": line.vat_category,
        "optional": line.optional,
        "covers": list(line.covers),
        "parts": list(line.parts),
        "group_size": str(line.group_size or ""),
        "minimum_headcount": str(line.minimum_headcount),
        "scale": json.dumps(line.scale.to_json(), separators=(",", ":")),
    }
