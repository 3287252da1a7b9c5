"""Late money, double money, money that goes back: against the real stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.bookings import service as bookings
from app.bookings.cancelling import Side, cancel
from app.bookings.models import Booking, BookingState
from app.core.db import session, transaction
from app.core.outbox import OutboxRow
from app.offers.terms import CancellationStep, Terms
from app.payments import service as payments
from app.payments.models import AttemptState, Refund
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.payment_parts import Till, attempts, instalments, ledger, refunds
from workers.handlers.payments import look_up_and_settle

HALF = Terms(deposit_bps=3_000, balance_days_before=14, base_fee_bps=1_000, cancellation=())


def expire(booking: Booking) -> None:
    assert booking.expires_at is not None
    at = booking.expires_at + timedelta(minutes=1)
    with transaction():
        bookings.expire_unpaid(at)
    assert booking.state == BookingState.EXPIRED


def pay_late(till: Till, booking: Booking) -> None:
    """The buyer is on the page while the booking expires, and pays then."""
    url = till.open_page(booking)
    session().expire_all()
    expire(booking)
    till.come_back(str(till.standin.pay(url).headers["Location"]))
    session().expire_all()


def test_late_money_takes_the_slot_again_while_it_is_free(till: Till) -> None:
    booking = till.booking()
    pay_late(till, booking)
    assert booking.state == BookingState.CONFIRMED
    assert [row[1] for row in instalments(booking)] == ["paid", "scheduled"]
    assert refunds(booking) == []


def test_late_money_for_a_taken_slot_goes_back_in_full_with_a_mail(till: Till) -> None:
    booking = till.booking()
    provider, organiser, client = booking.provider, till.organiser, till.client
    url = till.open_page(booking)
    session().expire_all()
    expire(booking)
    quote = till.factories.quote(till.factories.request(booking.quote.request.offer))
    user, company = till.factories.user(), quote.request.event.company_id
    with transaction():
        bookings.accept(quote.id, user=user, company_id=company, invites_domain="e.test", now=now())
    answer = till.standin.pay(url)
    shown = till.client.get(till.come_back(str(answer.headers["Location"])).location).text
    assert "trop tard" in shown
    session().expire_all()
    deposit = attempts(booking)[0].amount_cents
    assert (booking.state, refunds(booking)) == (BookingState.EXPIRED, [("owed", deposit, "too_late")])
    till.work()
    assert refunds(booking) == [("succeeded", deposit, "too_late")]
    assert ledger() == {}
    assert till.mails("too_late") == [organiser.email]
    assert till.mails("refunded") == [organiser.email, till.seller.email]
    assert provider.id == booking.provider_id and client is till.client


def test_a_provider_who_cancels_gives_everything_back(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking))
    deposit = attempts(booking)[0].amount_cents
    with transaction():
        cancel(booking, Side.PROVIDER, "Dégât des eaux", user=till.seller, now=now())
    till.work()
    assert refunds(booking) == [("succeeded", deposit, "cancelled")]
    assert [row[1] for row in instalments(booking)] == ["paid", "cancelled"]
    assert ledger() == {}
    till.work()
    assert len(refunds(booking)) == 1


def test_a_company_that_cancels_gets_back_what_the_terms_owe(till: Till) -> None:
    booking = till.booking(terms=HALF.to_json())
    till.come_back(till.pay(booking))
    paid, kept = attempts(booking)[0].amount_cents, round(booking.gross_cents * 0.1)
    with transaction():
        assert cancel(booking, Side.COMPANY, "", user=till.organiser, now=now()) == kept
    till.work()
    assert refunds(booking) == [("succeeded", paid - kept, "cancelled")]
    sums = ledger()
    assert sums["company"] == -kept
    assert sums["platform:fees"] == round(kept * 0.08)


def test_a_fee_above_what_was_paid_gives_nothing_back(till: Till) -> None:
    terms = Terms(deposit_bps=3_000, base_fee_bps=9_000, cancellation=(CancellationStep(2, 10_000),))
    booking = till.booking(terms=terms.to_json())
    till.come_back(till.pay(booking))
    with transaction():
        cancel(booking, Side.COMPANY, "", user=till.organiser, now=now())
    till.work()
    assert refunds(booking) == []


def test_cancelling_closes_the_page_that_is_open(till: Till) -> None:
    booking = till.booking()
    url = till.open_page(booking)
    with transaction():
        cancel(booking, Side.COMPANY, "", user=till.organiser, now=now())
    till.work()
    assert [row.state for row in attempts(booking)] == [AttemptState.CANCELLED]
    till.standin.pay(url)
    till.reconcile()
    assert [row.state for row in attempts(booking)] == [AttemptState.CANCELLED]
    assert (refunds(booking), ledger()) == ([], {})


def test_money_that_came_just_before_a_cancellation_goes_back(till: Till) -> None:
    booking = till.booking()
    till.standin.pay(till.open_page(booking))
    with transaction():
        cancel(booking, Side.COMPANY, "", user=till.organiser, now=now())
    till.work()
    assert [row[0] for row in refunds(booking)] == ["succeeded"]
    assert booking.state == BookingState.CANCELLED
    assert ledger() == {}


def test_a_double_payment_gives_one_back_and_keeps_the_booking(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking))
    first = attempts(booking)[0]
    first.instalment.state = "due"  # as if a second page had been opened meanwhile
    session().commit()
    till.standin.pay(till.open_page(booking))
    session().expire_all()
    first.instalment.state = "paid"
    session().commit()
    till.reconcile()
    till.work()
    assert refunds(booking) == [("succeeded", first.amount_cents, "duplicate")]
    assert (booking.state, first.state) == (BookingState.CONFIRMED, AttemptState.SUCCEEDED)
    assert ledger()["company"] == -first.amount_cents


def test_a_refund_that_fails_is_owed_again_seen_and_retried_without_taking_twice(
    till: Till, client: Browser, factories: Factories
) -> None:
    operator = factories.operator()
    booking = till.booking()
    till.come_back(till.pay(booking, number="4000000000007726"))
    paid = attempts(booking)[0].amount_cents
    with transaction():
        cancel(booking, Side.PROVIDER, "Panne", user=till.seller, now=now())
    till.work()
    assert refunds(booking) == [("requested", paid, "cancelled")]
    first = _gateway_refund(booking)
    till.standin.control("refunds/fail", refund=first)
    till.reconcile()
    assert refunds(booking)[0][0] == "failed"
    till.work()
    assert till.mails("refund_failed") == [operator.email]
    assert ledger() == {"company": -paid, "platform:refunds": paid}
    page = client.log_in(operator).get("/operator/payments").text
    assert "À reprendre" in page
    refund_id = _refund_id(booking)
    assert client.post(f"/operator/payments/refunds/{refund_id}/retry").status_code == 303
    till.work()
    second = _gateway_refund(booking)
    assert second != first
    till.standin.control("refunds/settle", refund=second)
    till.reconcile()
    assert refunds(booking) == [("succeeded", paid, "cancelled")]
    assert ledger() == {}
    assert client.post(f"/operator/payments/refunds/{refund_id}/retry").status_code == 409


def _refund_id(booking: Booking) -> int:
    session().expire_all()
    return session().scalars(select(Refund.id).where(Refund.booking_id == booking.id)).one()


def _gateway_refund(booking: Booking) -> str:
    session().expire_all()
    return str(session().scalars(select(Refund.gateway_refund).where(Refund.booking_id == booking.id)).one())


def test_a_refund_whose_answer_was_lost_is_asked_again_with_the_same_key(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking))
    with transaction():
        cancel(booking, Side.PROVIDER, "Panne", user=till.seller, now=now())
    till.standin.control("faults", path="/v1/refunds", method="POST", status=500, times=1, when="after")
    till.work()
    assert refunds(booking)[0][0] == "requested"
    till.reconcile()
    assert refunds(booking)[0][0] == "succeeded"
    assert ledger() == {}


def test_a_refund_that_waited_for_a_day_is_asked_again_when_its_first_answer_is_lost(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking))
    with transaction():
        cancel(booking, Side.PROVIDER, "Panne", user=till.seller, now=now())
    till.standin.control("faults", path="/v1/refunds", method="POST", status=500, times=1)
    till.work()
    assert refunds(booking)[0][0] == "requested"
    with transaction():  # it had been owed since yesterday, and was asked for only now
        session().execute(update(Refund).values(created_at=now() - timedelta(hours=30)))
    till.reconcile()
    assert refunds(booking)[0][0] == "succeeded"
    assert ledger() == {}


def test_a_wrong_amount_never_confirms_and_tells_the_operator(till: Till, factories: Factories) -> None:
    operator = factories.operator()
    booking = till.booking()
    till.standin.pay(till.open_page(booking))
    attempt = attempts(booking)[0]
    attempt.amount_cents += 1
    session().commit()
    look_up_and_settle_in(till, attempt.id)
    assert booking.state == BookingState.HELD
    assert attempt.failure_code == "mismatch"
    assert session().scalars(select(OutboxRow.signal).where(OutboxRow.signal == "payment.mismatched")).all() != []
    till.work()
    assert till.mails("mismatched") == [operator.email]
    assert "amount" in till.client.log_in(operator).get("/operator/payments").text


def look_up_and_settle_in(till: Till, attempt_id: int) -> None:
    session().rollback()
    with till.app.test_request_context():
        look_up_and_settle(attempt_id)
    session().expire_all()


def test_balances_follow_a_moved_booking_and_fall_due(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking))
    session().expire_all()
    balance = attempts(booking)[0].instalment.booking
    with transaction():
        balance.starts_at += timedelta(days=10)
        balance.ends_at += timedelta(days=10)
        payments.follow_moved([booking.id], now=now())
    due_on = (booking.starts_at - timedelta(days=14)).date()
    with transaction():
        assert payments.fall_due(now() + timedelta(days=60)) == 0
        at = booking.starts_at - timedelta(days=14)
        assert payments.fall_due(at) == 1
        assert payments.fall_due(at) == 0
    assert instalments(booking)[1][:2] == ("balance", "due")
    till.work(lambda: at)
    assert till.mails("due") == [till.organiser.email]
    with transaction():
        assert payments.fall_due(at + timedelta(days=3)) == 1
    assert instalments(booking)[1][1] == "overdue"
    assert due_on == at.date()
    till.come_back(till.pay(booking))
    assert [row[1] for row in instalments(booking)] == ["paid", "paid"]


@pytest.mark.parametrize("deposit_bps", [0, 10_000])
def test_nothing_or_everything_at_once(till: Till, deposit_bps: int) -> None:
    booking = till.booking(terms=Terms(deposit_bps=deposit_bps, balance_days_before=14).to_json())
    if deposit_bps:
        assert instalments(booking) == [("full", "due", booking.gross_cents)]
        assert booking.state == BookingState.HELD
    else:
        assert instalments(booking) == [("balance", "scheduled", booking.gross_cents)]
        assert booking.state == BookingState.CONFIRMED
