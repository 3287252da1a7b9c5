"""What Stripe tells: checked, kept once, answered at once. What it means is a handler's work."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, request

from app.blueprints.access import public
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.extensions import csrf, limiter
from app.gateway import takes_real_money
from app.payments import webhooks
from app.payments.gateways.base import InvalidWebhook, PaymentGateway

bp = Blueprint("webhooks_stripe", __name__)
log = structlog.get_logger()


@bp.post("/webhooks/stripe")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.exempt
@public
def receive() -> tuple[str, int]:
    settings: Settings = current_app.extensions["settings"]
    gateway: PaymentGateway = current_app.extensions["payment_gateway"]()
    now, signature = utcnow(), request.headers.get("Stripe-Signature")
    try:
        body = request.get_data(cache=False)
        event = gateway.parse_webhook(body, signature, settings.stripe_webhook_secrets, now=now)
    except InvalidWebhook as error:
        log.warning("webhook refused", error=str(error))
        return "refused", 400
    with transaction():
        reason = webhooks.not_ours(event, live=takes_real_money(settings))
        new = not reason and webhooks.record(event, now=now)
    if reason:
        log.warning("webhook ignored", id=event.event_id, type=event.type, reason=reason)
    log.info("webhook", id=event.event_id, type=event.type, new=new)
    return "ok", 200
