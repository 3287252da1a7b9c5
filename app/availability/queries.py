"""Reading availability: is it open, is a unit free, and why not. An expired hold counts as free."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.orm import aliased

from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit, span
from app.availability.openings import Openings, covers
from app.core.db import UtcDateTime, session
from app.offers.models import Offer

Period = tuple[datetime, datetime]


class DayState(StrEnum):
    FREE = "free"
    PART = "part"
    TAKEN = "taken"
    CLOSED = "closed"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an offer's calendar: its state, and how many units are free all day."""

    day: date
    state: DayState
    free_units: int


def openings_of(offer_id: int) -> Openings:
    """The opening rule and the blackouts of an offer; open all days without a rule."""
    rows = session().execute(_openings(), {"offer_id": offer_id}).all()
    closed = tuple((row.first_day, row.last_day) for row in rows if row.first_day is not None)
    if not rows or rows[0].weekdays is None:
        return Openings(blackouts=closed)
    rule = rows[0]
    return Openings(frozenset(rule.weekdays), rule.opens, rule.closes, rule.zone, closed)


@cache
def _openings() -> Select[list[int], time, time, str, date, date]:
    """One row for each blackout of an offer, with its opening rule; one row when it has none."""
    return (
        select(
            OpeningRule.weekdays, OpeningRule.opens, OpeningRule.closes, OpeningRule.zone,
            Blackout.first_day, Blackout.last_day,
        )
        .select_from(Offer)
        .outerjoin(OpeningRule, OpeningRule.offer_id == Offer.id)
        .outerjoin(Blackout, Blackout.offer_id == Offer.id)
        .where(Offer.id == bindparam("offer_id"))
        .order_by(Blackout.first_day)
    )  # fmt: skip


def blackouts_of(offer_id: int) -> Sequence[Blackout]:
    """The closures of an offer, first to last."""
    query = select(Blackout).where(Blackout.offer_id == offer_id).order_by(Blackout.first_day)
    return session().scalars(query).all()


def units_of(offer_id: int) -> Sequence[Unit]:
    """The units of an offer in their order, those out of service included."""
    return session().scalars(select(Unit).where(Unit.offer_id == offer_id).order_by(Unit.position)).all()


def is_open(offer: Offer, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether opening days, hours, blackouts and minimum notice allow a time, free or not."""
    return _closed_because(offer, openings_of(offer.id), starts_at, ends_at, now) is None


def free_units(offer_ids: Iterable[int], starts_at: datetime, ends_at: datetime, now: datetime) -> dict[int, int]:
    """How many active units of each offer are free in [starts_at, ends_at): one statement for a whole page of results.

    Expired holds count as free. Opening rules are not looked at. While several options wait behind a hold that has run
    out and that nothing has expired yet, the count is a guess; `service.take` never is.
    """
    wanted = set(offer_ids)
    busy = select(Reservation.unit_id).where(
        blocks(now), Reservation.during.overlaps(span(starts_at, ends_at)), Reservation.unit_id == Unit.id
    )
    query = (
        select(Unit.offer_id, func.count().filter(~busy.exists()))
        .where(Unit.offer_id.in_(wanted), Unit.active)
        .group_by(Unit.offer_id)
    )
    counts = dict.fromkeys(wanted, 0)
    counts.update(session().execute(query).all())
    return counts


def month(offer: Offer, year: int, number: int, now: datetime) -> list[Day]:
    """The days of one month as an offer’s calendar shows them, in two statements.

    Closed comes before notice, notice before taken. `part`: some unit is taken for some of the opening hours.
    """
    openings = openings_of(offer.id)
    days = [date(year, number, day) for day in range(1, monthrange(year, number)[1] + 1)]
    busy = _busy(offer.id, openings.instants(days[0])[0], openings.instants(days[-1])[1], now)
    earliest = _earliest_day(offer, openings, now)
    return [_day(day, openings, busy, earliest, now) for day in days]


def why_not(offer: Offer, starts_at: datetime, ends_at: datetime, headcount: int, now: datetime) -> Any | None:
    """The sentence that says why an offer can't be booked at that time for so many people; None when it can."""
    closed = _closed_because(offer, openings_of(offer.id), starts_at, ends_at, now)
    return closed or _too_many_or_few(offer, headcount) or _full(offer, starts_at, ends_at, now)


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


def _closed_because(
    offer: Offer, openings: Openings, starts_at: datetime, ends_at: datetime, now: datetime
) -> Any | None:
    for day in openings.service_days(starts_at, ends_at):
        if openings.closed_on(day):
            return _l("Le prestataire est fermé le %(day)s.", day=_readable(day))
    if not openings.within_hours(starts_at, ends_at):
        opens, closes = openings.opens.strftime("%H:%M"), openings.closes.strftime("%H:%M")
        return _l("Le prestataire ouvre de %(opens)s à %(closes)s.", opens=opens, closes=closes)
    return _too_soon(offer, openings, starts_at, now)


def _too_soon(offer: Offer, openings: Openings, starts_at: datetime, now: datetime) -> Any | None:
    if starts_at <= now:
        return _l("Cette date est passée.")
    earliest = _earliest_day(offer, openings, now)
    if openings.first_day(starts_at) < earliest:
        return _l("Trop tôt\u00a0: le prestataire prend les réservations à partir du %(day)s.", day=_readable(earliest))
    return None


def _too_many_or_few(offer: Offer, headcount: int) -> Any | None:
    version = offer.published_version
    if version is None:
        return _l("Cette prestation n’est pas publiée.")
    if headcount > version.capacity_max:
        return _l("Au plus %(most)s personnes.", most=version.capacity_max)
    if headcount < version.capacity_min:
        return _l("Au moins %(least)s personnes.", least=version.capacity_min)
    return None


def _full(offer: Offer, starts_at: datetime, ends_at: datetime, now: datetime) -> Any | None:
    if free_units([offer.id], starts_at, ends_at, now)[offer.id]:
        return None
    return _l("Ce créneau est déjà pris.")


def _earliest_day(offer: Offer, openings: Openings, now: datetime) -> date:
    version = offer.published_version
    return openings.local(now).date() + timedelta(days=version.notice_days if version else 0)


def _readable(day: date) -> LazyString:
    return LazyString(lambda: format_date(day, "d MMMM yyyy"))


@cache
def _taken_times() -> Select[int, datetime, datetime]:
    """The statement of `_busy`, built once: that costs more than running it."""
    now, during = bindparam("now", type_=UtcDateTime()), bindparam("during", type_=TSTZRANGE())
    taken = and_(Reservation.unit_id == Unit.id, blocks(now), Reservation.during.overlaps(during))
    return (
        select(Unit.id, func.lower(Reservation.during), func.upper(Reservation.during))
        .outerjoin(Reservation, taken)
        .where(Unit.offer_id == bindparam("offer_id"), Unit.active)
        .order_by(Unit.id, Reservation.during)
    )


def _busy(offer_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> dict[int, list[Period]]:
    """The taken times of each active unit, in order; units without any included."""
    wanted = {"offer_id": offer_id, "now": now, "during": span(starts_at, ends_at)}
    busy: dict[int, list[Period]] = {}
    for unit_id, first, last in session().execute(_taken_times(), wanted):
        periods = busy.setdefault(unit_id, [])
        if first is not None:
            periods.append((first, last))
    return busy


def _day(day: date, openings: Openings, busy: dict[int, list[Period]], earliest: date, now: datetime) -> Day:
    opens, closes = openings.instants(day)
    units = [[period for period in taken if period[0] < closes and period[1] > opens] for taken in busy.values()]
    free = sum(not taken for taken in units)
    if openings.closed_on(day):
        return Day(day, DayState.CLOSED, 0)
    if day < earliest or closes <= now:
        return Day(day, DayState.NOTICE, 0)
    if all(covers(taken, opens, closes) for taken in units):
        return Day(day, DayState.TAKEN, 0)
    return Day(day, DayState.FREE if free == len(units) else DayState.PART, free)
