"""The operator's first page: what waits for a decision, and whether everything runs."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.accounts import queries
from app.accounts.models import ProviderState
from app.accounts.roles import Action
from app.blueprints.access import requires
from app.core import outbox
from app.mail import queries as mails
from app.offers.queries import waiting_count

bp = Blueprint("operator", __name__, url_prefix="/operator")

FIRST = 5


@bp.get("")
@requires(Action.PROVIDER_MODERATE)
def index() -> str:
    waiting, total = queries.providers(ProviderState.REGISTERED)
    return render_template(
        "operator/dashboard.html",
        waiting=waiting[:FIRST],
        waiting_total=total,
        providers=queries.provider_counts(),
        offers=waiting_count(),
        organisations=queries.organisation_counts(),
        failed=outbox.failed_count(),
        mails=mails.counts(),
    )
