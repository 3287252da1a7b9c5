"""What a provider has been paid and is to be paid."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.payments.models import Instalment, InstalmentState


@dataclass(frozen=True, slots=True)
class Earnings:
    """Cents of gross prices, before commission: what companies have paid, and what they still owe."""

    paid_cents: int
    coming_cents: int


def of_provider(provider_id: int) -> Earnings:
    """What a provider's bookings that stand have brought and will bring."""
    coming = (InstalmentState.SCHEDULED, InstalmentState.DUE, InstalmentState.OVERDUE)
    stands = (BookingState.HELD, BookingState.CONFIRMED, BookingState.COMPLETED)
    amount = func.coalesce(func.sum(Instalment.amount_cents).filter(Instalment.state == InstalmentState.PAID), 0)
    owed = func.coalesce(func.sum(Instalment.amount_cents).filter(Instalment.state.in_(coming)), 0)
    query = (
        select(amount, owed)
        .join(Booking, Booking.id == Instalment.booking_id)
        .where(Booking.provider_id == provider_id, Booking.state.in_(stands))
    )
    paid, due = session().execute(query).one()
    return Earnings(int(paid), int(due))
