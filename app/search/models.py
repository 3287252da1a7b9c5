"""The search document: one narrow row for each published offer, written in the offer's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SearchDocument(Base):
    """What a result list reads and filters by. Words are folded (no accents) before they are indexed."""

    __tablename__ = "search_document"
    __table_args__ = (
        Index("ix_search_document_words", "words", postgresql_using="gin"),
        Index("ix_search_document_browse", "category", "score"),
        Index("ix_search_document_position", "lat", "lon"),
    )

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str] = mapped_column(Text)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    service_radius_km: Mapped[int | None] = mapped_column(Integer)
    capacity_min: Mapped[int] = mapped_column(Integer)
    capacity_max: Mapped[int] = mapped_column(Integer)
    notice_days: Mapped[int] = mapped_column(Integer)
    weekdays: Mapped[int] = mapped_column(Integer)
    """Bit n set: open on weekday n (Monday is 0)."""
    person_net_cents: Mapped[int] = mapped_column(Integer)
    """Net price of what is counted per person, or per so many begun; a headcount pays person × n + group."""
    person_gross_cents: Mapped[int] = mapped_column(Integer)
    group_net_cents: Mapped[int] = mapped_column(Integer)
    group_gross_cents: Mapped[int] = mapped_column(Integer)
    """What is counted once for a group, whatever its size. For filters and order; pages show exact prices."""
    score: Mapped[float] = mapped_column(Float)
    """Static quality score, 0 to 1, from rating, answers and completeness: see `app/rules/ranking.py`."""
    sells: Mapped[bool] = mapped_column(Boolean, default=True)
    """False while the offer is paused or its provider suspended."""
    updated_at: Mapped[datetime]
