"""Paying on the hosted page, through the real stand-in: the way there, the way back, and what can go wrong between."""

from __future__ import annotations

from app.bookings.models import BookingState
from app.core.db import session
from tests.factories import now
from tests.payment_parts import Till, attempts, instalments, ledger
from workers.handlers import payments as handlers  # noqa: F401


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
