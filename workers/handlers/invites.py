"""Mails to attendees. Each effect writes at most fifty messages, in one transaction with its own `done`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.bookings.models import Move, MoveState
from app.core.db import session
from app.events.models import Event
from app.invites import attendees, queries, service
from app.invites.models import DeliveryState, Invitation
from app.mail.invitations import Desk, Kind, queue_all
from workers.context import post, settings


def send(payload: dict[str, Any], now: datetime) -> None:
    """Write invitations that were asked for: first ones, late ones, and those sent once more."""
    event = queries.event_to_invite(payload["event_id"])
    queue_all(_desk(event), _standing(payload), Kind.INVITATION, now=now)


def event_moved(payload: dict[str, Any], now: datetime) -> None:
    """Tell everyone invited of the new times, fifty at a time. Old answers are forgotten.

    When the event has moved again since, that move tells them.
    """
    moves = select(Move).where(Move.event_id == payload["event_id"], Move.state == MoveState.AGREED)
    latest = session().scalars(moves.order_by(Move.id.desc()).limit(1)).one()
    if latest.id != payload["move_id"]:
        return
    moved_at = latest.closed_at or now
    more = {
        "moved_at": moved_at.isoformat(),
        "old_starts_at": payload["old_starts_at"],
        "old_ends_at": payload["old_ends_at"],
    }
    ids = queries.of_event(payload["event_id"])
    service.publish_batches("invitation.moved", payload["event_id"], ids, now=now, more=more)


def moved(payload: dict[str, Any], now: datetime) -> None:
    """Write the new times to fifty people; who was invited to them in the first place is left alone."""
    event = queries.event_to_invite(payload["event_id"])
    moved_at = datetime.fromisoformat(payload["moved_at"])
    rows = [row for row in _standing(payload) if row.created_at <= moved_at]
    for row in rows:
        service.reset_answer(row, moved_at, now=now)
        attendees.requeue(row, by="system", now=now, reason="moved")
    desk = _desk(event)
    desk.old_times = (
        datetime.fromisoformat(payload["old_starts_at"]),
        datetime.fromisoformat(payload["old_ends_at"]),
    )
    queue_all(desk, rows, Kind.MOVED, now=now)


def event_changed(payload: dict[str, Any], now: datetime) -> None:
    """Tell everyone invited that the venue is another, fifty at a time."""
    ids = queries.of_event(payload["event_id"])
    service.publish_batches("invitation.changed", payload["event_id"], ids, now=now)


def changed(payload: dict[str, Any], now: datetime) -> None:
    """Write what has changed in the text to fifty people; their answers stand."""
    event, rows = queries.event_to_invite(payload["event_id"]), _standing(payload)
    for row in rows:
        attendees.requeue(row, by="system", now=now, reason="changed")
    queue_all(_desk(event), rows, Kind.UPDATE, now=now)


def event_cancelled(payload: dict[str, Any], now: datetime) -> None:
    """Take everyone's invitation back, fifty at a time."""
    ids = queries.of_event(payload["event_id"])
    service.publish_batches("invitation.cancelled", payload["event_id"], ids, now=now)


def cancelled(payload: dict[str, Any], now: datetime) -> None:
    """Write a CANCEL to each; a person may have been put back on the list meanwhile, and then gets none."""
    event = queries.event_to_invite(payload["event_id"])
    rows = [row for row in queries.with_attendees(payload["invitation_ids"]) if _is_off(row, event)]
    for row in rows:
        if row.state != DeliveryState.CANCELLED:
            service.cancel(row, now=now)
    queue_all(_desk(event), rows, Kind.CANCEL, now=now)


def _standing(payload: dict[str, Any]) -> list[Invitation]:
    rows = queries.with_attendees(payload["invitation_ids"])
    return [row for row in rows if row.state != DeliveryState.CANCELLED and row.attendee.removed_at is None]


def _is_off(row: Invitation, event: Event) -> bool:
    return event.state == "cancelled" or row.attendee.removed_at is not None


def _desk(event: Event) -> Desk:
    return Desk(post(), settings().invites_domain, event)
