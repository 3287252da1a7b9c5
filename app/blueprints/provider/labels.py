"""The labels of an offer: claimed with a certificate, shown once somebody has read it, until it expires."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FileField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.documents import download
from app.blueprints.forms import show as blame
from app.blueprints.provider.scope import own_provider
from app.core.clock import french_date, utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.extensions import limiter
from app.offers import labels, queries, service
from app.offers.models import Offer, OfferState
from app.web import takes_files

bp = Blueprint("offer_labels", __name__, url_prefix="/provider/offers")


class LabelForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Which label, until when, and its proof."""

    code = SelectField(
        _l("Label ou certification"),
        choices=[SelectChoice("", "—"), *(SelectChoice(code, words) for code, words in labels.LABELS.items())],
        validate_choice=False,
    )
    valid_until = DateField(_l("Valable jusqu’au"))
    proof = FileField(_l("Certificat"), render_kw={"accept": "application/pdf,image/jpeg,image/png"})
    all_offers = BooleanField(_l("Il vaut pour toutes mes offres"))


@bp.get("/<int:offer_id>/labels")
@requires(Action.OFFER_EDIT)
def index(offer_id: int) -> Any:
    return _page(queries.own(offer_id, own_provider().id), LabelForm())


def _page(offer: Offer, form: LabelForm, status: int = 200) -> tuple[str, int]:
    today = french_date(utcnow())
    page = render_template(
        "provider/offers/labels.html",
        offer=offer,
        title=service.latest_version(offer).title,
        form=form,
        rows=[(row, "expired" if row.valid_until < today else row.state) for row in labels.of_offer(offer.id)],
        words=labels.LABELS,
        remind_days=labels.REMIND_DAYS,
    )
    return page, status


@bp.post("/<int:offer_id>/labels")
@limiter.limit("30 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
@takes_files
def add(offer_id: int) -> Any:
    offer, form = queries.own(offer_id, own_provider().id), LabelForm()
    try:
        with transaction():
            chosen = _offers(offer, everywhere=bool(form.all_offers.data))
            code, until = form.code.data or "", form.valid_until.data
            labels.add(chosen, code, until, _proof(form), by=person().actor, now=utcnow())
    except InvalidInput as error:
        form.valid_until.errors = []
        blame(form, error)
        return _page(queries.own(offer_id, own_provider().id), form, 422)
    flash(_("Le label est en vérification : il paraîtra quand nous aurons lu le certificat."), "success")
    return redirect(url_for("offer_labels.index", offer_id=offer_id), 303)


def _offers(offer: Offer, *, everywhere: bool) -> Sequence[Offer]:
    if offer.state == OfferState.WITHDRAWN:
        raise InvalidInput(_l("Cette offre est retirée : elle ne change plus."))
    return queries.own_standing(offer.provider_id) if everywhere else [offer]


def _proof(form: LabelForm) -> labels.Proof | None:
    sent = form.proof.data
    if not sent or not getattr(sent, "filename", ""):
        return None
    with sent.stream as stream:  # a large one lies in a file
        return labels.Proof(sent.filename, stream.read(labels.MOST_BYTES + 1))


@bp.get("/labels/<int:label_id>/proof")
@requires(Action.OFFER_EDIT)
def proof(label_id: int) -> Any:
    return download(labels.one(label_id, own_provider().id).document)


@bp.post("/labels/<int:label_id>/remove")
@requires(Action.OFFER_EDIT)
def remove(label_id: int) -> Any:
    label = labels.one(label_id, own_provider().id)
    offer_id = label.offer_id
    with transaction():
        labels.remove(label, by=person().actor, now=utcnow())
    flash(_("Le label est retiré de cette offre."), "success")
    return redirect(url_for("offer_labels.index", offer_id=offer_id), 303)
