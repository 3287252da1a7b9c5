"""What the domain relies on, through the real SDK: against the stand-in, and against Stripe's test mode given a key."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import GatewayError
from app.payments.gateways.base import (
    CardRefused,
    Method,
    NewAccount,
    NewCharge,
    NewCustomer,
    NewRefund,
    PaymentSnapshot,
    PaymentState,
    RefundState,
)
from app.payments.gateways.stripe import StripeGateway
from tests.stripe_parts import checkout_for, open_provider, unique

REAL_KEY, REAL_ACCOUNT = "STRIPE_TEST_SECRET_KEY", "STRIPE_TEST_ACCOUNT"


@dataclass
class Side:
    """One server of the API, and an account on it that may be paid."""

    gateway: StripeGateway
    account_id: str


@pytest.fixture(params=["stand-in", "stripe"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "stand-in":
        process = request.getfixturevalue("standin")
        return Side(process.gateway(), open_provider(process).account_id)
    if not os.environ.get(REAL_KEY) or not os.environ.get(REAL_ACCOUNT):
        pytest.skip(f"set {REAL_KEY} and {REAL_ACCOUNT} (an onboarded test account) to run this against Stripe")
    return Side(StripeGateway(os.environ[REAL_KEY]), os.environ[REAL_ACCOUNT])


@pytest.fixture
def customer(side: Side) -> str:
    return side.gateway.create_customer(NewCustomer("Acme", "acme@example.org"), idempotency_key=unique("customer"))


@pytest.fixture
def charge(side: Side, customer: str) -> Callable[..., PaymentSnapshot]:
    """Charges one of Stripe's ready-made cards without a page."""

    def charge_card(card: str, key: str | None = None, amount_cents: int = 10_001) -> PaymentSnapshot:
        wanted = NewCharge(
            amount_cents=amount_cents,
            currency="eur",
            description="Solde",
            destination=side.account_id,
            on_behalf_of=side.account_id,
            application_fee_cents=1_001,
            metadata={"booking": "7", "attempt": "2"},
            customer_id=customer,
            method_id=card,
        )
        return side.gateway.charge_saved_method(wanted, idempotency_key=key or unique("charge"))

    return charge_card


def test_a_new_account_can_do_nothing_and_has_a_page_to_change_that(side: Side) -> None:
    new = NewAccount("Traiteur du Lac", "lac@example.org", metadata={"provider": "12"})
    account = side.gateway.create_provider_account(new, idempotency_key=unique("account"))
    assert not account.ready
    assert account.methods == frozenset()
    assert account.requirements_due
    assert account.metadata == {"provider": "12"}
    url = side.gateway.onboarding_url(
        account.account_id, return_url="http://localhost:8000/r", refresh_url="http://localhost:8000/f"
    )
    assert url.startswith("http")
    assert side.gateway.account_status(account.account_id) == account


def test_an_onboarded_account_is_ready(side: Side) -> None:
    account = side.gateway.account_status(side.account_id)
    assert account.ready
    assert Method.CARD in account.methods


def test_an_unknown_account_is_a_permanent_error(side: Side) -> None:
    with pytest.raises(GatewayError) as raised:
        side.gateway.account_status("acct_1111111111111111")
    assert raised.value.permanent


def test_a_checkout_is_open_until_it_is_paid_or_expired(side: Side, customer: str) -> None:
    wanted = checkout_for(side.account_id, customer_id=customer)
    opened = side.gateway.create_checkout(wanted, idempotency_key=unique("checkout"))
    assert opened.state is PaymentState.CREATED
    assert opened.checkout_open
    assert opened.checkout_url is not None
    assert (opened.amount_cents, opened.currency, opened.customer_id) == (120_001, "eur", customer)
    assert opened.metadata == wanted.metadata
    assert opened.expires_at == wanted.expires_at.replace(microsecond=0)
    assert not opened.livemode
    assert side.gateway.fetch_checkout(opened.checkout_id or "") == opened
    expired = side.gateway.expire_checkout(opened.checkout_id or "")
    assert (expired.state, expired.checkout_open) == (PaymentState.CANCELLED, False)
    assert side.gateway.expire_checkout(opened.checkout_id or "") == expired


def test_a_bank_transfer_and_saved_methods_fit_in_one_session(side: Side, customer: str) -> None:
    saved = frozenset({Method.CARD, Method.SEPA_DEBIT})
    wanted = checkout_for(side.account_id, customer_id=customer, methods=tuple(Method), save_methods=saved)
    assert side.gateway.create_checkout(wanted, idempotency_key=unique("checkout")).checkout_open


@pytest.mark.parametrize("minutes", [5, 26 * 60])
def test_a_checkout_lasts_half_an_hour_to_a_day(side: Side, minutes: int) -> None:
    wanted = checkout_for(side.account_id, expires_at=datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(GatewayError) as raised:
        side.gateway.create_checkout(wanted, idempotency_key=unique("checkout"))
    assert raised.value.permanent


def test_the_same_key_is_the_same_checkout_and_other_values_are_refused(side: Side) -> None:
    key, wanted = unique("checkout"), checkout_for(side.account_id)
    first = side.gateway.create_checkout(wanted, idempotency_key=key)
    assert side.gateway.create_checkout(wanted, idempotency_key=key).checkout_id == first.checkout_id
    with pytest.raises(GatewayError) as raised:
        side.gateway.create_checkout(checkout_for(side.account_id, amount_cents=5_000), idempotency_key=key)
    assert raised.value.permanent


def test_a_charge_is_split_between_provider_and_platform(side: Side, charge: Callable[..., PaymentSnapshot]) -> None:
    paid = charge("pm_card_visa")
    assert paid.state is PaymentState.SUCCEEDED
    assert (paid.amount_cents, paid.received_cents, paid.application_fee_cents) == (10_001, 10_001, 1_001)
    assert paid.destination == side.account_id
    assert paid.charge_id is not None
    assert paid.metadata == {"booking": "7", "attempt": "2"}
    assert side.gateway.fetch_payment(paid.payment_id or "") == paid


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_refused_charge_says_why(side: Side, charge: Callable[..., PaymentSnapshot], card: str, code: str) -> None:
    with pytest.raises(CardRefused) as raised:
        charge(card)
    assert (raised.value.code, raised.value.permanent) == (code, True)
    failed = side.gateway.fetch_payment(raised.value.payment_id or "")
    assert (failed.state, failed.failure_code) == (PaymentState.FAILED, code)
    assert failed.failure_message


def test_a_refused_charge_is_refused_again_under_its_key(charge: Callable[..., PaymentSnapshot]) -> None:
    key, refused = unique("charge"), []
    for _ in range(2):
        with pytest.raises(CardRefused) as raised:
            charge("pm_card_visa_chargeDeclined", key)
        refused.append(raised.value.payment_id)
    assert refused[0] == refused[1]


def test_refunds_take_back_in_proportion_and_never_more_than_is_left(
    side: Side, charge: Callable[..., PaymentSnapshot]
) -> None:
    paid = charge("pm_card_visa")
    key, part = unique("refund"), NewRefund(paid.payment_id or "", 3_333, metadata={"refund": "1"})
    first = side.gateway.refund(part, idempotency_key=key)
    assert (first.state, first.amount_cents, first.charge_id) == (RefundState.SUCCEEDED, 3_333, paid.charge_id)
    assert first.transfer_reversal_id is not None
    assert side.gateway.refund(part, idempotency_key=key).refund_id == first.refund_id
    assert side.gateway.fetch_refund(first.refund_id) == first
    with pytest.raises(GatewayError) as raised:
        side.gateway.refund(NewRefund(paid.payment_id or "", 6_669), idempotency_key=unique("refund"))
    assert raised.value.permanent
    side.gateway.refund(NewRefund(paid.payment_id or "", 6_668), idempotency_key=unique("refund"))
    with pytest.raises(GatewayError) as again:
        side.gateway.refund(NewRefund(paid.payment_id or "", 1), idempotency_key=unique("refund"))
    assert again.value.code == "charge_already_refunded"


def test_events_are_listed_oldest_first(side: Side, charge: Callable[..., PaymentSnapshot]) -> None:
    since = datetime.now(UTC) - timedelta(seconds=2)
    ids = [charge("pm_card_visa").payment_id for _ in range(2)]
    events = side.gateway.list_events(since, types=["payment_intent.succeeded"])
    assert [event.payment_id for event in events if event.payment_id in ids] == ids
    assert {event.type for event in events} == {"payment_intent.succeeded"}
    assert events[-1].metadata == {"booking": "7", "attempt": "2"}
    assert not any(event.livemode for event in events)


def test_a_wrong_key_is_a_permanent_error(side: Side) -> None:
    base = side.gateway._client._requestor.base_addresses["api"]
    with pytest.raises(GatewayError) as raised:
        StripeGateway("sk_test_", api_base=base).account_status(side.account_id)
    assert raised.value.permanent
