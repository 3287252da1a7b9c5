"""What follows from payments, and what payments follow: the gateway is asked with no transaction open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.errors import GatewayError, NotFound
from app.payments import onboarding, refunds, service, webhooks
from app.payments.models import WebhookEvent
from workers.context import gateway, real_money
from workers.outbox import outside

log = structlog.get_logger()


@outside
def webhook(payload: dict[str, Any], now: datetime) -> None:
    """An event came in: ask the gateway for what it is about. Raises NotFound while that is unknown to us."""
    row = session().get_one(WebhookEvent, payload["webhook_id"])
    if row.handled_at is not None:
        return
    refers, kind, account = dict(row.refers), row.refers["type"], row.account
    note: str | None
    if kind == "account":
        note = _account_changed(refers["id"])
    elif kind == "refund" or row.type == "charge.refunded":
        note = _refunds_changed(refers)
    else:
        note = "" if account else _attempts_changed(refers)
    if note is None:
        with transaction():
            webhooks.park(payload["webhook_id"], "unknown object")
        raise NotFound(f"{kind} {refers['id']}")
    with transaction():
        webhooks.mark_handled(payload["webhook_id"], note, now=utcnow())


def _account_changed(account_id: str) -> str:
    provider_id = onboarding.provider_with(account_id)
    if provider_id is None:
        return "not ours"
    seen = gateway().account_status(account_id)
    with transaction():
        onboarding.note_account(provider_id, seen, now=utcnow())
    return "account"


def _attempts_changed(refers: dict[str, Any]) -> str | None:
    found = webhooks.attempts_of(refers)
    page = refers["id"] if refers["type"] == "checkout.session" else None
    for attempt_id in found:
        look_up_and_settle(attempt_id, page, refers.get("payment"))
    return _outcome("attempt", found, refers)


def _refunds_changed(refers: dict[str, Any]) -> str | None:
    found = webhooks.refunds_of(refers)
    for refund_id, object_id in found:
        _look_up_refund(refund_id, object_id)
    return _outcome("refund", found, refers)


def _outcome(kind: str, found: list[Any], refers: dict[str, Any]) -> str | None:
    """A note on what was done; None where the event names something of ours that isn't there (yet)."""
    if found:
        return kind
    return None if webhooks.claims_to_be_ours(refers) else "not ours"


def look_up_and_settle(attempt_id: int, page: str | None = None, payment: str | None = None) -> None:
    """Ask the gateway about one attempt and write down what it says."""
    seen = service.look_up(attempt_id, gateway(), session_id=page, payment_id=payment)
    if seen is not None:
        with transaction():
            service.settle(attempt_id, seen, live=real_money(), now=utcnow())


def _look_up_refund(refund_id: int, object_id: str) -> None:
    seen = gateway().fetch_refund(object_id)
    with transaction():
        refunds.note(refund_id, seen, now=utcnow())


@outside
def close_pages(payload: dict[str, Any], now: datetime) -> None:
    """Nobody should pay for this booking any more: close its pages and call off its transfers."""
    for attempt_id in service.open_attempts(payload["booking_id"]):
        seen = service.call_off(attempt_id, gateway())
        if seen is not None:
            with transaction():
                service.settle(attempt_id, seen, live=real_money(), now=utcnow())


def booking_cancelled(payload: dict[str, Any], now: datetime) -> None:
    """Cancel what is not paid yet, and owe back what the terms owe."""
    service.close_cancelled(payload["booking_id"], now=now)


def event_moved(payload: dict[str, Any], now: datetime) -> None:
    """The balances of an event's bookings fall due with its new dates."""
    service.follow_moved(payload["booking_ids"], now=now)


@outside
def request_refund(payload: dict[str, Any], now: datetime) -> None:
    """Ask the gateway for a refund that is owed; a passing failure is tried again, with the same key."""
    refund_id = payload["refund_id"]
    with transaction():
        order = refunds.ask(refund_id, now)
    if order is None:
        return
    try:
        seen = gateway().refund(order.refund, idempotency_key=order.key)
    except GatewayError as error:
        if not error.permanent:
            raise
        with transaction():
            refunds.refuse(refund_id, str(error), now=utcnow())
        return
    with transaction():
        refunds.note(refund_id, seen, now=utcnow())


def reconcile(now: datetime) -> int:
    """Look up what has been open for long: attempts and refunds whose news never came. Returns how many.

    One that fails doesn't keep the others from their turn, unless the gateway is down.
    """
    with transaction():
        attempts, waiting = service.claim_unsettled(now), refunds.waiting(now)
    actions: list[Callable[[], None]] = [partial(look_up_and_settle, attempt_id) for attempt_id in attempts]
    actions += [partial(_follow_refund, refund_id, object_id, now) for refund_id, object_id in waiting]
    for done, action in enumerate(actions):
        try:
            action()
        except GatewayError as error:
            log.warning("reconciling failed", error=str(error), permanent=error.permanent)
            if not error.permanent:
                return done
    return len(actions)


def _follow_refund(refund_id: int, object_id: str | None, now: datetime) -> None:
    if object_id is None:
        request_refund({"refund_id": refund_id}, now)
    else:
        _look_up_refund(refund_id, object_id)
