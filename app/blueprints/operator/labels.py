"""Labels that wait for somebody to read their certificate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.documents import download
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.offers import labels

bp = Blueprint("operator_labels", __name__, url_prefix="/operator/labels")


@bp.get("")
@requires(Action.OFFER_MODERATE)
def index() -> str:
    return _page({})


def _page(wrong: dict[int, str]) -> str:
    """`wrong`: by label, the sentence about a reason that was typed."""
    page = max(request.args.get("page", 1, type=int), 1)
    rows, total = labels.pending(page)
    return render_template(
        "operator/offers/labels.html",
        rows=rows,
        total=total,
        words=labels.LABELS,
        wrong=wrong,
        page=page,
        pages=-(-total // labels.PAGE),
    )


@bp.get("/<int:label_id>/proof")
@requires(Action.OFFER_MODERATE)
def proof(label_id: int) -> Any:
    return download(labels.one(label_id, None).document)


@bp.post("/<int:label_id>/accept")
@requires(Action.OFFER_MODERATE)
def accept(label_id: int) -> Any:
    label = labels.one(label_id, None)
    with transaction():
        labels.accept(label, by=person().actor, now=utcnow())
    flash(_("Le label paraît maintenant sur l’offre."), "success")
    return redirect(url_for("operator_labels.index"), 303)


@bp.post("/<int:label_id>/refuse")
@requires(Action.OFFER_MODERATE)
def refuse(label_id: int) -> Any:
    label = labels.one(label_id, None)
    try:
        with transaction():
            labels.refuse(label, request.form.get("reason", ""), by=person().actor, now=utcnow())
    except InvalidInput as error:
        return _page({label_id: str(error)}), 422
    flash(_("Le label est refusé. Un message dit au prestataire pourquoi."), "success")
    return redirect(url_for("operator_labels.index"), 303)
