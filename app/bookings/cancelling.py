"""Cancelling a booking, or an event with all that hangs on it; what it costs by the terms that were agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.models import User
from app.availability import service as availability
from app.bookings.accepting import CLOSED_EVENTS, close_quote, close_request, open_move
from app.bookings.event_state import follow_bookings
from app.bookings.locks import lock_booking, lock_event, lock_live_bookings
from app.bookings.models import Booking, BookingState
from app.core.clock import local_date
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.core.outbox import publish
from app.core.states import advance, can
from app.events.models import Event
from app.offers.terms import Terms, cancellation_fee
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState

REASON_LENGTH = 1000
EVENT_CANCELLED = "event cancelled"
BOOKING_CANCELLED = "booking cancelled"


class Side(StrEnum):
    COMPANY = "company"
    PROVIDER = "provider"


def cancel(booking: Booking, side: Side, reason: str, *, user: User, now: datetime) -> int:
    """Cancel a held or confirmed booking for one side, free its slot, and settle what it costs.

    Returns the fee in cents of the gross price: by the terms when the company cancels what was confirmed, else 0.
    Publishes `booking.cancelled`; a handler gives back what was paid beyond the fee. `user` may act for that side: the
    door has checked. Raises InvalidTransition when it is over, expired, or cancelled already; InvalidInput without a
    reason from the provider.
    """
    event, booking = lock_booking(booking.id)
    reason = _reason(reason, required=side == Side.PROVIDER)
    availability.lock_units([booking.reservation.unit_id])
    fee_cents = _cancel_one(booking, event, side, reason, by=f"user:{user.id}", now=now)
    _withdraw_move(event, by=f"user:{user.id}", now=now, reason=BOOKING_CANCELLED)
    follow_bookings(event, by=f"user:{user.id}", now=now)
    return fee_cents


def fee_to_cancel(booking: Booking, side: Side, now: datetime) -> int:
    """What cancelling a booking now would cost that side, in cents of the gross price."""
    if side == Side.PROVIDER or booking.state != BookingState.CONFIRMED:
        return 0
    zone = booking.event.zone
    terms = Terms.from_json(booking.terms)
    return cancellation_fee(terms, booking.gross_cents, local_date(booking.starts_at, zone), local_date(now, zone))


def cancel_event(event_id: int, reason: str, *, company_id: int, user: User, now: datetime) -> Event:
    """Cancel an event with all its bookings, requests, quotes, holds and its open move; guests get a CANCEL.

    Publishes `event.cancelled`, `booking.cancelled` per booking, `quote.not_chosen` per open request or quote.
    Raises NotFound, or InvalidTransition when it is over or cancelled already.
    """
    if session().scalar(select(Event.id).where(Event.id == event_id, Event.company_id == company_id)) is None:
        raise NotFound(_l("Cet évènement n’existe pas."))
    event = lock_event(event_id)
    if event.state in CLOSED_EVENTS:
        raise InvalidTransition(_l("Cet évènement est déjà annulé ou terminé."))
    by, reason = f"user:{user.id}", _reason(reason, required=False)
    requests, quotes = _lock_open_quotes(event)
    bookings = lock_live_bookings(event)
    taken = [booking.reservation for booking in bookings]
    taken += [quote.reservation for quote in quotes if quote.reservation is not None]
    availability.lock_units(reservation.unit_id for reservation in taken)
    for booking in bookings:
        _cancel_one(booking, event, Side.COMPANY, reason, by=by, now=now)
    _close_quotes(requests, quotes, by=by, now=now)
    _withdraw_move(event, by=by, now=now, reason=EVENT_CANCELLED)
    _end_event(event, reason, by=by, now=now)
    return event


def _reason(reason: str, *, required: bool) -> str:
    reason = reason.strip()
    if required and not reason:
        raise InvalidInput(_l("Dites pourquoi\u00a0: le client le lira."), field="reason")
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=REASON_LENGTH), field="reason")
    return reason


def _cancel_one(booking: Booking, event: Event, side: Side, reason: str, *, by: str, now: datetime) -> int:
    """Cancel one locked booking whose units are locked. Returns its fee in cents."""
    if not can(booking, "cancel"):
        raise InvalidTransition(_l("Cette réservation est déjà terminée, expirée ou annulée."))
    if booking.ends_at <= now:
        raise InvalidTransition(_l("Cette réservation a déjà eu lieu\u00a0: elle ne peut plus être annulée."))
    fee_cents = fee_to_cancel(booking, side, now)
    advance(booking, "cancel", by=by, now=now, reason=reason)
    booking.cancelled_at, booking.cancelled_by = now, str(side)
    booking.cancel_reason, booking.cancellation_fee_cents = reason, fee_cents
    booking.ical_sequence += 1
    availability.release(booking.reservation, by=by, now=now, reason=BOOKING_CANCELLED)
    payload = {
        "booking_id": booking.id,
        "side": str(side),
        "gross_cents": booking.gross_cents,
        "fee_cents": fee_cents,
        "currency": booking.currency,
    }
    publish("booking.cancelled", payload, now=now)
    return fee_cents


def _lock_open_quotes(event: Event) -> tuple[list[QuoteRequest], list[Quote]]:
    fresh = {"populate_existing": True}
    ask = select(QuoteRequest).where(QuoteRequest.event_id == event.id).order_by(QuoteRequest.id)
    requests = session().scalars(ask.with_for_update(of=QuoteRequest), execution_options=fresh).all()
    ids = [request.id for request in requests]
    sent = select(Quote).where(Quote.request_id.in_(ids), Quote.state == QuoteState.SENT).order_by(Quote.id)
    return list(requests), list(session().scalars(sent.with_for_update(of=Quote), execution_options=fresh))


def _close_quotes(requests: list[QuoteRequest], quotes: list[Quote], *, by: str, now: datetime) -> None:
    for quote in quotes:
        close_quote(quote, by=by, now=now, reason=EVENT_CANCELLED)
    for request in requests:
        if request.state == RequestState.OPEN:
            close_request(request, by=by, now=now, reason=EVENT_CANCELLED)


def _withdraw_move(event: Event, *, by: str, now: datetime, reason: str) -> None:
    """Close the proposal to move the event, if one is open: those it asked would agree to something else."""
    move = open_move(event)
    if move is not None:
        advance(move, "withdraw", by=by, now=now, reason=reason)
        move.closed_at = now
        publish("move.withdrawn", {"move_id": move.id}, now=now)


def _end_event(event: Event, reason: str, *, by: str, now: datetime) -> None:
    advance(event, "cancel", by=by, now=now, reason=reason)
    if event.invites_sent_at is not None:
        event.sequence += 1
    session().flush()
    publish("event.cancelled", {"event_id": event.id, "sequence": event.sequence}, now=now)
