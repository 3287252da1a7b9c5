"""What failed for good: effects of the outbox and mails. Each can be tried again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.blueprints.access import requires
from app.core import outbox
from app.core.clock import utcnow
from app.core.db import transaction
from app.mail import queries as mails
from app.mail import service as mail_service

bp = Blueprint("operator_failures", __name__, url_prefix="/operator/failures")


@bp.get("")
@requires(Action.FAILURES_HANDLE)
def index() -> str:
    return render_template(
        "operator/failures.html", effects=outbox.failed(), mails=mails.failed(), counts=mails.counts()
    )


@bp.post("/effects/<int:row_id>/retry")
@requires(Action.FAILURES_HANDLE)
def retry_effect(row_id: int) -> Response:
    with transaction():
        outbox.retry(row_id, now=utcnow())
    return _again()


@bp.post("/mails/<int:mail_id>/retry")
@requires(Action.FAILURES_HANDLE)
def retry_mail(mail_id: int) -> Response:
    with transaction():
        mail_service.retry(mail_id, now=utcnow())
    return _again()


@bp.post("/retry")
@requires(Action.FAILURES_HANDLE)
def retry_all() -> Response:
    with transaction():
        for effect in outbox.failed():
            outbox.retry(effect.id, now=utcnow())
        for mail in mails.failed():
            mail_service.retry(mail.id, now=utcnow())
    return _again()


def _again() -> Response:
    flash(_("Nouvel essai lancé."), "success")
    return redirect(url_for("operator_failures.index"), 303)
