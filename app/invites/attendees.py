"""Who is to come: adding people, correcting a name or an address, taking someone off the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.attendee_list import MAX_NAME, MAX_PEOPLE, Person, valid_address
from app.events.models import Attendee, Event, EventState
from app.invites.models import Answer, DeliveryState, Invitation

CLOSED = (EventState.CANCELLED, EventState.COMPLETED)
OVER = _l("Cet évènement est terminé ou annulé\u00a0: sa liste ne change plus.")


@dataclass(frozen=True, slots=True)
class Added:
    """How many people came on the list, and who was on it before."""

    count: int
    known: tuple[Person, ...]


def add(event: Event, people: Sequence[Person], *, by: str, now: datetime) -> Added:
    """Put people on an event's list; who is on it already stays as she is, who was taken off comes back.

    Raises InvalidTransition when the event is over, InvalidInput when the list would get too long.
    """
    lock_event(event)
    found = _by_address(event.id, (person.email for person in people))
    new = [person for person in people if person.email.lower() not in found]
    back = [person for person in people if _was_removed(found.get(person.email.lower()))]
    _check_count(event.id, len(new) + len(back))
    session().add_all(Attendee(event_id=event.id, name=one.name, email=one.email, created_at=now) for one in new)
    for person in back:
        row = found[person.email.lower()]
        row.removed_at, row.name = None, person.name or row.name
    known = tuple(p for p in people if p not in back and p.email.lower() in found)
    if new or back:
        audit(event, "add_attendees", by=by, now=now, reason=str(len(new) + len(back)))
    session().flush()
    return Added(len(new) + len(back), known)


def edit(attendee: Attendee, name: str, email: str, *, by: str, now: datetime) -> Attendee:
    """Correct a name or an address. A new address of someone invited gets its own invitation, the old one a CANCEL.

    Returns who is on the list now. Raises InvalidInput, InvalidTransition.
    """
    lock_event(attendee.event)
    name, email = name.strip(), _address(email)
    if len(name) > MAX_NAME:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=MAX_NAME), field="name")
    if email.lower() == attendee.email.lower():
        attendee.name, attendee.email = name, email
        audit(attendee, "edit", by=by, now=now)
        return attendee
    other = _by_address(attendee.event_id, [email]).get(email.lower())
    if other is not None and other.removed_at is None:
        raise InvalidInput(_l("Cette adresse est déjà sur la liste."), field="email")
    invitation = invitation_of(attendee)
    if invitation is None and other is None:
        attendee.name, attendee.email = name, email
        audit(attendee, "edit", by=by, now=now)
        return attendee
    remove(attendee, by=by, now=now)
    return _replace(attendee.event, Person(name, email, 1), invitation is not None, by=by, now=now)


def remove(attendee: Attendee, *, by: str, now: datetime) -> None:
    """Take someone off the list; who was invited gets a CANCEL. Raises InvalidTransition when the event is over."""
    lock_event(attendee.event)
    if attendee.removed_at is not None:
        return
    attendee.removed_at = now
    audit(attendee, "remove", by=by, now=now)
    invitation = invitation_of(attendee)
    if invitation is None or invitation.state == DeliveryState.CANCELLED:
        return
    advance(invitation, "cancel", by=by, now=now, reason="removed")
    publish("invitation.cancelled", {"event_id": attendee.event_id, "invitation_ids": [invitation.id]}, now=now)


def requeue(invitation: Invitation, *, by: str, now: datetime, reason: str = "") -> None:
    """Mark an invitation as waiting to be sent again. One that was cancelled starts without an answer."""
    if invitation.state == DeliveryState.CANCELLED:
        invitation.answer, invitation.answered_at, invitation.comment = Answer.NEEDS_ACTION, None, ""
    advance(invitation, "queue", by=by, now=now, reason=reason)


def invitation_of(attendee: Attendee) -> Invitation | None:
    """An attendee's invitation; None when she has none yet."""
    return session().scalars(select(Invitation).where(Invitation.attendee_id == attendee.id)).one_or_none()


def lock_event(event: Event) -> None:
    """Lock and reread an event whose list changes. Raises InvalidTransition when it is over or cancelled."""
    session().flush()
    session().refresh(event, with_for_update={"of": Event})
    if event.state in CLOSED:
        raise InvalidTransition(OVER)


def _replace(event: Event, person: Person, invited: bool, *, by: str, now: datetime) -> Attendee:
    add(event, [person], by=by, now=now)
    attendee = _by_address(event.id, [person.email])[person.email.lower()]
    attendee.name = person.name
    if not invited:
        return attendee
    invitation = invitation_of(attendee)
    if invitation is None:
        invitation = Invitation(attendee_id=attendee.id, event_id=event.id, created_at=now)
        session().add(invitation)
        session().flush()
    else:
        requeue(invitation, by=by, now=now)
    publish("invitation.queued", {"event_id": event.id, "invitation_ids": [invitation.id]}, now=now)
    return attendee


def _by_address(event_id: int, emails: Iterable[str]) -> dict[str, Attendee]:
    wanted = {email.lower() for email in emails}
    query = select(Attendee).where(Attendee.event_id == event_id, func.lower(Attendee.email).in_(wanted))
    return {row.email.lower(): row for row in session().scalars(query)}


def _was_removed(row: Attendee | None) -> bool:
    return row is not None and row.removed_at is not None


def _check_count(event_id: int, more: int) -> None:
    query = select(func.count(Attendee.id)).where(Attendee.event_id == event_id, Attendee.removed_at.is_(None))
    if (session().scalar(query) or 0) + more > MAX_PEOPLE:
        raise InvalidInput(_l("Une liste compte %(most)s personnes au plus.", most=MAX_PEOPLE), field="people")


def _address(email: str) -> str:
    try:
        return valid_address(email.strip()).normalized
    except EmailNotValidError as error:
        message = _l("«\u00a0%(address)s\u00a0» n’est pas une adresse e-mail valide. Corrigez-la.", address=email)
        raise InvalidInput(message, field="email") from error
