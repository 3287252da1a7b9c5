"""What all forms share: fields that strip what is typed, and a domain's sentences put beside their fields."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.errors import InvalidInput


def stripped(text: Any) -> Any:
    """A filter: typed text without the blanks around it."""
    return text.strip() if isinstance(text, str) else text


def message_field(label: Any, *validators: Any) -> Any:
    """A word to somebody, of at most 1,000 characters, in a few lines."""
    return TextAreaField(
        label,
        filters=[stripped],
        validators=[*validators, Length(max=1000, message=_l("Au plus %(max)d caractères."))],
        render_kw={"rows": 3, "maxlength": 1000},
    )


def agreed_field(label: Any) -> Any:
    """A box to tick before something is cancelled for good."""
    return BooleanField(
        label, validators=[InputRequired(_l("Cochez pour confirmer\u00a0: une annulation ne se reprend pas."))]
    )


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
