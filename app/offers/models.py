"""Offers, their versions, photos, labels with their proof, and the questions that companies ask about them.

A published offer stays as it was while its next version is in review; a quote keeps the version it was made from.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Company, Provider, User
from app.core.db import Base
from app.core.documents import Document
from app.offers import reasons


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


class LabelState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    HIDDEN = "hidden"


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
    """Why the operator returned it, in words."""
    review_reasons: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Why, by the codes of `app/offers/reasons.py`."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    @property
    def why(self) -> str:
        """Why it was returned, as its provider reads it: chosen reasons and words, a line each."""
        return reasons.in_words(self.review_reasons or (), self.review_note)

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
    blur: Mapped[str] = mapped_column(Text, default="", server_default="")
    """A tiny WebP in base64 that stands in while the photo loads."""
    variants: Mapped[list[str]] = mapped_column(server_default='["webp-480", "webp-960", "webp-1600"]')
    """What has been drawn of it, as `webp-960`."""


class OfferTyped(Base):
    """What was typed into an offer's editor, right or wrong: the newest, and what came too late to be it.

    `tab` is one opening of the editor. `token` grows with each saving of the current text, so that one who has not
    seen the newest is told.
    """

    __tablename__ = "offer_typed"
    __table_args__ = (
        UniqueConstraint("offer_id", "tab"),
        Index("uq_offer_typed_current", "offer_id", unique=True, postgresql_where="current"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    tab: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[Any]]
    """Pairs of a control's name and its text, in the form's order."""
    current: Mapped[bool]
    saved: Mapped[bool] = mapped_column(default=False)
    """Whether a version holds it: then the editor opens with the version."""
    token: Mapped[int] = mapped_column(Integer)
    typed_at: Mapped[datetime]
    typed_by: Mapped[str] = mapped_column(Text)


class OfferLabel(Base):
    """A label that an offer carries until its certificate expires, with the proof that an operator has read."""

    __tablename__ = "offer_label"
    __table_args__ = (
        Index(None, "offer_id", "code"),
        Index(None, "valid_until"),
        Index("ix_offer_label_pending", "created_at", postgresql_where="state = 'pending'"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (LabelState.PENDING, "accept"): LabelState.ACCEPTED,
        (LabelState.PENDING, "refuse"): LabelState.REFUSED,
        (LabelState.ACCEPTED, "refuse"): LabelState.REFUSED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    """The proof. Several offers may share one."""
    valid_until: Mapped[date]
    """Its last day: shown and searched through this day, in Paris."""
    state: Mapped[LabelState] = mapped_column(default=LabelState.PENDING)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the operator refused it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reminded_at: Mapped[datetime | None]
    """When the provider was told that it is about to expire."""
    lapsed_at: Mapped[datetime | None]
    """When the offer was indexed again without it."""

    offer: Mapped[Offer] = relationship()
    document: Mapped[Document] = relationship()


class OfferQuestion(Base):
    """What a company asks about an offer. Everyone reads it once it is answered, without the company's name."""

    __tablename__ = "offer_question"
    __table_args__ = (
        CheckConstraint("state <> 'answered' or answer <> ''", name="answer"),
        Index(None, "offer_id", "state"),
        Index(None, "company_id", "asked_at"),
        Index("ix_offer_question_recent", "asked_at"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (QuestionState.OPEN, "answer"): QuestionState.ANSWERED,
        (QuestionState.ANSWERED, "answer"): QuestionState.ANSWERED,
        (QuestionState.OPEN, "hide"): QuestionState.HIDDEN,
        (QuestionState.ANSWERED, "hide"): QuestionState.HIDDEN,
        (QuestionState.HIDDEN, "show"): QuestionState.ANSWERED,
        (QuestionState.HIDDEN, "reopen"): QuestionState.OPEN,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    state: Mapped[QuestionState] = mapped_column(default=QuestionState.OPEN)
    hidden_reason: Mapped[str] = mapped_column(Text, default="")

    offer: Mapped[Offer] = relationship()
    company: Mapped[Company] = relationship()
    asked_by: Mapped[User | None] = relationship()
