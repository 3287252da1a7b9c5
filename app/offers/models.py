"""Offers, their versions, and photos.

A published offer stays as it was while its next version is in review; a quote keeps the version it was made from.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Provider
from app.core.db import Base


class OfferState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class VersionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Offer(Base):
    """Something a provider sells, through all its versions."""

    __tablename__ = "offer"
    __table_args__ = (Index(None, "provider_id", "state"),)

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (OfferState.DRAFT, "publish"): OfferState.PUBLISHED,
        (OfferState.PUBLISHED, "publish"): OfferState.PUBLISHED,
        (OfferState.PAUSED, "publish"): OfferState.PAUSED,
        (OfferState.PUBLISHED, "pause"): OfferState.PAUSED,
        (OfferState.PAUSED, "resume"): OfferState.PUBLISHED,
        (OfferState.DRAFT, "withdraw"): OfferState.WITHDRAWN,
        (OfferState.PUBLISHED, "withdraw"): OfferState.WITHDRAWN,
        (OfferState.PAUSED, "withdraw"): OfferState.WITHDRAWN,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    category: Mapped[str] = mapped_column(Text, index=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[OfferState] = mapped_column(default=OfferState.DRAFT)
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("offer_version.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    rating_hundredths: Mapped[int | None] = mapped_column(Integer)
    review_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    provider: Mapped[Provider] = relationship()
    published_version: Mapped[OfferVersion | None] = relationship(foreign_keys=[published_version_id], post_update=True)


class OfferVersion(Base):
    """What an offer said at one time. Immutable once it left draft, but for its state and dates."""

    __tablename__ = "offer_version"
    __table_args__ = (
        UniqueConstraint("offer_id", "number"),
        CheckConstraint("capacity_min >= 1 and capacity_max >= capacity_min", name="capacity"),
        CheckConstraint("notice_days between 0 and 730", name="notice_days"),
        CheckConstraint("lat between -90 and 90 and lon between -180 and 180", name="position"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (VersionState.DRAFT, "submit"): VersionState.IN_REVIEW,
        (VersionState.IN_REVIEW, "publish"): VersionState.PUBLISHED,
        (VersionState.IN_REVIEW, "reject"): VersionState.REJECTED,
        (VersionState.IN_REVIEW, "recall"): VersionState.DRAFT,
        (VersionState.REJECTED, "revise"): VersionState.DRAFT,
        (VersionState.PUBLISHED, "supersede"): VersionState.SUPERSEDED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The category's typed fields, as `categories.validate_details` returned them."""
    place_name: Mapped[str] = mapped_column(Text, default="")
    street: Mapped[str] = mapped_column(Text, default="")
    postcode: Mapped[str] = mapped_column(Text, default="")
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    service_radius_km: Mapped[int | None] = mapped_column(Integer)
    """Set when the provider comes to the customer: how far from the place above."""
    capacity_min: Mapped[int] = mapped_column(Integer, default=1)
    capacity_max: Mapped[int] = mapped_column(Integer, default=1)
    duration_minutes: Mapped[int | None] = mapped_column(Integer)
    notice_days: Mapped[int] = mapped_column(Integer, default=0)
    languages: Mapped[list[str]] = mapped_column(default=list)
    price_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    review_note: Mapped[str] = mapped_column(Text, default="")
    """Why the operator returned it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    offer: Mapped[Offer] = relationship(foreign_keys=[offer_id])
    photos: Mapped[list[OfferPhoto]] = relationship(order_by="OfferPhoto.position", cascade="all, delete-orphan")


class OfferPhoto(Base):
    """A photo of one version; several versions may share one stored file."""

    __tablename__ = "offer_photo"
    __table_args__ = (UniqueConstraint("version_id", "position", deferrable=True, initially="DEFERRED"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("offer_version.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    media_key: Mapped[str] = mapped_column(Text)
    """Path below MEDIA_URL of the re-encoded picture, without size and extension."""
    alt: Mapped[str] = mapped_column(Text, default="")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
