"""Outgoing mails against a real SMTP server: each arrives, once, in order; faults outside lose nothing."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from functools import partial
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.core.db import session, transaction
from app.core.mime import Mailbox
from app.invites.models import DeliveryState
from app.mail import service
from app.mail.compose import Post, queue_rendered
from app.mail.models import MailState, OutgoingMail
from tests.factories import Factories, now
from workers import mailer

POST = Post(sender=Mailbox("Ensemble", "bonjour@ensemble.test"), base_url="http://localhost")


class Server:
    """Keeps what it takes; answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Any]] = []
        self.answer: dict[str, str] = {}
        self.url = ""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.answer:
            return self.answer[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=policy.SMTP)))
        return "250 OK"


@pytest.fixture
def server() -> Iterator[Server]:
    handler = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.url = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


def write(to: str, subject: str = "Bonjour", **more: Any) -> int:
    with transaction():
        row = queue_rendered(POST, "test", Mailbox("Inès", to), subject, "Texte", "<p>Texte</p>", now=now(), **more)
        return row.id


def hours_after(start: datetime, hours: int) -> datetime:
    return start + timedelta(hours=hours)


def states() -> dict[str, str]:
    session().rollback()
    return dict(session().execute(select(OutgoingMail.subject, OutgoingMail.state)).all())


def test_a_queued_mail_arrives_once(app: Flask, server: Any) -> None:
    write("ines@example.com", "Séminaire à Lyon")
    assert mailer.drain(server.url) == 1
    assert mailer.drain(server.url) == 0
    ((to, message),) = server.taken
    assert (to, message["Subject"]) == ("ines@example.com", "Séminaire à Lyon")
    assert states() == {"Séminaire à Lyon": MailState.SENT}


def test_a_server_that_is_down_delays_and_loses_nothing(app: Flask, server: Any) -> None:
    write("ines@example.com")
    moment = now()
    assert mailer.drain("smtp://127.0.0.1:9", lambda: moment) == 0
    assert states() == {"Bonjour": MailState.QUEUED}
    assert mailer.drain(server.url, lambda: moment) == 0, "it waits before it tries again"
    for hours in range(30):
        assert mailer.drain("smtp://127.0.0.1:9", partial(hours_after, moment, hours + 1)) == 0
    assert states() == {"Bonjour": MailState.QUEUED}, "a server that is away for a day is no fault of the mail's"
    moment += timedelta(hours=40)
    assert mailer.drain(server.url, lambda: moment + timedelta(minutes=1)) == 1


def test_a_refused_recipient_is_parked_and_the_next_mail_goes_on(app: Flask, server: Any, factories: Factories) -> None:
    invitation = factories.invitation(factories.attendee(factories.event()))
    server.answer["partie@example.com"] = "550 no such person"
    server.answer["occupee@example.com"] = "450 later"
    write("partie@example.com", "A", invitation_id=invitation.id)
    write("occupee@example.com", "B")
    write("ines@example.com", "C")
    assert mailer.drain(server.url) == 1
    assert states() == {"A": MailState.FAILED, "B": MailState.QUEUED, "C": MailState.SENT}
    assert invitation.state == DeliveryState.BOUNCED


def test_sending_marks_the_invitation_as_sent(app: Flask, server: Any, factories: Factories) -> None:
    invitation = factories.invitation(factories.attendee(factories.event()))
    write("ines@example.com", invitation_id=invitation.id)
    mailer.drain(server.url)
    assert (invitation.state, invitation.sent_at is not None) == (DeliveryState.SENT, True)


def test_a_newer_message_of_a_topic_replaces_the_waiting_one(app: Flask, server: Any) -> None:
    write("ines@example.com", "alt", topic="invitation:1", version=0)
    write("ines@example.com", "neu", topic="invitation:1", version=1)
    write("ines@example.com", "andere", topic="invitation:2", version=0)
    assert mailer.drain(server.url) == 2
    assert states() == {"alt": MailState.DROPPED, "neu": MailState.SENT, "andere": MailState.SENT}


def test_a_topic_leaves_in_order_even_while_the_first_is_being_sent(app: Flask, server: Any) -> None:
    write("ines@example.com", "eins", topic="invitation:1", version=0)
    with transaction():
        assert len(service.claim(10, now=now())) == 1
    write("ines@example.com", "zwei", topic="invitation:1", version=1)
    assert mailer.drain(server.url) == 0, "the second waits for the first"
    with transaction():
        service.return_stale(now=now() + timedelta(minutes=6))
    write("ines@example.com", "drei", topic="invitation:1", version=1)
    mailer.drain(server.url)
    assert [message["Subject"] for _, message in server.taken] == ["zwei", "drei"]


def test_a_crash_between_the_server_and_our_commit_repeats_the_same_message(app: Flask, server: Any) -> None:
    write("ines@example.com")
    with transaction():
        (claimed,) = service.claim(1, now=now())
    with mailer.SmtpTransport(server.url) as transport:
        transport.send(claimed.sender, claimed.recipient, claimed.content)
    with transaction():
        service.return_stale(now=now() + timedelta(minutes=6))
    mailer.drain(server.url)
    assert len(server.taken) == 2
    assert len({message["Message-ID"] for _, message in server.taken}) == 1
