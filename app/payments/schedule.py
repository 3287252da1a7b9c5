"""When what is due: instalments of a booking, opened when it is agreed, moved with it, cancelled with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.bookings import service as bookings
from app.bookings.models import Booking, BookingState
from app.core.clock import days_from, local_date
from app.core.db import session
from app.core.outbox import publish
from app.core.states import advance, audit
from app.offers.terms import Terms, schedule
from app.payments.models import Instalment, InstalmentKind, InstalmentState

SYSTEM = "system"
OPEN = (InstalmentState.SCHEDULED, InstalmentState.DUE, InstalmentState.OVERDUE)
OVERDUE_AFTER_DAYS = 3


def open_schedule(booking: Booking, now: datetime) -> list[Instalment]:
    """Write a booking's instalments, in the transaction that accepts its quote: they sum to its gross price.

    What is due today is due at once; a booking that asks nothing today is confirmed at once. Called again, it changes
    nothing. Returns the instalments in their order.
    """
    if found := of_booking(booking.id):
        return found
    zone = booking.event.zone
    today = local_date(now, zone)
    parts = schedule(booking.gross_cents, Terms.from_json(booking.terms), local_date(booking.starts_at, zone), today)
    rows = [
        Instalment(
            booking_id=booking.id,
            position=position,
            kind=InstalmentKind(part.kind.value),
            due_on=part.due_on,
            amount_cents=part.amount_cents,
            currency=booking.currency,
            state=InstalmentState.DUE if part.due_on <= today else InstalmentState.SCHEDULED,
        )
        for position, part in enumerate((part for part in parts if part.amount_cents), start=1)
    ]
    session().add_all(rows)
    session().flush()
    if not any(row.state == InstalmentState.DUE for row in rows):
        bookings.confirm(booking, by=SYSTEM, now=now)
    return rows


def of_booking(booking_id: int, *, lock: bool = False) -> list[Instalment]:
    """A booking's instalments in their order, locked and reread with `lock` (the booking is locked before)."""
    query = select(Instalment).where(Instalment.booking_id == booking_id).order_by(Instalment.position)
    if lock:
        query = query.with_for_update(of=Instalment)
    return list(session().scalars(query, execution_options={"populate_existing": lock}))


def cancel_open(booking_id: int, *, by: str, now: datetime) -> None:
    """Cancel what a booking still owed. The booking is locked."""
    for row in of_booking(booking_id, lock=True):
        if row.state in OPEN:
            advance(row, "cancel", by=by, now=now)


def follow_move(booking: Booking, now: datetime) -> None:
    """Move the due day of a balance that is not due yet, after its booking has moved; never into the past."""
    zone, terms = booking.event.zone, Terms.from_json(booking.terms)
    due_on = days_from(local_date(booking.starts_at, zone), -terms.balance_days_before)
    due_on = max(due_on, local_date(now, zone))
    for row in of_booking(booking.id, lock=True):
        if row.state == InstalmentState.SCHEDULED and row.due_on != due_on:
            audit(row, "move", by=SYSTEM, now=now, reason=f"{row.due_on} → {due_on}")
            row.due_on = due_on
    session().flush()


def fall_due(now: datetime, *, limit: int = 100) -> int:
    """Make due what has reached its day, and overdue what was not paid in time. Returns how many changed.

    Publishes `payment.due` or `payment.overdue` for each. What another transaction works on is left for next time.
    """
    due = _turn(InstalmentState.SCHEDULED, "fall_due", "payment.due", 0, now, limit)
    late = _turn(InstalmentState.DUE, "lapse", "payment.overdue", OVERDUE_AFTER_DAYS, now, limit)
    return due + late


def _turn(state: InstalmentState, action: str, signal: str, after_days: int, now: datetime, limit: int) -> int:
    changed = 0
    for row in _reached(state, now + timedelta(days=1), limit):
        today = local_date(now, row.booking.event.zone)
        if days_from(row.due_on, after_days) <= today:
            advance(row, action, by=SYSTEM, now=now)
            publish(signal, {"instalment_id": row.id}, now=now)
            changed += 1
    return changed


def _reached(state: InstalmentState, until: datetime, limit: int) -> Iterable[Instalment]:
    query = (
        select(Instalment)
        .join(Booking, Booking.id == Instalment.booking_id)
        .where(Instalment.state == state, Instalment.due_on <= until.date(), Booking.state == BookingState.CONFIRMED)
        .order_by(Instalment.due_on, Instalment.id)
        .limit(limit)
        .with_for_update(of=Instalment, skip_locked=True)
    )
    return session().scalars(query, execution_options={"populate_existing": True}).all()


def next_payable(rows: Iterable[Instalment]) -> Instalment | None:
    """The first instalment that is not paid yet and can be; None when there is none."""
    return next((row for row in rows if row.state in OPEN), None)
