"""Reviews, shown on the offer that was booked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Review(Base):
    """One verified opinion: it needs a completed booking, or belongs to the demonstration catalogue and says so."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("stars between 1 and 5", name="stars"),
        CheckConstraint("booking_id is not null or demonstration", name="verified"),
        Index(None, "offer_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    demonstration: Mapped[bool] = mapped_column(Boolean, default=False)
    author: Mapped[str] = mapped_column(Text)
    stars: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
