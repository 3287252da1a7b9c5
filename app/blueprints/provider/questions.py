"""What companies ask about a provider's offers, and its answers. It never reads who asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.provider.scope import own_provider
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.offers import questions

bp = Blueprint("provider_questions", __name__, url_prefix="/provider/questions")


@bp.get("")
@requires(Action.OFFER_EDIT)
def index() -> str:
    return _page({})


def _page(wrong: dict[int, str]) -> str:
    """`wrong`: by question, the sentence about an answer that was typed."""
    page = max(request.args.get("page", 1, type=int), 1)
    rows, total = questions.of_provider(own_provider().id, page)
    return render_template(
        "provider/questions.html",
        rows=rows,
        total=total,
        wrong=wrong,
        most=questions.MOST,
        page=page,
        pages=-(-total // questions.PAGE),
    )


@bp.post("/<int:question_id>")
@requires(Action.OFFER_EDIT)
def answer(question_id: int) -> Any:
    question = questions.one(question_id, own_provider().id)
    try:
        with transaction():
            questions.answer(question, request.form.get("answer", ""), by=person().actor, now=utcnow())
    except InvalidInput as error:
        return _page({question_id: next(iter(map(str, error.fields.values())), str(error))}), 422
    flash(_("Votre réponse est publiée sur la page de l’offre."), "success")
    return redirect(url_for("provider_questions.index"), 303)
