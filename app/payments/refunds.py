"""Money that goes back: what is owed, asking the gateway for it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.bookings.locks import lock_booking
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.errors import InvalidTransition, NotFound
from app.core.outbox import publish
from app.core.states import AuditEntry, advance, audit
from app.offers.terms import refund_due
from app.payments import ledger
from app.payments.gateways.base import NewRefund, RefundSnapshot
from app.payments.gateways.base import RefundState as Seen
from app.payments.models import Attempt, AttemptState, Instalment, Refund, RefundState

GATEWAY = "stripe"
KEY_LIVES = timedelta(hours=20)
"""The gateway forgets keys after a day: a request older than this is not repeated blindly."""
DUPLICATE = "duplicate"
TOO_LATE = "too_late"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Order:
    """One request to the gateway, with the key under which it takes effect once."""

    refund: NewRefund
    key: str


def settle_up(booking: Booking, reason: str, *, by: str, now: datetime) -> int:
    """Owe back what was paid for a booking beyond its cancellation fee, in cents; nothing is owed twice.

    The booking is locked. Returns what is owed now; publishes `refund.owed` for each part.
    """
    fee = (booking.cancellation_fee_cents or 0) if booking.state == BookingState.CANCELLED else 0
    attempts = _paid(booking.id)
    paid = sum(attempt.amount_cents for attempt in attempts)
    owed = refund_due(paid, fee) - sum(_promised(attempt) for attempt in attempts)
    left = max(0, owed)
    for attempt in attempts:
        part = min(left, attempt.amount_cents - _promised(attempt))
        left -= owe(attempt, booking.id, part, reason, by=by, now=now)
    return max(0, owed)


def owe(attempt: Attempt, booking_id: int, amount_cents: int, reason: str, *, by: str, now: datetime) -> int:
    """Write a refund of one attempt as owed, never more than what is left of it. Returns its cents (0: none)."""
    amount_cents = min(amount_cents, attempt.amount_cents - _promised(attempt))
    if amount_cents <= 0:
        return 0
    number = session().scalar(select(func.count(Refund.id)).where(Refund.attempt_id == attempt.id)) or 0
    row = Refund(
        booking_id=booking_id,
        attempt_id=attempt.id,
        amount_cents=amount_cents,
        currency=attempt.currency,
        state=RefundState.OWED,
        reason=reason,
        idempotency_key=f"refund-{attempt.idempotency_key}-{number + 1}",
        created_at=now,
    )
    session().add(row)
    session().flush()
    audit(row, "owe", by=by, now=now, reason=reason, to_state=str(row.state))
    publish("refund.owed", {"refund_id": row.id}, now=now)
    return amount_cents


def ask(refund_id: int, now: datetime) -> Order | None:
    """Mark a refund as requested and say what to ask of the gateway; None when there is nothing to ask any more.

    Call the gateway after the transaction, then `note` or `refuse`. A repeat asks with the same key; a refund that
    failed gets a new one, and takes nothing from the provider twice.
    """
    row = _lock(refund_id)
    if row.state == RefundState.REQUESTED and (row.gateway_refund or _asked_at(row) < now - KEY_LIVES):
        return None
    if row.state == RefundState.SUCCEEDED:
        return None
    if row.state == RefundState.FAILED:
        row.idempotency_key = _next_key(row.idempotency_key)
        row.gateway_refund, row.failure_message = None, ""
    if row.state != RefundState.REQUESTED:
        advance(row, "request", by=GATEWAY, now=now)
    fresh = not ledger.taken_back(row)
    order = NewRefund(
        payment_id=str(row.attempt.gateway_payment),
        amount_cents=row.amount_cents,
        reverse_transfer=fresh,
        refund_application_fee=fresh and row.attempt.fee_cents > 0,
        metadata={"refund": str(row.id), "booking": str(row.booking_id)},
    )
    return Order(order, row.idempotency_key)


def note(refund_id: int, seen: RefundSnapshot, *, now: datetime) -> Refund:
    """Move a refund to where the gateway says it stands, forward only; it may fail after it succeeded.

    Publishes `refund.done` or `refund.failed`.
    """
    row = _lock(refund_id)
    earlier = row.gateway_refund not in (None, seen.refund_id) or _failed_before(row, seen.refund_id)
    if earlier or seen.amount_cents != row.amount_cents:
        return row
    row.gateway_refund = seen.refund_id
    if seen.state == Seen.SUCCEEDED and row.state == RefundState.REQUESTED:
        ledger.refund(row, row.booking, now)
        advance(row, "succeed", by=GATEWAY, now=now)
        row.settled_at = now
        publish("refund.done", {"refund_id": row.id}, now=now)
    elif seen.state == Seen.FAILED and row.state in (RefundState.REQUESTED, RefundState.SUCCEEDED):
        ledger.refund_failed(row, row.booking, now, had_succeeded=row.state == RefundState.SUCCEEDED)
        _fail(row, seen.failure_reason or "", now, object_id=seen.refund_id)
    session().flush()
    return row


def refuse(refund_id: int, message: str, *, now: datetime) -> None:
    """The gateway won't have it: the refund is owed still, and the operator is told."""
    row = _lock(refund_id)
    if row.state in (RefundState.REQUESTED, RefundState.OWED):
        _fail(row, message, now)


def retry(refund_id: int, *, by: str, now: datetime) -> None:
    """Have a refund that failed or was never answered asked again. Raises NotFound, InvalidTransition if it is done."""
    if session().get(Refund, refund_id) is None:
        raise NotFound(_l("Ce remboursement n’existe pas."))
    row = _lock(refund_id)
    if row.state == RefundState.SUCCEEDED:
        raise InvalidTransition(_l("Ce remboursement est déjà fait."))
    audit(row, "retry", by=by, now=now)
    publish("refund.owed", {"refund_id": row.id}, now=now)


def waiting(now: datetime, *, limit: int = 50) -> list[tuple[int, str | None]]:
    """Refunds asked for or owed over ten minutes ago and not settled: (id, the gateway's id if known), oldest first."""
    query = (
        select(Refund.id, Refund.gateway_refund)
        .where(
            Refund.state.in_((RefundState.OWED, RefundState.REQUESTED)),
            Refund.created_at < now - timedelta(minutes=10),
        )
        .order_by(Refund.id)
        .limit(limit)
    )
    return [(row.id, row.gateway_refund) for row in session().execute(query)]


def _asked_at(row: Refund) -> datetime:
    """When the gateway was first asked under the present key; it may have been owed for days before."""
    query = select(func.max(AuditEntry.at)).where(
        AuditEntry.entity == Refund.__tablename__, AuditEntry.entity_id == row.id, AuditEntry.action == "request"
    )
    return session().scalar(query) or row.created_at


def _failed_before(row: Refund, object_id: str) -> bool:
    """Whether this object of the gateway is a try of the refund that failed, and is known to have."""
    query = select(AuditEntry.id).where(
        AuditEntry.entity == Refund.__tablename__,
        AuditEntry.entity_id == row.id,
        AuditEntry.action == "fail",
        AuditEntry.reason.startswith(f"{object_id} ", autoescape=True),
    )
    return session().scalar(query.limit(1)) is not None


def _fail(row: Refund, message: str, now: datetime, *, object_id: str = "") -> None:
    advance(row, "fail", by=GATEWAY, now=now, reason=f"{object_id} {message}")
    row.failure_message, row.settled_at = message[:500], None
    session().flush()
    publish("refund.failed", {"refund_id": row.id}, now=now)


def _next_key(key: str) -> str:
    """`refund-x-1` → `refund-x-1.2` → `refund-x-1.3`: a definite failure is asked again under a new key."""
    base, _, number = key.partition(".")
    return f"{base}.{int(number or 1) + 1}"


def _lock(refund_id: int) -> Refund:
    booking_id = session().scalars(select(Refund.booking_id).where(Refund.id == refund_id)).one()
    lock_booking(booking_id)
    query = select(Refund).where(Refund.id == refund_id).with_for_update(of=Refund)
    return session().scalars(query, execution_options={"populate_existing": True}).one()


def _paid(booking_id: int) -> list[Attempt]:
    """What arrived for a booking, the latest first. What is disputed goes back through the bank, if at all."""
    query = (
        select(Attempt)
        .join(Instalment, Instalment.id == Attempt.instalment_id)
        .where(Instalment.booking_id == booking_id, Attempt.state == AttemptState.SUCCEEDED)
        .order_by(Attempt.settled_at.desc(), Attempt.id.desc())
        .with_for_update(of=Attempt)
    )
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def _promised(attempt: Attempt) -> int:
    """What went back of an attempt or is to, a failed refund included: it is owed still."""
    query = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.attempt_id == attempt.id)
    return int(session().scalar(query) or 0)
