"""A company's bookings, coming and past."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.accounts.roles import Action
from app.blueprints.access import requires
from app.blueprints.company.scope import company_id
from app.core.clock import utcnow
from app.payments import queries

bp = Blueprint("company_bookings", __name__, url_prefix="/company/bookings")


@bp.get("")
@requires(Action.BOOKING_READ)
def index() -> str:
    past, now = request.args.get("when") == "past", utcnow()
    page = max(request.args.get("page", 1, type=int), 1)
    rows, total = queries.for_company(company_id(), past=past, now=now, page=page)
    return render_template(
        "company/bookings/index.html",
        rows=rows,
        past=past,
        now=now,
        page=page,
        pages=-(-total // queries.PAGE),
    )
