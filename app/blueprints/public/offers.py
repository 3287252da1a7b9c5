"""The page of an offer: what it is, what it costs for so many people, when it is free."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _

from app.accounts.models import Company
from app.accounts.roles import Action
from app.blueprints.access import by_person, person, public, requires
from app.blueprints.public.addresses import offer_path
from app.blueprints.public.offer_page import ask_url, asking, page_values, simulation_of
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, NotFound
from app.extensions import limiter
from app.offers import queries, questions
from app.offers.address import words_of
from app.offers.models import Offer, OfferVersion
from app.web import current_person

bp = Blueprint("offers", __name__, url_prefix="/offers")


@bp.get("/<int:offer_id>")
@bp.get("/<int:offer_id>-<words>")
@public
def show(offer_id: int, words: str = "") -> Any:
    offer, version = _visible(offer_id)
    if words != words_of(version.title):
        return _moved(offer_id, version.title)
    values = page_values(offer, version, request.args, utcnow())
    page = render_template("public/offers/show.html", **values, ask_url=ask_url(offer_id, current_person()), preview="")
    return page, (422 if values["simulation"].error else 200)


@bp.post("/<int:offer_id>/questions")
@limiter.limit("20 per hour", key_func=by_person)
@requires(Action.EVENT_WRITE)
def ask(offer_id: int) -> Any:
    offer, who, text = queries.on_sale(offer_id), person(), request.form.get("text", "")
    if not isinstance(who.organisation, Company):
        raise NotFound
    try:
        with transaction():
            questions.ask(offer, who.organisation, who.user.id, text, by=who.actor, now=utcnow())
    except InvalidInput as error:
        return _refused(offer_id, text, next(iter(map(str, error.fields.values())), str(error)))
    flash(_("Votre question est envoyée au prestataire. Un message vous dira quand il a répondu."), "success")
    return redirect(offer_path(offer_id, _title(offer)), 303)


def _refused(offer_id: int, text: str, sentence: str) -> Any:
    """The page with what was typed."""
    offer, version = _visible(offer_id)
    values = page_values(offer, version, request.args, utcnow()) | {"questions": asking(offer, text, sentence)}
    values["here"] = offer_path(offer_id, version.title)
    return render_template("public/offers/show.html", **values, ask_url=ask_url(offer_id, person()), preview=""), 422


def _title(offer: Offer) -> str:
    return offer.published_version.title if offer.published_version else ""


@bp.get("/<int:offer_id>/price")
@public
def price(offer_id: int) -> Any:
    offer, version = _visible(offer_id)
    simulation = simulation_of(offer, version, request.args, utcnow())
    page = render_template("public/offers/_price.html", simulation=simulation, provider=offer.provider)
    return page, (422 if simulation.error else 200)


def _moved(offer_id: int, title: str) -> Any:
    """To the page's present address, with what was asked; browsers may not remember it, for a title may come back."""
    response = redirect(offer_path(offer_id, title), 301)
    if request.query_string:
        response.location += "?" + request.query_string.decode("ascii", "replace")
    return response


def _visible(offer_id: int) -> tuple[Offer, OfferVersion]:
    """An offer on sale; its own provider also reads it while it isn't. Raises NotFound."""
    try:
        offer = queries.on_sale(offer_id)
    except NotFound:
        who = current_person()
        if who is None or who.organisation is None or not who.can(Action.OFFER_EDIT):
            raise
        offer = queries.with_published(offer_id, who.organisation.id)
    if offer.published_version is None:
        raise NotFound(queries.NO_OFFER)
    return offer, offer.published_version
