"""What became of an attempt to pay: one function for return page, webhook and reconciling job, forward only.

A door goes: `look_up` (network, no transaction) → `settle` (transaction).
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.bookings import service as bookings
from app.bookings.locks import lock_booking
from app.bookings.models import Booking, BookingState
from app.core.clock import french_date
from app.core.db import session
from app.core.errors import InvalidTransition, Unavailable
from app.core.outbox import publish
from app.core.states import advance, audit
from app.payments import ledger, refunds
from app.payments.checkout import DEBIT_DAYS
from app.payments.gateways.base import Method, PaymentGateway, PaymentSnapshot
from app.payments.gateways.base import PaymentState as Seen
from app.payments.models import Attempt, AttemptState, Instalment, InstalmentState
from app.rules.thresholds import limits

GATEWAY = "stripe"
MISMATCH = "mismatch"
PAID = (AttemptState.SUCCEEDED, AttemptState.DISPUTED, AttemptState.LOST)
OPEN = (AttemptState.CREATED, AttemptState.PROCESSING, AttemptState.PARTIALLY_FUNDED)


def look_up(
    attempt_id: int, gateway: PaymentGateway, *, session_id: str | None = None, payment_id: str | None = None
) -> PaymentSnapshot | None:
    """The attempt as the gateway sees it now, a transfer that has arrived applied to it. Raises GatewayError.

    `session_id` and `payment_id` serve for an attempt whose own were never stored. None when nothing is known.
    Talks to the outside: no transaction may be open.
    """
    attempt = session().get_one(Attempt, attempt_id)
    page, payment = attempt.gateway_session or session_id, attempt.gateway_payment
    if page is None and payment is None:
        return _paid_unseen(payment_id, gateway)
    if page is None:
        return gateway.fetch_payment(str(payment))
    seen = gateway.fetch_checkout(page)
    return gateway.fetch_checkout(page) if _applied_transfer(seen, gateway) else seen


def _paid_unseen(payment_id: str | None, gateway: PaymentGateway) -> PaymentSnapshot | None:
    """A payment made on a page we have no address of; a refusal there says nothing, for the page is open still."""
    seen = gateway.fetch_payment(payment_id) if payment_id else None
    return seen if seen is not None and seen.state == Seen.SUCCEEDED else None


def _applied_transfer(seen: PaymentSnapshot, gateway: PaymentGateway) -> bool:
    """Use what the company has transferred with this payment's reference, and no other money of hers."""
    if seen.transfer is None or seen.customer_id is None or seen.payment_id is None:
        return False
    arrived = [row for row in gateway.incoming_transfers(seen.customer_id) if row.reference == seen.transfer.reference]
    free = sum(row.amount_cents for row in arrived) - seen.received_cents
    amount = min(free, seen.transfer.remaining_cents)
    if amount <= 0:
        return False
    key = f"apply-{seen.payment_id}-{seen.received_cents}-{amount}"
    gateway.apply_transfer(seen.payment_id, amount, idempotency_key=key)
    return True


def settle(attempt_id: int, seen: PaymentSnapshot, *, live: bool, now: datetime) -> Attempt:
    """Move an attempt to where the gateway says it stands, with all that follows, once, whoever says so how often.

    A first payment confirms its booking. Money for a booking that can't be had any more is owed back. `live`: whether
    this installation takes real money. What doesn't fit (amount, currency, customer, booking) is put aside for the
    operator. Publishes `payment.received`, `payment.failed`, `payment.too_late`, `payment.mismatched`,
    `payment.unwanted`.
    """
    booking_id = session().scalars(select(Instalment.booking_id).join(Attempt).where(Attempt.id == attempt_id)).one()
    _, booking = lock_booking(booking_id)
    query = select(Attempt).where(Attempt.id == attempt_id).with_for_update(of=Attempt)
    attempt = session().scalars(query, execution_options={"populate_existing": True}).one()
    if problem := _problem(attempt, booking, seen, live):
        _put_aside(attempt, problem, now)
        return attempt
    _keep_ids(attempt, seen)
    _STEPS[seen.state](attempt, booking, seen, now)
    session().flush()
    return attempt


def _problem(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, live: bool) -> str:
    """What doesn't fit, for the operator; empty when all does."""
    wanted = attempt.request
    checks = {
        "amount": seen.amount_cents == attempt.amount_cents,
        "amount received": seen.state != Seen.SUCCEEDED or seen.received_cents == attempt.amount_cents,
        "currency": seen.currency.upper() == attempt.currency,
        "booking": seen.metadata.get("booking") == str(booking.id),
        "attempt": seen.metadata.get("attempt") == str(attempt.id),
        "customer": seen.customer_id == wanted.get("customer_id"),
        "provider": seen.destination in (None, wanted.get("destination")),
        "session": attempt.gateway_session in (None, seen.checkout_id),
        "live mode": seen.livemode == live,
    }
    return ", ".join(name for name, fits in checks.items() if not fits)


def _put_aside(attempt: Attempt, problem: str, now: datetime) -> None:
    if attempt.failure_code == MISMATCH:
        return
    attempt.failure_code, attempt.failure_message = MISMATCH, problem
    audit(attempt, MISMATCH, by=GATEWAY, now=now, reason=problem)
    publish("payment.mismatched", {"attempt_id": attempt.id}, now=now)


def _keep_ids(attempt: Attempt, seen: PaymentSnapshot) -> None:
    attempt.gateway_session = seen.checkout_id or attempt.gateway_session
    attempt.gateway_payment = seen.payment_id or attempt.gateway_payment
    attempt.gateway_charge = seen.charge_id or attempt.gateway_charge
    attempt.checkout_url = seen.checkout_url or attempt.checkout_url
    attempt.method = seen.method.value if seen.method else attempt.method
    attempt.received_cents = max(attempt.received_cents, seen.received_cents)


def _stand_open(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> None:
    """The page is open still: what was refused on it is known, and another card may pay."""
    if attempt.state == AttemptState.CREATED:
        attempt.failure_code, attempt.failure_message = seen.failure_code or "", seen.failure_message or ""


def _process(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> None:
    """A debit is under way, or a transfer awaited: the hold waits with it."""
    if attempt.state not in OPEN:
        return
    attempt.transfer = asdict(seen.transfer) if seen.transfer else None
    action = "fund_partly" if seen.state == Seen.PARTIALLY_FUNDED else "process"
    if (attempt.state, action) not in Attempt.TRANSITIONS:
        return
    advance(attempt, action, by=GATEWAY, now=now)
    attempt.failure_code = attempt.failure_message = ""
    if not _still_wanted(attempt, booking, seen, now):
        publish("payment.unwanted", {"booking_id": booking.id}, now=now)


def _still_wanted(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> bool:
    """Hold the booking for as long as this method takes. False when it isn't held any more."""
    if booking.state in (BookingState.CONFIRMED, BookingState.COMPLETED):
        return True
    slow = limits(french_date(now)).transfer_days if seen.method == Method.BANK_TRANSFER else DEBIT_DAYS
    try:
        bookings.extend(booking, now + timedelta(days=slow), by=GATEWAY, now=now)
    except (InvalidTransition, Unavailable):
        return False
    return True


def _succeed(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> None:
    if attempt.state in PAID:
        return
    advance(attempt, "succeed", by=GATEWAY, now=now)
    attempt.settled_at, attempt.transfer = now, None
    attempt.failure_code = attempt.failure_message = ""
    ledger.charge(attempt, booking, str(attempt.gateway_charge or attempt.gateway_payment), now)
    instalment = session().get_one(Instalment, attempt.instalment_id, with_for_update=True, populate_existing=True)
    if instalment.state == InstalmentState.PAID:
        refunds.owe(attempt, booking.id, attempt.amount_cents, refunds.DUPLICATE, by=GATEWAY, now=now)
        return
    if not _confirm(booking, now) and refunds.settle_up(booking, _why(booking), by=GATEWAY, now=now):
        publish("payment.too_late", {"attempt_id": attempt.id}, now=now)
        return
    advance(instalment, "pay", by=GATEWAY, now=now)
    instalment.paid_at = now
    publish("payment.received", {"attempt_id": attempt.id}, now=now)


def _confirm(booking: Booking, now: datetime) -> bool:
    """Whether the booking stands with this money; its first payment confirms it."""
    try:
        bookings.confirm(booking, by=GATEWAY, now=now)
    except Unavailable:
        return False
    return True


def _why(booking: Booking) -> str:
    return refunds.CANCELLED if booking.state == BookingState.CANCELLED else refunds.TOO_LATE


def _fail(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> None:
    """A debit was refused, days later perhaps: the amount is due again."""
    if attempt.state not in OPEN:
        return
    advance(attempt, "fail", by=GATEWAY, now=now, reason=seen.failure_code or "")
    attempt.failure_code, attempt.failure_message = seen.failure_code or "unknown", seen.failure_message or ""
    attempt.transfer, attempt.settled_at = None, now
    publish("payment.failed", {"attempt_id": attempt.id}, now=now)


def _cancel(attempt: Attempt, booking: Booking, seen: PaymentSnapshot, now: datetime) -> None:
    """The page ended unused, or the transfer was called off."""
    if attempt.state not in OPEN:
        return
    advance(attempt, "cancel", by=GATEWAY, now=now)
    attempt.transfer, attempt.settled_at = None, now


_STEPS = {
    Seen.CREATED: _stand_open,
    Seen.PROCESSING: _process,
    Seen.PARTIALLY_FUNDED: _process,
    Seen.SUCCEEDED: _succeed,
    Seen.FAILED: _fail,
    Seen.CANCELLED: _cancel,
}


def call_off(attempt_id: int, gateway: PaymentGateway) -> PaymentSnapshot | None:
    """Close an attempt's page, or its transfer that is awaited, and say what became of it: it may be paid by now.

    None when no page is known. A debit under way can't be stopped. Raises GatewayError. Talks to the outside.
    """
    attempt = session().get_one(Attempt, attempt_id)
    page, payment, key = attempt.gateway_session, attempt.gateway_payment, f"call-off-{attempt.idempotency_key}"
    if page is None:
        return None
    seen = gateway.expire_checkout(page)
    if seen.state in (Seen.PROCESSING, Seen.PARTIALLY_FUNDED) and seen.transfer is not None and payment:
        called = gateway.cancel_payment(payment, idempotency_key=key)
        return replace(seen, state=called.state, transfer=called.transfer)
    return seen


def open_attempts(booking_id: int) -> list[int]:
    """Ids of a booking's attempts that may still bring money."""
    query = (
        select(Attempt.id)
        .join(Instalment, Instalment.id == Attempt.instalment_id)
        .where(Instalment.booking_id == booking_id, Attempt.state.in_(OPEN))
        .order_by(Attempt.id)
    )
    return list(session().scalars(query))


def claim_unsettled(now: datetime, *, limit: int = 50) -> list[int]:
    """Take open attempts that are due to be looked up: ten minutes old, then every five minutes, hourly once slow.

    Marks them as checked; ends those whose page was never opened. Returns ids of those to look up.
    """
    recently = now - timedelta(minutes=5)
    query = (
        select(Attempt)
        .where(
            Attempt.state.in_(OPEN),
            Attempt.created_at < now - timedelta(minutes=10),
            (Attempt.checked_at.is_(None))
            | ((Attempt.state == AttemptState.CREATED) & (Attempt.checked_at < recently))
            | (Attempt.checked_at < now - timedelta(hours=1)),
        )
        .order_by(Attempt.checked_at.asc().nulls_first(), Attempt.id)
        .limit(limit)
        .with_for_update(of=Attempt, skip_locked=True)
    )
    found = list(session().scalars(query, execution_options={"populate_existing": True}))
    for attempt in found:
        attempt.checked_at = now
        if attempt.gateway_session is None and (attempt.expires_at or now) <= now:
            advance(attempt, "cancel", by="system", now=now, reason="its page was never opened")
    session().flush()
    return [attempt.id for attempt in found if attempt.gateway_session is not None]
