"""The page of an offer: what it is, what it costs for so many people, when it is free."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from app.accounts.roles import Action
from app.blueprints.access import public
from app.blueprints.public.addresses import offer_path
from app.blueprints.public.offer_page import ask_url, page_values, simulation_of
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.offers import queries
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
