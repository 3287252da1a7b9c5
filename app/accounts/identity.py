"""Log-in, registration, confirmation and reset are Flask-Security's: its settings and its words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore

from app.accounts.forms import ChangePassword, ForgotPassword, Login, Register, ResetPassword, SendConfirmation
from app.config import Settings
from app.core.clock import utcnow

PASSWORD_LENGTH = 10

MESSAGES: dict[str, tuple[Any, str]] = {
    "UNAUTHORIZED": ("", "error"),
    "UNAUTHENTICATED": (_l("Connectez-vous pour continuer."), "info"),
    "GENERIC_AUTHN_FAILED": (_l("L’adresse ou le mot de passe ne correspond pas. Vérifiez les deux."), "error"),
    "CONFIRM_REGISTRATION": (_l("Il reste à confirmer votre adresse : le lien est dans votre boîte mail."), "success"),
    "EMAIL_CONFIRMED": (_l("Votre adresse est confirmée."), "success"),
    "ALREADY_CONFIRMED": (_l("Votre adresse est déjà confirmée : connectez-vous."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_l("Ce lien de confirmation n’est pas valable. Demandez-en un nouveau."), "error"),
    "CONFIRMATION_EXPIRED": (_l("Ce lien a expiré. Demandez-en un nouveau."), "error"),
    "CONFIRMATION_REQUEST": (
        _l("Si un compte attend confirmation à l’adresse %(email)s, un nouveau lien vient d’y être envoyé."),
        "info",
    ),
    "CONFIRMATION_REQUIRED": (
        _l("Confirmez d’abord votre adresse : le lien est dans le message que nous vous avons envoyé."),
        "error",
    ),
    "PASSWORD_RESET_REQUEST": (
        _l("Si un compte existe à l’adresse %(email)s, un lien pour changer le mot de passe vient d’y être envoyé."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (_l("Ce lien a expiré. Demandez-en un nouveau."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_l("Ce lien n’est pas valable. Demandez-en un nouveau."), "error"),
    "PASSWORD_RESET": (_l("Votre mot de passe est changé et vous êtes connecté."), "success"),
    "PASSWORD_RESET_NO_LOGIN": (
        _l("Votre mot de passe est changé : connectez-vous avec le nouveau."),
        "success",
    ),
    "PASSWORD_CHANGE": (_l("Votre mot de passe est changé."), "success"),
    "PASSWORD_IS_THE_SAME": (_l("Choisissez un mot de passe différent de l’ancien."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Indiquez un mot de passe."), "error"),
    "PASSWORD_INVALID_LENGTH": (_l("Il faut au moins %(length)s caractères."), "error"),
    "INVALID_PASSWORD": (_l("Ce mot de passe n’est pas le bon."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("Les deux mots de passe diffèrent."), "error"),
    "EMAIL_NOT_PROVIDED": (_l("Indiquez votre adresse."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("Cette adresse n’est pas complète, par exemple prenom@entreprise.fr."), "error"),
    "DISABLED_ACCOUNT": (
        _l("Ce compte est suspendu. Écrivez-nous à l’adresse des mentions légales pour en parler."),
        "error",
    ),
    "LOGIN": (_l("Connectez-vous pour continuer."), "info"),
}


def config(settings: Settings) -> dict[str, Any]:
    """Flask-Security's settings."""
    messages = {f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()}
    return _addresses() | messages | {
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_LENGTH,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_DATETIME_FACTORY": utcnow,
        "SECURITY_REGISTERABLE": True,
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_FRESHNESS": timedelta(minutes=-1),
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": settings.embedded},
        "SECURITY_EMAIL_SENDER": settings.mail_sender,
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
        "REMEMBER_COOKIE_SECURE": settings.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }  # fmt: skip


def _addresses() -> dict[str, Any]:
    return {
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_POST_LOGIN_VIEW": "/account/home",
        "SECURITY_POST_CONFIRM_VIEW": "/account/home",
        "SECURITY_POST_RESET_VIEW": "/account/home",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_POST_REGISTER_VIEW": "/account/check-mail",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGOUT_VIEW": "/",
    }


def register(app: Flask, security: Security, sessions: Any, user_model: Any) -> None:
    """Bind Flask-Security to our users, with the class that SECURITY_MAIL_UTIL names sending its mails."""
    security._mail_util_cls = app.config["SECURITY_MAIL_UTIL"]  # init_app() takes every class but this one
    security.init_app(
        app,
        SQLAlchemySessionUserDatastore(sessions, user_model, RoleMixin),
        register_form=Register,
        login_form=Login,
        forgot_password_form=ForgotPassword,
        reset_password_form=ResetPassword,
        change_password_form=ChangePassword,
        send_confirmation_form=SendConfirmation,
        register_blueprint=True,
    )
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]


def _nobody(_request: Any) -> None:
    """Only a session says who someone is: a token in an address stays in histories and logs, and a body isn't read."""
