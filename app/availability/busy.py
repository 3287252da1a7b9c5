"""What takes a unit's time: the one place that names the sources. Whoever adds a source adds it to both functions.

`during` is the time that a new reservation would take of the unit, buffers included: `Unit` must be in the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.orm import aliased

from app.availability.imports.models import ImportedBusy
from app.availability.models import Reservation, ReservationState, Unit, minutes
from app.core.db import UtcDateTime, session

BLOCKING = (ReservationState.ACTIVE, ReservationState.BOOKED)
Moment = datetime | ColumnElement[Any]


def with_buffers(starts_at: Moment, ends_at: Moment) -> ColumnElement[Any]:
    """All that a reservation of [starts_at, ends_at) takes of `Unit`."""
    before = _instant(starts_at) - minutes(Unit.before_minutes)
    after = _instant(ends_at) + minutes(Unit.after_minutes)
    return func.tstzrange(before, after, type_=TSTZRANGE())


def widened(during: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same for a range."""
    return with_buffers(func.lower(during), func.upper(during))


def _instant(moment: Moment) -> Any:
    return moment if isinstance(moment, ColumnElement) else literal(moment, UtcDateTime())


def is_taken(
    during: ColumnElement[Any], now: datetime | BindParameter[datetime], *, besides: Sequence[int] = ()
) -> ColumnElement[bool]:
    """Whether something takes a part of that time of `Unit`, as a reader sees it. Overdue holds take nothing.

    `besides`: reservations that don't count, by their ids.
    """
    which = blocks(now)
    return or_(reserved(during, which & Reservation.id.not_in(besides) if besides else which), *_elsewhere(during))


def is_taken_for_good(during: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for who holds the unit's lock: any reservation that the database would not let us overlap."""
    return or_(reserved(during, Reservation.state.in_(BLOCKING)), *_elsewhere(during))


def reserved(during: ColumnElement[Any], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether such a reservation overlaps that time of `Unit`. The second half lets a B-tree find it."""
    overlapping = and_(Reservation.during.op("&&")(during), func.upper(Reservation.during) > func.lower(during), which)
    return select(Reservation.id).where(Reservation.unit_id == Unit.id, overlapping).correlate(Unit).exists()


def _elsewhere(during: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """One condition for each other source: whether it says that `Unit` is busy in a part of that time."""
    imported = select(ImportedBusy.feed_id).where(_speaks_for_unit(), ImportedBusy.during.op("&&")(during))
    return [imported.correlate(Unit).exists()]


def is_overtaken(unit_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether something else than a reservation takes that time of a unit by now; read under the unit's lock."""
    query = select(Unit.id).where(Unit.id == unit_id, or_(*_elsewhere(with_buffers(starts_at, ends_at))))
    return session().scalar(query) is not None


def _speaks_for_unit() -> ColumnElement[bool]:
    """Whether an imported calendar is one of `Unit`, or of all units of its offer."""
    whose = or_(ImportedBusy.unit_id.is_(None), ImportedBusy.unit_id == Unit.id)
    return and_(ImportedBusy.offer_id == Unit.offer_id, whose)


def taken_times(
    among: ColumnElement[bool], window: ColumnElement[Any], now: datetime | BindParameter[datetime]
) -> list[Select[Any]]:
    """One statement for each source: (unit id, first instant, last instant) of what takes time in `window`.

    `among` is a condition on `Unit`. Readers join the statements by UNION ALL.
    """
    ours = (
        select(Reservation.unit_id, func.lower(Reservation.during), func.upper(Reservation.during))
        .join(Unit, Unit.id == Reservation.unit_id)
        .where(among, blocks(now), Reservation.during.op("&&")(window))
        .where(func.upper(Reservation.during) > func.lower(window))
    )
    return [ours, imported_times(among, window)]


def imported_times(among: ColumnElement[bool], window: ColumnElement[Any]) -> Select[Any]:
    """What imported calendars say is busy in `window`, as `taken_times` says it."""
    inside = func.unnest(ImportedBusy.during.op("*")(func.tstzmultirange(window)), type_=TSTZRANGE())
    pieces = (
        select(Unit.id.label("unit_id"), inside.label("piece"))
        .join(ImportedBusy, _speaks_for_unit())
        .where(among, ImportedBusy.during.op("&&")(window))
        .subquery()
    )
    return select(pieces.c.unit_id, func.lower(pieces.c.piece), func.upper(pieces.c.piece))


def blocks(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Booked, held and not overdue, or queued with nobody left in front: promoted once anyone asks for the time."""
    other = aliased(Reservation)
    in_front = select(other.id).where(
        other.unit_id == Reservation.unit_id, _stands(other, now), other.during.overlaps(Reservation.during)
    )
    queued = and_(Reservation.state == ReservationState.QUEUED, Reservation.expires_at > now, ~in_front.exists())
    return or_(_stands(Reservation, now), queued)


def _stands(row: Any, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    active = and_(row.state == ReservationState.ACTIVE, row.expires_at > now)
    return or_(row.state == ReservationState.BOOKED, active)
