"""What a person meets on the stand-in's pages: cards, debits, transfers, onboarding, and wrong input kept as typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
from bs4 import BeautifulSoup

from app.embedded.stripe_standin.texts import TEXTS
from app.payments.gateways.base import (
    AccountStatus,
    CardRefused,
    Method,
    NewAccount,
    NewCharge,
    NewRefund,
    PaymentSnapshot,
    PaymentState,
    RefundState,
)
from tests.stripe_parts import StandInProcess, unique

Opener = Callable[..., PaymentSnapshot]
GOOD_IBAN = "FR14 2004 1010 0505 0001 3M02 606"


def page(answer: requests.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html5lib")


def alert(answer: requests.Response) -> str:
    found = page(answer).select_one("[role=alert]")
    assert found is not None
    return found.get_text(" ", strip=True)


def result(standin: StandInProcess, checkout: PaymentSnapshot) -> PaymentSnapshot:
    return standin.gateway().fetch_checkout(checkout.checkout_id or "")


def test_4242_pays_and_returns_with_the_session(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout = open_checkout()
    answer = standin.pay(checkout.checkout_url)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost:8000/retour?session={checkout.checkout_id}"
    paid = result(standin, checkout)
    assert (paid.state, paid.received_cents, paid.method) == (PaymentState.SUCCEEDED, 120_001, Method.CARD)
    assert (paid.destination, paid.application_fee_cents) == (paid.destination, 12_001)
    again = standin.pay(checkout.checkout_url)
    assert again.headers["Location"] == answer.headers["Location"]
    assert result(standin, checkout) == paid


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        ("4000 0000 0000 0002", "card_declined", "refused_card_declined"),
        ("4000000000009995", "insufficient_funds", "refused_insufficient_funds"),
        ("4000-0000-0000-0069", "expired_card", "refused_expired_card"),
    ],
)
def test_a_declined_card_says_why_and_another_pays(
    standin: StandInProcess, open_checkout: Opener, number: str, code: str, sentence: str
) -> None:
    checkout = open_checkout()
    refused = standin.pay(checkout.checkout_url, number=number)
    assert refused.status_code == 402
    assert alert(refused) == TEXTS[sentence]["fr"]
    assert page(refused).select_one("#number")["value"] == number
    state = result(standin, checkout)
    assert (state.state, state.checkout_open, state.failure_code) == (PaymentState.CREATED, True, code)
    assert standin.pay(checkout.checkout_url).status_code == 303
    paid = result(standin, checkout)
    assert (paid.state, paid.failure_code, paid.payment_id) == (PaymentState.SUCCEEDED, None, state.payment_id)


@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        ({"number": "4242 4242 4242 4241"}, "number", "number_luhn"),
        ({"number": "4242"}, "number", "number_length"),
        ({"number": "quarante-deux"}, "number", "number_letters"),
        ({"number": ""}, "number", "number_missing"),
        ({"number": "4111 1111 1111 1111"}, "number", "number_real"),
        ({"expiry": "01/20"}, "expiry", "expiry_past"),
        ({"expiry": "13/40"}, "expiry", "expiry_shape"),
        ({"expiry": "septembre"}, "expiry", "expiry_shape"),
        ({"cvc": "12"}, "cvc", "cvc_length"),
        ({"cvc": "²23"}, "cvc", "cvc_length"),
        ({"name": "  "}, "name", "name_missing"),
    ],
)
def test_wrong_input_is_named_and_kept(
    standin: StandInProcess, open_checkout: Opener, typed: dict[str, str], field: str, key: str
) -> None:
    checkout = open_checkout()
    answer = standin.pay(checkout.checkout_url, **typed)
    assert answer.status_code == 422
    shown = page(answer)
    assert shown.select_one(f"#{field}-problem").get_text() == TEXTS[key]["fr"]
    expected = {"number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123", "name": "Zoé Müller"} | typed
    assert {name: shown.select_one(f"#{name}")["value"] for name in expected} == expected
    assert result(standin, checkout).payment_id is None


def test_this_month_is_not_past(standin: StandInProcess, open_checkout: Opener) -> None:
    assert standin.pay(open_checkout().checkout_url, expiry=f"{datetime.now(UTC):%m / %Y}").status_code == 303


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184", "4000000000003220"])
def test_3d_secure_can_fail_and_then_succeed(standin: StandInProcess, open_checkout: Opener, number: str) -> None:
    checkout = open_checkout()
    asked = standin.pay(checkout.checkout_url, number=number)
    assert asked.headers["Location"].endswith("/3ds")
    bank = f"{checkout.checkout_url}/3ds"
    failed = requests.post(bank, data={"answer": "fail"}, allow_redirects=False, timeout=10)
    assert (failed.status_code, alert(failed)) == (402, TEXTS["refused_3ds"]["fr"])
    assert result(standin, checkout).failure_code == "payment_intent_authentication_failure"
    standin.pay(checkout.checkout_url, number=number)
    passed = requests.post(bank, data={"answer": "complete"}, allow_redirects=False, timeout=10)
    assert (passed.status_code, result(standin, checkout).state) == (303, PaymentState.SUCCEEDED)


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("4242424242424242", None),
        ("4000002500003155", None),
        ("4000000000000341", "card_declined"),
        ("4000002760003184", "authentication_required"),
    ],
)
def test_a_saved_card_is_charged_later(
    standin: StandInProcess, open_checkout: Opener, number: str, outcome: str | None
) -> None:
    checkout = open_checkout()
    if standin.pay(checkout.checkout_url, number=number).headers["Location"].endswith("/3ds"):
        requests.post(f"{checkout.checkout_url}/3ds", data={"answer": "complete"}, allow_redirects=False, timeout=10)
    paid = result(standin, checkout)
    assert paid.state is PaymentState.SUCCEEDED
    balance = NewCharge(
        50_000, "eur", "Solde", paid.destination or "", 5_000, {}, paid.customer_id or "", paid.method_id or ""
    )
    if outcome is None:
        done = standin.gateway().charge_saved_method(balance, idempotency_key=unique("balance"))
        assert done.state is PaymentState.SUCCEEDED
    else:
        with pytest.raises(CardRefused) as raised:
            standin.gateway().charge_saved_method(balance, idempotency_key=unique("balance"))
        assert raised.value.code == outcome


# -- SEPA debit ------------------------------------------------------------------------------------------------------


def debit(standin: StandInProcess, checkout: PaymentSnapshot, iban: str = GOOD_IBAN) -> requests.Response:
    return standin.pay(checkout.checkout_url, method="sepa_debit", iban=iban)


@pytest.mark.parametrize(
    ("control", "state", "code"),
    [("settle", PaymentState.SUCCEEDED, None), ("fail", PaymentState.FAILED, "debit_not_authorized")],
)
def test_a_debit_is_neither_paid_nor_failed_until_the_bank_answers(
    standin: StandInProcess, open_checkout: Opener, control: str, state: PaymentState, code: str | None
) -> None:
    checkout = open_checkout()
    assert debit(standin, checkout).status_code == 303
    waiting = result(standin, checkout)
    assert (waiting.state, waiting.received_cents, waiting.method) == (PaymentState.PROCESSING, 0, Method.SEPA_DEBIT)
    standin.control(control, payment_intent=waiting.payment_id)
    done = result(standin, checkout)
    assert (done.state, done.failure_code, done.charge_id) == (state, code, waiting.charge_id)


def test_a_wrong_iban_is_named_and_kept(standin: StandInProcess, open_checkout: Opener) -> None:
    answer = debit(standin, open_checkout(), "FR14 2004 1010 0505 0001 3M02 607")
    shown = page(answer)
    assert answer.status_code == 422
    assert shown.select_one("#iban-problem").get_text() == TEXTS["iban_invalid"]["fr"]
    assert shown.select_one("#iban")["value"].endswith("607")


def test_a_refund_to_a_bank_takes_time_and_may_come_back(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout, gateway = open_checkout(), standin.gateway()
    debit(standin, checkout)
    payment = result(standin, checkout).payment_id or ""
    standin.control("settle", payment_intent=payment)
    refund = gateway.refund(NewRefund(payment, 120_001), idempotency_key=unique("refund"))
    assert refund.state is RefundState.REQUESTED
    standin.control("refunds/fail", refund=refund.refund_id)
    failed = gateway.fetch_refund(refund.refund_id)
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "lost_or_stolen_card")
    second = gateway.refund(NewRefund(payment, 120_001), idempotency_key=unique("refund"))
    standin.control("refunds/settle", refund=second.refund_id)
    assert gateway.fetch_refund(second.refund_id).state is RefundState.SUCCEEDED


# -- bank transfer ---------------------------------------------------------------------------------------------------


def test_a_transfer_is_awaited_part_funded_then_paid(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout, gateway = open_checkout(), standin.gateway()
    answer = standin.pay(checkout.checkout_url, method="customer_balance")
    instructions = requests.get(f"{standin.url}{answer.headers['Location']}", timeout=10)
    waiting = result(standin, checkout)
    assert (waiting.state, waiting.method) == (PaymentState.PROCESSING, Method.BANK_TRANSFER)
    assert waiting.transfer is not None
    assert waiting.transfer.iban in instructions.text
    assert waiting.transfer.reference in instructions.text
    assert waiting.transfer.iban.startswith("FR")
    customer, payment = waiting.customer_id or "", waiting.payment_id or ""

    where = f"{checkout.checkout_url}/transfer"
    wrong = requests.post(where, data={"amount": "mille"}, timeout=10)
    assert (wrong.status_code, page(wrong).select_one("#amount")["value"]) == (422, "mille")
    requests.post(where, data={"amount": "1 000,01 €"}, timeout=10)
    assert result(standin, checkout).state is PaymentState.PROCESSING, "reconciled by hand: nothing is applied yet"
    arrived = gateway.incoming_transfers(customer)
    assert [(row.amount_cents, row.reference) for row in arrived] == [(100_001, waiting.transfer.reference)]

    part = gateway.apply_transfer(payment, 100_001, idempotency_key=unique("apply"))
    assert (part.state, part.received_cents) == (PaymentState.PARTIALLY_FUNDED, 100_001)
    standin.control("fund", payment_intent=payment)
    done = gateway.apply_transfer(payment, 20_000, idempotency_key=unique("apply"))
    assert (done.state, done.received_cents, done.method) == (PaymentState.SUCCEEDED, 120_001, Method.BANK_TRANSFER)
    assert result(standin, checkout).state is PaymentState.SUCCEEDED


def test_a_transfer_that_never_came_is_given_up(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout, gateway = open_checkout(), standin.gateway()
    standin.pay(checkout.checkout_url, method="customer_balance")
    payment = result(standin, checkout).payment_id or ""
    assert gateway.cancel_payment(payment, idempotency_key=unique("cancel")).state is PaymentState.CANCELLED
    assert gateway.cancel_payment(payment, idempotency_key=unique("cancel")).state is PaymentState.CANCELLED
    assert result(standin, checkout).state is PaymentState.CANCELLED


def test_a_paid_attempt_is_not_given_up(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout, gateway = open_checkout(), standin.gateway()
    standin.pay(checkout.checkout_url)
    assert gateway.expire_checkout(checkout.checkout_id or "").state is PaymentState.SUCCEEDED
    payment = result(standin, checkout).payment_id or ""
    assert gateway.cancel_payment(payment, idempotency_key=unique("cancel")).state is PaymentState.SUCCEEDED


# -- onboarding, and the pages themselves ----------------------------------------------------------------------------


def onboard(standin: StandInProcess, answer: str) -> tuple[AccountStatus, requests.Response, str]:
    gateway = standin.gateway()
    account = gateway.create_provider_account(NewAccount("Chalet", "c@example.org"), idempotency_key=unique("account"))
    url = gateway.onboarding_url(
        account.account_id, return_url="http://localhost:8000/back", refresh_url="http://localhost:8000/again"
    )
    done = requests.post(url, data={"answer": answer}, allow_redirects=False, timeout=10)
    return gateway.account_status(account.account_id), done, url


def test_onboarding_is_finished_with_one_button(standin: StandInProcess) -> None:
    account, done, url = onboard(standin, "complete")
    assert account.ready
    assert account.methods == frozenset(Method)
    assert account.requirements_due == ()
    assert done.headers["Location"] == "http://localhost:8000/back"
    used = requests.get(url, allow_redirects=False, timeout=10)
    assert used.headers["Location"] == "http://localhost:8000/again"


@pytest.mark.parametrize(("answer", "submitted"), [("incomplete", True), ("cancel", False)])
def test_onboarding_left_incomplete_is_not_ready(standin: StandInProcess, answer: str, submitted: bool) -> None:
    account, done, _ = onboard(standin, answer)
    assert (account.ready, account.details_submitted) == (False, submitted)
    assert account.requirements_due
    assert done.headers["Location"] == "http://localhost:8000/back"


def test_an_expired_page_takes_no_money(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout = open_checkout()
    standin.gateway().expire_checkout(checkout.checkout_id or "")
    answer = standin.pay(checkout.checkout_url)
    assert (answer.status_code, page(answer).h1.get_text()) == (410, TEXTS["over_title"]["fr"])
    assert result(standin, checkout).state is PaymentState.CANCELLED


def test_pages_speak_the_sessions_language_and_say_test_mode(standin: StandInProcess, open_checkout: Opener) -> None:
    shown = {
        locale: requests.get(open_checkout(locale=locale).checkout_url or "", timeout=10) for locale in ("fr", "en")
    }
    for locale, answer in shown.items():
        assert page(answer).html["lang"] == locale
        assert TEXTS["test_mode"][locale] in page(answer).select_one(".banner").get_text()
        assert "Chalet des Écrins" in answer.text
    assert "1\u202f200,01\xa0€" in shown["fr"].text
    assert "€1,200.01" in shown["en"].text


def test_pages_need_no_script_and_no_inline_style(standin: StandInProcess, open_checkout: Opener) -> None:
    url = open_checkout().checkout_url or ""
    for address in (url, f"{url}?method=sepa_debit", f"{standin.url}/_control", f"{standin.url}/nowhere"):
        answer = requests.get(address, timeout=10)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.status_code == (404 if address.endswith("nowhere") else 200)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", answer.text)
    headers = requests.get(url, timeout=10).headers
    assert "form-action 'self' http://localhost:8000" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin", "no-referrer makes browsers post forms from origin null"


def test_other_sites_cannot_press_the_buttons(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout = open_checkout()
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        answer = requests.post(f"{standin.url}/_control/pause", headers=headers, timeout=10)
        assert answer.status_code == 403
        assert requests.post(checkout.checkout_url or "", headers=headers, timeout=10).status_code == 403


def test_every_sentence_exists_in_both_languages_with_the_same_gaps() -> None:
    for key, texts in TEXTS.items():
        assert set(texts) == {"fr", "en"}, key
        assert set(re.findall(r"{(\w+)}", texts["fr"])) == set(re.findall(r"{(\w+)}", texts["en"])), key
        assert not re.search(r"[^\u202f\xa0][:;?]|['!]", texts["fr"]), key
