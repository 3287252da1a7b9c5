"""What the editor asks for while one types: its text kept, its page drawn, its photos taken. All answer small."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.provider import offer_photos
from app.blueprints.provider.offer_drafts import Hold, done_in, drafted, keep_typed, typed_form
from app.blueprints.provider.offer_editor import closed
from app.blueprints.provider.offer_forms import form_class
from app.blueprints.provider.scope import own_provider
from app.blueprints.public.offer_page import ZONE, page_values
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidTransition
from app.extensions import limiter
from app.formatting import time_of_day
from app.offers import photos, queries, service, typed
from app.offers.models import Offer
from app.web import locale, takes_files

bp = Blueprint("provider_drafts", __name__, url_prefix="/provider/offers")


@bp.post("/<int:offer_id>/typed")
@limiter.limit("120 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
def keep(offer_id: int) -> Any:
    """Keep what is typed. 409 when a newer text is there, which then stays; both are kept."""
    offer, now = _open(offer_id), utcnow()
    kept = keep_typed(offer, Hold.sent(), now, insist=request.form.get("insist") == "yes")
    if kept.beside:
        return jsonify(token=kept.token, words=_beside_words(kept)), 409
    version = service.latest_version(offer)
    draft = drafted(offer, version, form_class(offer.category)(), now)
    words = _("Brouillon enregistré à %(time)s.", time=_clock(now))
    return jsonify(token=kept.token, words=words, done=done_in(draft, offer.category))


@bp.post("/<int:offer_id>/typed/<int:typed_id>/<any(take, forget):change>")
@requires(Action.OFFER_EDIT)
def choose(offer_id: int, typed_id: int, change: str) -> Any:
    """Take a text that is kept beside, or drop it."""
    offer = _open(offer_id)
    with transaction():
        if change == "take":
            typed.take_back(offer, typed_id)
        else:
            typed.forget(offer, typed_id)
    words = _("Ce texte est repris ; l’autre est gardé.") if change == "take" else _("Ce texte est oublié.")
    flash(words, "success")
    return redirect(url_for("provider_offers.edit", offer_id=offer_id), 303)


@bp.get("/<int:offer_id>/live")
@requires(Action.OFFER_EDIT)
def live(offer_id: int) -> str:
    """The offer's real page as it is typed just now, for the pane beside the editor."""
    offer, now = queries.own(offer_id, own_provider().id), utcnow()
    version = service.latest_version(offer)
    draft = drafted(offer, version, typed_form(offer, version, request.args.get("tab", "")[:32]), now)
    g.framed = True
    values = page_values(offer, draft, request.args, now)
    page: str = render_template("provider/offers/live.html", **values, preview="provider/offers/_live_head.html")
    return page


@bp.post("/<int:offer_id>/photos")
@limiter.limit("120 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
@takes_files
def add_photo(offer_id: int) -> Any:
    """Take photos one by one, and answer with the list as it is then; 422 with a sentence for one that is refused."""
    offer, now = _open(offer_id), utcnow()
    form = form_class(offer.category)()
    added = offer_photos.add_sent(form, offer, by=person().actor, now=now)
    if not added:
        sentences = [str(each) for each in form.uploads.errors] or [_("Aucune photo n’est arrivée.")]
        return jsonify(words=" ".join(sentences)), 422
    return render_template("provider/offers/edit/_photo_rows.html", **offer_photos.rows(offer))


@bp.post("/<int:offer_id>/photos/order")
@limiter.limit("120 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
def order_photos(offer_id: int) -> Any:
    """Put the photos in the order of the keys sent."""
    offer = _open(offer_id)
    with transaction():
        photos.put_in_order(offer, request.form.getlist("key")[: photos.MOST], by=person().actor, now=utcnow())
    return "", 204


def _open(offer_id: int) -> Offer:
    """An offer of the reader's provider that may be changed now. Raises NotFound, InvalidTransition."""
    offer = queries.own(offer_id, own_provider().id)
    if closed(offer, service.latest_version(offer)):
        raise InvalidTransition(_("Cette offre ne peut pas être modifiée maintenant."))
    return offer


def _beside_words(kept: typed.Kept) -> str:
    own = kept.other_by == person().actor
    who = _("par vous, dans une autre fenêtre") if own else _("par un autre membre de votre équipe")
    at = _clock(kept.other_at) if kept.other_at else ""
    words: str = _(
        "Cette offre a aussi été modifiée à %(time)s, %(who)s. Les deux textes sont gardés.", time=at, who=who
    )
    return words


def _clock(at: datetime) -> str:
    return time_of_day(at, locale(), zone=ZONE)
