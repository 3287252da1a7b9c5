"""Units, when they are open, and the reservations of their time. Overlap is impossible in the database, whatever Python
believes: what a reservation takes includes the time its unit needs before and after.

Holds are reservations. One whose `expires_at` has passed blocks nobody: whoever wants the time expires it first.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
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

MAX_BUFFER = 2_880
MAX_HORIZON = 1_095


class Unit(Base):
    """What can be booked once at a time: a room, a team, a chalet. An offer has one or several alike."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("offer_id", "position"),
        CheckConstraint(
            f"before_minutes between 0 and {MAX_BUFFER} and after_minutes between 0 and {MAX_BUFFER}", name="buffers"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    before_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """What it needs before each reservation, to be set up; the next reservations take it in."""
    after_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """What it needs after each, to be cleaned or to drive home."""

    offer: Mapped[Offer] = relationship()


class OpeningRule(Base):
    """An offer's usual weekdays and hours, in its own zone, and how far ahead it can be booked."""

    __tablename__ = "opening_rule"
    __table_args__ = (
        CheckConstraint("cardinality(weekdays) > 0", name="weekdays"),
        CheckConstraint(f"horizon_days between 1 and {MAX_HORIZON}", name="horizon"),
    )

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """Monday is 0."""
    opens: Mapped[time] = mapped_column(Time, default=time(0, 0))
    closes: Mapped[time] = mapped_column(Time, default=time(0, 0))
    """Equal to `opens`: all day; earlier than `opens`: past midnight."""
    zone: Mapped[str] = mapped_column(Text, default="Europe/Paris")
    horizon_days: Mapped[int | None] = mapped_column(Integer)
    """The last day that can be booked, counted from today; none: no limit."""


class Season(Base):
    """A part of the year with hours of its own instead of the usual ones; without any `OpeningHours` it is closed.

    Of several that hold a day, the shortest counts, then the one made last.
    """

    __tablename__ = "season"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("not yearly or last_day - first_day < 366", name="a_year_at_most"),
        Index(None, "offer_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text, default="")
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    yearly: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Every year on the same dates, before and after the year they name; over New Year, too."""


class OpeningHours(Base):
    """More hours of an offer: of a season, or besides the usual ones when `season_id` is null."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("cardinality(weekdays) > 0", name="weekdays"),
        Index(None, "offer_id"),
        Index(None, "season_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    season_id: Mapped[int | None] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """Monday is 0."""
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    """Equal to `opens`: all day; earlier than `opens`: past midnight."""


class OpeningException(Base):
    """Hours of some days that are open besides the others, or closed in spite of them. Closed days: `Blackout`."""

    __tablename__ = "opening_exception"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("opened or opens <> closes", name="closed_days_are_blackouts"),
        Index(None, "offer_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    opened: Mapped[bool] = mapped_column(Boolean)
    opens: Mapped[time] = mapped_column(Time, default=time(0, 0))
    closes: Mapped[time] = mapped_column(Time, default=time(0, 0))
    """As in `OpeningHours`."""


class CalendarChange(Base):
    """What an offer's closures and exceptions were before somebody changed them, so that it can be undone."""

    __tablename__ = "calendar_change"
    __table_args__ = (Index(None, "offer_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


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
    """A unit's time taken: by a hold or a booking that waits for its payment (active), or by a paid one (booked).

    `during` is all that it takes of the unit. The event's own time begins `before_minutes` after its start and ends
    `after_minutes` before its end: see `starts` and `ends`, and `service.times`.
    """

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
        CheckConstraint(
            "before_minutes >= 0 and after_minutes >= 0 and"
            " extract(epoch from upper(during) - lower(during)) > 60 * (before_minutes + after_minutes)",
            name="buffers",
        ),
        Index("ix_reservation_unit_until", "unit_id", text("upper(during)")),
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
    before_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    after_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    state: Mapped[ReservationState]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    unit: Mapped[Unit] = relationship()


def starts() -> ColumnElement[datetime]:
    """When the event of a reservation begins, as SQL."""
    return func.lower(Reservation.during) + minutes(Reservation.before_minutes)


def ends() -> ColumnElement[datetime]:
    """When the event of a reservation ends, as SQL."""
    return func.upper(Reservation.during) - minutes(Reservation.after_minutes)


def minutes(count: Any) -> ColumnElement[Any]:
    """So many minutes as SQL."""
    return func.make_interval(0, 0, 0, 0, 0, count)


def span(starts_at: datetime, ends_at: datetime) -> Range[datetime]:
    """The half-open range [starts_at, ends_at)."""
    return Range(starts_at, ends_at, bounds="[)")
