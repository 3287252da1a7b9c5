"""An invitation for each attendee: what was sent last, and what was answered."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.events.models import Attendee


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    NEEDS_ACTION = "needs_action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Invitation(Base):
    """One attendee's invitation to the event. `delivery` and `answer` move apart from one another."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("sent_sequence >= 0", name="sent_sequence"),)

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (DeliveryState.QUEUED, "send"): DeliveryState.SENT,
        (DeliveryState.SENT, "queue"): DeliveryState.QUEUED,
        (DeliveryState.QUEUED, "queue"): DeliveryState.QUEUED,
        (DeliveryState.BOUNCED, "queue"): DeliveryState.QUEUED,
        (DeliveryState.SENT, "bounce"): DeliveryState.BOUNCED,
        (DeliveryState.QUEUED, "bounce"): DeliveryState.BOUNCED,
        (DeliveryState.QUEUED, "cancel"): DeliveryState.CANCELLED,
        (DeliveryState.SENT, "cancel"): DeliveryState.CANCELLED,
        (DeliveryState.BOUNCED, "cancel"): DeliveryState.CANCELLED,
        (DeliveryState.CANCELLED, "queue"): DeliveryState.QUEUED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(Text, unique=True, default=lambda: secrets.token_urlsafe(24))
    """Opens the guest page; only its holder and the attendee know it."""
    reply_token: Mapped[str] = mapped_column(Text, unique=True, default=lambda: secrets.token_hex(8))
    """Local part of the ORGANIZER address for this attendee: r-TOKEN@…"""
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.QUEUED)
    answer: Mapped[Answer] = mapped_column(default=Answer.NEEDS_ACTION)
    answered_at: Mapped[datetime | None]
    answered_via: Mapped[str] = mapped_column(Text, default="")
    """`link` or `calendar`."""
    comment: Mapped[str] = mapped_column(Text, default="")
    sent_sequence: Mapped[int] = mapped_column(Integer, default=0)
    sent_stamp: Mapped[datetime | None]
    """DTSTAMP of the last message."""
    reply_stamp: Mapped[datetime | None]
    """DTSTAMP of the last calendar reply taken."""
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    attendee: Mapped[Attendee] = relationship()
