"""The form that answers a request: lines, validity, option, terms. Keeps all that was typed, right or wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.widgets import CheckboxInput, ListWidget

from app.blueprints.forms import stripped
from app.offers.price_rule import BASES, PricedLine
from app.offers.terms import Terms
from app.quotes.models import QuoteRequest
from app.rules import requirements, vat

STEPS = 4
MAX_STEPS = 12
MAX_LINES = 40
"""A row costs a millisecond to read: a form with a hundred thousand of them would hold a thread for minutes."""
BASIS_WORDS = (SelectChoice("person", _l("personne")), SelectChoice("group", _l("groupe")))
VAT_PARTS = tuple(SelectChoice(code, category.label) for code, category in vat.CATEGORIES.items())
VAT_CHOICES = (*VAT_PARTS, SelectChoice(vat.PACKAGE, vat.PACKAGE_LABEL))
NUMERIC = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "7"}
DECIMAL = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "16"}


class Boxes(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """The domain checks codes."""


class LineForm(Form):
    """One line of the quote."""

    label = StringField(_l("Désignation"), filters=[stripped], render_kw={"maxlength": "300"})
    basis = SelectField(_l("Prix par"), choices=BASIS_WORDS, default="person")
    quantity = StringField(_l("Quantité"), filters=[stripped], render_kw=NUMERIC)
    price = StringField(_l("Prix unitaire HT"), filters=[stripped], render_kw=DECIMAL)
    vat_category = SelectField(_l("Nature, pour la TVA"), choices=VAT_CHOICES, default="service")
    optional = BooleanField(_l("En option"))
    covers = Boxes(_l("Répond à"), choices=[])
    parts = Boxes(_l("Le forfait se compose de"), choices=VAT_PARTS)
    group_size = HiddenField()
    minimum_headcount = HiddenField()


class StepForm(Form):
    """From so many days before the event, cancelling costs a share."""

    days_before = StringField(_l("Jours avant"), filters=[stripped], render_kw=NUMERIC)
    percent = StringField(_l("Part du prix"), filters=[stripped], render_kw=DECIMAL)


class QuoteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """All of a quote."""

    lines = FieldList(FormField(LineForm), max_entries=MAX_LINES)
    follows = HiddenField(default="0")
    valid_until = DateField(_l("Devis valable jusqu’au"))
    hold = RadioField(_l("Option sur la date"), default="none")
    hold_until = DateField(_l("Option jusqu’au"))
    message = TextAreaField(_l("Message à l’entreprise"), filters=[stripped], render_kw={"maxlength": "3000"})
    deposit = StringField(_l("Acompte à l’accord"), filters=[stripped], render_kw=DECIMAL)
    balance_days = StringField(_l("Solde avant l’évènement"), filters=[stripped], render_kw=NUMERIC)
    base_fee = StringField(_l("Annuler dès l’accord"), filters=[stripped], render_kw=DECIMAL)
    steps = FieldList(FormField(StepForm), min_entries=STEPS, max_entries=MAX_STEPS)
    reduction = StringField(_l("Baisse d’effectif gratuite"), filters=[stripped], render_kw=DECIMAL)
    reduction_days = StringField(_l("Jusqu’à combien de jours avant"), filters=[stripped], render_kw=NUMERIC)
    payment_terms = TextAreaField(_l("Conditions de paiement"), filters=[stripped], render_kw={"maxlength": "2000"})
    performance_terms = TextAreaField(_l("Conditions d’exécution"), filters=[stripped], render_kw={"maxlength": "2000"})

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

    def add_line(self) -> None:
        """One more line, empty."""
        if len(self.lines.entries) < MAX_LINES:
            self.lines.append_entry({"basis": "person", "vat_category": "service"})

    def remove_line(self, position: int) -> None:
        """Drop a line; the last one left is emptied instead."""
        if 0 <= position < len(self.lines.entries):
            self.lines.entries.pop(position)
        if not self.lines.entries:
            self.add_line()

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
        for control in self:
            if control.errors and control is not self.lines and control is not self.steps:
                yield control.id, str(control.label.text)
        for step in self.steps:
            for control in step:
                if control.errors:
                    yield control.id, str(control.label.text)


def amount_text(cents: int) -> str:
    """Cents as they are typed: `42,50`."""
    sign, figure = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{figure // 100},{figure % 100:02d}"


def percent_text(bps: int) -> str:
    """Basis points as they are typed: `30`, `12,5`."""
    whole, rest = divmod(bps, 100)
    return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


def line_values(line: PricedLine) -> dict[str, Any]:
    """A priced line as the form's fields hold it."""
    return {
        "label": line.label,
        "basis": line.basis if line.basis in BASES else "group",
        "quantity": str(line.quantity),
        "price": amount_text(line.unit_net_cents),
        "vat_category": line.vat_category,
        "optional": line.optional,
        "covers": list(line.covers),
        "parts": list(line.parts),
        "group_size": str(line.group_size or ""),
        "minimum_headcount": str(line.minimum_headcount),
    }


def terms_values(terms: Terms) -> dict[str, Any]:
    """Terms as the form's fields hold them."""
    steps = [{"days_before": str(s.days_before), "percent": percent_text(s.fee_bps)} for s in terms.cancellation]
    reduction = terms.headcount_reduction
    return {
        "deposit": percent_text(terms.deposit_bps),
        "balance_days": str(terms.balance_days_before),
        "base_fee": percent_text(terms.base_fee_bps),
        "steps": steps + [{}] * max(0, STEPS - len(steps)),
        "reduction": percent_text(reduction.bps) if reduction else "",
        "reduction_days": str(reduction.days_before) if reduction else "",
        "payment_terms": terms.payment_terms,
        "performance_terms": terms.performance_terms,
    }
