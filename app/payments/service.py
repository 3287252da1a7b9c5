"""What other features and the doors do with payments: the verbs, gathered."""

from __future__ import annotations

from datetime import datetime

from app.bookings.locks import lock_booking
from app.bookings.models import Booking
from app.core.db import session
from app.payments import refunds, schedule
from app.payments.checkout import Links, Parties, block, meet, open_page, refuse, start
from app.payments.schedule import fall_due, open_schedule
from app.payments.settle import call_off, claim_unsettled, look_up, open_attempts, settle

__all__ = [
    "Links",
    "Parties",
    "block",
    "call_off",
    "claim_unsettled",
    "close_cancelled",
    "fall_due",
    "follow_moved",
    "look_up",
    "meet",
    "open_attempts",
    "open_page",
    "open_schedule",
    "refuse",
    "settle",
    "start",
]


def close_cancelled(booking_id: int, *, now: datetime) -> int:
    """After a booking was cancelled: cancel what is not paid, owe back what the terms owe. Returns that, in cents."""
    _, booking = lock_booking(booking_id)
    schedule.cancel_open(booking_id, by=schedule.SYSTEM, now=now)
    return refunds.settle_up(booking, refunds.CANCELLED, by=schedule.SYSTEM, now=now)


def follow_moved(booking_ids: list[int], *, now: datetime) -> None:
    """After bookings have moved: their balances fall due with the new dates."""
    for booking_id in sorted(booking_ids):
        lock_booking(booking_id)
        schedule.follow_move(session().get_one(Booking, booking_id), now)
