"""Return page and webhook at once, clicks at once, refunds at once: one effect each, and controls without the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.bookings.cancelling import Side, cancel
from app.bookings.models import Booking, BookingState
from app.core.db import session, transaction
from app.core.outbox import OutboxRow
from app.payments import checkout, ledger, refunds, service, settle
from app.payments.gateways.base import PaymentSnapshot, RefundSnapshot
from app.payments.gateways.base import RefundState as Seen
from app.payments.models import Attempt, LedgerEntry
from tests.factories import now
from tests.payment_parts import Till, attempts
from tests.payment_parts import refunds as refunds_of
from tests.races.conftest import Together, errors

pytestmark = pytest.mark.race


def count(signal: str) -> int:
    query = select(func.count(OutboxRow.id)).where(OutboxRow.signal == signal)
    return int(session().scalar(query) or 0)


def postings() -> int:
    return int(session().scalar(select(func.count(LedgerEntry.posting.distinct()))) or 0)


def paid(till: Till) -> tuple[Booking, Callable[[], Any]]:
    """A booking paid at the gateway that nobody has looked up, and the settling of what was seen there."""
    booking = till.booking()
    till.pay(booking)
    session().expire_all()
    attempt_id = attempts(booking)[0].id
    session().rollback()
    seen = service.look_up(attempt_id, till.gateway())
    assert isinstance(seen, PaymentSnapshot)
    return booking, lambda: str(service.settle(attempt_id, seen, live=False, now=now()).state)


def test_return_page_and_webhook_settle_once(till: Till, together: Together, meet: Any) -> None:
    booking, action = paid(till)
    meet(settle, "_problem", 3)
    assert together(action, action, action) == ["succeeded"] * 3
    assert booking.state == BookingState.CONFIRMED
    assert (count("payment.received"), count("booking.confirmed"), postings()) == (1, 1, 1)


def test_control_without_the_locks_the_second_one_fails(
    till: Till, together: Together, meet: Any, unlocked: None
) -> None:
    _, action = paid(till)
    meet(settle.bookings, "confirm")
    meet(settle, "_problem")
    results = together(action, action)
    assert len(errors(results)) == 1 or count("payment.received") == 2


def test_two_clicks_at_once_open_one_attempt(till: Till, together: Together, meet: Any) -> None:
    booking, action = clicks(till)
    meet(checkout, "next_payable")
    first, second = together(action, action)
    assert first == second
    assert len(attempts(booking)) == 1


def test_control_without_the_locks_two_clicks_collide(
    till: Till, together: Together, meet: Any, unlocked: None
) -> None:
    booking, action = clicks(till)
    meet(checkout, "_new_attempt")
    results = together(action, action)
    assert len(errors(results)) == 1
    assert len(attempts(booking)) == 1


def clicks(till: Till) -> tuple[Booking, Callable[[], str]]:
    booking = till.booking()
    parties = service.meet(booking, till.gateway(), locale="fr")
    links, booking_id = service.Links("http://localhost/a", "http://localhost/b"), booking.id

    def action() -> str:
        return service.start(booking_id, parties, links, locale="fr", by="user:1", now=now()).idempotency_key

    return booking, action


def test_money_against_cancelling_is_confirmed_and_refunded_or_refunded(till: Till, together: Together) -> None:
    for _ in range(3):
        booking, action = paid(till)
        booking_id, user = booking.id, till.organiser

        def call_off(booking_id: int = booking_id, user: Any = user) -> int:
            return cancel(session().get_one(Booking, booking_id), Side.COMPANY, "", user=user, now=now())

        assert errors(together(action, call_off)) == []
        till.work()
        assert booking.state == BookingState.CANCELLED
        (attempt,) = attempts(booking)
        assert [row[:2] for row in refunds_of(booking)] == [("succeeded", attempt.amount_cents)]
        assert ledger.unbalanced() == []


def test_a_cancellation_handled_twice_at_once_owes_once(till: Till, together: Together, meet: Any) -> None:
    booking, action = paid(till)
    booking_id = booking.id
    with transaction():
        action()
    with transaction():
        cancel(booking, Side.PROVIDER, "Panne", user=till.seller, now=now())
    meet(refunds, "_paid")

    def handle() -> int:
        return service.close_cancelled(booking_id, now=now())

    first, second = together(handle, handle)
    assert sorted([first, second])[0] == 0
    assert len(refunds_of(booking)) == 1


def test_control_without_the_locks_it_owes_twice(till: Till, together: Together, meet: Any, unlocked: None) -> None:
    booking, action = paid(till)
    booking_id = booking.id
    with transaction():
        action()
    with transaction():
        cancel(booking, Side.PROVIDER, "Panne", user=till.seller, now=now())
    meet(refunds, "owe")
    results = together(*[lambda: service.close_cancelled(booking_id, now=now())] * 2)
    assert errors(results) or len(refunds_of(booking)) == 2


def test_a_refund_answered_by_call_and_webhook_at_once_is_done_once(till: Till, together: Together, meet: Any) -> None:
    booking, action = paid(till)
    with transaction():
        action()
    with transaction():
        refunds.owe(attempts(booking)[0], booking.id, 1_000, "test", by="test", now=now())
    refund_id = session().scalars(select(refunds.Refund.id)).one()
    with transaction():
        order = refunds.ask(refund_id, now())
    assert order is not None
    seen: RefundSnapshot = till.gateway().refund(order.refund, idempotency_key=order.key)
    assert seen.state == Seen.SUCCEEDED
    meet(refunds, "_failed_before")
    together(*[lambda: str(refunds.note(refund_id, seen, now=now()).state)] * 2)
    assert count("refund.done") == 1
    assert session().get_one(Attempt, attempts(booking)[0].id).state == "succeeded"
