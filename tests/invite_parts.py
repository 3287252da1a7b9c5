"""What tests of invitations share: an event with people on its list, the workers' work, and the mails they wrote."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from app.accounts.models import User
from app.core.db import session, transaction
from app.core.outbox import OutboxRow, OutboxState
from app.events.attendee_list import Person
from app.events.models import Attendee, Event
from app.invites import attendees, service
from app.invites.models import Invitation
from app.mail import service as queue
from app.mail.models import MailState, OutgoingMail
from tests.factories import Factories, in_days, now
from workers.outbox import drain

BY = "user:1"


class Letter:
    """A mail in the queue, as its reader would get it."""

    def __init__(self, row: OutgoingMail) -> None:
        self.row = row
        self.mail: EmailMessage = message_from_bytes(row.content, policy=policy.default)  # type: ignore[assignment]

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n").replace("\u202f", " ").replace("\u00a0", " ")

    @property
    def calendar_part(self) -> EmailMessage:
        return next(part for part in self.mail.walk() if part.get_content_type() == "text/calendar")

    @property
    def has_calendar(self) -> bool:
        return any(part.get_content_type() == "text/calendar" for part in self.mail.walk())

    @property
    def ics(self) -> bytes:
        return bytes(self.calendar_part.get_payload(decode=True))  # type: ignore[arg-type]

    @property
    def method(self) -> str:
        inside = str(Calendar.from_ical(self.ics)["METHOD"])
        assert self.calendar_part.get_content_type() == "text/calendar"
        assert self.calendar_part.get_param("method") == inside
        return inside

    @property
    def event(self) -> Any:
        return Calendar.from_ical(self.ics).walk("VEVENT")[0]

    @property
    def partstat(self) -> str:
        return str(self.event["ATTENDEE"].params["PARTSTAT"])


class Party:
    """An event, its organiser, and what happens to its invitations."""

    def __init__(self, app: Flask, factories: Factories) -> None:
        self.app, self.factories = app, factories
        self.organiser: User
        self.organiser, self.company = factories.organiser()
        self.organiser.name, self.organiser.email = "Claire Martin", "claire@atelier.example.org"
        starts, zone = in_days(90, hour=8), ZoneInfo("Europe/Paris")
        ends = starts + timedelta(hours=8)
        self.event: Event = factories.event(
            self.company,
            self.organiser,
            title="Séminaire produit",
            zone=zone.key,
            starts_at=starts,
            ends_at=ends,
            starts_local=starts.astimezone(zone).replace(tzinfo=None),
            ends_local=ends.astimezone(zone).replace(tzinfo=None),
        )

    def list(self, *emails: str) -> list[Attendee]:
        people = [Person(email.partition("@")[0].title(), email, line) for line, email in enumerate(emails, 1)]
        with transaction():
            attendees.add(self.event, people, by=BY, now=now())
        return self.attendees()

    def attendees(self) -> list[Attendee]:
        query = select(Attendee).where(Attendee.event_id == self.event.id).order_by(Attendee.id)
        return list(session().scalars(query))

    def send(self) -> int:
        with transaction():
            count = service.send(self.event, by=BY, now=now())
        self.work()
        return count

    def invitation(self, email: str) -> Invitation:
        query = select(Invitation).join(Attendee, Attendee.id == Invitation.attendee_id)
        return session().scalars(query.where(Attendee.email == email)).one()

    def work(self, at: Callable[[], datetime] | None = None) -> None:
        """What the drain does now; nothing may stay stuck."""
        session().rollback()

        def run() -> None:
            with self.app.test_request_context(base_url="http://localhost"):
                drain(*([at] if at else []))

        contextvars.Context().run(run)
        session().expire_all()
        stuck = session().scalars(select(OutboxRow).where(OutboxRow.state != OutboxState.DONE)).all()
        assert [(row.handler, row.last_error) for row in stuck] == []

    def letters(self, kind: str | None = None, to: str | None = None) -> list[Letter]:
        query = select(OutgoingMail).order_by(OutgoingMail.id)
        if kind is not None:
            query = query.where(OutgoingMail.kind == kind)
        if to is not None:
            query = query.where(OutgoingMail.recipient == to)
        return [Letter(row) for row in session().scalars(query)]

    def deliver(self, at: datetime | None = None) -> list[str]:
        """Send all that waits, as the mail worker does. Returns who got what."""
        sent: list[str] = []
        while True:
            with transaction():
                batch = queue.claim(50, now=at or now() + timedelta(seconds=1))
            if not batch:
                return sent
            for mail in batch:
                with transaction():
                    queue.mark_sent(mail.id, now=now())
                sent.append(mail.recipient)

    def forget_mails(self) -> None:
        with transaction():
            session().execute(update(OutgoingMail).values(state=MailState.SENT))


@pytest.fixture
def party(app: Flask, factories: Factories) -> Party:
    made = Party(app, factories)
    session().commit()
    return made
