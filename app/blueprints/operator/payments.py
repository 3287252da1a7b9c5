"""What is not settled: refunds that are owed, payments that don't fit, events without an effect."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.outbox import publish
from app.payments import ledger, queries, refunds

bp = Blueprint("operator_payments", __name__, url_prefix="/operator/payments")


@bp.get("")
@requires(Action.FAILURES_HANDLE)
def index() -> str:
    return render_template(
        "operator/payments.html",
        refunds=queries.open_refunds(),
        mismatched=queries.mismatched(),
        parked=queries.parked_events(utcnow()),
        unbalanced=ledger.unbalanced(),
    )


@bp.post("/refunds/<int:refund_id>/retry")
@requires(Action.FAILURES_HANDLE)
def retry_refund(refund_id: int) -> Response:
    with transaction():
        refunds.retry(refund_id, by=person().actor, now=utcnow())
    return _again()


@bp.post("/events/<int:webhook_id>/retry")
@requires(Action.FAILURES_HANDLE)
def retry_event(webhook_id: int) -> Response:
    with transaction():
        row = queries.parked_event(webhook_id)
        publish("webhook.received", {"webhook_id": row.id}, now=utcnow())
    return _again()


def _again() -> Response:
    flash(_("Nouvel essai lancé."), "success")
    return redirect(url_for("operator_payments.index"), 303)
