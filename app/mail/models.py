"""Outgoing mails. A row holds the finished bytes, so that a retry sends the very same message."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class MailState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class OutgoingMail(Base):
    """One message to one person."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "available_at", "id", postgresql_where="state = 'queued'"),
        Index("ix_outgoing_mail_claimed", "claimed_at", postgresql_where="state = 'claimed'"),
        Index("ix_outgoing_mail_topic", "topic", "id", postgresql_where="topic is not null"),
        Index("ix_outgoing_mail_failed", "id", postgresql_where="state = 'failed'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    topic: Mapped[str | None] = mapped_column(Text)
    """Messages of one topic leave in order of `id`: `invitation:12`."""
    version: Mapped[int] = mapped_column(Integer, default=0)
    """Within the topic: a queued message of a lower version is dropped once a higher one is queued."""
    invitation_id: Mapped[int | None] = mapped_column(BigInteger)
    correlation_id: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[MailState] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    available_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
