"""An event's payments as one calendar, over all its bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, select

from app.accounts.models import Provider
from app.bookings.models import Booking
from app.core.db import session
from app.payments.models import Instalment, InstalmentState


def of_event(event_id: int) -> Sequence[Row[Any]]:
    """The instalments of an event's bookings by day, cancelled ones left out: amounts in cents, gross."""
    query = (
        select(
            Instalment.id, Instalment.booking_id, Instalment.kind, Instalment.due_on, Instalment.amount_cents,
            Instalment.currency, Instalment.state, Instalment.paid_at, Provider.name.label("provider"),
        )
        .join(Booking, Booking.id == Instalment.booking_id)
        .join(Provider, Provider.id == Booking.provider_id)
        .where(Booking.event_id == event_id, Instalment.state != InstalmentState.CANCELLED)
        .order_by(Instalment.due_on, Instalment.id)
    )  # fmt: skip
    return cast(Sequence[Row[Any]], session().execute(query).all())
