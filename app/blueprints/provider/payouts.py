"""How a provider is paid: the state of its account at the payment institution, and the way to open it."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import Provider
from app.accounts.roles import Action
from app.blueprints.access import by_person, requires
from app.blueprints.provider.scope import own_provider
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import GatewayError
from app.extensions import limiter
from app.payments import earnings, onboarding
from app.payments.gateways.base import PaymentGateway

bp = Blueprint("provider_payouts", __name__, url_prefix="/provider/payouts")
log = structlog.get_logger()


def _gateway() -> PaymentGateway:
    found: PaymentGateway = current_app.extensions["payment_gateway"]()
    return found


@bp.get("")
@requires(Action.PROVIDER_EDIT)
def index() -> str:
    return render_template(
        "account/payouts.html", provider=own_provider(), money_of=earnings.of_provider(own_provider().id)
    )


@bp.post("/onboarding")
@limiter.limit("20 per minute", key_func=by_person)
@requires(Action.PROVIDER_EDIT)
def start() -> Response:
    try:
        account_id = _account(own_provider())
        link = _gateway().onboarding_url(
            account_id,
            return_url=url_for("provider_payouts.come_back", _external=True),
            refresh_url=url_for("provider_payouts.refresh", _external=True),
        )
    except GatewayError as error:
        return _unreachable(error)
    return redirect(link, 303)


def _account(provider: Provider) -> str:
    """Open the account, or see how it stands, and keep that. Returns its id."""
    provider_id = provider.id
    seen = onboarding.open_account(provider, _gateway())
    with transaction():
        onboarding.note_account(provider_id, seen, now=utcnow())
    return seen.account_id


@bp.get("/return")
@requires(Action.PROVIDER_EDIT)
def come_back() -> Response:
    provider = own_provider()
    if provider.gateway_account is None:
        return _back()
    try:
        _account(provider)
    except GatewayError as error:
        return _unreachable(error)
    if provider.charges_enabled and provider.payouts_enabled:
        flash(_("Vos encaissements sont ouverts\u00a0: les entreprises peuvent vous payer."), "success")
    else:
        flash(_("Stripe a encore besoin d’informations, ou les vérifie. Reprenez quand vous les avez."), "warning")
    return _back()


@bp.get("/refresh")
@requires(Action.PROVIDER_EDIT)
def refresh() -> Response:
    flash(_("Ce lien avait déjà servi ou n’était plus valable. Reprenez ici."), "warning")
    return _back()


def _unreachable(error: GatewayError) -> Response:
    log.warning("onboarding failed", error=str(error), permanent=error.permanent)
    flash(_("Stripe ne répond pas pour le moment. Rien n’est perdu\u00a0: réessayez dans une minute."), "error")
    return _back()


def _back() -> Response:
    return redirect(url_for("provider_payouts.index"), 303)
