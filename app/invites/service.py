"""Sending invitations and taking answers. What is to be written leaves through the outbox, fifty people at a time.

The list itself is in `attendees.py`; the mails are composed above, in `app/mail/invitations.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.models import Attendee, Event, EventState
from app.invites.attendees import invitation_of, lock_event, requeue
from app.invites.models import Answer, DeliveryState, Invitation
from app.invites.taking import Outcome, take_reply

__all__ = ["Outcome", "answer", "answers_open", "cancel", "notify", "resend", "reset_answer", "send", "take_reply"]

PER_BATCH = 50
COMMENT_LENGTH = 1000
CHOICES = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)


def send(event: Event, *, by: str, now: datetime) -> int:
    """Invite everyone on the list who isn't invited yet. Returns how many; a second click finds nobody new.

    Publishes `invitation.queued` for every fifty. Raises InvalidTransition while the event is a draft, or over.
    """
    _check_sendable(event, now)
    found = _invitations(event.id)
    invited = {row.attendee_id: row for row in found}
    waiting = [row for row in found if row.state == DeliveryState.CANCELLED]
    listed = session().scalars(select(Attendee.id).where(Attendee.event_id == event.id, Attendee.removed_at.is_(None)))
    new = [
        Invitation(attendee_id=attendee_id, event_id=event.id, created_at=now)
        for attendee_id in listed.all()
        if attendee_id not in invited
    ]
    for invitation in waiting:
        requeue(invitation, by=by, now=now)
    session().add_all(new)
    session().flush()
    ids = sorted(row.id for row in (*new, *waiting))
    if not ids:
        return 0
    if event.invites_sent_at is None:
        event.invites_sent_at = now
    audit(event, "invite", by=by, now=now, reason=str(len(ids)))
    publish_batches("invitation.queued", event.id, ids, now=now)
    return len(ids)


def resend(attendee: Attendee, *, by: str, now: datetime) -> None:
    """Send one person her invitation once more, as it stands.

    Publishes `invitation.queued`. Raises InvalidTransition when she was never invited, or the event is over.
    """
    _check_sendable(attendee.event, now)
    invitation = invitation_of(attendee)
    if invitation is None or attendee.removed_at is not None:
        raise InvalidTransition(_l("Cette personne n’a pas encore été invitée."))
    requeue(invitation, by=by, now=now, reason="again")
    publish_batches("invitation.queued", attendee.event_id, [invitation.id], now=now)


def notify(event: Event, *, by: str, now: datetime) -> int:
    """Tell everyone invited what has changed in the text: same SEQUENCE, answers kept. Returns how many.

    Raises InvalidTransition when the event is over.
    """
    _check_sendable(event, now)
    ids = [row.id for row in _invitations(event.id) if row.state != DeliveryState.CANCELLED]
    if ids:
        audit(event, "notify", by=by, now=now, reason=str(len(ids)))
        publish_batches("invitation.changed", event.id, ids, now=now)
    return len(ids)


def answers_open(event: Event, now: datetime) -> bool:
    """Whether attendees may answer, or change their answer."""
    if event.state in (EventState.CANCELLED, EventState.COMPLETED):
        return False
    return now < min(event.answer_by or event.starts_at, event.starts_at)


def answer(
    invitation: Invitation, event: Event, said: str, comment: str, *, times_sequence: int, now: datetime
) -> Answer:
    """Take what a person says on her page. `times_sequence` is that of the dates she saw.

    Raises InvalidInput for another word than the three, or a comment too long; Unavailable when the event has moved
    since, was cancelled, or it is too late.
    """
    session().refresh(event, with_for_update={"of": Event, "read": True})
    session().refresh(invitation, with_for_update={"of": Invitation})
    if invitation.state == DeliveryState.CANCELLED or event.state == EventState.CANCELLED:
        raise Unavailable(_l("Cet évènement est annulé\u00a0: il n’attend plus de réponse."))
    if not answers_open(event, now):
        raise Unavailable(_l("Les réponses sont closes\u00a0: écrivez à la personne qui vous invite."))
    if times_sequence != event.times_sequence:
        raise Unavailable(_l("Les dates ont changé entre-temps\u00a0: relisez-les, puis répondez."))
    if said not in list(CHOICES):
        raise InvalidInput(_l("Choisissez oui, peut-être ou non."), field="answer")
    if len(comment) > COMMENT_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=COMMENT_LENGTH), field="comment")
    before, invitation.answer = invitation.answer, Answer(said)
    invitation.answered_at, invitation.answered_via, invitation.comment = now, "link", comment.strip()
    audit(invitation, "answer", by="link", now=now, from_state=str(before), to_state=said)
    session().flush()
    return invitation.answer


def reset_answer(invitation: Invitation, moved_at: datetime, *, now: datetime) -> None:
    """Forget an answer that was given for other dates; the history keeps it."""
    if invitation.answered_at is None or invitation.answered_at > moved_at:
        return
    before, invitation.answer = invitation.answer, Answer.NEEDS_ACTION
    audit(invitation, "reset", by="system", now=now, from_state=str(before), to_state=str(invitation.answer))
    invitation.answered_at, invitation.answered_via = None, ""


def cancel(invitation: Invitation, *, now: datetime) -> None:
    """An invitation of an event that is cancelled."""
    advance(invitation, "cancel", by="system", now=now, reason="event cancelled")


def publish_batches(
    signal: str, event_id: int, ids: Sequence[int], *, now: datetime, more: dict[str, str] | None = None
) -> None:
    """One effect for every fifty invitations: a crash repeats none of those that were written."""
    for start in range(0, len(ids), PER_BATCH):
        part = list(ids[start : start + PER_BATCH])
        publish(signal, {"event_id": event_id, "invitation_ids": part, **(more or {})}, now=now)


def _check_sendable(event: Event, now: datetime) -> None:
    lock_event(event)
    if event.state == EventState.DRAFT:
        raise InvalidTransition(_l("Dites d’abord ce qu’il vous faut\u00a0: l’évènement est encore un brouillon."))
    if event.ends_at <= now:
        raise InvalidTransition(_l("Cet évènement est passé."))


def _invitations(event_id: int) -> Sequence[Invitation]:
    """Invitations of people who are on the list, in order."""
    query = (
        select(Invitation)
        .join(Attendee, Attendee.id == Invitation.attendee_id)
        .where(Invitation.event_id == event_id, Attendee.removed_at.is_(None))
        .order_by(Invitation.id)
    )
    return session().scalars(query).all()
