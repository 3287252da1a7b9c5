"""Bookings, and proposals to move an event that has some."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Company, Provider
from app.availability.models import Reservation
from app.core.db import Base
from app.events.models import Event
from app.quotes.models import Quote


class BookingState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Booking(Base):
    """A contract between a company and a provider: an accepted quote, with its time and its terms."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("state <> 'held' or expires_at is not null", name="held_expires"),
        CheckConstraint("gross_cents >= 0 and net_cents >= 0", name="amounts"),
        CheckConstraint("cancelled_by in ('company', 'provider') or cancelled_by is null", name="cancelled_by"),
        Index("ix_booking_expiry", "expires_at", postgresql_where="state = 'held'"),
        Index(None, "provider_id", "starts_at"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (BookingState.HELD, "confirm"): BookingState.CONFIRMED,
        (BookingState.HELD, "expire"): BookingState.EXPIRED,
        (BookingState.EXPIRED, "confirm"): BookingState.CONFIRMED,
        (BookingState.HELD, "cancel"): BookingState.CANCELLED,
        (BookingState.CONFIRMED, "cancel"): BookingState.CANCELLED,
        (BookingState.CONFIRMED, "complete"): BookingState.COMPLETED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    state: Mapped[BookingState] = mapped_column(default=BookingState.HELD)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    headcount: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text, default="EUR")
    net_cents: Mapped[int] = mapped_column(Integer)
    gross_cents: Mapped[int] = mapped_column(Integer)
    terms: Mapped[dict[str, Any]]
    """Snapshot of the quote's terms: see `app/offers/terms.py`."""
    expires_at: Mapped[datetime | None]
    """Until when an unpaid booking is held."""
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    cancellation_fee_cents: Mapped[int | None] = mapped_column(Integer)
    company_ical_uid: Mapped[str] = mapped_column(Text, unique=True)
    provider_ical_uid: Mapped[str] = mapped_column(Text, unique=True)
    """UIDs of the confirmation's entry in the company's and in the provider's own calendar."""
    ical_sequence: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    event: Mapped[Event] = relationship()
    quote: Mapped[Quote] = relationship()
    company: Mapped[Company] = relationship(foreign_keys=[company_id])
    provider: Mapped[Provider] = relationship(foreign_keys=[provider_id])
    reservation: Mapped[Reservation] = relationship()


class MoveState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Move(Base):
    """A proposal to move an event: done when every provider with a booking has agreed, all at once."""

    __tablename__ = "move"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("uq_move_open", "event_id", unique=True, postgresql_where="state = 'proposed'"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (MoveState.PROPOSED, "agree"): MoveState.AGREED,
        (MoveState.PROPOSED, "decline"): MoveState.DECLINED,
        (MoveState.PROPOSED, "withdraw"): MoveState.WITHDRAWN,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    state: Mapped[MoveState] = mapped_column(default=MoveState.PROPOSED)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    answers: Mapped[list[MoveAnswer]] = relationship(order_by="MoveAnswer.id", cascade="all, delete-orphan")


class MoveAnswer(Base):
    """What one provider says to a move."""

    __tablename__ = "move_answer"
    __table_args__ = (UniqueConstraint("move_id", "booking_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    move_id: Mapped[int] = mapped_column(ForeignKey("move.id", ondelete="CASCADE"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    agreed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship()
