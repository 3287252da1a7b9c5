"""Moving an event: every provider with a booking agrees, then all times change in one transaction, or none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.models import User
from app.availability import service as availability
from app.bookings.accepting import CLOSED_EVENTS, open_move
from app.bookings.locks import lock_event, lock_live_bookings, lock_open_requests
from app.bookings.models import Booking, Move, MoveAnswer, MoveState
from app.bookings.queries import stands
from app.core.clock import to_utc
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, NotFound, Unavailable
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.models import Event
from app.quotes.models import QuoteRequest

REASON_LENGTH = 1000
LONGEST = timedelta(days=31)
NO_EVENT = _l("Cet évènement n’existe pas.")
NO_MOVE = _l("Cette proposition n’existe pas.")


@dataclass(frozen=True, slots=True)
class Shift:
    """From an event's old times to new ones. What begins or ends with the event follows it; the rest moves along."""

    old: tuple[datetime, datetime]
    new: tuple[datetime, datetime]
    by_wall: timedelta
    """How far the start moves on the wall clock."""
    zone: str

    def times(self, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
        """Where [starts_at, ends_at) goes. Raises InvalidInput when nothing of it is left."""
        first = self.new[0] if starts_at == self.old[0] else self.instant(starts_at)
        last = self.new[1] if ends_at == self.old[1] else self.instant(ends_at)
        if last <= first:
            raise InvalidInput(
                _l("Ces horaires sont trop courts pour ce qui est réservé\u00a0: annulez ou choisissez-en d’autres."),
                field="ends_local",
            )
        return first, last

    def instant(self, at: datetime) -> datetime:
        """Where one moment goes, at the same distance from the event's start on the wall clock."""
        wall = at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return to_utc(wall + self.by_wall, self.zone)


def propose(
    event_id: int,
    starts_local: datetime,
    ends_local: datetime,
    reason: str,
    *,
    company_id: int,
    user: User,
    now: datetime,
) -> Move:
    """Propose new times for an event: naive wall times in its own zone.

    Providers with a held or confirmed booking are asked; without any, the event moves at once and the move is agreed.
    Publishes `move.proposed`, or `event.moved`.
    Raises NotFound, InvalidInput for times that can't be, InvalidTransition when the event is over or a move is open.
    """
    if session().scalar(select(Event.id).where(Event.id == event_id, Event.company_id == company_id)) is None:
        raise NotFound(NO_EVENT)
    event = lock_event(event_id)
    move = _new_move(event, starts_local, ends_local, reason, now)
    _check_proposal(event, move, now)
    requests = lock_open_requests(event)
    bookings = [booking for booking in lock_live_bookings(event) if stands(booking, now)]
    shift = _shift(event, move)
    for booking in bookings:
        shift.times(booking.starts_at, booking.ends_at)
    move.answers = [MoveAnswer(booking_id=booking.id) for booking in bookings]
    session().add(move)
    session().flush()
    by = f"user:{user.id}"
    audit(move, "propose", by=by, now=now, reason=move.reason, to_state=str(move.state))
    if bookings:
        publish("move.proposed", {"move_id": move.id}, now=now)
    else:
        _carry_out(event, move, requests, [], by=by, now=now)
    return move


def answer(answer_id: int, agree: bool, reason: str, *, provider_id: int, user: User, now: datetime) -> Move:
    """Say one provider's yes or no to a move. The last yes moves the event and all its bookings at once.

    A no ends the proposal. Publishes `move.declined`, or `event.moved`. Raises NotFound, InvalidTransition when it was
    answered or closed before, Unavailable naming the provider whose new slot is taken: then nothing has changed, this
    answer included.
    """
    event, move = _lock_move(_move_asked(answer_id, provider_id))
    requests = lock_open_requests(event)
    bookings = [booking for booking in lock_live_bookings(event) if stands(booking, now)]
    given = session().get_one(MoveAnswer, answer_id, populate_existing=True)
    if move.state != MoveState.PROPOSED or given.agreed_at or given.declined_at:
        raise InvalidTransition(_l("Cette proposition a déjà reçu sa réponse."))
    given.reason = _reason(reason)
    by = f"user:{user.id}"
    if not agree:
        given.declined_at = now
        _close(move, "decline", by=by, now=now, reason=given.reason)
        publish("move.declined", {"move_id": move.id, "answer_id": given.id}, now=now)
        return move
    given.agreed_at = now
    audit(move, "agree_one", by=by, now=now, reason=f"booking:{given.booking_id}")
    if _all_agreed(move, bookings, now=now):
        _check_future(move, now)
        _carry_out(event, move, requests, bookings, by=by, now=now)
    return move


def withdraw(move_id: int, *, company_id: int, user: User, now: datetime) -> Move:
    """Take back a proposal that waits for answers. Publishes `move.withdrawn`. Raises NotFound, InvalidTransition."""
    query = select(Move.id).join(Event, Event.id == Move.event_id)
    if session().scalar(query.where(Move.id == move_id, Event.company_id == company_id)) is None:
        raise NotFound(NO_MOVE)
    _, move = _lock_move(move_id)
    if move.state != MoveState.PROPOSED:
        raise InvalidTransition(_l("Cette proposition est déjà close."))
    _close(move, "withdraw", by=f"user:{user.id}", now=now, reason="")
    publish("move.withdrawn", {"move_id": move.id}, now=now)
    return move


def _new_move(event: Event, starts_local: datetime, ends_local: datetime, reason: str, now: datetime) -> Move:
    return Move(
        event_id=event.id,
        state=MoveState.PROPOSED,
        starts_at=to_utc(starts_local, event.zone, field="starts_local"),
        ends_at=to_utc(ends_local, event.zone, field="ends_local"),
        starts_local=starts_local,
        ends_local=ends_local,
        reason=_reason(reason),
        created_at=now,
    )


def _check_proposal(event: Event, move: Move, now: datetime) -> None:
    if event.state in CLOSED_EVENTS or event.ends_at <= now:
        raise InvalidTransition(_l("Cet évènement est annulé ou terminé."))
    if open_move(event) is not None:
        raise InvalidTransition(_l("Une proposition attend déjà sa réponse\u00a0: retirez-la d’abord."))
    if move.ends_at <= move.starts_at:
        raise InvalidInput(_l("La fin est avant le début."), field="ends_local")
    if move.ends_at - move.starts_at > LONGEST:
        raise InvalidInput(_l("Un évènement dure un mois au plus."), field="ends_local")
    if (move.starts_at, move.ends_at) == (event.starts_at, event.ends_at):
        raise InvalidInput(_l("Ce sont déjà les dates de l’évènement."), field="starts_local")
    _check_future(move, now)


def _check_future(move: Move, now: datetime) -> None:
    if move.starts_at <= now:
        raise InvalidInput(_l("Cette date est passée."), field="starts_local")


def _reason(reason: str) -> str:
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=REASON_LENGTH), field="reason")
    return reason.strip()


def _move_asked(answer_id: int, provider_id: int) -> int:
    query = select(MoveAnswer.move_id).join(Booking, Booking.id == MoveAnswer.booking_id)
    move_id = session().scalar(query.where(MoveAnswer.id == answer_id, Booking.provider_id == provider_id))
    if move_id is None:
        raise NotFound(NO_MOVE)
    return move_id


def _lock_move(move_id: int) -> tuple[Event, Move]:
    """Lock and reread a move, after its event."""
    event = lock_event(session().scalars(select(Move.event_id).where(Move.id == move_id)).one())
    query = select(Move).where(Move.id == move_id).with_for_update(of=Move)
    return event, session().scalars(query, execution_options={"populate_existing": True}).one()


def _close(move: Move, action: str, *, by: str, now: datetime, reason: str) -> None:
    advance(move, action, by=by, now=now, reason=reason)
    move.closed_at = now


def _all_agreed(move: Move, bookings: Sequence[Booking], *, now: datetime) -> bool:
    """Whether every booking that stands has agreed. One that came back meanwhile (late money) is asked now."""
    query = select(MoveAnswer).where(MoveAnswer.move_id == move.id)
    answers = {row.booking_id: row for row in session().scalars(query)}
    new = [MoveAnswer(move_id=move.id, booking_id=row.id) for row in bookings if row.id not in answers]
    if new:
        session().add_all(new)
        session().flush()
        publish("move.proposed", {"move_id": move.id}, now=now)
        return False
    return all(answers[booking.id].agreed_at for booking in bookings)


def _shift(event: Event, move: Move) -> Shift:
    return Shift(
        old=(event.starts_at, event.ends_at),
        new=(move.starts_at, move.ends_at),
        by_wall=move.starts_local - event.starts_local,
        zone=event.zone,
    )


def _carry_out(
    event: Event,
    move: Move,
    requests: Sequence[QuoteRequest],
    bookings: Sequence[Booking],
    *,
    by: str,
    now: datetime,
) -> None:
    """Move the event, its bookings' slots, and the requests that no provider has answered yet. All are locked.

    Quotes that were sent stay as they were: they can't be accepted any more if they miss the new time.
    """
    shift = _shift(event, move)
    _move_bookings(bookings, shift, by=by, now=now)
    for request in requests:
        request.starts_at, request.ends_at = shift.times(request.starts_at, request.ends_at)
    _move_event(event, move, shift)
    _close(move, "agree", by=by, now=now, reason=move.reason)
    audit(event, "move", by=by, now=now, reason=f"{shift.old[0].isoformat()} → {shift.new[0].isoformat()}")
    payload = {
        "event_id": event.id,
        "move_id": move.id,
        "booking_ids": [booking.id for booking in bookings],
        "old_starts_at": shift.old[0].isoformat(),
        "old_ends_at": shift.old[1].isoformat(),
    }
    session().flush()
    publish("event.moved", payload, now=now)


def _move_bookings(bookings: Sequence[Booking], shift: Shift, *, by: str, now: datetime) -> None:
    changes = [(row.reservation, *shift.times(row.starts_at, row.ends_at)) for row in bookings]
    try:
        taken = availability.swap_all(changes, by=by, now=now)
    except availability.SlotTaken as error:
        whose = next(row for row in bookings if row.reservation_id == error.reservation.id)
        name = whose.provider.name
        message = _l("Le nouveau créneau n’est pas libre chez %(name)s\u00a0: rien n’a changé.", name=name)
        raise Unavailable(message) from error
    for booking, reservation, (_, starts_at, ends_at) in zip(bookings, taken, changes, strict=True):
        booking.reservation = reservation
        booking.starts_at, booking.ends_at = starts_at, ends_at
        booking.expires_at = reservation.expires_at
        booking.ical_sequence += 1


def _move_event(event: Event, move: Move, shift: Shift) -> None:
    event.programme = [_moved_line(line, shift.by_wall) for line in event.programme]
    if event.answer_by is not None:
        event.answer_by = min(shift.instant(event.answer_by), move.starts_at)
    event.starts_at, event.ends_at = move.starts_at, move.ends_at
    event.starts_local, event.ends_local = move.starts_local, move.ends_local
    if event.invites_sent_at is not None:
        event.sequence += 1
        event.times_sequence = event.sequence


def _moved_line(line: dict[str, Any], by_wall: timedelta) -> dict[str, Any]:
    try:
        at = datetime.fromisoformat(str(line.get("at", ""))) + by_wall
    except ValueError:
        return line
    return line | {"at": at.isoformat(timespec="minutes")}
