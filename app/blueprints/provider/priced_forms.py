"""What the forms of an offer and of a quote share: lines of a price, terms, and how figures are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.widgets import CheckboxInput, ListWidget

from app.blueprints.forms import stripped
from app.offers.terms import Terms
from app.rules import vat

STEPS = 4
MAX_STEPS = 12
MAX_LINES = 40
"""A row costs a millisecond to read: a form with a hundred thousand of them would hold a thread for minutes."""
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


class PricedLineForm(Form):
    """What every line of a price has, in an offer as in a quote."""

    label = StringField(_l("Désignation"), filters=[stripped], render_kw={"maxlength": "300"})
    vat_category = SelectField(_l("Nature, pour la TVA"), choices=VAT_CHOICES, default="service")
    optional = BooleanField(_l("En option"))
    covers = Boxes(_l("Répond à"), choices=[])
    parts = Boxes(_l("Le forfait se compose de"), choices=VAT_PARTS)


class Lines(FieldList):  # type: ignore[type-arg]  # generic in the stubs alone
    """Lines of a price: one can be added, and taken away. At least one is left, at most as many as may be read."""

    def __init__(self, line: type[PricedLineForm], most: int = MAX_LINES, **options: Any) -> None:
        super().__init__(FormField(line), max_entries=most, **options)

    def add(self) -> None:
        """One more line, empty."""
        if len(self.entries) < (self.max_entries or MAX_LINES):
            self.append_entry({"basis": "person", "vat_category": "service"})

    def fill(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Put other lines in place of all."""
        self.entries, self.last_index = [], -1
        for values in lines:
            self.append_entry(dict(values))

    def remove(self, position: int) -> None:
        """Drop a line; the last one left is emptied instead."""
        if 0 <= position < len(self.entries):
            self.entries.pop(position)
        if not self.entries:
            self.add()


class StepForm(Form):
    """From so many days before the event, cancelling costs a share."""

    days_before = StringField(_l("Jours avant"), filters=[stripped], render_kw=NUMERIC)
    percent = StringField(_l("Part du prix"), filters=[stripped], render_kw=DECIMAL)


class TermsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Deposit, balance, what cancelling costs, and the terms in words."""

    deposit = StringField(_l("Acompte à l’accord"), filters=[stripped], render_kw=DECIMAL)
    balance_days = StringField(_l("Solde avant l’évènement"), filters=[stripped], render_kw=NUMERIC)
    base_fee = StringField(_l("Annuler dès l’accord"), filters=[stripped], render_kw=DECIMAL)
    steps = FieldList(FormField(StepForm), min_entries=STEPS, max_entries=MAX_STEPS)
    reduction = StringField(_l("Baisse d’effectif gratuite"), filters=[stripped], render_kw=DECIMAL)
    reduction_days = StringField(_l("Jusqu’à combien de jours avant"), filters=[stripped], render_kw=NUMERIC)
    payment_terms = TextAreaField(_l("Conditions de paiement"), filters=[stripped], render_kw={"maxlength": "2000"})
    performance_terms = TextAreaField(_l("Conditions d’exécution"), filters=[stripped], render_kw={"maxlength": "2000"})

    def terms_last(self) -> list[Field]:
        """The fields in the order of the page, on which the terms stand at the end."""
        return sorted(self, key=lambda field: field.short_name in vars(TermsForm))


def amount_text(cents: int) -> str:
    """Cents as they are typed: `42,50`."""
    sign, figure = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{figure // 100},{figure % 100:02d}"


def percent_text(bps: int) -> str:
    """Basis points as they are typed: `30`, `12,5`."""
    whole, rest = divmod(bps, 100)
    return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


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
