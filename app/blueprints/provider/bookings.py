"""A provider's sales: what was agreed with whom, and what was paid."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.accounts.roles import Action
from app.blueprints.access import requires
from app.blueprints.provider.scope import own_provider
from app.bookings import queries as bookings
from app.core.clock import utcnow
from app.payments import queries

bp = Blueprint("provider_bookings", __name__, url_prefix="/provider/bookings")


@bp.get("")
@requires(Action.SALE_READ)
def index() -> str:
    provider = own_provider()
    past, now = request.args.get("when") == "past", utcnow()
    page = max(request.args.get("page", 1, type=int), 1)
    rows, total = queries.for_provider(provider.id, past=past, now=now, page=page)
    return render_template(
        "provider/bookings/index.html",
        provider=provider,
        rows=rows,
        past=past,
        now=now,
        page=page,
        pages=-(-total // queries.PAGE),
    )


@bp.get("/<int:booking_id>")
@requires(Action.SALE_READ)
def show(booking_id: int) -> str:
    provider, now = own_provider(), utcnow()
    found = bookings.for_provider(booking_id, provider.id)
    return render_template(
        "provider/bookings/show.html",
        booking=found,
        provider=provider,
        offer=found.quote.request.offer_version,
        lines=found.quote.lines,
        statement=queries.statement(found.id),
        now=now,
    )
