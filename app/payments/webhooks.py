"""Events from the gateway: kept once, handled by asking the gateway for what they are about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.bookings.models import Booking
from app.core.db import session
from app.core.outbox import publish
from app.payments.gateways.base import WebhookEvent as Event
from app.payments.models import Attempt, GatewayCustomer, Instalment, Refund, WebhookEvent
from app.payments.onboarding import provider_with
from app.payments.settle import OPEN

GATEWAY = "stripe"
PARKED_AFTER = timedelta(minutes=2)


def not_ours(event: Event, *, live: bool) -> str:
    """Why an event is ignored: another mode, or an account that isn't a provider's; empty when it is ours."""
    if event.livemode != live:
        return "live mode" if event.livemode else "test mode"
    if event.account is not None and provider_with(event.account) is None:
        return "unknown account"
    return ""


def record(event: Event, *, now: datetime) -> bool:
    """Keep an event and publish `webhook.received`. Returns False, and does nothing, for one that came before."""
    refers: dict[str, Any] = {
        "type": event.object_type,
        "id": event.object_id,
        "payment": event.payment_id,
        "customer": event.customer_id,
        "metadata": dict(event.metadata),
    }
    row = {
        "gateway": GATEWAY,
        "event_id": event.event_id,
        "type": event.type,
        "account": event.account,
        "livemode": event.livemode,
        "payload": dict(event.payload),
        "refers": refers,
        "received_at": now,
        "note": "",
    }
    new = insert(WebhookEvent).values(row).on_conflict_do_nothing().returning(WebhookEvent.id)
    found = session().scalar(new)
    if found is None:
        return False
    publish("webhook.received", {"webhook_id": found}, now=now)
    return True


def mark_handled(webhook_id: int, note: str, *, now: datetime) -> None:
    """The event has had its effect, or has none."""
    row = session().get_one(WebhookEvent, webhook_id, with_for_update=True)
    row.handled_at, row.note = row.handled_at or now, note


def park(webhook_id: int, note: str) -> None:
    """What it is about is unknown so far: it is tried again, and the operator sees it meanwhile."""
    session().get_one(WebhookEvent, webhook_id, with_for_update=True).note = note


def attempts_of(refers: dict[str, Any]) -> list[int]:
    """Ids of the attempts that an event may be about: by session, by payment, by our metadata, or by customer."""
    metadata = refers.get("metadata") or {}
    known = select(Attempt.id)
    if refers["type"] in ("cash_balance", "customer_cash_balance_transaction"):
        return list(session().scalars(_of_customer(refers.get("customer"))))
    ids = [value for value in (refers.get("id"), refers.get("payment")) if value]
    named = known.where(Attempt.gateway_session.in_(ids) | Attempt.gateway_payment.in_(ids))
    found = list(session().scalars(named))
    number = str(metadata.get("attempt", ""))
    return found or (list(session().scalars(known.where(Attempt.id == int(number)))) if _is_id(number) else [])


def _of_customer(customer: str | None) -> Any:
    return (
        select(Attempt.id)
        .join(Instalment, Instalment.id == Attempt.instalment_id)
        .join(Booking, Booking.id == Instalment.booking_id)
        .join(
            GatewayCustomer,
            (GatewayCustomer.company_id == Booking.company_id) & (GatewayCustomer.provider_id == Booking.provider_id),
        )
        .where(GatewayCustomer.customer == customer, Attempt.state.in_(OPEN))
        .order_by(Attempt.id)
    )


def refunds_of(refers: dict[str, Any]) -> list[tuple[int, str]]:
    """Refunds that an event may be about: (our id, the gateway's). A charge's event is about all of its refunds."""
    if refers["type"] == "refund":
        number = str((refers.get("metadata") or {}).get("refund", ""))
        own = select(Refund.id).where(Refund.gateway_refund == refers["id"])
        found = session().scalar(own)
        if found is None and _is_id(number):
            found = session().scalar(select(Refund.id).where(Refund.id == int(number)))
        return [(found, refers["id"])] if found else []
    query = (
        select(Refund.id, Refund.gateway_refund)
        .join(Attempt, Attempt.id == Refund.attempt_id)
        .where(Attempt.gateway_payment == refers.get("payment"), Refund.gateway_refund.is_not(None))
        .order_by(Refund.id)
    )
    return [(row.id, row.gateway_refund) for row in session().execute(query)]


def claims_to_be_ours(refers: dict[str, Any]) -> bool:
    """Whether its metadata names something of ours."""
    return bool({"attempt", "refund"} & set(refers.get("metadata") or {}))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
