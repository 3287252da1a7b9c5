"""Log-in, registration, confirmation and reset are Flask-Security's: its settings, and its mails through our outbox."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_security import MailUtil, Security, SQLAlchemySessionUserDatastore

from app.config import Settings


def config(settings: Settings) -> dict[str, Any]:
    """Flask-Security's settings."""
    return {
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_REGISTERABLE": True,
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": settings.embedded},
        "SECURITY_EMAIL_SENDER": settings.mail_sender,
        "SECURITY_POST_LOGIN_VIEW": "/account/home",
        "SECURITY_POST_CONFIRM_VIEW": "/account/home",
        "SECURITY_POST_REGISTER_VIEW": "/account/check-mail",
        "SECURITY_MSG_UNAUTHORIZED": ("", "error"),
        "REMEMBER_COOKIE_SECURE": settings.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }


def register(app: Flask, security: Security, sessions: Any, user_model: Any) -> None:
    """Bind Flask-Security to our users."""
    store = SQLAlchemySessionUserDatastore(sessions, user_model, None)
    security.init_app(app, store, mail_util_cls=app.config.get("SECURITY_MAIL_UTIL", MailUtil), register_blueprint=True)
