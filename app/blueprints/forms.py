"""What all forms share: fields that strip what is typed, and a domain's sentences put beside their fields."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from app.core.errors import InvalidInput


def stripped(text: Any) -> Any:
    """A filter: typed text without the blanks around it."""
    return text.strip() if isinstance(text, str) else text


def show(form: FlaskForm, error: InvalidInput) -> None:
    """Put the sentences of `error` beside their fields; one that names no field of the form goes above the form."""
    if not error.fields:
        form.form_errors.append(str(error))
    for name, message in error.fields.items():
        field: Field | None = form._fields.get(name)
        if field is None:
            form.form_errors.append(str(message))
        else:
            field.errors = [*field.errors, str(message)]
