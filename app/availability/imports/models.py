"""The calendars that providers let us read, what they say, and the calendars that we publish for providers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.availability.imports.notes import Note
from app.availability.models import Unit
from app.core.db import Base
from app.offers.models import Offer


class CalendarFeed(Base):
    """A provider's own calendar, by its address or as a file: whose time it takes, and how reading it went.

    It speaks for one unit, or for all of an offer's when `unit_id` is empty.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint("sealed_url is not null or next_at is null", name="files_are_read_once"),
        CheckConstraint("failures >= 0 and gone >= 0", name="counts"),
        Index(None, "provider_id"),
        Index(None, "offer_id"),
        Index(None, "unit_id"),
        Index("ix_calendar_feed_due", "next_at", postgresql_where="next_at is not null"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text, default="")
    """What of the address may be shown; the whole of it is a secret."""
    sealed_url: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted; empty for a file that was uploaded."""
    zone: Mapped[str] = mapped_column(Text)
    etag: Mapped[str] = mapped_column(Text, default="")
    last_modified: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(Text, default="")
    """Of the content that was read last, without what changes at each export."""
    doubted_digest: Mapped[str] = mapped_column(Text, default="")
    """Of a content that a second look must confirm."""
    read_at: Mapped[datetime | None]
    """When what is stored was last known to be what the calendar says."""
    covers_until: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)
    gone: Mapped[int] = mapped_column(Integer, default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    problem_status: Mapped[int] = mapped_column(Integer, default=0)
    stopped_at: Mapped[datetime | None]
    """Not asked any more: the address is gone."""
    told_at: Mapped[datetime | None]
    """When its provider was told that it can't be read; empty again once it can."""
    notes: Mapped[list[dict[str, Any]]]
    events: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    offer: Mapped[Offer] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def remarks(self) -> list[Note]:
        """What was left out of it, or guessed."""
        return [Note.of_json(note) for note in self.notes]

    @property
    def incomplete(self) -> bool:
        """Whether some of its busy times may be missing."""
        return any(note.leaves_out for note in self.remarks)


class ImportedBusy(Base):
    """All that a calendar says is busy, as one value: a new reading replaces the whole of the old one."""

    __tablename__ = "imported_busy"
    __table_args__ = (Index(None, "offer_id"),)

    feed_id: Mapped[int] = mapped_column(ForeignKey("calendar_feed.id", ondelete="CASCADE"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    during: Mapped[list[Range[datetime]]] = mapped_column(TSTZMULTIRANGE)


class PublishedFeed(Base):
    """A secret address at which a provider's calendar program reads what is booked here, of all units or of one."""

    __tablename__ = "published_feed"
    __table_args__ = (
        Index(
            "uq_published_feed_open", "provider_id", "unit_id", unique=True,
            postgresql_where="revoked_at is null", postgresql_nulls_not_distinct=True,
        ),
        Index(None, "unit_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(Text, unique=True)
    sealed_token: Mapped[bytes] = mapped_column(LargeBinary)
    ical_uid: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()
