"""A booking to pay, its people, and the stand-in that takes the money: for tests of payments."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Provider, User
from app.bookings import service as bookings
from app.bookings.models import Booking
from app.core.db import close_read, session, transaction
from app.mail.models import OutgoingMail
from app.payments import service as payments
from app.payments.gateways.stripe import StripeGateway
from app.payments.models import Attempt, Instalment, LedgerEntry, Refund
from tests.conftest import Browser
from tests.factories import Factories, in_days, now
from tests.stripe_parts import StandInProcess, Webhook, eventually, open_provider
from workers.handlers import payments as handlers
from workers.outbox import drain

SECRET = "whsec_demonstration"
IBAN = "FR14 2004 1010 0505 0001 3M02 606"


class Till:
    """Bookings that wait for money, and the ways to bring it."""

    def __init__(self, app: Flask, factories: Factories, standin: StandInProcess, client: Browser) -> None:
        self.app, self.factories, self.standin, self.client = app, factories, standin, client
        self.organiser: User
        self.seller: User

    def gateway(self, **options: Any) -> StripeGateway:
        return self.standin.gateway(assert_no_transaction=close_read, **options)

    def provider(self) -> Provider:
        account = open_provider(self.standin)
        return self.factories.provider(gateway_account=account.account_id, charges_enabled=True, payouts_enabled=True)

    def booking(
        self, *, days: int = 90, provider: Provider | None = None, at: datetime | None = None, **values: Any
    ) -> Booking:
        """An accepted quote with its schedule; the client is logged in as its organiser."""
        self.seller, provider = self.factories.seller(provider or self.provider())
        offer = self.factories.offer(provider)
        self.organiser, company = self.factories.organiser()
        event = self.factories.event(company, self.organiser, starts_at=in_days(days))
        request = self.factories.request(offer, self.factories.need(event))
        quote = self.factories.quote(request, **values)
        at = at or now()
        with transaction():
            made = bookings.accept(
                quote.id, user=self.organiser, company_id=company.id, invites_domain="e.test", now=at
            )
            payments.open_schedule(made, at)
        self.client.log_in(self.organiser)
        return made

    def press_pay(self, booking: Booking) -> Any:
        return self.client.post(f"/company/bookings/{booking.id}/pay")

    def open_page(self, booking: Booking) -> str:
        answer = self.press_pay(booking)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        url: str = answer.location
        assert url.startswith(self.standin.url), url
        return url

    def pay(self, booking: Booking, **typed: str) -> str:
        """Pay on the hosted page; the address it leads back to."""
        answer = self.standin.pay(self.open_page(booking), **typed)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def come_back(self, address: str) -> Any:
        return self.client.get(address.removeprefix("http://localhost"))

    def deliver(self, body: bytes, signature: str) -> Any:
        return self.client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})

    def forward(self, webhook: Webhook, *, expected: int) -> int:
        """Hand on what the stand-in has delivered, once there are at least that many; how many there were."""
        eventually(lambda: len(webhook.received) >= expected)
        received = list(webhook.received)
        for body, signature in received:
            assert self.deliver(body, signature).status_code == 200
        return len(received)

    def work(self, at: Callable[[], datetime] | None = None) -> None:
        """What the workers do now."""
        session().rollback()

        def run() -> None:
            with self.app.test_request_context(base_url="http://localhost"):
                drain(*([at] if at else []))

        contextvars.Context().run(run)
        session().expire_all()

    def reconcile(self, later: timedelta = timedelta(minutes=11)) -> None:
        session().rollback()

        def run() -> None:
            with self.app.test_request_context(base_url="http://localhost"):
                handlers.reconcile(now() + later)

        contextvars.Context().run(run)
        session().expire_all()

    def mails(self, kind: str) -> list[str]:
        query = select(OutgoingMail.recipient).where(OutgoingMail.kind == f"payments/{kind}").order_by(OutgoingMail.id)
        return list(session().scalars(query))


def instalments(booking: Booking) -> list[tuple[str, str, int]]:
    rows = session().scalars(
        select(Instalment).where(Instalment.booking_id == booking.id).order_by(Instalment.position)
    )
    return [(str(row.kind), str(row.state), row.amount_cents) for row in rows]


def attempts(booking: Booking) -> list[Attempt]:
    query = select(Attempt).join(Instalment).where(Instalment.booking_id == booking.id).order_by(Attempt.id)
    return list(session().scalars(query))


def refunds(booking: Booking) -> list[tuple[str, int, str]]:
    rows = session().scalars(select(Refund).where(Refund.booking_id == booking.id).order_by(Refund.id))
    return [(str(row.state), row.amount_cents, row.reason) for row in rows]


def ledger() -> dict[str, int]:
    """The sum of each kind of account; all together are zero."""
    sums: dict[str, int] = {}
    for row in session().scalars(select(LedgerEntry)):
        name = row.account if row.account.startswith("platform") else row.account.split(":")[0]
        sums[name] = sums.get(name, 0) + row.amount_cents
    assert sum(sums.values()) == 0
    return {name: cents for name, cents in sums.items() if cents}


@pytest.fixture
def till(app: Flask, factories: Factories, standin: StandInProcess, client: Browser) -> Iterator[Till]:
    """Bookings to pay through the real stand-in. Its webhooks go nowhere unless a test says so."""
    before = app.extensions["payment_gateway"]
    made = Till(app, factories, standin, client)
    app.extensions["payment_gateway"] = made.gateway
    yield made
    app.extensions["payment_gateway"] = before


@pytest.fixture
def told(standin: StandInProcess, webhook: Webhook) -> Webhook:
    """A webhook that collects deliveries signed with the application's own secret."""
    standin.control("webhook", url=webhook.url, secret=SECRET)
    return webhook
