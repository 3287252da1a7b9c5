"""Registering a company or a provider, and keeping what it says about itself right."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import service
from app.accounts.models import Organisation, Provider
from app.accounts.roles import Action
from app.blueprints.access import by_person, logged_in, person, requires
from app.blueprints.account.forms import OrganisationForm, ProviderForm, form_for
from app.blueprints.forms import show
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, NotFound
from app.extensions import limiter

bp = Blueprint("account_organisations", __name__)


@bp.route("/account/company/new", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=by_person, methods=["POST"])
@logged_in
def new_company() -> Any:
    form = OrganisationForm(data={"email": person().user.email})
    if form.validate_on_submit() and (created := _try_register(form)):
        return _welcome(created, url_for("account.home"))
    return render_template("account/company_new.html", form=form), _status(form)


@bp.route("/account/provider/new", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=by_person, methods=["POST"])
@logged_in
def new_provider() -> Any:
    form = ProviderForm(data={"email": person().user.email})
    if form.validate_on_submit() and (created := _try_register(form)):
        return _welcome(created, url_for("account.home"))
    return render_template("account/provider_new.html", form=form), _status(form)


@bp.route("/company/profile", methods=["GET", "POST"])
@requires(Action.COMPANY_EDIT)
def company_profile() -> Any:
    return _profile("account/company_profile.html")


@bp.route("/provider/profile", methods=["GET", "POST"])
@requires(Action.PROVIDER_EDIT)
def provider_profile() -> Any:
    return _profile("account/provider_profile.html")


def _profile(template: str) -> Any:
    organisation = person().organisation
    if organisation is None:
        raise NotFound(_("Vous n’avez pas encore d’organisation."))
    form = form_for(organisation)
    if form.validate_on_submit() and _try_update(organisation, form):
        flash(_("C’est enregistré."), "success")
        return redirect(url_for(f"account_organisations.{organisation.kind}_profile"), 303)
    return render_template(template, form=form, organisation=organisation), _status(form)


def _try_register(form: OrganisationForm) -> Organisation | None:
    user, now = person().user, utcnow()
    settings: Settings = current_app.extensions["settings"]
    try:
        with transaction():
            if not isinstance(form, ProviderForm):
                return service.register_company(user, form.organisation_details(), now=now)
            return service.register_provider(
                user,
                form.organisation_details(),
                form.provider_details(),
                commission_bps=settings.commission_bps,
                now=now,
            )
    except InvalidInput as error:
        show(form, error)
        return None


def _try_update(organisation: Organisation, form: OrganisationForm) -> bool:
    by, now = person().actor, utcnow()
    try:
        with transaction():
            if isinstance(organisation, Provider) and isinstance(form, ProviderForm):
                details, more = form.organisation_details(), form.provider_details()
                service.update_provider(organisation, details, more, by=by, now=now)
            else:
                service.update_company(organisation, form.organisation_details(), by=by, now=now)  # type: ignore[arg-type]
    except InvalidInput as error:
        show(form, error)
        return False
    return True


def _welcome(created: Organisation, target: str) -> Response:
    session["organisation_id"] = created.id
    flash(_("L’inscription de %(name)s est faite.", name=created.name), "success")
    return redirect(target, 303)


def _status(form: OrganisationForm) -> int:
    return 422 if form.errors or form.form_errors else 200
