"""The demonstration's money: accounts opened and instalments paid at the local Stripe stand-in, through the domain."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Provider
from app.bookings.models import Booking
from app.core.db import session, transaction
from app.demo.outgoing import telling
from app.payments import onboarding, service
from app.payments.gateways.base import NewCharge, PaymentGateway
from app.payments.models import Attempt

MOST_ACCOUNTS = 1_000
CARD = "pm_card_visa"
ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class StandIn:
    """The stand-in at `url`, and the gateway that reaches it. Its verbs talk to the outside: no transaction is open."""

    url: str
    gateway: PaymentGateway

    def control(self, name: str, **values: Any) -> Any:
        """Play the bank's or the provider's part."""
        asked = urllib.request.Request(  # noqa: S310 our own process, on loopback
            f"{self.url}/_control/{name}", json.dumps(values).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return json.load(answer)

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """What happens meanwhile is told to nobody: it is known already, and the webhooks would only be late."""
        rule = {"action": "drop", "type": "*", "times": 0}
        self.control("rules", **rule)
        try:
            yield
        finally:
            self.control("rules/clear")

    def open_accounts(self, *, now: datetime) -> int:
        """Onboard the providers that have no account yet, so that each can be paid. Returns how many."""
        query = select(Provider.id).where(Provider.gateway_account.is_(None)).order_by(Provider.id)
        waiting = list(session().scalars(query.limit(MOST_ACCOUNTS)))
        found = []
        for provider_id in waiting:
            opened = onboarding.open_account(session().get_one(Provider, provider_id), self.gateway)
            self.control("accounts/finish", account=opened.account_id)
            found.append((provider_id, self.gateway.account_status(opened.account_id)))
        with transaction():
            for provider_id, seen in found:
                onboarding.note_account(provider_id, seen, now=now)
        return len(found)

    def pay(
        self, booking_id: int, links: service.Links, *, by: str, now: datetime, handlers: Collection[str] = ()
    ) -> None:
        """Pay what a booking owes next with a card that works, as if the company had done so at `now`.

        Only these handlers hear of it.
        """
        parties = service.meet(session().get_one(Booking, booking_id), self.gateway, locale="fr")
        with transaction():
            attempt = service.start(booking_id, parties, links, locale="fr", by=by, now=now)
            attempt_id, key, charge = attempt.id, attempt.idempotency_key, _charge(attempt)
        seen = self.gateway.charge_saved_method(charge, idempotency_key=key)
        with telling(handlers, now=now):
            service.settle(attempt_id, seen, live=False, now=now)


def _charge(attempt: Attempt) -> NewCharge:
    """What the hosted page would have charged."""
    asked = attempt.request
    return NewCharge(
        amount_cents=asked["amount_cents"],
        currency=asked["currency"],
        description=asked["description"],
        destination=asked["destination"],
        application_fee_cents=asked["application_fee_cents"],
        metadata=asked["metadata"],
        customer_id=asked["customer_id"],
        method_id=CARD,
        on_behalf_of=asked["on_behalf_of"],
    )
