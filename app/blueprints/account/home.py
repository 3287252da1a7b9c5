"""Where a person lands: her own page by role, or the first step when she has no organisation yet."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.person import Person
from app.accounts.roles import OrganisationKind
from app.blueprints.access import logged_in, person, public
from app.blueprints.next_page import safe_next
from app.core.errors import NotFound

bp = Blueprint("account", __name__)

HOMES: dict[OrganisationKind, str] = {
    OrganisationKind.COMPANY: "/company/events",
    OrganisationKind.PROVIDER: "/provider",
    OrganisationKind.PLATFORM: "/operator",
}


def home_of(who: Person) -> str:
    """The address of a person's own first page."""
    if who.kind is not None:
        return HOMES[who.kind]
    if who.user.intent in ("company", "provider"):
        return url_for("account_organisations.new_" + who.user.intent)
    return url_for("account.start")


@bp.get("/account/home")
@logged_in
def home() -> Response:
    return redirect(home_of(person()))


@bp.get("/account/start")
@logged_in
def start() -> str:
    return render_template("account/start.html")


@bp.get("/account/check-mail")
@public
def check_mail() -> str:
    return render_template("account/check_mail.html", embedded=current_app.extensions["settings"].embedded)


@bp.post("/organisation")
@logged_in
def switch() -> Response:
    chosen = request.form.get("organisation_id", type=int)
    found = next((o for o in person().organisations if o.id == chosen), None)
    if found is None:
        raise NotFound(_("Vous ne faites pas partie de cette organisation."))
    session["organisation_id"] = found.id
    flash(_("Vous agissez maintenant pour %(name)s.", name=found.name), "success")
    return redirect(safe_next() or HOMES[found.kind])
