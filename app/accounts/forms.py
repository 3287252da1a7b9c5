"""Flask-Security's forms, with what we ask besides and in our words."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_security import ChangePasswordForm, ForgotPasswordForm, LoginForm, RegisterFormV2, ResetPasswordForm
from flask_security.forms import SendConfirmationForm
from wtforms import Field, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.validators import AnyOf, DataRequired, Length

INTENTS = ("company", "provider", "member")
LABELS = {
    "email": _l("Adresse e-mail"),
    "password": _l("Mot de passe"),
    "password_confirm": _l("Le même mot de passe, une seconde fois"),
    "new_password": _l("Nouveau mot de passe"),
    "new_password_confirm": _l("Le nouveau mot de passe, une seconde fois"),
    "remember": _l("Rester connecté sur cet appareil"),
}


class OurWords:
    """Flask-Security's fields under our labels."""

    _fields: dict[str, Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name in self._fields:
                self._fields[name].label.text = label


class ForgotPassword(OurWords, ForgotPasswordForm):
    """Asks for a link to change a forgotten password."""


class ResetPassword(OurWords, ResetPasswordForm):
    """Sets a password by such a link."""


class ChangePassword(OurWords, ChangePasswordForm):
    """Sets a new password with the present one."""


class SendConfirmation(OurWords, SendConfirmationForm):
    """Asks for the confirmation's link again."""


class Register(OurWords, RegisterFormV2):
    """Name, address, password, and what brings her: organising, selling, or joining colleagues."""

    name = StringField(
        _l("Votre nom"),
        validators=[DataRequired(_l("Indiquez votre nom.")), Length(max=120, message=_l("Au plus 120 caractères."))],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"autocomplete": "name"},
    )
    intent = RadioField(
        _l("Vous venez pour"),
        choices=[
            SelectChoice("company", _l("J’organise")),
            SelectChoice("provider", _l("Je suis prestataire")),
            SelectChoice("member", _l("Je rejoins mes collègues")),
        ],
        default="company",
        validators=[AnyOf(INTENTS, message=_l("Choisissez ce qui vous amène."))],
        validate_choice=False,
    )

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """What the new log-in starts with: also the language of the page that made it."""
        values: dict[str, Any] = super().to_dict(only_user)
        return values | {"locale": str(get_locale() or "fr")[:2]}


class Login(OurWords, LoginForm):
    """Who has proved her password reads why she can't come in; anyone else reads the same sentence for every reason."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether she may come in. Moves what only she may know out of reach of the generic answer."""
        good: bool = super().validate(**kwargs)
        if not good and self.user_authenticated:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        return good
