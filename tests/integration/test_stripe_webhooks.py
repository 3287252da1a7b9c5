"""Signed events: what is let in, and how the stand-in delivers, retries, delays, repeats, reorders and drops them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from app.payments.gateways.base import InvalidWebhook, NewCustomer, PaymentSnapshot, PaymentState, WebhookEvent
from app.payments.gateways.stripe import StripeGateway, parse_webhook
from tests.stripe_parts import SECRET, StandInProcess, Webhook, eventually, unique

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_773_300_000,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {"booking": "7"}}},
}


def sign(body: bytes, at: datetime = NOW, secret: str = SECRET) -> str:
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp()))


def parse(event: Any = EVENT, *, at: datetime = NOW, secrets: tuple[str, ...] = (SECRET,)) -> WebhookEvent:
    body = json.dumps(event).encode()
    return parse_webhook(body, sign(body, at), secrets, now=NOW)


def test_a_signed_event_is_read() -> None:
    event = parse({**EVENT, "livemode": True, "account": "acct_1"})
    assert (event.event_id, event.type, event.livemode) == ("evt_1", "payment_intent.succeeded", True)
    assert (event.object_id, event.object_type, event.payment_id) == ("pi_1", "payment_intent", "pi_1")
    assert (event.account, event.metadata) == ("acct_1", {"booking": "7"})
    assert event.created_at == datetime.fromtimestamp(1_773_300_000, UTC)
    assert event.payload["data"]["object"]["id"] == "pi_1"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_side_are_let_in(seconds: int) -> None:
    assert parse(at=NOW + timedelta(seconds=seconds)).event_id == "evt_1"


@pytest.mark.parametrize("seconds", [-301, 301, 10**6])
def test_the_old_and_the_future_are_not(seconds: int) -> None:
    with pytest.raises(InvalidWebhook):
        parse(at=NOW + timedelta(seconds=seconds))


def test_both_secrets_hold_during_rotation() -> None:
    assert parse(secrets=("whsec_new", SECRET)).event_id == "evt_1"
    with pytest.raises(InvalidWebhook):
        parse(secrets=("whsec_new", "whsec_other"))
    with pytest.raises(InvalidWebhook):
        parse(secrets=())
    with pytest.raises(InvalidWebhook):
        parse(secrets=("",))


def test_a_changed_body_is_refused() -> None:
    body = json.dumps(EVENT).encode()
    with pytest.raises(InvalidWebhook):
        parse_webhook(body.replace(b"pi_1", b"pi_2"), sign(body), [SECRET], now=NOW)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "v1=abc",
        "t=,v1=abc",
        "t=soon,v1=abc",
        "t=99999999999999999999,v1=abc",
        f"t={int(NOW.timestamp())}",
        f"t={int(NOW.timestamp())},v1=é",
        f"t={int(NOW.timestamp())},v0={'0' * 64}",
    ],
)
def test_a_malformed_signature_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidWebhook):
        parse_webhook(json.dumps(EVENT).encode(), header, [SECRET], now=NOW)


def test_a_time_that_was_not_signed_does_not_refresh_an_old_event() -> None:
    body = json.dumps(EVENT).encode()
    old = sign(body, NOW - timedelta(hours=1))
    for header in (f"t={int(NOW.timestamp())},{old}", f"{old},t={int(NOW.timestamp())}"):
        with pytest.raises(InvalidWebhook):
            parse_webhook(body, header, [SECRET], now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"event"',
        b"{}",
        json.dumps({**EVENT, "data": None}).encode(),
        json.dumps({**EVENT, "data": {"object": "pi_1"}}).encode(),
        json.dumps({**EVENT, "created": "soon"}).encode(),
        json.dumps({**EVENT, "created": 10**30}).encode(),
        json.dumps({name: value for name, value in EVENT.items() if name != "livemode"}).encode(),
        json.dumps({**EVENT, "data": {"object": {"object": "charge", "metadata": "x"}}}).encode(),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidWebhook):
        parse_webhook(body, sign(body), [SECRET], now=NOW)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidWebhook):
        parse_webhook(b"\xff\xfe", f"t={int(NOW.timestamp())},v1={'0' * 64}", [SECRET], now=NOW)


# -- deliveries ------------------------------------------------------------------------------------------------------


def customers(standin: StandInProcess, count: int) -> list[str]:
    """Each makes one `customer.created`."""
    gateway = standin.gateway()
    return [
        gateway.create_customer(NewCustomer(f"n{place}", "n@example.org"), idempotency_key=unique("customer"))
        for place in range(count)
    ]


def arrived(webhook: Webhook, kind: str = "customer.created") -> list[str]:
    events = [json.loads(body) for body, _ in list(webhook.received)]
    return [event["data"]["object"]["id"] for event in events if event["type"] == kind]


def test_what_is_delivered_passes_the_gateways_own_check(
    standin: StandInProcess, webhook: Webhook, open_checkout: Callable[..., PaymentSnapshot]
) -> None:
    checkout = open_checkout(metadata={"booking": "Châlons"})
    standin.pay(checkout.checkout_url)
    eventually(lambda: "checkout.session.completed" in webhook.types())
    gateway, now = standin.gateway(), datetime.now(UTC)
    events = [gateway.parse_webhook(body, header, [SECRET], now=now) for body, header in list(webhook.received)]
    done = next(event for event in events if event.type == "checkout.session.completed")
    assert (done.object_id, done.metadata, done.livemode) == (checkout.checkout_id, {"booking": "Châlons"}, False)
    assert done.payment_id is not None
    assert gateway.fetch_checkout(done.object_id or "").state is PaymentState.SUCCEEDED
    onboarded = next(event for event in events if event.type == "account.updated")
    assert onboarded.account == onboarded.object_id


def test_order_is_kept(standin: StandInProcess, webhook: Webhook) -> None:
    made = customers(standin, 5)
    eventually(lambda: len(arrived(webhook)) == 5)
    assert arrived(webhook) == made


def test_a_refused_delivery_is_tried_again_and_listed_until_then(standin: StandInProcess, webhook: Webhook) -> None:
    webhook.status = 500
    since = datetime.now(UTC) - timedelta(seconds=1)
    (made,) = customers(standin, 1)
    eventually(lambda: len(arrived(webhook)) >= 3)
    lost = standin.gateway().list_events(since, undelivered=True)
    assert made in [event.object_id for event in lost]
    row = standin.deliveries(type="customer.created", state="waiting")[0]
    assert row["last_answer"] == "500"
    webhook.status = 200
    eventually(lambda: not standin.deliveries(type="customer.created", state="waiting"))
    count = len(arrived(webhook))
    time.sleep(0.3)
    assert len(arrived(webhook)) == count, "delivered once it was taken"
    assert made not in [event.object_id for event in standin.gateway().list_events(since, undelivered=True)]


def test_a_delivery_survives_a_killed_process(standin: StandInProcess, webhook: Webhook) -> None:
    standin.control("pause")
    made = customers(standin, 2)
    standin.stop(kill=True)
    standin.start()
    assert not arrived(webhook)
    standin.control("resume")
    eventually(lambda: arrived(webhook) == made)


def test_a_delivery_can_be_dropped_and_asked_for_again(standin: StandInProcess, webhook: Webhook) -> None:
    standin.control("rules", action="drop", type="customer.*")
    lost, kept = customers(standin, 2)
    eventually(lambda: arrived(webhook) == [kept])
    (row,) = standin.deliveries(state="dropped", type="customer.created")[:1]
    standin.control("deliver", event=row["event_id"])
    eventually(lambda: arrived(webhook) == [kept, lost])


def test_a_delivery_can_be_repeated(standin: StandInProcess, webhook: Webhook) -> None:
    standin.control("rules", action="repeat", copies=2)
    (made,) = customers(standin, 1)
    eventually(lambda: arrived(webhook) == [made] * 3)
    assert len({json.loads(body)["id"] for body, _ in webhook.received}) == 1


def test_deliveries_can_be_reordered(standin: StandInProcess, webhook: Webhook) -> None:
    standin.control("rules", action="reorder", size=3)
    made = customers(standin, 3)
    eventually(lambda: arrived(webhook) == made[::-1])


def test_a_delivery_can_be_delayed(standin: StandInProcess, webhook: Webhook) -> None:
    standin.control("rules", action="delay", seconds=0.6)
    late, prompt = customers(standin, 2)
    eventually(lambda: arrived(webhook) == [prompt])
    eventually(lambda: arrived(webhook) == [prompt, late])


def test_an_event_of_a_provider_is_listed_for_its_account_only(standin: StandInProcess, provider: Any) -> None:
    gateway: StripeGateway = standin.gateway()
    since = datetime.now(UTC) - timedelta(minutes=1)
    own = gateway.list_events(since, account=provider.account_id)
    assert [(event.type, event.account) for event in own] == [("account.updated", provider.account_id)]
    assert not [event for event in gateway.list_events(since) if event.account]
