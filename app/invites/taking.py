"""Taking what an attendee's calendar program sends back, from the mail that carries it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from app.core.db import session
from app.core.outbox import publish
from app.core.states import audit
from app.events.models import Attendee, Event, EventState
from app.invites import ical
from app.invites.models import Answer, DeliveryState, Invitation
from app.invites.replies import Reply, ReplyMethod, UnreadableReply, parse_mail

ANSWERS = {
    ical.Answer.NEEDS_ACTION: Answer.NEEDS_ACTION,
    ical.Answer.ACCEPTED: Answer.ACCEPTED,
    ical.Answer.TENTATIVE: Answer.TENTATIVE,
    ical.Answer.DECLINED: Answer.DECLINED,
}
PARTSTAT = {answer: partstat for partstat, answer in ANSWERS.items()}
COMMENT_LENGTH = 1000


class Outcome(StrEnum):
    """What became of a mail that came to the organiser's address."""

    TAKEN = "taken"
    STALE = "stale"
    """For other dates, or older than the answer that is known."""
    CLOSED = "closed"
    PARKED = "parked"
    """From an address that isn't on the list: noted in the event's history, never added."""
    NOTED = "noted"
    """A proposal of another time: noted for the organiser."""
    SENT_AGAIN = "sent_again"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    """No event of ours."""


def take_reply(raw: bytes, now: datetime) -> Outcome:
    """Take the answer in a mail that came to `r-TOKEN@…`. Never raises for what a stranger sends.

    The event is found by the address's token or by its UID; the ATTENDEE inside says whose answer it is.
    """
    try:
        reply = parse_mail(raw)
    except UnreadableReply:
        return Outcome.UNREADABLE
    event = _event_of(reply)
    if event is None:
        return Outcome.UNKNOWN
    invitation = _invitation_of(event, reply.attendee.email)
    if invitation is None:
        said = f"{reply.attendee.email} {reply.attendee.partstat}"
        audit(event, "park_reply", by="calendar", now=now, reason=said[:500])
        return Outcome.PARKED
    session().refresh(invitation, with_for_update={"of": Invitation})
    match reply.method:
        case ReplyMethod.REPLY:
            return _take(reply, event, invitation, now)
        case ReplyMethod.COUNTER:
            audit(invitation, "counter", by="calendar", now=now, reason=_proposal(reply))
            return Outcome.NOTED
        case ReplyMethod.REFRESH:
            return _send_again(event, invitation, now)


def _take(reply: Reply, event: Event, invitation: Invitation, now: datetime) -> Outcome:
    if invitation.state == DeliveryState.CANCELLED or _over(event, now):
        return Outcome.CLOSED
    if reply.sequence < event.times_sequence or _older(reply, invitation):
        return Outcome.STALE
    before, invitation.answer = invitation.answer, ANSWERS[reply.attendee.partstat]
    invitation.answered_at, invitation.answered_via = now, "calendar"
    invitation.reply_stamp = reply.dtstamp
    invitation.comment = reply.attendee.comment[:COMMENT_LENGTH] or invitation.comment
    audit(invitation, "answer", by="calendar", now=now, from_state=str(before), to_state=str(invitation.answer))
    session().flush()
    return Outcome.TAKEN


def _over(event: Event, now: datetime) -> bool:
    closes_at = min(event.answer_by or event.starts_at, event.starts_at)
    return event.state in (EventState.CANCELLED, EventState.COMPLETED) or now >= closes_at


def _older(reply: Reply, invitation: Invitation) -> bool:
    """Whether a newer answer is known: from the calendar, or given on the page after this one was written."""
    if invitation.reply_stamp is not None and reply.dtstamp <= invitation.reply_stamp:
        return True
    by_link = invitation.answered_via == "link" and invitation.answered_at is not None
    return by_link and invitation.answered_at is not None and reply.dtstamp < invitation.answered_at


def _send_again(event: Event, invitation: Invitation, now: datetime) -> Outcome:
    if invitation.state == DeliveryState.CANCELLED or _over(event, now):
        return Outcome.CLOSED
    publish("invitation.queued", {"event_id": event.id, "invitation_ids": [invitation.id]}, now=now)
    return Outcome.SENT_AGAIN


def _event_of(reply: Reply) -> Event | None:
    token = reply.organizer.partition("@")[0]
    query = select(Event).join(Invitation, Invitation.event_id == Event.id)
    if token.lower().startswith("r-"):
        event = session().scalars(query.where(Invitation.reply_token == token[2:].lower())).one_or_none()
        if event is not None:
            return event if event.ical_uid == reply.uid else None
    return session().scalars(select(Event).where(Event.ical_uid == reply.uid)).one_or_none()


def _invitation_of(event: Event, email: str) -> Invitation | None:
    query = (
        select(Invitation)
        .join(Attendee, Attendee.id == Invitation.attendee_id)
        .where(Invitation.event_id == event.id, func.lower(Attendee.email) == email.lower())
    )
    return session().scalars(query).one_or_none()


def _proposal(reply: Reply) -> str:
    times = (reply.starts_at, reply.ends_at)
    proposed = " – ".join(at.isoformat() for at in times if at is not None)
    return " ".join(filter(None, (proposed, reply.attendee.comment)))[:500]
