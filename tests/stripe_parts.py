"""The Stripe stand-in as a real process, and a webhook that notes what reaches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from app.payments.gateways.base import AccountStatus, Method, NewAccount, NewCheckout, NewCustomer, PaymentSnapshot
from app.payments.gateways.stripe import StripeGateway

KEY = "sk_test_stand_in_contract"
SECRET = "whsec_stand_in_contract"
ROOT = Path(__file__).parent.parent
CARD = {"method": "card", "number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123", "name": "Zoé Müller"}


def eventually(check: Callable[[], Any], seconds: float = 10) -> Any:
    """The first true answer of `check`; fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError(f"still not true after {seconds} s")


class StandInProcess:
    """The stand-in on a free port, as the launcher runs it; the same port and data when started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "app/embedded", "stripe_standin", "--retry-seconds", "0.1"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--data", str(self.folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "default"},
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def stop(self, *, kill: bool = False) -> None:
        assert self.process is not None
        (self.process.kill if kill else self.process.terminate)()
        self.process.communicate(timeout=20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, name: str, **values: Any) -> Any:
        answer = requests.post(f"{self.url}/_control/{name}", json=values, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deliveries(self, **filters: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = requests.get(f"{self.url}/_control/deliveries", params=filters, timeout=10).json()[
            "deliveries"
        ]
        return rows

    def reset(self) -> None:
        """No rule, no fault, no webhook is left of an earlier test."""
        self.control("webhook", url="")
        self.control("rules/clear")
        self.control("resume")

    def gateway(self, **options: Any) -> StripeGateway:
        return StripeGateway(KEY, api_base=self.url, max_network_retries=0, **options)

    def pay(self, url: str | None, **typed: str) -> requests.Response:
        """What the buyer types on the hosted page; redirects are not followed."""
        assert url is not None
        return requests.post(url, data={**CARD, **typed}, allow_redirects=False, timeout=10)


class Webhook:
    """A server that keeps each delivery's body and signature, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[bytes, str]] = []
        received, owner = self.received, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((body, self.headers["Stripe-Signature"]))
                self.send_response(owner.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in list(self.received)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="session")
def standin_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInProcess]:
    process = StandInProcess(tmp_path_factory.mktemp("stripe"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def standin(standin_process: StandInProcess) -> StandInProcess:
    """The stand-in, free of what earlier tests set."""
    standin_process.reset()
    return standin_process


@pytest.fixture
def webhook(standin: StandInProcess) -> Iterator[Webhook]:
    """A webhook that the stand-in delivers to."""
    server = Webhook()
    standin.control("webhook", url=server.url, secret=SECRET)
    yield server
    standin.control("webhook", url="")
    server.close()


def unique(name: str) -> str:
    """An idempotency key that no other test used."""
    return f"{name}-{time.time_ns()}"


def open_provider(standin: StandInProcess) -> AccountStatus:
    """A provider whose onboarding is finished."""
    gateway = standin.gateway()
    account = gateway.create_provider_account(
        NewAccount("Chalet des Écrins", "chalet@example.org"), idempotency_key=unique("account")
    )
    standin.control("accounts/finish", account=account.account_id)
    return gateway.account_status(account.account_id)


def checkout_for(account_id: str, **changes: Any) -> NewCheckout:
    values: dict[str, Any] = {
        "amount_cents": 120_001,
        "currency": "eur",
        "description": "Acompte – Séminaire à Annecy",
        "destination": account_id,
        "on_behalf_of": account_id,
        "application_fee_cents": 12_001,
        "metadata": {"booking": "7", "instalment": "3", "attempt": "1"},
        "success_url": "http://localhost:8000/retour?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:8000/reservation/7",
        "expires_at": datetime.now(UTC) + timedelta(minutes=45),
    }
    return NewCheckout(**(values | changes))


@pytest.fixture
def provider(standin: StandInProcess) -> AccountStatus:
    return open_provider(standin)


@pytest.fixture
def open_checkout(standin: StandInProcess, provider: AccountStatus) -> Callable[..., PaymentSnapshot]:
    """Opens a page for a company that pays that provider; keyword arguments change the checkout."""

    def open_one(**changes: Any) -> PaymentSnapshot:
        gateway = standin.gateway()
        customer = gateway.create_customer(
            NewCustomer("Atelier Lumière", "compta@example.org"), idempotency_key=unique("customer")
        )
        methods = {"customer_id": customer, "methods": tuple(Method), "save_methods": frozenset({Method.CARD})}
        checkout = checkout_for(provider.account_id, **(methods | changes))
        return gateway.create_checkout(checkout, idempotency_key=unique("checkout"))

    return open_one
