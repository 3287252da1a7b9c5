"""The webhook's door, and payments that only the webhook knows of."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.bookings.models import BookingState
from app.core.db import session
from app.core.outbox import OutboxRow, OutboxState
from app.payments.models import WebhookEvent
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.payment_parts import SECRET, Till, attempts, instalments, ledger
from tests.stripe_parts import Webhook, eventually, unique

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "created": 1,
    "livemode": False,
    "data": {"object": {"object": "payment_intent", "id": "pi_1", "metadata": {}}},
}


def sign(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    stamp = int(now().timestamp() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def post(client: Browser, body: bytes, signature: str | None) -> int:
    headers = {"Stripe-Signature": signature} if signature else {}
    status: int = client.post("/webhooks/stripe", data=body, headers=headers).status_code
    return status


def kept() -> int:
    return session().scalar(select(func.count(WebhookEvent.id))) or 0


def test_what_is_not_from_stripe_is_400_and_not_kept(client: Browser) -> None:
    body, stamp = json.dumps(EVENT).encode(), now().timestamp()
    assert post(client, body, None) == 400
    assert post(client, body, "nonsense") == 400
    assert post(client, body, sign(body, secret="whsec_other")) == 400
    assert post(client, body + b" ", sign(body)) == 400
    assert post(client, body, sign(body, at=stamp - 400)) == 400
    assert post(client, body, sign(body, at=stamp + 400)) == 400
    assert post(client, b"{", sign(b"{")) == 400
    assert post(client, b"[]", sign(b"[]")) == 400
    assert kept() == 0


def test_the_same_event_is_kept_once(client: Browser) -> None:
    body = json.dumps(EVENT).encode()
    assert [post(client, body, sign(body)) for _ in range(3)] == [200, 200, 200]
    assert kept() == 1
    assert session().scalars(select(OutboxRow.signal)).all() == ["webhook.received"]


@pytest.mark.parametrize("changes", [{"livemode": True}, {"account": "acct_stranger"}])
def test_another_mode_or_account_is_ignored_with_200(client: Browser, changes: dict[str, Any]) -> None:
    body = json.dumps(EVENT | changes).encode()
    assert post(client, body, sign(body)) == 200
    assert kept() == 0


def test_the_webhook_alone_confirms_whatever_is_repeated(till: Till, told: Webhook) -> None:
    booking = till.booking()
    till.standin.control("rules", action="repeat", copies=2, type="*", times=0)
    till.pay(booking)
    eventually(lambda: told.types().count("checkout.session.completed") > 1)
    till.forward(told, expected=10)
    till.work()
    assert booking.state == BookingState.CONFIRMED
    till.forward(told, expected=10)
    till.work()
    deposit = instalments(booking)[0][2]
    assert ledger()["company"] == -deposit
    assert till.mails("received") == [till.organiser.email, till.seller.email]
    unhandled = select(func.count(WebhookEvent.id)).where(WebhookEvent.handled_at.is_(None))
    assert session().scalar(unhandled) == 0


def test_events_in_the_wrong_order_confirm_all_the_same(till: Till, told: Webhook) -> None:
    booking = till.booking()
    till.pay(booking)
    eventually(lambda: "checkout.session.completed" in told.types())
    for body, signature in reversed(list(told.received)):
        till.deliver(body, signature)
    till.work()
    assert booking.state == BookingState.CONFIRMED
    assert [row[1] for row in instalments(booking)] == ["paid", "scheduled"]


def test_when_every_delivery_is_lost_the_reconciling_job_finds_out(till: Till, told: Webhook) -> None:
    booking = till.booking()
    till.standin.control("rules", action="drop", type="*", times=0)
    till.pay(booking)
    till.reconcile()
    assert booking.state == BookingState.CONFIRMED
    assert attempts(booking)[0].checked_at is not None
    assert set(told.types()) <= {"account.updated"}


@pytest.mark.parametrize("known", ["session", "payment"])
def test_a_page_whose_address_was_lost_is_found_by_its_metadata(till: Till, told: Webhook, known: str) -> None:
    booking = till.booking()
    url = till.open_page(booking)
    attempt = attempts(booking)[0]
    attempt.gateway_session, attempt.checkout_url = None, ""
    session().commit()
    till.standin.pay(url)
    only = "checkout.session.completed" if known == "session" else "payment_intent.succeeded"
    eventually(lambda: only in told.types())
    for (body, signature), kind in zip(list(told.received), told.types(), strict=False):
        if kind == only:
            till.deliver(body, signature)
    till.work()
    assert booking.state == BookingState.CONFIRMED


def test_an_object_that_claims_to_be_ours_and_is_not_waits_for_the_operator(
    till: Till, client: Browser, factories: Factories
) -> None:
    stranger = {"object": "payment_intent", "id": "pi_9", "metadata": {"attempt": "999"}}
    body = json.dumps(EVENT | {"data": {"object": stranger}}).encode()
    assert post(client, body, sign(body)) == 200
    till.work()
    row = session().scalars(select(WebhookEvent)).one()
    assert (row.handled_at, row.note) == (None, "unknown object")
    assert session().scalars(select(OutboxRow)).one().state == OutboxState.PENDING
    row.received_at = now() - timedelta(minutes=5)
    session().commit()
    operator = client.log_in(factories.operator())
    assert "evt_1" in operator.get("/operator/payments").text
    assert operator.post(f"/operator/payments/events/{row.id}/retry").status_code == 303


def test_what_names_nothing_of_ours_is_done_with(till: Till, client: Browser) -> None:
    body = json.dumps(EVENT).encode()
    post(client, body, sign(body))
    till.work()
    row = session().scalars(select(WebhookEvent)).one()
    assert row.handled_at is not None and row.note == "not ours"


def test_an_account_that_is_finished_opens_its_provider(till: Till, told: Webhook, factories: Factories) -> None:
    user, provider = factories.seller(
        factories.provider(name=unique("Domaine"), gateway_account=None, charges_enabled=False)
    )
    seller = till.client.log_in(user)
    link = seller.post("/provider/payouts/onboarding").location
    assert link.startswith(till.standin.url)
    session().expire_all()
    assert provider.gateway_account and not provider.charges_enabled
    again = seller.post("/provider/payouts/onboarding")
    assert again.status_code == 303
    till.standin.control("accounts/finish", account=provider.gateway_account)
    till.forward(told, expected=1)
    till.work()
    assert provider.charges_enabled and provider.payouts_enabled


def test_coming_back_from_onboarding_says_where_it_stands(till: Till, factories: Factories) -> None:
    user, provider = factories.seller(
        factories.provider(name=unique("Domaine"), gateway_account=None, charges_enabled=False)
    )
    seller = till.client.log_in(user)
    seller.post("/provider/payouts/onboarding")
    session().expire_all()
    seller.get("/provider/payouts/return")
    assert "encore besoin d’informations" in seller.get("/provider/payouts").text
    till.standin.control("accounts/finish", account=provider.gateway_account)
    seller.get("/provider/payouts/return")
    assert "Vos encaissements sont ouverts" in seller.get("/provider/payouts").text
    assert seller.get("/provider/payouts/refresh").status_code == 303
