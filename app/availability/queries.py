"""What "free" means, for whoever reads: is it open, is a unit free, and why not. An expired hold counts as free.

An offer is free in [starts_at, ends_at) when `Openings.allows` it, notice and horizon allow its first service day, and
one unit has nothing in that time widened by the unit's own buffers: no reservation with its buffers, no imported time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import BigInteger, Select, bindparam, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE

from app.availability.busy import imported_times, is_taken, taken_times, with_buffers
from app.availability.calendars import openings_of, openings_of_all
from app.availability.models import MAX_BUFFER, Blackout, Unit, span
from app.availability.openings import DAY, LONGEST_DAYS, Openings, Period, covers, join
from app.core.db import UtcDateTime, session
from app.offers.models import Offer

WIDEST_BUFFER = timedelta(minutes=MAX_BUFFER)


class DayState(StrEnum):
    FREE = "free"
    PART = "part"
    TAKEN = "taken"
    CLOSED = "closed"
    NOTICE = "notice"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Imported:
    """A time at which a unit is busy by the provider's own calendar."""

    unit: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an offer's calendar: its state, and how many units are free all day."""

    day: date
    state: DayState
    free_units: int


def blackouts_of(offer_id: int) -> Sequence[Blackout]:
    """The closures of an offer, first to last."""
    query = select(Blackout).where(Blackout.offer_id == offer_id).order_by(Blackout.first_day)
    return session().scalars(query).all()


def units_of(offer_id: int) -> Sequence[Unit]:
    """The units of an offer in their order, those out of service included."""
    return session().scalars(select(Unit).where(Unit.offer_id == offer_id).order_by(Unit.position)).all()


def is_open(offer: Offer, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether hours, closures, minimum notice and horizon allow a time, free or not."""
    return _closed_because(openings_of(offer.id), starts_at, ends_at, now) is None


def free_units(offer_ids: Iterable[int], starts_at: datetime, ends_at: datetime, now: datetime) -> dict[int, int]:
    """How many active units of each offer are free in [starts_at, ends_at): one statement for a whole page of results.

    Expired holds count as free. Opening hours are not looked at. While several options wait behind a hold that has run
    out and that nothing has expired yet, the count is a guess; `service.take` never is.
    """
    wanted = sorted(set(offer_ids))
    given = {"offer_ids": wanted, "starts_at": starts_at, "ends_at": ends_at, "now": now}
    counts = dict.fromkeys(wanted, 0)
    counts.update(session().execute(_free_counts(), given).all())
    return counts


def free_offers(offer_ids: Iterable[int], starts_at: datetime, ends_at: datetime, now: datetime) -> set[int]:
    """Which offers are open in [starts_at, ends_at) and have a unit free: two statements for a page of results."""
    units = free_units(offer_ids, starts_at, ends_at, now)
    some = [offer_id for offer_id, count in units.items() if count]
    calendars = openings_of_all(some) if some else {}
    return {each for each in some if _closed_because(calendars[each], starts_at, ends_at, now) is None}


@cache
def _free_counts() -> Select[int, int]:
    """Built once: that costs more than running it."""
    at, until, now = (bindparam(name, type_=UtcDateTime()) for name in ("starts_at", "ends_at", "now"))
    free = func.count().filter(~is_taken(with_buffers(at, until), now))
    return select(Unit.offer_id, free).where(_of_offers(), Unit.active).group_by(Unit.offer_id)


def _of_offers() -> Any:
    return Unit.offer_id == func.any(bindparam("offer_ids", type_=ARRAY(BigInteger)))


def month(offer: Offer, year: int, number: int, now: datetime) -> list[Day]:
    """The days of one month as an offer’s calendar shows them, in two statements. See `days`."""
    return days(offer, date(year, number, 1), date(year, number, monthrange(year, number)[1]), now)


def days(offer: Offer, first: date, last: date, now: datetime, *, openings: Openings | None = None) -> list[Day]:
    """The days of an offer's calendar from one to another, both included, in two statements.

    Closed comes before too soon and too far ahead, those before taken. `part`: some unit is taken, or can't be taken
    because of the time it needs before and after, for some of the opening hours. `openings`: for who has read them.
    """
    openings = openings or openings_of(offer.id)
    closed = blocked_times([offer.id], *openings.bounds(first, last), now)[offer.id]
    return [_day(first + n * DAY, openings, closed, now) for n in range((last - first).days + 1)]


def why_not(offer: Offer, starts_at: datetime, ends_at: datetime, headcount: int, now: datetime) -> Any | None:
    """The sentence that says why an offer can't be booked at that time for so many people; None when it can."""
    closed = _closed_because(openings_of(offer.id), starts_at, ends_at, now)
    return closed or _too_many_or_few(offer, headcount) or _full(offer, starts_at, ends_at, now)


def blocked_times(
    offer_ids: Iterable[int], starts_at: datetime, ends_at: datetime, now: datetime
) -> dict[int, dict[int, list[Period]]]:
    """When no new reservation can be, for each active unit of each offer, in order: one statement.

    What takes the unit's time, widened by the unit's own buffers, so that a time is free when it touches none of these.
    """
    wanted = sorted(set(offer_ids))
    window = span(starts_at - WIDEST_BUFFER, ends_at + WIDEST_BUFFER)
    found: dict[int, dict[int, list[Period]]] = {offer_id: {} for offer_id in wanted}
    rows = session().execute(_blocked(), {"offer_ids": wanted, "now": now, "window": window})
    for offer_id, unit_id, before, after, first, last in rows:
        periods = found[offer_id].setdefault(unit_id, [])
        if first is not None:
            periods.append((first - timedelta(minutes=after), last + timedelta(minutes=before)))
    return {offer_id: {unit: join(periods) for unit, periods in units.items()} for offer_id, units in found.items()}


@cache
def _blocked() -> Select[Any]:
    """Built once: that costs more than running it."""
    now, window = bindparam("now", type_=UtcDateTime()), bindparam("window", type_=TSTZRANGE())
    each = union_all(*taken_times(_of_offers(), window, now)).subquery()
    unit_id, first, last = each.columns
    return (
        select(Unit.offer_id, Unit.id, Unit.before_minutes, Unit.after_minutes, first, last)
        .outerjoin(each, unit_id == Unit.id)
        .where(_of_offers(), Unit.active)
        .order_by(Unit.id, first)
    )


def imported(offer_id: int, starts_at: datetime, ends_at: datetime) -> list[Imported]:
    """The busy times of an offer's units by imported calendars, first to last; a unit's that touch are one."""
    each = imported_times((Unit.offer_id == offer_id) & Unit.active, literal(span(starts_at, ends_at), TSTZRANGE()))
    rows = each.subquery()
    unit_id, first, last = rows.columns
    found: dict[str, list[Period]] = {}
    for name, *times in session().execute(select(Unit.name, first, last).join(rows, unit_id == Unit.id)):
        found.setdefault(name, []).append((times[0], times[1]))
    each_one = [Imported(name, *period) for name, periods in found.items() for period in join(periods)]
    return sorted(each_one, key=lambda one: (one.starts_at, one.unit))


def _closed_because(openings: Openings, starts_at: datetime, ends_at: datetime, now: datetime) -> Any | None:
    if not openings.allows(starts_at, ends_at):
        return _closed_when(openings, starts_at, ends_at)
    if starts_at <= now:
        return _l("Cette date est passée.")
    earliest, latest = openings.bookable_days(now)
    day = openings.first_day(starts_at)
    if day < earliest:
        return _l("Trop tôt\u00a0: le prestataire prend les réservations à partir du %(day)s.", day=_readable(earliest))
    if latest is not None and day > latest:
        return _l("Trop loin\u00a0: le prestataire prend les réservations jusqu’au %(day)s.", day=_readable(latest))
    return None


def _closed_when(openings: Openings, starts_at: datetime, ends_at: datetime) -> Any:
    for day in islice(openings.service_days(starts_at, ends_at), LONGEST_DAYS):
        if openings.closed_on(day):
            return _l("Le prestataire est fermé le %(day)s.", day=_readable(day))
    closed = openings.closed_between(starts_at, ends_at)
    if closed:
        opens, closes = (f"{wall:%H:%M}" for wall in closed)
        day_of = _readable(closed[0].date())
        return _l(
            "Le prestataire est fermé le %(day)s de %(opens)s à %(closes)s.", day=day_of, opens=opens, closes=closes
        )
    return LazyString(lambda: _hours_of(openings, openings.first_day(starts_at)))


def _hours_of(openings: Openings, day: date) -> Any:
    walls = openings.walls(day)
    said = [_("de %(opens)s à %(closes)s", opens=f"{one:%H:%M}", closes=f"{two:%H:%M}") for one, two in walls]
    return _("Le prestataire ouvre %(hours)s.", hours=_(" et ").join(said))


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


def _readable(day: date) -> LazyString:
    return LazyString(lambda: format_date(day, "d MMMM yyyy"))


def _day(day: date, openings: Openings, blocked: dict[int, list[Period]], now: datetime) -> Day:
    hours = openings.instants(day)
    if not hours:
        return Day(day, DayState.CLOSED, 0)
    earliest, latest = openings.bookable_days(now)
    if day < earliest or hours[-1][1] <= now:
        return Day(day, DayState.NOTICE, 0)
    if latest is not None and day > latest:
        return Day(day, DayState.FAR, 0)
    touched = [
        any(one[0] < closes and opens < one[1] for one in each for opens, closes in hours) for each in blocked.values()
    ]
    if all(covers(each, opens, closes) for each in blocked.values() for opens, closes in hours):
        return Day(day, DayState.TAKEN, 0)
    return Day(day, DayState.PART if any(touched) else DayState.FREE, touched.count(False))
