"""One correlation id runs from the request to the task that it causes and to the mail that the task writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.accounts.models import ProviderState
from app.core.db import session
from app.core.outbox import OutboxRow
from app.core.states import AuditEntry
from app.mail.models import MailState, OutgoingMail
from tests.conftest import Browser
from tests.factories import Factories
from tests.support.site import free_port
from workers import mailer, outbox

ASKED = {"X-Request-Id": "from-the-proxy-1"}


class Server:
    """Takes every message."""

    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:
        return "250 taken"


def test_from_request_to_task_to_mail(app: Flask, client: Browser, factories: Factories) -> None:
    provider = factories.seller(factories.provider(state=ProviderState.REGISTERED))[1]
    client.log_in(factories.operator())
    answered = client.post(f"/operator/providers/{provider.id}/approve", headers=ASKED)
    assert (answered.status_code, answered.headers["X-Request-Id"]) == (303, "from-the-proxy-1")
    assert set(session().scalars(select(AuditEntry.correlation_id))) == {"from-the-proxy-1"}
    rows = session().execute(select(OutboxRow.version, OutboxRow.correlation_id)).all()
    assert rows and set(rows) == {(1, "from-the-proxy-1")}
    outbox.drain()
    session().rollback()
    assert list(session().scalars(select(OutgoingMail.correlation_id))) == ["from-the-proxy-1"]


@pytest.fixture
def logged(app: Flask) -> Iterator[StringIO]:
    """What this process logs, in lines as the application writes them."""
    before, output = structlog.get_config(), StringIO()
    structlog.configure(**before | {"logger_factory": structlog.PrintLoggerFactory(output)})
    yield output
    structlog.configure(**before)


def test_the_log_of_what_was_sent_names_it(client: Browser, factories: Factories, logged: StringIO) -> None:
    user = factories.user()
    client.post("/account/reset", data={"email": user.email}, headers=ASKED)
    port = free_port()
    controller = Controller(Server(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert mailer.drain(f"smtp://127.0.0.1:{port}") == 1
    finally:
        controller.stop()
    session().rollback()
    mail = session().scalars(select(OutgoingMail)).one()
    assert (mail.state, mail.correlation_id) == (MailState.SENT, "from-the-proxy-1")
    assert re.search(r"mail sent.*correlation_id=from-the-proxy-1", logged.getvalue())


def test_each_request_without_one_gets_its_own(client: Browser) -> None:
    first, second = (client.get("/account/login").headers["X-Request-Id"] for _ in range(2))
    assert len(first) == 16 and first != second
