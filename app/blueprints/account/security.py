"""Flask-Security's views as ours: who may open them, how often, 422 for what can't be used, and mails that leave."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, render_template, request, session
from flask_limiter.util import get_remote_address
from flask_login import user_logged_in
from flask_security import hash_password, user_confirmed, user_not_registered
from flask_wtf import FlaskForm

from app.accounts import members
from app.accounts.forms import INTENTS, Register
from app.accounts.models import User
from app.accounts.queries import known_emails
from app.core.clock import utcnow
from app.core.db import transaction
from app.extensions import limiter, security

ACCESS = {
    "security.login": "public",
    "security.logout": "public",
    "security.register": "public",
    "security.confirm_email": "public",
    "security.send_confirmation": "public",
    "security.forgot_password": "public",
    "security.reset_password": "public",
    "security.change_password": "logged_in",
}
BY_ADDRESS = {
    "security.login": "30 per minute;300 per hour",
    "security.register": "20 per minute;60 per hour",
    "security.send_confirmation": "10 per minute;30 per hour",
    "security.forgot_password": "10 per minute;30 per hour",
    "security.reset_password": "10 per minute",
    "security.change_password": "10 per minute",
}
BY_ACCOUNT = {
    "security.login": "10 per 5 minutes",  # refused ones: see `_refused`
    "security.register": "20 per hour",
    "security.send_confirmation": "3 per 10 minutes",
    "security.forgot_password": "3 per 10 minutes",
}


def register(app: Flask) -> None:
    """Mark, limit and dress Flask-Security's views."""
    for endpoint, access in ACCESS.items():
        view: Any = app.view_functions[endpoint]
        view.access = access
        if often := BY_ADDRESS.get(endpoint):
            view = limiter.limit(often, key_func=get_remote_address, methods=["POST"])(view)
        if often := BY_ACCOUNT.get(endpoint):
            counted = _refused if endpoint == "security.login" else None
            view = limiter.limit(often, key_func=_typed_address, methods=["POST"], deduct_when=counted)(view)
        app.view_functions[endpoint] = view
    security.render_template = _render  # type: ignore[assignment]  # a view may answer with a status
    security.login_context_processor(lambda: {"demonstration_logins": _demonstration_logins()})
    user_logged_in.connect(_take_over_locale, app)
    user_confirmed.connect(_join_colleagues, app)
    user_not_registered.connect(_forget_password, app)
    app.after_request(_commit_mails)


def _typed_address() -> str:
    body = request.get_json(silent=True) if request.is_json else request.form
    typed = body.get("email") if isinstance(body, Mapping) else None
    return str(typed or "").strip().lower()[:200] or get_remote_address()


def _refused(response: Response) -> bool:
    return response.status_code in (400, 422)  # 400 to a program that sends JSON


def _render(template: str, **context: Any) -> tuple[str, int]:
    refused = request.method == "POST" and any(
        isinstance(value, FlaskForm) and (value.errors or value.form_errors) for value in context.values()
    )
    if request.method == "GET" and "register_user_form" in context:
        _prefill(context["register_user_form"])
    return render_template(template, **context), 422 if refused else 200


def _prefill(form: Register) -> None:
    """A link may say what the visitor comes for (`as`), or to which address she was invited (`invited`)."""
    if invited := request.args.get("invited"):
        form.email.data, form.intent.data = invited[:200], "member"
    elif (chosen := request.args.get("as")) in INTENTS:
        form.intent.data = chosen


def _demonstration_logins() -> list[dict[str, str]]:
    """The log-ins that the demonstration made, on one machine only."""
    if not current_app.extensions["settings"].embedded:
        return []
    offered: list[dict[str, str]] = current_app.config.get("DEMONSTRATION_LOGINS", [])
    known = known_emails([login["email"].lower() for login in offered])
    return [login for login in offered if login["email"].lower() in known]


def _take_over_locale(_app: Flask, user: User, **_more: Any) -> None:
    session["locale"] = user.locale


def _join_colleagues(_app: Flask, user: User, **_more: Any) -> None:
    members.accept_all(user, now=utcnow())


def _forget_password(_app: Flask, user: User | None, **_more: Any) -> None:
    """Two have registered with an address that nobody has confirmed: only its owner's mail may choose the password.

    Else who registers first with the address of another knows the password of the account that she later confirms.
    """
    if user is not None and user.confirmed_at is None:
        user.password = hash_password(secrets.token_urlsafe(32))


def _commit_mails(response: Response) -> Response:
    """Flask-Security commits only where it changes a log-in; a mail that it asked for must leave as well."""
    if request.blueprint == "security" and request.method == "POST" and response.status_code < 400:
        with transaction():
            pass
    return response
