"""Colleagues: the list, inviting, taking back, removing; and the page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import members, queries
from app.accounts.models import MembershipInvite, Organisation
from app.accounts.roles import Action, Role
from app.blueprints.access import logged_in, person, public, requires
from app.blueprints.account.forms import ROLE_WORDS, InviteForm
from app.blueprints.forms import show
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, NotFound, Unavailable
from app.extensions import limiter
from app.web import current_person

bp = Blueprint("account_members", __name__, url_prefix="/account")


def _organisation() -> Organisation:
    found = person().organisation
    if found is None:
        raise NotFound(_("Vous n’avez pas encore d’organisation."))
    return found


def _page(form: InviteForm, status: int = 200) -> tuple[str, int]:
    organisation = _organisation()
    page = render_template(
        "account/members.html",
        organisation=organisation,
        members=queries.members(organisation),
        invites=queries.pending_invites(organisation, now=utcnow()),
        form=form,
        role_words=ROLE_WORDS,
        me=person().user,
    )
    return page, status


@bp.get("/members")
@requires(Action.MEMBERS_EDIT)
def index() -> Any:
    return _page(InviteForm().offer(_organisation().kind))


@bp.post("/members/invite")
@limiter.limit("60 per hour")
@requires(Action.MEMBERS_EDIT)
def invite() -> Any:
    organisation = _organisation()
    form = InviteForm().offer(organisation.kind)
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        with transaction():
            row = members.invite(
                organisation, form.email.data or "", Role(form.role.data), by=person().user, now=utcnow()
            )
    except InvalidInput as error:
        show(form, error)
        return _page(form, 422)
    flash(_("L’invitation part à %(email)s. Elle vaut quatorze jours.", email=row.email), "success")
    return redirect(url_for("account_members.index"), 303)


@bp.post("/members/<int:membership_id>/remove")
@requires(Action.MEMBERS_EDIT)
def remove(membership_id: int) -> Any:
    membership = queries.membership(_organisation(), membership_id)
    name = membership.user.name or membership.user.email
    try:
        with transaction():
            members.remove(membership, by=person().actor, now=utcnow())
    except Unavailable as error:
        flash(str(error), "error")
        return _page(InviteForm(formdata=None).offer(_organisation().kind), 409)
    flash(_("%(name)s ne fait plus partie de votre organisation.", name=name), "success")
    return redirect(url_for("account_members.index"), 303)


@bp.post("/invites/<int:invite_id>/withdraw")
@requires(Action.MEMBERS_EDIT)
def withdraw(invite_id: int) -> Response:
    row = queries.invite_of(_organisation(), invite_id)
    with transaction():
        members.withdraw_invite(row, by=person().actor, now=utcnow())
    flash(_("L’invitation de %(email)s est retirée.", email=row.email), "success")
    return redirect(url_for("account_members.index"), 303)


def _invite_of(token: str) -> MembershipInvite:
    settings: Settings = current_app.extensions["settings"]
    return queries.invite_by_id(members.invite_id_of(token, settings.secret_key))


@bp.get("/join/<token>")
@public
def join(token: str) -> Any:
    row, who = _invite_of(token), current_person()
    if who and row.accepted_at and row.organisation_id in {o.id for o in who.organisations}:
        return redirect(url_for("account.home"))
    pending = members.is_pending(row, now=utcnow())
    hers = who is not None and who.user.email.lower() == row.email.lower()
    page = render_template(
        "account/join.html",
        invite=row,
        token=token,
        pending=pending,
        hers=hers,
        known=queries.user_by_email(row.email) is not None,
        role_words=ROLE_WORDS,
    )
    return page, 200 if pending else 409


@bp.post("/join/<token>")
@logged_in
def accept(token: str) -> Response:
    row = _invite_of(token)
    with transaction():
        members.accept_invite(row, person().user, now=utcnow())
    session["organisation_id"] = row.organisation_id
    flash(_("Vous faites maintenant partie de %(name)s.", name=row.organisation.name), "success")
    return redirect(url_for("account.home"), 303)
