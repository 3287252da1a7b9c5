"""Reading who is invited and what they answered, scoped to the company, or to who holds a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Attendee, Event
from app.invites.models import Answer, DeliveryState, Invitation
from app.quotes.models import Quote, QuoteRequest

PAGE = 100
NO_ATTENDEE = _l("Cette personne n’est pas sur la liste.")
NO_INVITATION = _l("Ce lien n’est pas celui d’une invitation. Reprenez-le dans le mail que vous avez reçu.")


class Group(StrEnum):
    """How the list of attendees is looked at."""

    ALL = "all"
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    SILENT = "silent"
    UNSENT = "unsent"
    BOUNCED = "bounced"


_NOT_INVITED: ColumnElement[bool] = or_(Invitation.id.is_(None), Invitation.state == DeliveryState.CANCELLED)
_WHERE: dict[Group, ColumnElement[bool]] = {
    Group.YES: Invitation.answer == Answer.ACCEPTED,
    Group.MAYBE: Invitation.answer == Answer.TENTATIVE,
    Group.NO: Invitation.answer == Answer.DECLINED,
    Group.SILENT: (Invitation.answer == Answer.NEEDS_ACTION) & ~_NOT_INVITED,
    Group.UNSENT: _NOT_INVITED,
    Group.BOUNCED: Invitation.state == DeliveryState.BOUNCED,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people of a list are in each group."""

    all: int
    yes: int
    maybe: int
    no: int
    silent: int
    unsent: int
    bounced: int


def counts(event_id: int) -> Counts:
    """How many people of an event's list are in each group, in one statement."""
    columns = [func.count(), *(func.count().filter(_WHERE[group]) for group in list(Group)[1:])]
    return Counts(*session().execute(_listed(*columns).where(Attendee.event_id == event_id)).one())


def _unaccented(column: Any) -> Any:
    """The column as a French reader sorts it: PostgreSQL's own order puts É behind Z."""
    return func.translate(func.lower(column), "àâäáéèêëîïíôöóùûüúçñ", "aaaaeeeeiiiooouuuucn")


def listed(event_id: int, group: Group = Group.ALL, *, page: int = 1) -> Sequence[Row[Any]]:
    """A page of an event's list by name: who, delivery, answer. Removed people are left out."""
    query = _listed(
        Attendee.id, Attendee.name, Attendee.email, Invitation.id.label("invitation_id"), Invitation.state,
        Invitation.answer, Invitation.answered_at, Invitation.answered_via, Invitation.comment, Invitation.sent_at,
    ).where(Attendee.event_id == event_id)  # fmt: skip
    if group in _WHERE:
        query = query.where(_WHERE[group])
    ordered = query.order_by(_unaccented(Attendee.name), func.lower(Attendee.email))
    return session().execute(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()


def attendee(attendee_id: int, company_id: int) -> Attendee:
    """Someone on the list of a company's event, with the event. Raises NotFound."""
    query = (
        select(Attendee)
        .join(Event, Event.id == Attendee.event_id)
        .options(contains_eager(Attendee.event))
        .where(Attendee.id == attendee_id, Event.company_id == company_id, Attendee.removed_at.is_(None))
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(NO_ATTENDEE)
    return found


def by_token(token: str) -> tuple[Invitation, Event]:
    """The invitation that a guest's link opens, with the event, its organiser and company. Raises NotFound."""
    query = (
        select(Invitation, Event)
        .join(Invitation.attendee)
        .join(Event, Event.id == Invitation.event_id)
        .options(contains_eager(Invitation.attendee), joinedload(Event.organiser), joinedload(Event.company))
        .where(Invitation.token == token)
    )
    row = session().execute(query).one_or_none()
    if row is None:
        raise NotFound(NO_INVITATION)
    return row[0], row[1]


def public_event(uid: str) -> Event:
    """The event with this calendar UID, with its company, for who sees it in a shared calendar. Raises NotFound."""
    query = select(Event).options(joinedload(Event.company), joinedload(Event.organiser)).where(Event.ical_uid == uid)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("Cet évènement n’existe pas."))
    return found


def with_attendees(invitation_ids: Sequence[int]) -> Sequence[Invitation]:
    """These invitations with their attendees, in order, locked: their mails are written now."""
    query = (
        select(Invitation)
        .join(Invitation.attendee)
        .options(contains_eager(Invitation.attendee))
        .where(Invitation.id.in_(invitation_ids))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )
    return session().scalars(query, execution_options={"populate_existing": True}).all()


def of_event(event_id: int) -> Sequence[int]:
    """Ids of the invitations of an event that stand."""
    query = select(Invitation.id).where(Invitation.event_id == event_id, Invitation.state != DeliveryState.CANCELLED)
    return session().scalars(query.order_by(Invitation.id)).all()


def event_to_invite(event_id: int) -> Event:
    """An event with its organiser and company, for its mails."""
    query = select(Event).options(joinedload(Event.organiser), joinedload(Event.company)).where(Event.id == event_id)
    return session().scalars(query).one()


def event_named(name: str) -> Event:
    """The event with this slug or id, for the command line. Raises NotFound."""
    query = select(Event).options(joinedload(Event.organiser), joinedload(Event.company))
    found = session().scalars(query.where(Event.slug == name)).one_or_none()
    if found is None and name.isascii() and name.isdigit() and len(name) < 19:
        found = session().scalars(query.where(Event.id == int(name))).one_or_none()
    if found is None:
        raise NotFound(f"There is no event “{name}”: give an id or a slug.")
    return found


def to_invite(event_id: int) -> Sequence[tuple[Attendee, Invitation | None]]:
    """Everyone on the list, each with her invitation if she has one."""
    query = (
        select(Attendee, Invitation)
        .outerjoin(Invitation, Invitation.attendee_id == Attendee.id)
        .where(Attendee.event_id == event_id, Attendee.removed_at.is_(None))
        .order_by(Attendee.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def venue_offer(event_id: int) -> int | None:
    """The offer whose picture stands for an event: the first confirmed booking's; None without one."""
    query = (
        select(QuoteRequest.offer_id)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .join(Booking, Booking.quote_id == Quote.id)
        .where(Booking.event_id == event_id, Booking.state.in_((BookingState.CONFIRMED, BookingState.COMPLETED)))
        .order_by(Booking.confirmed_at, Booking.id)
        .limit(1)
    )
    return session().scalar(query)


def _listed(*columns: Any) -> Select[Any]:
    query: Select[Any] = select(*columns).select_from(Attendee)
    query = query.outerjoin(Invitation, Invitation.attendee_id == Attendee.id)
    return query.where(Attendee.removed_at.is_(None))
