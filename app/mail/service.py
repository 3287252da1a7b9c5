"""The queue of outgoing mails: claim, mark as sent, put back, park as failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import undefer

from app.core.db import session
from app.core.states import advance
from app.invites.models import DeliveryState, Invitation
from app.mail.models import MailState, OutgoingMail

MAX_ATTEMPTS = 12
STALE = timedelta(minutes=5)
SERVER_PAUSE = timedelta(seconds=5)

_DROP = text("""
    update outgoing_mail old set state = 'dropped'
    where old.state = 'queued' and old.topic is not null and exists (
        select 1 from outgoing_mail new
        where new.topic = old.topic and new.id > old.id and new.version > old.version and new.state = 'queued')
""")
_CLAIM = text("""
    update outgoing_mail set state = 'claimed', claimed_at = :now, attempts = attempts + 1
    where id in (
        select m.id from outgoing_mail m
        where m.state = 'queued' and m.available_at <= :now
          and (m.topic is null or not exists (
            select 1 from outgoing_mail e where e.topic = m.topic and e.id < m.id and e.state in ('queued', 'claimed')))
        order by m.available_at, m.id limit :count for update of m skip locked)
    returning id
""")


@dataclass(frozen=True)
class Claimed:
    """A claimed mail, detached from its row: no transaction stays open while it is sent."""

    id: int
    sender: str
    recipient: str
    content: bytes
    attempts: int
    correlation_id: str


def claim(count: int, *, now: datetime) -> list[Claimed]:
    """Take up to `count` due mails for this worker, oldest first; one topic's in order, superseded ones dropped."""
    session().execute(_DROP)
    ids: Sequence[int] = session().execute(_CLAIM, {"now": now, "count": count}).scalars().all()
    rows = session().scalars(
        select(OutgoingMail)
        .where(OutgoingMail.id.in_(ids))
        .order_by(OutgoingMail.id)
        .options(undefer(OutgoingMail.content))
    )
    return [Claimed(row.id, row.sender, row.recipient, row.content, row.attempts, row.correlation_id) for row in rows]


def mark_sent(mail_id: int, *, now: datetime) -> None:
    """The mail server has taken the message."""
    row = session().get_one(OutgoingMail, mail_id, with_for_update=True)
    row.state, row.sent_at, row.last_error = MailState.SENT, now, ""
    _tell_invitation(row, "send", now)


def wait_for_server(mail_ids: Sequence[int], error: str, *, now: datetime) -> None:
    """There is no mail server to talk to: the mails wait a moment, and it counts as no try of theirs."""
    session().execute(
        update(OutgoingMail)
        .where(OutgoingMail.id.in_(mail_ids), OutgoingMail.state == MailState.CLAIMED)
        .values(
            state=MailState.QUEUED,
            attempts=OutgoingMail.attempts - 1,
            available_at=now + SERVER_PAUSE,
            last_error=error[:2000],
        )
    )


def put_back(mail_id: int, error: str, *, now: datetime) -> None:
    """The mail server asks to come back: try again ever more slowly; after many tries park it as failed."""
    row = session().get_one(OutgoingMail, mail_id, with_for_update=True)
    row.last_error = error[:2000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = MailState.FAILED
        return
    row.state = MailState.QUEUED
    row.available_at = now + timedelta(seconds=min(5 * 2 ** (row.attempts - 1), 3600))


def mark_refused(mail_id: int, error: str, *, now: datetime) -> None:
    """The mail server refuses the message for good: the operator sees it, and the invitation bounces."""
    row = session().get_one(OutgoingMail, mail_id, with_for_update=True)
    row.state, row.last_error = MailState.FAILED, error[:2000]
    _tell_invitation(row, "bounce", now)


def retry(mail_id: int, *, now: datetime) -> None:
    """Put a failed mail back into the queue, as the operator asks."""
    row = session().get_one(OutgoingMail, mail_id, with_for_update=True)
    if row.state == MailState.FAILED:
        row.state, row.attempts, row.available_at = MailState.QUEUED, 0, now


def return_stale(*, now: datetime) -> int:
    """Give back what a worker claimed and never finished. Returns how many; their repeat is the same message."""
    statement = (
        update(OutgoingMail)
        .where(OutgoingMail.state == MailState.CLAIMED, OutgoingMail.claimed_at < now - STALE)
        .values(state=MailState.QUEUED)
        .returning(OutgoingMail.id)
    )
    return len(session().execute(statement).all())


def _tell_invitation(row: OutgoingMail, action: str, now: datetime) -> None:
    if row.invitation_id is None:
        return
    invitation = session().get(Invitation, row.invitation_id)
    if invitation is None or (invitation.state, action) not in Invitation.TRANSITIONS:
        return
    advance(invitation, action, by="mail", now=now, reason=row.last_error)
    if invitation.state == DeliveryState.SENT:
        invitation.sent_at = now
