"""The versions of an offer: what each said otherwise, and what became of it."""

from __future__ import annotations

from itertools import pairwise

from flask import Blueprint, render_template

from app.accounts.roles import Action
from app.blueprints.access import requires
from app.blueprints.changes import changes
from app.blueprints.provider.scope import own_provider
from app.offers import queries

bp = Blueprint("offer_history", __name__, url_prefix="/provider/offers")


@bp.get("/<int:offer_id>/history")
@requires(Action.OFFER_EDIT)
def show(offer_id: int) -> str:
    offer = queries.own(offer_id, own_provider().id)
    versions = queries.versions(offer.id)
    since = {later.id: changes(earlier, later, offer.category) for later, earlier in pairwise(versions)}
    return render_template("provider/offers/history.html", offer=offer, versions=versions, since=since)
