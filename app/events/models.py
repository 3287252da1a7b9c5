"""Events, what they need, and who is to come."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Company, User
from app.core.db import Base
from app.offers.models import Offer


class EventState(StrEnum):
    DRAFT = "draft"
    PLANNING = "planning"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Event(Base):
    """What people are invited to. Its times are instants, and the wall time as entered with its zone."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("headcount between 1 and 5000", name="headcount"),
        CheckConstraint("children between 0 and headcount", name="children"),
        CheckConstraint("budget_cents is null or budget_cents >= 0", name="budget_cents"),
        CheckConstraint("sequence >= 0", name="sequence"),
        Index(None, "company_id", "starts_at"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (EventState.DRAFT, "plan"): EventState.PLANNING,
        (EventState.PLANNING, "plan"): EventState.PLANNING,
        (EventState.PLANNING, "confirm"): EventState.CONFIRMED,
        (EventState.CONFIRMED, "confirm"): EventState.CONFIRMED,
        (EventState.CONFIRMED, "plan"): EventState.CONFIRMED,
        (EventState.CONFIRMED, "unconfirm"): EventState.PLANNING,
        (EventState.CONFIRMED, "complete"): EventState.COMPLETED,
        (EventState.DRAFT, "cancel"): EventState.CANCELLED,
        (EventState.PLANNING, "cancel"): EventState.CANCELLED,
        (EventState.CONFIRMED, "cancel"): EventState.CANCELLED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    slug: Mapped[str] = mapped_column(Text, unique=True, default=lambda: secrets.token_hex(5))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str] = mapped_column(Text, default="Europe/Paris")
    headcount: Mapped[int] = mapped_column(Integer)
    children: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many of them are children."""
    place_name: Mapped[str] = mapped_column(Text, default="")
    """The place wished for, as typed; the venue's own address takes over once it is booked (`venue_*`)."""
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    venue_name: Mapped[str] = mapped_column(Text, default="")
    venue_address: Mapped[str] = mapped_column(Text, default="")
    venue_lat: Mapped[float | None] = mapped_column(Float)
    venue_lon: Mapped[float | None] = mapped_column(Float)
    budget_cents: Mapped[int | None] = mapped_column(Integer)
    """Gross, for the whole event."""
    programme: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Lines {"at": "2027-03-11T09:00", "title": …, "note": …}, wall time in `zone`."""
    answer_by: Mapped[datetime | None]
    """Until when attendees may change their answer."""
    ical_uid: Mapped[str] = mapped_column(Text, unique=True)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    """RFC 5546 SEQUENCE: rises when start, end or status change once invitations are out."""
    times_sequence: Mapped[int] = mapped_column(Integer, default=0)
    """SEQUENCE of the last change of time: an answer to an older one is dropped."""
    invites_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    company: Mapped[Company] = relationship(foreign_keys=[company_id])
    organiser: Mapped[User] = relationship()
    needs: Mapped[list[Need]] = relationship(order_by="Need.position", cascade="all, delete-orphan")


class Need(Base):
    """One thing the event needs from one kind of provider: a venue, a caterer, an activity."""

    __tablename__ = "need"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    category: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, default="")
    must: Mapped[bool] = mapped_column(Boolean, default=True)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"code": …, "label": …}]: code from `app/rules/requirements.py`, or `other-1` … with a label of her own."""
    notes: Mapped[str] = mapped_column(Text, default="")

    event: Mapped[Event] = relationship(overlaps="needs")


class Pick(Base):
    """An offer in the tray of a need, before the request is sent."""

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("need_id", "offer_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    offer: Mapped[Offer] = relationship()


class Attendee(Base):
    """Someone who is to come. Has no account."""

    __tablename__ = "attendee"
    __table_args__ = (Index("uq_attendee_event_email", "event_id", text("lower(email)"), unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text)
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    event: Mapped[Event] = relationship()
