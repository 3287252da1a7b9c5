"""The mails that go to an event's attendees: each with the calendar document that is theirs alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from markupsafe import escape
from sqlalchemy import select, update

from app.core.db import session
from app.core.mime import Letter, Mailbox
from app.events.models import Attendee, Event
from app.invites import cards
from app.invites.ical import Method, Prepared, Recipient, one_line, prepare
from app.invites.models import Answer, Invitation
from app.invites.taking import PARTSTAT
from app.mail import compose
from app.mail.compose import CalendarPart, Post, new_mail, new_message_id, render, write
from app.mail.models import MailState, OutgoingMail


class Kind(StrEnum):
    """Why an attendee is written to; each is a folder of templates."""

    INVITATION = "invites/invitation"
    MOVED = "invites/moved"
    UPDATE = "invites/updated"
    CANCEL = "invites/cancelled"

    @property
    def method(self) -> Method:
        """What the calendar document asks for."""
        return Method.CANCEL if self is Kind.CANCEL else Method.REQUEST


# Private characters, which no event's text may hold: where a reader's name and token go.
NAME, TOKEN = "\ue0f1", "\ue0f2"
_RANK = {Kind.INVITATION: 2, Kind.MOVED: 1, Kind.UPDATE: 0}


@dataclass(slots=True)
class Desk:
    """Writes the mails of one event. Documents are prepared once for all whose sequence and stamp are the same."""

    post: Post
    invites_domain: str
    event: Event
    old_times: tuple[datetime, datetime] | None = None
    _texts: dict[tuple[Kind, bool], tuple[str, str, str]] = field(default_factory=dict)
    _prepared: dict[tuple[Method, int, datetime], Prepared] = field(default_factory=dict)

    def calendar(
        self, invitation: Invitation, attendee: Attendee, kind: Kind, sequence: int, stamp: datetime
    ) -> CalendarPart:
        """The document for one attendee."""
        key = (kind.method, sequence, stamp)
        if key not in self._prepared:
            sent_by = self.post.sender.email
            url = cards.public_url(self.event, self.post.base_url, self.invites_domain)
            card = cards.of_event(self.event, sequence=sequence, stamp=stamp, sent_by=sent_by, url=url)
            self._prepared[key] = prepare(card, kind.method)
        address = cards.reply_address(invitation.reply_token, self.invites_domain)
        reader = Recipient(attendee.name, attendee.email, address, PARTSTAT[invitation.answer])
        return CalendarPart(content=self._prepared[key].for_recipient(reader), method=kind.method)

    def texts(self, invitation: Invitation, attendee: Attendee, kind: Kind) -> tuple[str, str, str]:
        """Subject, text and HTML for one attendee, in the organiser's language.

        Rendered once for all, open at the two places that differ: what to call her, and her link.
        """
        key = (kind, bool(attendee.name))
        if key not in self._texts:
            self._texts[key] = self._render(kind, NAME if attendee.name else "")
        subject, text, html = self._texts[key]
        name = one_line(attendee.name)
        return (
            subject,
            text.replace(NAME, name).replace(TOKEN, invitation.token),
            html.replace(NAME, str(escape(name))).replace(TOKEN, invitation.token),
        )

    def _render(self, kind: Kind, name: str) -> tuple[str, str, str]:
        context: dict[str, Any] = {
            "event": self.event,
            "organiser": self.organiser,
            "where": cards.place_of(self.event),
            "programme": cards.programme_days(self.event),
            "name": name,
            "link": f"{self.post.base_url}/i/{TOKEN}",
            "old_times": self.old_times,
            "base_url": self.post.base_url,
        }
        return render(kind, context, locale=self.event.organiser.locale)

    @property
    def organiser(self) -> str:
        """What to call the person who invites."""
        return self.event.organiser.name or self.event.organiser.email

    @property
    def sender(self) -> Post:
        """Our mailbox, under the organiser's name."""
        mailbox = Mailbox(f"{self.organiser} ({self.post.sender.name})", self.post.sender.email)
        return replace(self.post, sender=mailbox)

    @property
    def reply_to(self) -> Mailbox:
        """Where a reply written by hand goes: the organiser herself."""
        return Mailbox(self.event.organiser.name, self.event.organiser.email)


def queue_all(desk: Desk, invitations: Sequence[Invitation], kind: Kind, *, now: datetime) -> int:
    """Write the mails of locked invitations into the queue. Returns how many.

    What waits and is superseded keeps its meaning: who was never told of the event is invited, not told of a change;
    and who was never told of it needs no CANCEL.
    """
    waiting = _waiting_kinds([topic_of(invitation) for invitation in invitations])
    if kind is Kind.CANCEL:
        unsent = [one for one in invitations if one.sent_at is None and topic_of(one) in waiting]
        never_left = _drop_unsent([topic_of(one) for one in unsent])
        invitations = [one for one in invitations if topic_of(one) not in never_left]
    rows = []
    for invitation in invitations:
        sequence = _sequence(desk.event, invitation, kind)
        rows.append(_mail(desk, invitation, _strongest(kind, waiting.get(topic_of(invitation))), sequence, now))
    compose.queue_all(rows)
    return len(rows)


def render_letter(desk: Desk, attendee: Attendee, found: Invitation | None, *, now: datetime) -> bytes:
    """The bytes of the invitation that an attendee would be sent now. Nothing is stored."""
    invitation = found or _stand_in(desk.event, attendee)
    letter = _letter(desk, attendee, invitation, now)
    stamp, sequence = cards.next_stamp(now, invitation.sent_stamp), _sequence(desk.event, invitation, Kind.INVITATION)
    return write(letter, desk.calendar(invitation, attendee, Kind.INVITATION, sequence, stamp))


def topic_of(invitation: Invitation) -> str:
    """One person's messages for one event leave in order."""
    return f"invitation:{invitation.id}"


def _mail(desk: Desk, invitation: Invitation, kind: Kind, sequence: int, now: datetime) -> OutgoingMail:
    attendee, stamp = invitation.attendee, cards.next_stamp(now, invitation.sent_stamp)
    invitation.sent_sequence, invitation.sent_stamp = sequence, stamp
    return new_mail(
        desk.sender,
        kind,
        Mailbox(attendee.name, attendee.email),
        *desk.texts(invitation, attendee, kind),
        now=now,
        calendar=desk.calendar(invitation, attendee, kind, sequence, stamp),
        reply_to=desk.reply_to,
        topic=topic_of(invitation),
        version=cards.version_of(stamp),
        invitation_id=invitation.id,
    )


def _sequence(event: Event, invitation: Invitation, kind: Kind) -> int:
    """The event's SEQUENCE; above what this person had when times or status change, never below it."""
    least = invitation.sent_sequence
    if kind in (Kind.CANCEL, Kind.MOVED) and invitation.sent_stamp is not None:
        least += 1
    return max(event.sequence, least)


def _letter(desk: Desk, attendee: Attendee, invitation: Invitation, now: datetime) -> Letter:
    subject, text, html = desk.texts(invitation, attendee, Kind.INVITATION)
    return Letter(
        message_id=new_message_id(desk.post),
        sent_at=now,
        from_=desk.sender.sender,
        to=Mailbox(attendee.name, attendee.email),
        subject=subject,
        text=text,
        html=html,
        reply_to=desk.reply_to,
    )


def _strongest(kind: Kind, waiting: str | None) -> Kind:
    if kind is Kind.CANCEL or waiting is None or waiting not in list(Kind) or waiting == Kind.CANCEL:
        return kind
    return max(kind, Kind(waiting), key=_RANK.__getitem__)


def _waiting_kinds(topics: Sequence[str]) -> dict[str, str]:
    """The kind of the message that still waits, by topic."""
    query = select(OutgoingMail.topic, OutgoingMail.kind).where(
        OutgoingMail.topic.in_(topics), OutgoingMail.state == MailState.QUEUED
    )
    return {topic: kind for topic, kind in session().execute(query.order_by(OutgoingMail.id)) if topic}


def _drop_unsent(topics: Sequence[str]) -> set[str]:
    """Drop first invitations that have not left; those being sent right now are not among them."""
    statement = (
        update(OutgoingMail)
        .where(
            OutgoingMail.topic.in_(topics),
            OutgoingMail.state == MailState.QUEUED,
            OutgoingMail.kind == Kind.INVITATION,
            OutgoingMail.attempts == 0,
        )
        .values(state=MailState.DROPPED)
        .returning(OutgoingMail.topic)
    )
    return {topic for topic in session().execute(statement).scalars() if topic}


def _stand_in(event: Event, attendee: Attendee) -> Invitation:
    """An invitation as it would be made, which is never stored."""
    return Invitation(
        attendee_id=attendee.id,
        event_id=event.id,
        token=secrets.token_urlsafe(24),
        reply_token=secrets.token_hex(8),
        answer=Answer.NEEDS_ACTION,
        sent_sequence=0,
    )
