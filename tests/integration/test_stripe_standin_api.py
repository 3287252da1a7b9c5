"""The stand-in's own manners: keys, errors in Stripe's shape, idempotency, faults on demand, and its memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from app.core.errors import GatewayError
from app.payments.gateways.base import AccountStatus, NewCustomer, NewRefund, PaymentSnapshot, PaymentState
from tests.stripe_parts import KEY, ROOT, StandInProcess, checkout_for, open_provider, unique

Opener = Callable[..., PaymentSnapshot]


@pytest.fixture
def sdk(standin: StandInProcess) -> Any:
    client = stripe.StripeClient(KEY, base_addresses={"api": standin.url}, max_network_retries=0)
    yield client.v1
    client._requestor._client.close()


def raw(standin: StandInProcess, method: str, path: str, key: str = KEY, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return requests.request(method, f"{standin.url}{path}", headers=headers, timeout=10, **options)


@pytest.mark.parametrize("key", ["", "nonsense", "sk_live_abcdefghijkl", "rk_live_abcdefghijkl"])
def test_no_key_a_wrong_key_and_above_all_a_live_key_are_refused(standin: StandInProcess, key: str) -> None:
    answer = raw(standin, "GET", "/v1/customers", key)
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert ("live" in error["message"]) is ("live" in key)
    assert "abcdefghijkl" not in answer.text


def test_errors_have_stripes_shape(standin: StandInProcess) -> None:
    unknown = raw(standin, "GET", "/v1/balance_transactions")
    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "invalid_request_error")
    assert unknown.json()["error"]["message"].startswith("Unrecognized request URL (GET: /v1/balance_transactions)")
    missing = raw(standin, "GET", "/v1/refunds/re_none").json()["error"]
    assert (missing["code"], missing["param"]) == ("resource_missing", "id")
    without = raw(standin, "POST", "/v1/checkout/sessions", data={"mode": "payment"}).json()["error"]
    assert (without["code"], without["param"]) == ("parameter_missing", "line_items")
    extra = raw(standin, "POST", "/v1/customers", data={"nmae": "x"})
    assert (extra.status_code, extra.json()["error"]["code"]) == (400, "parameter_unknown")
    nested = raw(standin, "POST", "/v1/customers", data={"metadata": "x", "metadata[a]": "y"})
    assert nested.status_code == 400


def test_a_reply_is_replayed_under_its_key(standin: StandInProcess, sdk: Any) -> None:
    key = unique("customer")
    first = sdk.customers.create({"name": "A"}, {"idempotency_key": key})
    again = sdk.customers.create({"name": "A"}, {"idempotency_key": key})
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as raised:
        sdk.customers.create({"name": "B"}, {"idempotency_key": key})
    assert (raised.value.http_status, raised.value.error.type) == (400, "idempotency_error")


def test_one_key_at_the_same_time_takes_effect_once(standin: StandInProcess) -> None:
    key = unique("customer")

    def create(_: int) -> str:
        return standin.gateway().create_customer(NewCustomer("A", "a@example.org"), idempotency_key=key)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(create, range(16)))) == 1


def test_the_button_pressed_many_times_pays_once(standin: StandInProcess, open_checkout: Opener, sdk: Any) -> None:
    checkout = open_checkout()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: standin.pay(checkout.checkout_url), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    paid = standin.gateway().fetch_checkout(checkout.checkout_id or "")
    assert len(sdk.charges.list({"payment_intent": paid.payment_id}).data) == 1


def test_metadata_keeps_its_keys_and_an_address_is_one(standin: StandInProcess, sdk: Any) -> None:
    assert sdk.customers.create({"metadata": {"0": "a", "1": "b"}}).metadata.to_dict() == {"0": "a", "1": "b"}
    account = open_provider(standin).account_id
    for changes in ({"success_url": "javascript:alert(1)"}, {"cancel_url": "/relative"}):
        with pytest.raises(GatewayError) as raised:
            standin.gateway().create_checkout(checkout_for(account, **changes), idempotency_key=unique("checkout"))
        assert raised.value.code == "url_invalid"


def test_a_number_that_is_none_is_named(sdk: Any) -> None:
    wanted = {"amount": 1000, "currency": "eur"}
    for call, param in (
        (lambda: sdk.payment_intents.create(wanted | {"application_fee_amount": "ten"}), "application_fee_amount"),
        (lambda: sdk.payment_intents.create(wanted | {"amount": "10.5"}), "amount"),
        (lambda: sdk.events.list({"created": {"gte": "soon"}}), "created"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as raised:
            call()
        assert (raised.value.code, raised.value.param) == ("parameter_invalid_integer", param)


def test_a_refused_request_does_not_use_its_key_up(sdk: Any) -> None:
    key = unique("customer")
    with pytest.raises(stripe.InvalidRequestError):
        sdk.customers.create({"nmae": "A"}, {"idempotency_key": key})
    assert sdk.customers.create({"name": "A"}, {"idempotency_key": key}).name == "A"


def test_an_answer_that_is_lost_is_found_again_under_its_key(standin: StandInProcess) -> None:
    key, gateway = unique("customer"), standin.gateway()
    standin.control("faults", path="/v1/customers", when="after", status=500)
    with pytest.raises(GatewayError) as raised:
        gateway.create_customer(NewCustomer("A", "a@example.org"), idempotency_key=key)
    assert not raised.value.permanent
    before = raw(standin, "GET", "/v1/customers?limit=1").json()["data"][0]["id"]
    assert gateway.create_customer(NewCustomer("A", "a@example.org"), idempotency_key=key) == before


def test_a_server_that_hangs_is_a_passing_error_in_time(standin: StandInProcess) -> None:
    standin.control("faults", path="/v1/customers", seconds=2)
    with pytest.raises(GatewayError) as raised:
        standin.gateway(timeout=0.3).create_customer(NewCustomer("A", "a@example.org"), idempotency_key=unique("c"))
    assert not raised.value.permanent


def test_a_server_that_is_away_is_a_passing_error(tmp_path: Path) -> None:
    away = StandInProcess(tmp_path)
    away.port = 1
    with pytest.raises(GatewayError) as raised:
        away.gateway().account_status("acct_1")
    assert not raised.value.permanent


def test_no_call_leaves_while_a_transaction_is_open(standin: StandInProcess) -> None:
    def refuse() -> None:
        raise AssertionError("a transaction is open")

    gateway = standin.gateway(assert_no_transaction=refuse)
    before = raw(standin, "GET", "/v1/customers?limit=1").json()["data"]
    with pytest.raises(AssertionError, match="transaction"):
        gateway.create_customer(NewCustomer("A", "a@example.org"), idempotency_key=unique("customer"))
    assert raw(standin, "GET", "/v1/customers?limit=1").json()["data"] == before


def test_everything_is_there_after_a_restart(standin: StandInProcess, open_checkout: Opener) -> None:
    checkout = open_checkout()
    standin.stop()
    standin.start()
    assert standin.pay(checkout.checkout_url).status_code == 303
    standin.stop(kill=True)
    standin.start()
    assert standin.gateway().fetch_checkout(checkout.checkout_id or "").state is PaymentState.SUCCEEDED


def test_money_goes_to_an_account_that_may_take_it(standin: StandInProcess, sdk: Any) -> None:
    account = sdk.accounts.create({"country": "FR", "capabilities": {"transfers": {"requested": True}}}).id
    with pytest.raises(GatewayError) as raised:
        standin.gateway().create_checkout(checkout_for(account), idempotency_key=unique("checkout"))
    assert (raised.value.permanent, raised.value.code) == (True, "insufficient_capabilities_for_transfer")


def test_the_books_of_a_charge_and_its_refunds(
    standin: StandInProcess, open_checkout: Opener, provider: AccountStatus, sdk: Any
) -> None:
    checkout = open_checkout()
    standin.pay(checkout.checkout_url)
    paid = standin.gateway().fetch_checkout(checkout.checkout_id or "")
    charge = sdk.charges.retrieve(paid.charge_id, {"expand": ["transfer", "application_fee"]})
    assert (charge.transfer.amount, charge.transfer.destination) == (120_001, provider.account_id)
    assert (charge.application_fee.amount, charge.application_fee.account) == (12_001, provider.account_id)
    for cents in (40_000, 40_000, 40_001):
        standin.gateway().refund(NewRefund(paid.payment_id or "", cents), idempotency_key=unique("refund"))
    transfer, fee = sdk.transfers.retrieve(charge.transfer.id), sdk.application_fees.retrieve(charge.application_fee.id)
    assert (transfer.amount_reversed, transfer.reversed, len(transfer.reversals.data)) == (120_001, True, 3)
    assert (fee.amount_refunded, fee.refunded) == (12_001, True)
    assert sdk.charges.retrieve(charge.id).refunded


def test_a_refund_may_leave_transfer_and_fee_alone(standin: StandInProcess, open_checkout: Opener, sdk: Any) -> None:
    checkout = open_checkout()
    standin.pay(checkout.checkout_url)
    paid = standin.gateway().fetch_checkout(checkout.checkout_id or "")
    kept = NewRefund(paid.payment_id or "", 120_001, reverse_transfer=False, refund_application_fee=False)
    assert standin.gateway().refund(kept, idempotency_key=unique("refund")).transfer_reversal_id is None
    charge = sdk.charges.retrieve(paid.charge_id, {"expand": ["transfer", "application_fee"]})
    assert (charge.transfer.amount_reversed, charge.application_fee.amount_refunded) == (0, 0)


def test_lists_come_in_pages(sdk: Any) -> None:
    made = [sdk.customers.create({"name": f"{place}"}).id for place in range(5)]
    listed = [row.id for row in sdk.customers.list({"limit": 2}).auto_paging_iter()]
    assert listed[:5] == made[::-1]
    with pytest.raises(stripe.InvalidRequestError):
        sdk.customers.list({"limit": 1000})


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--port", "0", "--data", "{tmp}", "--webhook-url", "http://127.0.0.1:1/"], "--webhook-secret"),
        (
            ["--port", "{taken}", "--data", "{tmp}"],
            "The Stripe stand-in cannot start: [Errno 98] Address already in use",
        ),
        (["--port", "0", "--data", "/dev/null/x"], "The Stripe stand-in cannot start: [Errno 20] Not a directory"),
    ],
)
def test_a_start_that_fails_says_why_in_one_sentence(
    standin: StandInProcess, tmp_path: Path, words: list[str], sentence: str
) -> None:
    command = [word.format(tmp=tmp_path, taken=standin.port) for word in words]
    done = subprocess.run(
        [sys.executable, "app/embedded", "stripe_standin", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
