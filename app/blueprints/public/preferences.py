"""What a reader chooses for all pages: the language, and prices net or gross."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, redirect, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import service
from app.blueprints.access import public
from app.blueprints.next_page import safe_next
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.web import BASES, LOCALES, current_person

bp = Blueprint("preferences", __name__)

ONE_YEAR = timedelta(days=365)


@bp.post("/locale")
@public
def locale() -> Response:
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        raise InvalidInput(_("Choisissez le français ou l’anglais."), field="locale")
    session["locale"] = chosen
    if who := current_person():
        with transaction():
            service.remember_locale(who.user, chosen)
    return redirect(safe_next("/"), 303)


@bp.post("/price-basis")
@public
def price_basis() -> Response:
    chosen = request.form.get("basis", "")
    if chosen not in BASES:
        raise InvalidInput(_("Choisissez HT ou TTC."), field="basis")
    response = redirect(safe_next("/"), 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie("price_basis", chosen, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
