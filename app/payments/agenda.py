"""An event's payments as one calendar, over all its bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.accounts.models import Provider
from app.bookings.models import Booking
from app.core.db import session
from app.payments.models import Attempt, Instalment, InstalmentState, Refund, RefundState


def of_event(event_id: int) -> Sequence[Row[Any]]:
    """The instalments of an event's bookings by day without the cancelled ones: gross cents, also of what went back."""
    back = (
        select(func.coalesce(func.sum(Refund.amount_cents), 0))
        .join(Attempt, Attempt.id == Refund.attempt_id)
        .where(Attempt.instalment_id == Instalment.id, Refund.state == RefundState.SUCCEEDED)
        .correlate(Instalment)
        .scalar_subquery()
    )
    query = (
        select(
            Instalment.id, Instalment.booking_id, Instalment.kind, Instalment.due_on, Instalment.amount_cents,
            Instalment.currency, Instalment.state, Instalment.paid_at, Provider.name.label("provider"),
            back.label("refunded_cents"),
        )
        .join(Booking, Booking.id == Instalment.booking_id)
        .join(Provider, Provider.id == Booking.provider_id)
        .where(Booking.event_id == event_id, Instalment.state != InstalmentState.CANCELLED)
        .order_by(Instalment.due_on, Instalment.id)
    )  # fmt: skip
    return session().execute(query).all()
