"""Paying on the hosted page, through the real stand-in: the way there, the way back, and what can go wrong between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.accounts.roles import Role
from app.bookings.models import BookingState
from app.bookings.service import expire_unpaid
from app.core.db import session, transaction
from tests.conftest import Browser
from tests.factories import now
from tests.payment_parts import IBAN, Till, attempts, instalments, ledger


def test_the_deposit_is_paid_with_4242_and_the_return_page_settles_it(till: Till) -> None:
    booking = till.booking()
    deposit = instalments(booking)[0][2]
    assert [row[:2] for row in instalments(booking)] == [("deposit", "due"), ("balance", "scheduled")]
    page = till.client.get(f"/company/bookings/{booking.id}")
    assert page.status_code == 200 and "À payer maintenant" in page.text

    answer = till.come_back(till.pay(booking))

    assert answer.status_code == 303 and answer.location == f"/company/bookings/{booking.id}"
    shown = till.client.get(answer.location).text
    assert "Votre paiement est arrivé" in shown and "Confirmée" in shown
    session().expire_all()
    assert booking.state == BookingState.CONFIRMED
    assert [row[:2] for row in instalments(booking)] == [("deposit", "paid"), ("balance", "scheduled")]
    fee = attempts(booking)[0].fee_cents
    assert fee == round(deposit * 0.08)
    assert ledger() == {"company": -deposit, "provider": deposit - fee, "platform:fees": fee}
    till.work()
    assert till.mails("received") == [till.organiser.email, till.seller.email]


def test_a_declined_card_says_why_and_the_same_page_takes_another(till: Till) -> None:
    booking = till.booking()
    url = till.open_page(booking)
    assert till.standin.pay(url, number="4000000000000002").status_code == 402
    assert till.press_pay(booking).location == url
    shown = till.client.get(f"/company/bookings/{booking.id}").text
    assert "La banque a refusé la carte" in shown and "n’a pas abouti" in shown
    till.come_back(str(till.standin.pay(url).headers["Location"]))
    session().expire_all()
    assert booking.state == BookingState.CONFIRMED
    assert [row.number for row in attempts(booking)] == [1]
    assert "n’a pas abouti" not in till.client.get(f"/company/bookings/{booking.id}").text


def test_inside_fourteen_days_everything_is_due_at_once(till: Till) -> None:
    booking = till.booking(days=10)
    assert instalments(booking) == [("full", "due", booking.gross_cents)]
    till.come_back(till.pay(booking))
    assert instalments(booking) == [("full", "paid", booking.gross_cents)]
    assert "Tout est payé" in till.client.get(f"/company/bookings/{booking.id}").text
    assert now() < booking.starts_at


def test_a_double_click_opens_one_page(till: Till) -> None:
    booking = till.booking()
    first, second = till.press_pay(booking), till.press_pay(booking)
    assert (first.status_code, first.location) == (303, second.location)
    assert len(attempts(booking)) == 1


def test_a_page_that_has_ended_makes_way_for_a_new_one(till: Till) -> None:
    booking = till.booking()
    first = till.open_page(booking)
    till.standin.control("sessions/expire", session=attempts(booking)[0].gateway_session)
    second = till.open_page(booking)
    assert second != first
    session().expire_all()
    assert [(row.number, str(row.state)) for row in attempts(booking)] == [(1, "cancelled"), (2, "created")]


def test_pressing_pay_again_after_paying_settles_instead(till: Till) -> None:
    booking = till.booking()
    till.pay(booking)
    answer = till.press_pay(booking)
    assert answer.location == f"/company/bookings/{booking.id}"
    session().expire_all()
    assert booking.state == BookingState.CONFIRMED


def test_a_page_ends_before_its_hold_which_is_extended_when_too_short(till: Till) -> None:
    booking = till.booking()
    till.open_page(booking)
    session().expire_all()
    attempt = attempts(booking)[0]
    assert now() + timedelta(minutes=30) < attempt.expires_at < booking.expires_at
    tight = till.booking(at=now() - timedelta(minutes=115))
    assert tight.expires_at < now() + timedelta(minutes=6)
    till.open_page(tight)
    session().expire_all()
    attempt = attempts(tight)[0]
    assert now() + timedelta(minutes=30) < attempt.expires_at < tight.expires_at


def test_an_expired_booking_can_not_be_paid(till: Till) -> None:
    booking = till.booking(at=now() - timedelta(hours=3))
    page = till.client.get(f"/company/bookings/{booking.id}").text
    assert "Le délai de paiement est passé" in page and "Payer " not in page
    answer = till.press_pay(booking)
    assert answer.status_code == 409
    assert attempts(booking) == []


def test_when_stripe_is_down_nothing_is_lost_and_the_same_key_is_used_again(till: Till) -> None:
    booking = till.booking()
    till.standin.control("faults", path="/v1/checkout/sessions", method="POST", status=500, times=1, when="after")
    answer = till.press_pay(booking)
    assert answer.status_code == 503
    assert "Rien n’a été débité" in answer.text
    session().expire_all()
    (attempt,) = attempts(booking)
    key = attempt.idempotency_key
    assert (str(attempt.state), attempt.gateway_session) == ("created", None)
    till.come_back(till.pay(booking))
    session().expire_all()
    assert [(row.idempotency_key, str(row.state)) for row in attempts(booking)] == [(key, "succeeded")]


def test_when_stripe_is_down_on_the_way_back_the_page_says_so(till: Till) -> None:
    booking = till.booking()
    back = till.pay(booking)
    till.standin.control("faults", path="/v1/checkout/sessions/", method="GET", status=503, times=1, when="before")
    shown = till.client.get(till.come_back(back).location).text
    assert "Nous vérifions votre paiement" in shown
    till.reconcile()
    assert booking.state == BookingState.CONFIRMED


def test_a_provider_who_can_not_be_paid_is_told_and_the_company_too(till: Till) -> None:
    provider = till.provider()
    till.standin.control("accounts/restrict", account=provider.gateway_account)
    booking = till.booking(provider=provider)
    for _ in range(2):
        answer = till.press_pay(booking)
        assert answer.status_code == 409
        assert "ne peut pas encore recevoir de paiement" in answer.text
    session().expire_all()
    assert attempts(booking) == [] and not provider.charges_enabled
    assert booking.expires_at > now() + timedelta(hours=47)
    till.work()
    assert till.mails("blocked") == [till.seller.email]


def test_an_account_that_stripe_does_not_know_blocks_politely(till: Till) -> None:
    booking = till.booking(provider=till.factories.provider())
    answer = till.press_pay(booking)
    assert (answer.status_code, attempts(booking)) == (409, [])


def test_a_debit_under_way_holds_the_slot_and_is_neither_paid_nor_failed(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking, method="sepa_debit", iban=IBAN))
    session().expire_all()
    (attempt,) = attempts(booking)
    assert (str(attempt.state), booking.state) == ("processing", BookingState.HELD)
    assert booking.expires_at > now() + timedelta(days=13)
    shown = till.client.get(f"/company/bookings/{booking.id}").text
    assert "prélèvement est en route" in shown and "/pay" not in shown
    assert till.press_pay(booking).status_code == 409
    till.standin.control("settle", payment_intent=attempt.gateway_payment)
    till.reconcile()
    assert booking.state == BookingState.CONFIRMED


def test_a_debit_that_fails_later_is_due_again_and_both_are_told(till: Till) -> None:
    booking = till.booking()
    till.come_back(till.pay(booking, method="sepa_debit", iban=IBAN))
    session().expire_all()
    till.standin.control("fail", payment_intent=attempts(booking)[0].gateway_payment)
    till.reconcile()
    assert (str(attempts(booking)[0].state), booking.state) == ("failed", BookingState.HELD)
    till.work()
    assert till.mails("failed") == [till.organiser.email, till.seller.email]
    till.come_back(till.pay(booking))
    session().expire_all()
    assert [(row.number, str(row.state)) for row in attempts(booking)] == [(1, "failed"), (2, "succeeded")]
    assert booking.state == BookingState.CONFIRMED


def test_a_transfer_is_awaited_and_only_its_own_money_is_used(till: Till) -> None:
    booking = till.booking()
    url = till.open_page(booking)
    till.standin.pay(url, method="customer_balance")
    till.client.get(f"/company/bookings/{booking.id}/paid?session={attempts(booking)[0].gateway_session}")
    session().expire_all()
    (attempt,) = attempts(booking)
    assert str(attempt.state) == "processing" and attempt.transfer is not None
    assert booking.expires_at > now() + timedelta(days=4)
    shown = till.client.get(f"/company/bookings/{booking.id}").text
    assert attempt.transfer["iban"] in shown and attempt.transfer["reference"] in shown
    till.standin.control("fund", payment_intent=attempt.gateway_payment, amount=1_000)
    till.reconcile()
    assert (str(attempt.state), attempt.received_cents) == ("partially_funded", 1_000)
    assert attempt.transfer["remaining_cents"] == attempt.amount_cents - 1_000
    till.standin.control("fund", payment_intent=attempt.gateway_payment)
    till.reconcile(timedelta(hours=2))
    assert (str(attempt.state), booking.state) == ("succeeded", BookingState.CONFIRMED)


def test_a_transfer_that_never_came_is_called_off_when_the_booking_expires(till: Till) -> None:
    booking = till.booking()
    till.standin.pay(till.open_page(booking), method="customer_balance")
    till.client.get(f"/company/bookings/{booking.id}/paid?session={attempts(booking)[0].gateway_session}")
    session().expire_all()
    with transaction():
        expire_unpaid(booking.expires_at + timedelta(minutes=1))
    till.work(lambda: now() + timedelta(days=30))
    assert [str(row.state) for row in attempts(booking)] == ["cancelled"]
    assert till.mails("expired") == [till.organiser.email, till.seller.email]


def test_finance_pays_and_an_approver_only_reads(till: Till, new_client: Callable[[], Browser]) -> None:
    booking = till.booking()
    finance = till.factories.member(booking.company, Role.FINANCE)
    approver = till.factories.member(booking.company, Role.APPROVER)
    url = f"/company/bookings/{booking.id}"
    assert new_client().log_in(finance).post(f"{url}/pay").status_code == 303
    reader = new_client().log_in(approver)
    assert reader.get(url).status_code == 200 and "/pay" not in reader.get(url).text
    assert reader.post(f"{url}/pay").status_code == 403


def test_another_companys_session_settles_nothing(till: Till, new_client: Callable[[], Browser]) -> None:
    booking = till.booking()
    stranger = till.organiser
    back = till.pay(booking)
    other = till.booking()
    assert stranger.id != till.organiser.id
    till.client.get(f"/company/bookings/{other.id}/paid?{back.partition('?')[2]}")
    assert till.client.get(f"/company/bookings/{booking.id}").status_code == 404
    session().expire_all()
    assert booking.state == BookingState.HELD


def test_lists_and_pages_of_both_sides_take_a_bounded_number_of_statements(
    till: Till, count_statements: Callable[[], Any], new_client: Callable[[], Browser]
) -> None:
    provider = till.provider()
    booking = till.booking(provider=provider)
    organiser, seller = till.client, new_client().log_in(till.seller)
    counts = []
    for extra in (0, 3):
        for _ in range(extra):
            seller_user, organiser_user = till.seller, till.organiser
            more = till.booking(provider=provider)
            more.company_id = booking.company_id
            session().commit()
            till.seller, till.organiser = seller_user, organiser_user
        organiser.log_in(till.organiser)
        with count_statements() as found:
            assert organiser.get("/company/bookings").status_code == 200
            assert seller.get("/provider/bookings").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14
    with count_statements() as found:
        assert organiser.get(f"/company/bookings/{booking.id}").status_code == 200
    assert len(found) <= 12
    with count_statements() as found:
        assert seller.get(f"/provider/bookings/{booking.id}").status_code == 200
    assert len(found) <= 12
    assert organiser.get("/company/bookings?when=past").status_code == 200
