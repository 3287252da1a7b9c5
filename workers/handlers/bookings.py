"""Mails about bookings and moves: each side is told, with an entry for its own calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries as accounts
from app.bookings import queries
from app.bookings.models import Booking, Move, MoveAnswer, MoveState
from app.core.db import session
from app.core.mime import Mailbox
from app.invites.ical import Method
from app.mail.booking_entries import tell
from app.mail.compose import queue
from app.offers.terms import refund_due
from app.payments import queries as payments
from workers.context import post, settings


def confirmed(payload: dict[str, Any], now: datetime) -> None:
    """Confirm to both sides, with the quote that was agreed."""
    booking = queries.by_id(payload["booking_id"])
    _tell(booking, "confirmed", Method.REQUEST, now)


def cancelled(payload: dict[str, Any], now: datetime) -> None:
    """Tell both sides who cancelled, why, and what it costs."""
    booking = queries.by_id(payload["booking_id"])
    paid, fee = payments.statement(booking.id).paid_cents, payload["fee_cents"]
    context = {
        "side": payload["side"],
        "reason": booking.cancel_reason,
        "fee_cents": fee,
        "paid_cents": paid,
        "refund_cents": refund_due(paid, fee),
    }
    _tell(booking, "cancelled", Method.CANCEL, now, context)


def moved(payload: dict[str, Any], now: datetime) -> None:
    """Write the new times into both sides' calendars."""
    old = (datetime.fromisoformat(payload["old_starts_at"]), datetime.fromisoformat(payload["old_ends_at"]))
    for booking_id in payload["booking_ids"]:
        booking = queries.by_id(booking_id)
        if booking.cancelled_at is None:
            _tell(booking, "moved", Method.REQUEST, now, {"old_times": old})


def move_proposed(payload: dict[str, Any], now: datetime) -> None:
    """Ask each provider that hasn't said yet."""
    move = session().get_one(Move, payload["move_id"])
    if move.state != MoveState.PROPOSED:
        return
    for answer in move.answers:
        if answer.agreed_at is None and answer.declined_at is None:
            _ask(move, answer, now)


def move_declined(payload: dict[str, Any], now: datetime) -> None:
    """Tell the organiser who said no, and why."""
    answer = session().get_one(MoveAnswer, payload["answer_id"])
    move, booking = session().get_one(Move, payload["move_id"]), queries.by_id(answer.booking_id)
    organiser = booking.event.organiser
    context = {
        "person": organiser,
        "provider": booking.provider,
        "event": booking.event,
        "move": move,
        "reason": answer.reason,
        "link": f"{post().base_url}/company/events/{booking.event.slug}/move",
        "base_url": post().base_url,
    }
    to = Mailbox(organiser.name, organiser.email)
    queue(post(), "bookings/move_answered", to, context, locale=organiser.locale, now=now)


def move_withdrawn(payload: dict[str, Any], now: datetime) -> None:
    """Tell the providers who were asked that nothing changes."""
    move = session().get_one(Move, payload["move_id"])
    for answer in move.answers:
        booking = queries.by_id(answer.booking_id)
        if booking.cancelled_at is None:
            _write_provider(booking, "bookings/move_withdrawn", {"move": move}, now)


def _ask(move: Move, answer: MoveAnswer, now: datetime) -> None:
    booking = queries.by_id(answer.booking_id)
    link = f"{post().base_url}/provider/moves/{answer.id}"
    _write_provider(booking, "bookings/move_proposed", {"move": move, "link": link}, now)


def _write_provider(booking: Booking, kind: str, context: dict[str, Any], now: datetime) -> None:
    shared = {"booking": booking, "event": booking.event, "base_url": post().base_url}
    people = accounts.people_of(booking.provider_id)
    for user in people:
        queue(post(), kind, Mailbox(user.name, user.email), {**shared, **context}, locale=user.locale, now=now)
    if not people and booking.provider.email:
        to = Mailbox(booking.provider.name, booking.provider.email)
        queue(post(), kind, to, {**shared, **context}, locale="fr", now=now)


def _tell(booking: Booking, kind: str, method: Method, now: datetime, context: dict[str, Any] | None = None) -> None:
    tell(post(), booking, kind, method, invites_domain=settings().invites_domain, now=now, context=context)
