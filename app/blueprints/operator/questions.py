"""Questions and answers on the pages of offers: what doesn't belong there is hidden, with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.offers import questions

bp = Blueprint("operator_questions", __name__, url_prefix="/operator/questions")


@bp.get("")
@requires(Action.OFFER_MODERATE)
def index() -> str:
    return _page({})


def _page(wrong: dict[int, str]) -> str:
    """`wrong`: by question, the sentence about a reason that was typed."""
    page = max(request.args.get("page", 1, type=int), 1)
    rows, total = questions.recent(page)
    return render_template(
        "operator/offers/questions.html",
        rows=rows,
        total=total,
        wrong=wrong,
        page=page,
        pages=-(-total // questions.PAGE),
    )


@bp.post("/<int:question_id>/hide")
@requires(Action.OFFER_MODERATE)
def hide(question_id: int) -> Any:
    question = questions.one(question_id, None)
    try:
        with transaction():
            questions.hide(question, request.form.get("reason", ""), by=person().actor, now=utcnow())
    except InvalidInput as error:
        return _page({question_id: str(error)}), 422
    flash(_("La question ne paraît plus. Un message dit pourquoi à l’entreprise et au prestataire."), "success")
    return redirect(url_for("operator_questions.index"), 303)


@bp.post("/<int:question_id>/restore")
@requires(Action.OFFER_MODERATE)
def restore(question_id: int) -> Any:
    question = questions.one(question_id, None)
    with transaction():
        questions.restore(question, by=person().actor, now=utcnow())
    flash(_("La question paraît de nouveau."), "success")
    return redirect(url_for("operator_questions.index"), 303)
