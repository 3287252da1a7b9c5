"""The operator approves, suspends with a reason, and retries what failed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Membership, Provider, ProviderState, User
from app.accounts.roles import Role
from app.core.clock import utcnow
from app.core.db import session
from app.core.outbox import OutboxRow, OutboxState, publish
from app.core.states import AuditEntry
from app.mail.models import MailState, OutgoingMail
from app.rules.identifiers import spaced
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.test_accounts_registration import mails
from workers.outbox import drain

REASON = "Deux réservations annulées sans motif en un mois."


@pytest.fixture
def operator(client: Browser, factories: Factories) -> Browser:
    return client.log_in(factories.operator())


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.seller(factories.provider(state=ProviderState.REGISTERED, name="Domaine de la Fontaine"))[1]


def test_a_provider_is_approved_and_told(operator: Browser, provider: Provider) -> None:
    assert provider.name in operator.get("/operator").text
    assert provider.name in operator.get("/operator/providers?state=registered").text
    assert spaced(provider.siren or "") in operator.get(f"/operator/providers/{provider.id}").text
    response = operator.post(f"/operator/providers/{provider.id}/approve")
    assert response.status_code == 303
    assert provider.state == ProviderState.APPROVED
    entry = session().scalars(select(AuditEntry)).one()
    assert (entry.action, entry.from_state, entry.to_state) == ("approve", "registered", "approved")
    assert entry.actor.startswith("user:")
    drain()
    assert [subject for _, subject, _ in mails()] == ["Domaine de la Fontaine est validé"]
    assert operator.post(f"/operator/providers/{provider.id}/approve").status_code == 409


def test_a_suspension_needs_a_reason_that_the_provider_reads(
    operator: Browser, provider: Provider, factories: Factories, app: Flask
) -> None:
    url = f"/operator/providers/{provider.id}/suspend"
    refused = operator.post(url, data={"reason": "non"})
    assert refused.status_code == 422
    assert "Expliquez en une phrase pourquoi" in refused.text and "non</textarea>" in refused.text
    assert provider.state == ProviderState.REGISTERED
    assert operator.post(url, data={"reason": REASON}).status_code == 303
    assert (provider.state, provider.state_reason) == (ProviderState.SUSPENDED, REASON)
    drain()
    [(_to, subject, text)] = mails()
    assert subject == "Domaine de la Fontaine est suspendu" and REASON in text
    seller = session().scalars(select(User).join(Membership).where(Membership.role == Role.SELLER)).one()
    page = app.test_client().log_in(seller).get("/provider/profile").text  # type: ignore[attr-defined]
    assert REASON in page
    assert REASON in operator.get(f"/operator/providers/{provider.id}").text
    assert operator.post(f"/operator/providers/{provider.id}/approve").status_code == 303
    assert (provider.state, provider.state_reason) == (ProviderState.APPROVED, "")


def test_providers_are_found_by_name_town_and_siren(operator: Browser, factories: Factories) -> None:
    factories.provider(name="Chalet des Ours", city="Avoriaz", siren="732829320")
    factories.provider(name="Péniche Rambaud", city="Lyon")
    for words in ("ours", "avoriaz", "732829320"):
        page = operator.get("/operator/providers", query_string={"q": words}).text
        assert "Chalet des Ours" in page and "Péniche Rambaud" not in page
    assert "Aucun prestataire ici" in operator.get("/operator/providers?q=introuvable").text


def test_many_providers_come_in_pages(operator: Browser, factories: Factories) -> None:
    for _ in range(51):
        factories.provider()
    first, second = operator.get("/operator/providers").text, operator.get("/operator/providers?page=2").text
    assert "page=2" in first
    assert "Domaine" in second and second.count("/operator/providers/") < first.count("/operator/providers/")


def test_failures_are_seen_and_retried(operator: Browser, provider: Provider, factories: Factories) -> None:
    assert "Aucun échec" in operator.get("/operator/failures").text
    publish("provider.approved", {"provider_id": provider.id}, now=utcnow())
    row = session().scalars(select(OutboxRow).where(OutboxRow.handler == "accounts:provider_approved")).one()
    row.state, row.attempts, row.last_error = OutboxState.FAILED, 10, "ConnectionRefusedError()"
    mail = OutgoingMail(
        message_id="1@example.com",
        kind="account/reset",
        sender="a@example.com",
        recipient="nora@example.com",
        subject="Bonjour",
        content=b"",
        state=MailState.FAILED,
        attempts=12,
        available_at=utcnow(),
        last_error="550 no such user",
    )
    factories.add(mail)
    page = operator.get("/operator/failures").text
    assert "ConnectionRefusedError" in page and "550 no such user" in page and "nora@example.com" in page
    assert "2 envois ou effets ont échoué" in operator.get("/operator").text
    assert operator.post(f"/operator/failures/mails/{mail.id}/retry").status_code == 303
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    assert operator.post("/operator/failures/retry").status_code == 303
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    drain()
    assert row.state == OutboxState.DONE


def test_the_console_makes_the_first_operator(app: Flask, client: Browser) -> None:
    arguments = ["operator", "create", "chef@ensemble.example", "--name", "La Cheffe", "--password"]
    runner = app.test_cli_runner()
    assert runner.invoke(args=[*arguments, "court"]).exit_code == 2
    made = runner.invoke(args=[*arguments, "une longue phrase agrafée"])
    assert made.exit_code == 0, made.output
    again = runner.invoke(args=[*arguments, "une longue phrase agrafée"])
    assert again.exit_code == 1 and "exploite déjà" in again.output
    session().rollback()
    assert session().scalars(select(Membership.role)).all() == [Role.OPERATOR]
    typed = {"email": "chef@ensemble.example", "password": "une longue phrase agrafée"}
    assert client.post("/account/login", data=typed).location == "/account/home"
    assert client.get("/account/home").location == "/operator"
