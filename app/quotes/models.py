"""Requests for quotes, quotes in versions, their lines, and acceptances."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Provider, User
from app.availability.models import Reservation
from app.core.db import Base
from app.core.documents import Document
from app.events.models import Event, Need
from app.offers.models import Offer, OfferVersion


class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class QuoteRequest(Base):
    """One provider asked for one need. A copy of the brief, so that what was asked stays readable."""

    __tablename__ = "quote_request"
    __table_args__ = (
        UniqueConstraint("need_id", "offer_id"),
        Index(None, "provider_id", "state", "answer_by"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("children between 0 and headcount", name="children"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (RequestState.OPEN, "answer"): RequestState.ANSWERED,
        (RequestState.ANSWERED, "answer"): RequestState.ANSWERED,
        (RequestState.OPEN, "decline"): RequestState.DECLINED,
        (RequestState.OPEN, "expire"): RequestState.EXPIRED,
        (RequestState.OPEN, "withdraw"): RequestState.WITHDRAWN,
        (RequestState.ANSWERED, "withdraw"): RequestState.WITHDRAWN,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    offer_version_id: Mapped[int] = mapped_column(ForeignKey("offer_version.id"))
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    message: Mapped[str] = mapped_column(Text, default="")
    headcount: Mapped[int] = mapped_column(Integer)
    children: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many of the headcount are children."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(Text, default="Europe/Paris")
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    competitors: Mapped[int] = mapped_column(Integer, default=1)
    """How many providers were asked for this need, this one included: each is told."""
    answer_by: Mapped[datetime]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    need: Mapped[Need] = relationship()
    event: Mapped[Event] = relationship()
    provider: Mapped[Provider] = relationship()
    offer: Mapped[Offer] = relationship()
    offer_version: Mapped[OfferVersion] = relationship()


class QuoteState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Quote(Base):
    """A priced proposal; immutable once sent. What changes later is a new version."""

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("request_id", "version"),
        Index("uq_quote_number", "provider_id", "number", unique=True),
        CheckConstraint("gross_cents = net_cents + vat_cents", name="sums"),
        CheckConstraint("net_cents >= 0 and vat_cents >= 0", name="amounts"),
        CheckConstraint("state in ('draft', 'withdrawn') or document_id is not null", name="document"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index(None, "state", "valid_until"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (QuoteState.DRAFT, "send"): QuoteState.SENT,
        (QuoteState.DRAFT, "withdraw"): QuoteState.WITHDRAWN,
        (QuoteState.SENT, "accept"): QuoteState.ACCEPTED,
        (QuoteState.SENT, "decline"): QuoteState.DECLINED,
        (QuoteState.SENT, "expire"): QuoteState.EXPIRED,
        (QuoteState.SENT, "withdraw"): QuoteState.WITHDRAWN,
        (QuoteState.SENT, "supersede"): QuoteState.SUPERSEDED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("quote_request.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    version: Mapped[int] = mapped_column(Integer, default=1)
    number: Mapped[str | None] = mapped_column(Text)
    """Printed number, one series per provider: D-2027-0012. Given when sent."""
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.DRAFT)
    currency: Mapped[str] = mapped_column(Text, default="EUR")
    headcount: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    vat_franchise: Mapped[bool] = mapped_column(Boolean, default=False)
    message: Mapped[str] = mapped_column(Text, default="")
    net_cents: Mapped[int] = mapped_column(Integer, default=0)
    vat_cents: Mapped[int] = mapped_column(Integer, default=0)
    gross_cents: Mapped[int] = mapped_column(Integer, default=0)
    """Totals without options."""
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"), index=True)
    """The hold that goes with it, if any."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]

    request: Mapped[QuoteRequest] = relationship()
    provider: Mapped[Provider] = relationship()
    lines: Mapped[list[QuoteLine]] = relationship(order_by="QuoteLine.position", cascade="all, delete-orphan")
    reservation: Mapped[Reservation | None] = relationship()
    document: Mapped[Document | None] = relationship()


class QuoteLine(Base):
    """Quantity × unit price at one VAT rate; category and rate are a snapshot."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("quote_id", "position"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("minimum_headcount >= 1", name="minimum_headcount"),
        CheckConstraint("vat_bps between 0 and 10000", name="vat_bps"),
        CheckConstraint("basis in ('person', 'group', 'hour', 'person_night', 'group_night')", name="basis"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    group_size: Mapped[int | None] = mapped_column(Integer)
    minimum_headcount: Mapped[int] = mapped_column(Integer, default=1)
    scale: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What else the line follows at another headcount: hours or nights, children, tiers, the least that is charged."""
    quantity: Mapped[int] = mapped_column(Integer)
    unit_net_cents: Mapped[int] = mapped_column(Integer)
    """Below zero for a discount."""
    vat_category: Mapped[str] = mapped_column(Text)
    vat_bps: Mapped[int] = mapped_column(Integer)
    optional: Mapped[bool] = mapped_column(Boolean, default=False)
    parts: Mapped[list[str]] = mapped_column(default=list)
    """For a package that is not split: VAT categories of what it is made of."""
    covers: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the requirements that this line meets."""


class Acceptance(Base):
    """Who accepted a quote, when, and which document they saw."""

    __tablename__ = "acceptance"
    __table_args__ = (CheckConstraint("length(document_sha256) = 64", name="document_sha256"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    document_sha256: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship()


class QuoteCounter(Base):
    """The last quote number of a provider's year; locked while a number is given."""

    __tablename__ = "quote_counter"

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)
