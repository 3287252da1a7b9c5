"""Instalments, attempts to pay them, refunds, received webhook events, and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models import Booking
from app.core.db import Base


class InstalmentState(StrEnum):
    SCHEDULED = "scheduled"
    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"
    CANCELLED = "cancelled"


class InstalmentKind(StrEnum):
    DEPOSIT = "deposit"
    BALANCE = "balance"
    FULL = "full"


class Instalment(Base):
    """A part of a booking's price that is due on a day."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("booking_id", "position"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "state", "due_on"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (InstalmentState.SCHEDULED, "fall_due"): InstalmentState.DUE,
        (InstalmentState.SCHEDULED, "pay"): InstalmentState.PAID,
        (InstalmentState.DUE, "pay"): InstalmentState.PAID,
        (InstalmentState.DUE, "lapse"): InstalmentState.OVERDUE,
        (InstalmentState.OVERDUE, "pay"): InstalmentState.PAID,
        (InstalmentState.CANCELLED, "pay"): InstalmentState.PAID,
        (InstalmentState.SCHEDULED, "cancel"): InstalmentState.CANCELLED,
        (InstalmentState.DUE, "cancel"): InstalmentState.CANCELLED,
        (InstalmentState.OVERDUE, "cancel"): InstalmentState.CANCELLED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[InstalmentKind]
    due_on: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text, default="EUR")
    state: Mapped[InstalmentState]
    paid_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship()


class AttemptState(StrEnum):
    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTIALLY_FUNDED = "partially_funded"
    DISPUTED = "disputed"
    LOST = "lost"


class Attempt(Base):
    """One try to pay an instalment. Stored with its idempotency key before the gateway is called."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("instalment_id", "number"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(
            "ix_payment_attempt_open",
            "checked_at",
            postgresql_where="state in ('created', 'processing', 'partially_funded')",
        ),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (AttemptState.CREATED, "process"): AttemptState.PROCESSING,
        (AttemptState.CREATED, "succeed"): AttemptState.SUCCEEDED,
        (AttemptState.CREATED, "fail"): AttemptState.FAILED,
        (AttemptState.CREATED, "cancel"): AttemptState.CANCELLED,
        (AttemptState.CREATED, "fund_partly"): AttemptState.PARTIALLY_FUNDED,
        (AttemptState.PROCESSING, "succeed"): AttemptState.SUCCEEDED,
        (AttemptState.PROCESSING, "fail"): AttemptState.FAILED,
        (AttemptState.PROCESSING, "cancel"): AttemptState.CANCELLED,
        (AttemptState.PROCESSING, "fund_partly"): AttemptState.PARTIALLY_FUNDED,
        (AttemptState.PARTIALLY_FUNDED, "succeed"): AttemptState.SUCCEEDED,
        (AttemptState.PARTIALLY_FUNDED, "cancel"): AttemptState.CANCELLED,
        (AttemptState.PARTIALLY_FUNDED, "fail"): AttemptState.FAILED,
        (AttemptState.CANCELLED, "succeed"): AttemptState.SUCCEEDED,
        (AttemptState.FAILED, "succeed"): AttemptState.SUCCEEDED,
        (AttemptState.SUCCEEDED, "dispute"): AttemptState.DISPUTED,
        (AttemptState.DISPUTED, "reinstate"): AttemptState.SUCCEEDED,
        (AttemptState.DISPUTED, "lose"): AttemptState.LOST,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    idempotency_key: Mapped[str] = mapped_column(Text, unique=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    fee_cents: Mapped[int] = mapped_column(Integer, default=0)
    """The platform's commission inside the amount."""
    currency: Mapped[str] = mapped_column(Text, default="EUR")
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.CREATED)
    gateway_session: Mapped[str | None] = mapped_column(Text, unique=True)
    gateway_payment: Mapped[str | None] = mapped_column(Text, unique=True)
    gateway_charge: Mapped[str | None] = mapped_column(Text, unique=True)
    checkout_url: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What the gateway was asked for: a repeat with the same key must ask for the same."""
    method: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_cents: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    transfer: Mapped[dict[str, Any] | None]
    """IBAN, BIC, holder, reference and remaining_cents of a bank transfer that is awaited."""
    failure_code: Mapped[str] = mapped_column(Text, default="")
    failure_message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When the gateway was last asked about it by the reconciling job."""

    instalment: Mapped[Instalment] = relationship()


class GatewayCustomer(Base):
    """A company at the gateway, as it pays one provider: a saved method is valid for that pair alone."""

    __tablename__ = "gateway_customer"

    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    customer: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime]


class RefundState(StrEnum):
    OWED = "owed"
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(Base):
    """Money that goes back for one attempt. Written as owed in the transaction that owes it."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index("ix_refund_open", "id", postgresql_where="state in ('owed', 'requested', 'failed')"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (RefundState.OWED, "request"): RefundState.REQUESTED,
        (RefundState.REQUESTED, "succeed"): RefundState.SUCCEEDED,
        (RefundState.REQUESTED, "fail"): RefundState.FAILED,
        (RefundState.OWED, "fail"): RefundState.FAILED,
        (RefundState.FAILED, "request"): RefundState.REQUESTED,
        (RefundState.SUCCEEDED, "fail"): RefundState.FAILED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text, default="EUR")
    state: Mapped[RefundState] = mapped_column(default=RefundState.OWED)
    reason: Mapped[str] = mapped_column(Text, default="")
    idempotency_key: Mapped[str] = mapped_column(Text, unique=True)
    gateway_refund: Mapped[str | None] = mapped_column(Text, unique=True)
    failure_message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship()
    booking: Mapped[Booking] = relationship()


class WebhookEvent(Base):
    """A gateway's event as it came in. Only a trigger: a handler asks the gateway for the object."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        Index("ix_webhook_event_unhandled", "received_at", postgresql_where="handled_at is null"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    gateway: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    livemode: Mapped[bool] = mapped_column(Boolean)
    payload: Mapped[dict[str, Any]]
    refers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What it is about: type and id of the object, its payment, customer and metadata."""
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    handled_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")


class LedgerEntry(Base):
    """One side of a double entry. Append-only; the entries of a posting sum to zero.

    Accounts: `company:ID`, `provider:ID`, `platform:fees`, `platform:refunds`. In cents: positive is what an account
    received, negative what it gave. No object of the gateway is posted twice to an account.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("gateway_object", "account"),
        CheckConstraint("amount_cents <> 0", name="amount_cents"),
        Index(None, "booking_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    posting: Mapped[str] = mapped_column(Text, index=True)
    """Groups the sides: `charge:ATTEMPT`, `refund:REFUND`, `refund_failed:REFUND`."""
    account: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    gateway_object: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
