"""Units and the reservations of their time. Overlap is impossible in the database, whatever Python believes.

Holds are reservations. One whose `expires_at` has passed blocks nobody: whoever wants the time expires it first.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.offers.models import Offer


class Unit(Base):
    """What can be booked once at a time: a room, a team, a chalet. An offer has one or several alike."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("offer_id", "position"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    offer: Mapped[Offer] = relationship()


class OpeningRule(Base):
    """On which weekdays an offer can be booked, and from when to when on such a day, in the offer's zone."""

    __tablename__ = "opening_rule"
    __table_args__ = (CheckConstraint("cardinality(weekdays) > 0", name="weekdays"),)

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """Monday is 0."""
    opens: Mapped[time] = mapped_column(Time, default=time(0, 0))
    closes: Mapped[time] = mapped_column(Time, default=time(0, 0))
    """Equal to `opens`: all day; earlier than `opens`: past midnight."""
    zone: Mapped[str] = mapped_column(Text, default="Europe/Paris")


class Blackout(Base):
    """Days on which an offer can't be booked, both included."""

    __tablename__ = "blackout"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        Index(None, "offer_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text, default="")


class ReservationState(StrEnum):
    QUEUED = "queued"
    ACTIVE = "active"
    BOOKED = "booked"
    RELEASED = "released"
    EXPIRED = "expired"


class Reservation(Base):
    """A unit's time taken: by a hold or a booking that waits for its payment (active), or by a paid one (booked)."""

    __tablename__ = "reservation"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(unit_id, unit_id, '[]')"), "&&"),
            ("during", "&&"),
            using="gist",
            where=text("state in ('active', 'booked')"),
            name="ex_reservation_overlap",
        ),
        CheckConstraint("not isempty(during) and not lower_inf(during) and not upper_inf(during)", name="during"),
        CheckConstraint("state <> 'booked' or expires_at is null", name="booked_stays"),
        CheckConstraint("state not in ('active', 'queued') or expires_at is not null", name="hold_expires"),
        Index("ix_reservation_expiry", "expires_at", postgresql_where=text("state in ('active', 'queued')")),
        Index("ix_reservation_unit_state", "unit_id", "state"),
    )

    TRANSITIONS: ClassVar[dict[tuple[StrEnum, str], StrEnum]] = {
        (ReservationState.QUEUED, "activate"): ReservationState.ACTIVE,
        (ReservationState.QUEUED, "release"): ReservationState.RELEASED,
        (ReservationState.QUEUED, "expire"): ReservationState.EXPIRED,
        (ReservationState.ACTIVE, "book"): ReservationState.BOOKED,
        (ReservationState.ACTIVE, "release"): ReservationState.RELEASED,
        (ReservationState.ACTIVE, "expire"): ReservationState.EXPIRED,
        (ReservationState.BOOKED, "release"): ReservationState.RELEASED,
    }

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[ReservationState]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    unit: Mapped[Unit] = relationship()


def span(starts_at: datetime, ends_at: datetime) -> Range[datetime]:
    """The half-open range [starts_at, ends_at)."""
    return Range(starts_at, ends_at, bounds="[)")
