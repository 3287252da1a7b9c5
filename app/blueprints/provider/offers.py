"""A provider's offers: the list, a new one, what happens to it. Its editor is in `offer_editor.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.roles import Action
from app.availability import plan
from app.blueprints.access import by_person, person, requires
from app.blueprints.forms import show
from app.blueprints.provider import offer_editor
from app.blueprints.provider.offer_forms import NewOfferForm
from app.blueprints.provider.scope import own_provider
from app.blueprints.public.offer_page import page_values
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.extensions import limiter
from app.offers import categories, queries, questions, service, typed
from app.offers.models import Offer, OfferState, VersionState
from app.web import takes_files

bp = Blueprint("provider_offers", __name__, url_prefix="/provider/offers")

ALL_DAY = time(0)
CHANGES: dict[str, tuple[Callable[..., Any], Any]] = {
    "pause": (service.pause, _l("L’offre est en pause : elle ne paraît plus au catalogue.")),
    "resume": (service.resume, _l("L’offre paraît de nouveau au catalogue.")),
    "withdraw": (service.withdraw, _l("L’offre est retirée. Les devis et réservations en cours se poursuivent.")),
    "recall": (service.recall, _l("L’offre n’est plus en relecture : vous pouvez la modifier.")),
    "drop": (service.drop_draft, _l("Les modifications sont abandonnées ; l’offre publiée n’a pas changé.")),
}


@bp.get("")
@requires(Action.OFFER_EDIT)
def index() -> str:
    mine, withdrawn = own_provider(), request.args.get("tab") == "withdrawn"
    page, counts = max(request.args.get("page", 1, type=int), 1), queries.own_counts(mine.id)
    total = counts[OfferState.WITHDRAWN] if withdrawn else sum(counts.values()) - counts[OfferState.WITHDRAWN]
    return render_template(
        "provider/offers/index.html",
        provider=mine,
        offers=queries.own_offers(mine.id, withdrawn=withdrawn, page=page),
        kinds={category.code: category.label for category in categories.all_categories()},
        withdrawn=withdrawn,
        counts=counts,
        questions_open=questions.open_count(mine.id),
        total=total,
        page=page,
        pages=-(-total // queries.PAGE),
    )


@bp.get("/new")
@requires(Action.OFFER_EDIT)
def new() -> str:
    return _new_page(NewOfferForm())


@bp.post("/new")
@requires(Action.OFFER_EDIT)
def create() -> Any:
    mine, form, now, by = own_provider(), NewOfferForm(), utcnow(), person().actor
    try:
        with transaction():
            offer = service.create(mine, form.category.data or "", form.title.data or "", by=by, now=now)
            _open_to_begin_with(offer, by)
            offer_id = offer.id
    except InvalidInput as error:
        show(form, error)
        return _new_page(form), 422
    return redirect(url_for("provider_offers.edit", offer_id=offer_id), 303)


def _new_page(form: NewOfferForm) -> str:
    return render_template("provider/offers/new.html", form=form, provider=own_provider())


def _open_to_begin_with(offer: Offer, by: str) -> None:
    """A new offer has its category's usual weekdays and one unit, so that it can be booked once it is published."""
    category = categories.get(offer.category)
    plan.set_opening(offer.id, category.weekdays, ALL_DAY, ALL_DAY)
    plan.add_unit(offer.id, _("Équipe 1") if category.comes_to_you else _("Espace 1"), by=by, now=utcnow())


@bp.get("/<int:offer_id>/edit")
@requires(Action.OFFER_EDIT)
def edit(offer_id: int) -> Any:
    return offer_editor.opened(queries.own(offer_id, own_provider().id), utcnow())


@bp.post("/<int:offer_id>/edit")
@limiter.limit("120 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
@takes_files
def save(offer_id: int) -> Any:
    return offer_editor.posted(queries.own(offer_id, own_provider().id), request.form.get("do", "save"), utcnow())


@bp.get("/<int:offer_id>/preview")
@requires(Action.OFFER_EDIT)
def preview(offer_id: int) -> Any:
    offer = queries.own(offer_id, own_provider().id)
    version = service.latest_version(offer)
    values = page_values(offer, version, request.args, utcnow())
    page = render_template(
        "public/offers/show.html",
        **values,
        preview="provider/offers/_preview.html",
        editable=version.state not in (VersionState.IN_REVIEW,) and offer.state != OfferState.WITHDRAWN,
    )
    return page, (422 if values["simulation"].error else 200)


@bp.post("/<int:offer_id>/<any(pause, resume, withdraw, recall, drop):change>")
@requires(Action.OFFER_EDIT)
def change(offer_id: int, change: str) -> Any:
    offer, (action, sentence) = queries.own(offer_id, own_provider().id), CHANGES[change]
    with transaction():
        action(offer, by=person().actor, now=utcnow())
        if change in ("drop", "withdraw"):
            typed.discard(offer.id)
    flash(str(sentence), "success")
    if change == "recall":
        return redirect(url_for("provider_offers.edit", offer_id=offer_id), 303)
    return redirect(url_for("provider_offers.index"), 303)
