"""A person's own page: name, language, password, organisations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _

from app.accounts import service
from app.blueprints.access import logged_in, person
from app.blueprints.account.forms import ROLE_WORDS, ProfileForm
from app.core.db import transaction

bp = Blueprint("account_profile", __name__)


@bp.route("/account", methods=["GET", "POST"])
@logged_in
def profile() -> Any:
    user = person().user
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        with transaction():
            service.update_person(user, name=form.name.data or "", locale=form.locale.data)
        session["locale"] = form.locale.data
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("account_profile.profile"), 303)
    page = render_template("account/profile.html", form=form, person=person(), role_words=ROLE_WORDS)
    return page, 422 if form.errors else 200
