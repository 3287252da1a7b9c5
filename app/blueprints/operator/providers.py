"""Providers: who waits for approval, who sells, who is suspended and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.accounts import moderation, queries
from app.accounts.models import Provider, ProviderState
from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.forms import show, stripped
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.rules.identifiers import spaced

ACTION_WORDS = {
    "register": _l("Inscription"),
    "edit": _l("Fiche modifiée"),
    "approve": _l("Validation"),
    "suspend": _l("Suspension"),
    "member invited": _l("Collègue invité"),
}

bp = Blueprint("operator_providers", __name__, url_prefix="/operator/providers")


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Why a provider is suspended: a sentence that it reads."""

    reason = TextAreaField(_l("Motif"), filters=[stripped], render_kw={"rows": 3, "maxlength": 1000})


@bp.get("")
@requires(Action.PROVIDER_MODERATE)
def index() -> str:
    shown = request.args.get("state", "")
    state = ProviderState(shown) if shown in list(ProviderState) else None
    page, words = max(request.args.get("page", 1, type=int), 1), request.args.get("q", "")[:80]
    found, total = queries.providers(state, words=words, page=page)
    return render_template(
        "operator/providers.html",
        providers=found,
        total=total,
        counts=queries.provider_counts(),
        state=state,
        words=words,
        page=page,
        pages=-(-total // queries.PAGE),
    )


@bp.get("/<int:provider_id>")
@requires(Action.PROVIDER_MODERATE)
def show_one(provider_id: int) -> Any:
    return _page(queries.provider(provider_id), ReasonForm())


def _page(provider: Provider, form: ReasonForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "operator/provider.html",
        provider=provider,
        form=form,
        people=queries.people_of(provider.id),
        history=queries.history("provider", provider.id),
        action_words=ACTION_WORDS,
        spaced=spaced,
    )
    return page, status


@bp.post("/<int:provider_id>/approve")
@requires(Action.PROVIDER_MODERATE)
def approve(provider_id: int) -> Response:
    provider = queries.provider(provider_id)
    with transaction():
        moderation.approve_provider(provider, by=person().actor, now=utcnow())
    flash(_("%(name)s peut maintenant vendre. Un message le lui dit.", name=provider.name), "success")
    return redirect(url_for("operator_providers.show_one", provider_id=provider_id), 303)


@bp.post("/<int:provider_id>/suspend")
@requires(Action.PROVIDER_MODERATE)
def suspend(provider_id: int) -> Any:
    provider, form = queries.provider(provider_id), ReasonForm()
    try:
        with transaction():
            moderation.suspend_provider(provider, form.reason.data or "", by=person().actor, now=utcnow())
    except InvalidInput as error:
        show(form, error)
        return _page(provider, form, 422)
    flash(_("%(name)s est suspendu. Un message lui dit pourquoi.", name=provider.name), "success")
    return redirect(url_for("operator_providers.show_one", provider_id=provider_id), 303)
