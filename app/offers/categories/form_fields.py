"""The editor's form fields of a category, made from its detail fields.

They keep what was typed and check nothing: `validate_details` does, and its sentences go beside the fields.
"""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Field, Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.fields.core import UnboundField
from wtforms.widgets import CheckboxInput, ListWidget

from app.offers.categories.base import Category, DetailField, Kind

INPUTS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {},
    Kind.INTEGER: {"inputmode": "numeric"},
    Kind.MINUTES: {"placeholder": "1 h 30"},
    Kind.TIME: {"placeholder": "18:30"},
}
BOXES: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}


def build(category: Category, prefix: str = "") -> dict[str, UnboundField[Any]]:
    """See `categories.build_form_fields`."""
    return {prefix + field.name: _input(field) for field in category.fields}


def _input(field: DetailField) -> UnboundField[Any]:
    described = {"label": field.label, "description": field.hint}
    if field.kind is Kind.BOOLEAN:
        return UnboundField(BooleanField, **described)
    if field.kind is Kind.CHOICE:
        choices = [SelectChoice("", "—"), *_options(field)]
        return UnboundField(SelectField, choices=choices, validate_choice=False, default="", **described)
    if field.kind is Kind.MULTICHOICE:
        return UnboundField(SelectMultipleField, choices=_options(field), validate_choice=False, **BOXES, **described)
    return UnboundField(StringField, render_kw=_attributes(field), **described)


def _options(field: DetailField) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in field.choices]


def _attributes(field: DetailField) -> dict[str, Any]:
    attributes = dict(INPUTS[field.kind])
    if field.kind is Kind.TEXT:
        attributes["maxlength"] = field.maximum
    return attributes


def form_class(category: Category, base: type[Form] = Form) -> type[Form]:
    """A form class with the category's fields after those of `base`."""
    return type(f"{category.code.title().replace('_', '')}Details", (base,), dict(build(category)))


def typed(form: Form, category: Category) -> dict[str, Any]:
    """What the form holds for the category's fields, ready for `validate_details`."""
    return {name: form[name].data for name in category.names if name in form}


def blame(form: Form, wrong: dict[str, Any]) -> None:
    """Put the sentences of an InvalidInput beside their fields."""
    for name, message in wrong.items():
        if name in form:
            field: Field = form[name]
            field.errors = [*field.errors, message]
