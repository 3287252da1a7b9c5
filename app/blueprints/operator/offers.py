"""Moderation: offers that wait to be read, published or returned with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.changes import changes
from app.blueprints.forms import show, stripped
from app.blueprints.provider.priced_forms import Boxes
from app.blueprints.public.offer_page import page_values
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.offers import categories, queries, service
from app.offers.models import OfferVersion
from app.offers.reasons import REASONS

bp = Blueprint("moderation", __name__, url_prefix="/operator/moderation")


class ReturnForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What is to be changed, chosen and in words: the provider reads both."""

    reasons = Boxes(_l("Motifs"), choices=[SelectChoice(code, words) for code, words in REASONS.items()])
    reason = TextAreaField(_l("Précisions"), filters=[stripped], render_kw={"rows": 3, "maxlength": 2000})


@bp.get("")
@requires(Action.OFFER_MODERATE)
def index() -> str:
    page = max(request.args.get("page", 1, type=int), 1)
    category, kind = request.args.get("category", ""), request.args.get("kind", "")
    again = {"new": False, "change": True}.get(kind)
    rows, total = queries.waiting(page, category=category if category in categories.codes() else "", again=again)
    return render_template(
        "operator/offers/index.html",
        rows=rows,
        total=total,
        kinds={category.code: category.label for category in categories.all_categories()},
        category=category,
        kind=kind,
        page=page,
        pages=-(-total // queries.PAGE),
        now=utcnow(),
    )


@bp.get("/<int:version_id>")
@requires(Action.OFFER_MODERATE)
def show_one(version_id: int) -> Any:
    return _page(queries.submitted(version_id), ReturnForm())


def _page(version: OfferVersion, form: ReturnForm, status: int = 200) -> tuple[str, int]:
    offer, before = version.offer, queries.before(version)
    page = render_template(
        "public/offers/show.html",
        **page_values(version.offer, version, request.args, utcnow()),
        preview="operator/offers/_decide.html",
        form=form,
        before=before,
        changes=changes(before, version, offer.category) if before else [],
    )
    return page, status


@bp.post("/<int:version_id>/publish")
@requires(Action.OFFER_MODERATE)
def publish(version_id: int) -> Any:
    version = queries.submitted(version_id)
    with transaction():
        service.publish(version, by=person().actor, now=utcnow())
        title = version.title
    flash(_("« %(title)s » est publiée. Un message le dit au prestataire.", title=title), "success")
    return redirect(url_for("moderation.index"), 303)


@bp.post("/<int:version_id>/return")
@requires(Action.OFFER_MODERATE)
def send_back(version_id: int) -> Any:
    version, form = queries.submitted(version_id), ReturnForm()
    try:
        with transaction():
            words, chosen = form.reason.data or "", form.reasons.data or []
            service.send_back(version, words, chosen=chosen, by=person().actor, now=utcnow())
            title = version.title
    except InvalidInput as error:
        show(form, error)
        return _page(queries.submitted(version_id), form, 422)
    flash(_("« %(title)s » est renvoyée. Un message dit au prestataire ce qui est à changer.", title=title), "success")
    return redirect(url_for("moderation.index"), 303)
