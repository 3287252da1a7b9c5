"""Reading what was paid and what is due, each scoped to who reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Event
from app.offers.models import OfferVersion
from app.payments.models import (
    Attempt,
    AttemptState,
    Instalment,
    InstalmentState,
    Refund,
    RefundState,
    WebhookEvent,
)
from app.payments.schedule import OPEN
from app.quotes.models import Quote, QuoteRequest

PAGE = 30
PARKED_AFTER = timedelta(minutes=2)
ARRIVED = (AttemptState.SUCCEEDED, AttemptState.DISPUTED)
SLOW = (AttemptState.PROCESSING, AttemptState.PARTIALLY_FUNDED)


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment with the attempts to pay it, the latest first."""

    instalment: Instalment
    attempts: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[0] if self.attempts else None

    @property
    def under_way(self) -> Attempt | None:
        """The attempt whose money is on its way, if any."""
        return next((row for row in self.attempts if row.state in SLOW), None)

    @property
    def refused(self) -> Attempt | None:
        """The latest attempt, where it was refused and the instalment is not paid."""
        last = self.last
        refused = last is not None and last.failure_code and last.state in (AttemptState.CREATED, AttemptState.FAILED)
        return last if refused and self.instalment.state in OPEN else None


@dataclass(frozen=True, slots=True)
class Statement:
    """All payments of one booking. Cents of the gross price."""

    dues: tuple[Due, ...]
    refunds: tuple[Refund, ...]
    paid_cents: int
    refunded_cents: int
    to_refund_cents: int

    @property
    def next(self) -> Due | None:
        """What is to be paid next."""
        return next((due for due in self.dues if due.instalment.state in OPEN), None)

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return sum(due.instalment.amount_cents for due in self.dues if due.instalment.state in OPEN)


def statement(booking_id: int) -> Statement:
    """What a booking's payments are, in three statements. The caller has checked who may read it."""
    of_booking = select(Instalment).where(Instalment.booking_id == booking_id).order_by(Instalment.position)
    instalments = session().scalars(of_booking).all()
    ids = [row.id for row in instalments]
    tries = select(Attempt).where(Attempt.instalment_id.in_(ids)).order_by(Attempt.number.desc())
    attempts = session().scalars(tries).all()
    back = session().scalars(select(Refund).where(Refund.booking_id == booking_id).order_by(Refund.id)).all()
    done = sum(row.amount_cents for row in back if row.state == RefundState.SUCCEEDED)
    return Statement(
        dues=tuple(Due(row, tuple(a for a in attempts if a.instalment_id == row.id)) for row in instalments),
        refunds=tuple(back),
        paid_cents=sum(a.amount_cents for a in attempts if a.state in ARRIVED),
        refunded_cents=done,
        to_refund_cents=sum(row.amount_cents for row in back) - done,
    )


def attempt_of(session_id: str, booking_id: int) -> int | None:
    """Id of the booking's attempt with this hosted page; None when it is another's."""
    query = (
        select(Attempt.id)
        .join(Instalment, Instalment.id == Attempt.instalment_id)
        .where(Attempt.gateway_session == session_id, Instalment.booking_id == booking_id)
    )
    return session().scalar(query)


def due_of_events(event_ids: Sequence[int]) -> dict[int, int]:
    """How many gross cents are due or overdue for each event's bookings, by the event's id; none where nothing is."""
    query = (
        select(Booking.event_id, func.sum(Instalment.amount_cents))
        .join(Instalment, Instalment.booking_id == Booking.id)
        .where(
            Booking.event_id.in_(event_ids),
            Booking.state.in_((BookingState.HELD, BookingState.CONFIRMED)),
            Instalment.state.in_((InstalmentState.DUE, InstalmentState.OVERDUE)),
        )
        .group_by(Booking.event_id)
    )
    return {event_id: int(cents) for event_id, cents in session().execute(query)}


def for_company(company_id: int, *, past: bool, now: datetime, page: int = 1) -> tuple[Sequence[Row[Any]], int]:
    """A page of a company's bookings with what is due next, soonest first (past ones: latest first), and their count.

    `past`: what is over, cancelled or expired. Columns: see `_listing`.
    """
    return _listed(Booking.company_id == company_id, Booking.provider_id, past=past, now=now, page=page)


def for_provider(provider_id: int, *, past: bool, now: datetime, page: int = 1) -> tuple[Sequence[Row[Any]], int]:
    """A page of a provider's bookings with what is due next, soonest first (past ones: latest first), and the count."""
    return _listed(Booking.provider_id == provider_id, Booking.company_id, past=past, now=now, page=page)


def _listed(mine: Any, other: Any, *, past: bool, now: datetime, page: int) -> tuple[Sequence[Row[Any]], int]:
    over = or_(Booking.ends_at <= now, Booking.state.in_((BookingState.CANCELLED, BookingState.EXPIRED)))
    chosen = and_(mine, over if past else ~over)
    order = (Booking.starts_at.desc(), Booking.id.desc()) if past else (Booking.starts_at, Booking.id)
    query = _listing(other).where(chosen).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    count = select(func.count(Booking.id)).where(chosen)
    return session().execute(query).all(), session().scalar(count) or 0


def _listing(other: Any) -> Select[Any]:
    """Booking columns with the other side's name and the first open instalment (due_cents, due_on, due_state)."""
    due = (
        select(Instalment.amount_cents, Instalment.due_on, Instalment.state)
        .where(Instalment.booking_id == Booking.id, Instalment.state.in_(OPEN))
        .order_by(Instalment.position)
        .limit(1)
        .lateral()
    )
    columns = (
        select(
            Booking.id,
            Booking.state,
            Booking.starts_at,
            Booking.ends_at,
            Booking.headcount,
            Booking.expires_at,
            Booking.gross_cents,
            Booking.net_cents,
            Booking.currency,
            Event.title.label("event_title"),
            Event.zone,
            OfferVersion.title.label("offer_title"),
            Organisation.name.label("other_name"),
            due.c.amount_cents.label("due_cents"),
            due.c.due_on.label("due_on"),
            due.c.state.label("due_state"),
        )
        .join(Event, Event.id == Booking.event_id)
        .join(Organisation, Organisation.id == other)
        .join(Quote, Quote.id == Booking.quote_id)
        .join(QuoteRequest, QuoteRequest.id == Quote.request_id)
        .join(OfferVersion, OfferVersion.id == QuoteRequest.offer_version_id)
        .join(due, true(), isouter=True)
    )
    return cast("Select[Any]", columns)


# -- the operator ----------------------------------------------------------------------------------------------------


def parked_events(now: datetime, *, limit: int = 100) -> Sequence[WebhookEvent]:
    """Events of the gateway that have had no effect so far, the latest first."""
    query = select(WebhookEvent).where(WebhookEvent.handled_at.is_(None), WebhookEvent.received_at < now - PARKED_AFTER)
    return session().scalars(query.order_by(WebhookEvent.id.desc()).limit(limit)).all()


def mismatched(*, limit: int = 100) -> Sequence[Attempt]:
    """Attempts whose payment at the gateway doesn't fit what was asked, the latest first."""
    query = select(Attempt).where(Attempt.failure_code == "mismatch").options(joinedload(Attempt.instalment))
    return session().scalars(query.order_by(Attempt.id.desc()).limit(limit)).all()


def open_refunds(*, limit: int = 100) -> Sequence[Refund]:
    """Refunds that are owed, asked for or failed, oldest first, with their bookings."""
    query = (
        select(Refund)
        .where(Refund.state != RefundState.SUCCEEDED)
        .options(joinedload(Refund.booking).joinedload(Booking.company))
        .order_by(Refund.id)
        .limit(limit)
    )
    return session().scalars(query).all()


def parked_event(webhook_id: int) -> WebhookEvent:
    """One event of the gateway. Raises NotFound."""
    found = session().get(WebhookEvent, webhook_id)
    if found is None:
        raise NotFound(_l("Cet évènement n’existe pas."))
    return found
