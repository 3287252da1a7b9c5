"""People, organisations (company | provider | platform) and memberships."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from flask_security import RoleMixin, UserMixin
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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

from app.accounts.roles import OrganisationKind, Role
from app.core.db import Base


class User(Base, UserMixin):
    """A person with a log-in. Attendees are none."""

    __tablename__ = "user_account"
    __table_args__ = (Index("uq_user_account_email_lower", text("lower(email)"), unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, default="")
    password: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(Text, unique=True)
    confirmed_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(Text, default="fr")
    intent: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What she said when registering: `company` (she organises) or `provider` (she sells); empty when invited."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    memberships: Mapped[list[Membership]] = relationship(order_by="Membership.id", lazy="select")
    roles: ClassVar[list[RoleMixin]] = []  # type: ignore[misc]  # no relationship: see below
    """Flask-Security's own roles are not used: a role belongs to a membership."""


class Organisation(Base):
    """A legal person: a company that books, a provider that sells, or the platform itself."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("siren is null or siren ~ '^[0-9]{9}$'", name="siren"),
        UniqueConstraint("kind", "siren"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[OrganisationKind]
    name: Mapped[str] = mapped_column(Text)
    legal_form: Mapped[str] = mapped_column(Text, default="")
    siren: Mapped[str | None] = mapped_column(Text)
    rcs_city: Mapped[str] = mapped_column(Text, default="")
    vat_number: Mapped[str] = mapped_column(Text, default="")
    street: Mapped[str] = mapped_column(Text, default="")
    postcode: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(Text, default="FR")
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __mapper_args__ = {"polymorphic_on": "kind"}


class Company(Organisation):
    """A client that books for its staff."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.COMPANY}


class Platform(Organisation):
    """The operator's own organisation."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.PLATFORM}


class ProviderState(StrEnum):
    REGISTERED = "registered"
    APPROVED = "approved"
    SUSPENDED = "suspended"


class Provider(Organisation):
    """A seller: a venue, a caterer, an activity company, a ski agency."""

    __tablename__ = "provider"
    __table_args__ = (  # type: ignore[assignment]  # other constraints than its parent's
        CheckConstraint("commission_bps between 0 and 10000", name="commission_bps"),
        CheckConstraint("not resells_stays or atout_france <> ''", name="atout_france"),
    )
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.PROVIDER}

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (ProviderState.REGISTERED, "approve"): ProviderState.APPROVED,
        (ProviderState.APPROVED, "suspend"): ProviderState.SUSPENDED,
        (ProviderState.REGISTERED, "suspend"): ProviderState.SUSPENDED,
        (ProviderState.SUSPENDED, "approve"): ProviderState.APPROVED,
    }

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[ProviderState] = mapped_column(default=ProviderState.REGISTERED)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(Text, default="")
    vat_franchise: Mapped[bool] = mapped_column(Boolean, default=False)
    resells_stays: Mapped[bool] = mapped_column(Boolean, default=False)
    """Sells packages, or stays and transport that it doesn't produce itself: needs Atout France's registration."""
    atout_france: Mapped[str] = mapped_column(Text, default="")
    guarantor: Mapped[str] = mapped_column(Text, default="")
    insurer: Mapped[str] = mapped_column(Text, default="")
    commission_bps: Mapped[int] = mapped_column(Integer, default=0)
    gateway_account: Mapped[str | None] = mapped_column(Text, unique=True)
    charges_enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    payouts_enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    answer_minutes: Mapped[int | None] = mapped_column(Integer)
    """Median time to answer a request, in minutes; a handler keeps it."""
    rating_hundredths: Mapped[int | None] = mapped_column(Integer)
    """Mean of verified reviews × 100 (430 = 4.3); a handler keeps it."""
    review_count: Mapped[int] = mapped_column(Integer, default=0)


class Membership(Base):
    """A person's role in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship(overlaps="memberships")
    organisation: Mapped[Organisation] = relationship()


class MembershipInvite(Base):
    """A colleague asked by e-mail to join an organisation. Pending until it is accepted, withdrawn or too old."""

    __tablename__ = "membership_invite"
    __table_args__ = (
        Index(
            "uq_membership_invite_pending",
            "organisation_id",
            text("lower(email)"),
            unique=True,
            postgresql_where="accepted_at is null and withdrawn_at is null",
        ),
        Index("ix_membership_invite_email", text("lower(email)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[Role]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[User | None] = relationship()
