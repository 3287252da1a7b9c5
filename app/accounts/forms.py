"""Flask-Security's forms, with what we ask besides and in our words."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_security import LoginForm, RegisterFormV2
from wtforms import RadioField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

INTENTS = ("company", "provider", "member")


class Register(RegisterFormV2):
    """Name, address, password, and what brings her: organising, selling, or joining colleagues."""

    name = StringField(
        _l("Votre nom"),
        validators=[InputRequired(_l("Indiquez votre nom.")), Length(max=120, message=_l("Au plus 120 caractères."))],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"autocomplete": "name"},
    )
    intent = RadioField(
        _l("Vous venez pour"),
        choices=[
            ("company", _l("J’organise")),
            ("provider", _l("Je suis prestataire")),
            ("member", _l("Je rejoins mes collègues")),
        ],
        default="company",
        validators=[AnyOf(INTENTS, message=_l("Choisissez ce qui vous amène."))],
        validate_choice=False,
    )

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """What the new log-in starts with: also the language of the page that made it."""
        values: dict[str, Any] = super().to_dict(only_user)
        return values | {"locale": str(get_locale() or "fr")[:2]}


class Login(LoginForm):
    """Who has proved her password reads why she can't come in; anyone else reads the same sentence for every reason."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether she may come in. Moves what only she may know out of reach of the generic answer."""
        good: bool = super().validate(**kwargs)
        if not good and self.user_authenticated:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        return good
