"""Closing and opening days and hours of an offer by hand, and undoing it.

Whole closed days are blackouts; hours, and days that open although they usually don't, are exceptions. What is closed
wins. A change of hours is written by what each day should be open in the end, so that changes never pile up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.availability.calendars import openings_of
from app.availability.models import Blackout, CalendarChange, OpeningException
from app.availability.openings import DAY, Days, Hours, Openings, Period, cut, join, merge, subtract
from app.availability.service import lock_offers
from app.core.db import session
from app.core.errors import InvalidInput
from app.core.outbox import publish

MAX_CLOSED_DAYS = 730
MAX_CHANGED_DAYS = 62
REASON_LENGTH = 120
KEPT_CHANGES = 30
LAST_MINUTE = time(23, 59)
MINUTE = timedelta(minutes=1)

Line = tuple[date, date, bool, time, time]


def close_days(offer_id: int, first_day: date, last_day: date, *, reason: str = "", by: str, now: datetime) -> Blackout:
    """Close an offer from one day to another, both included; what overlaps or touches an older closure becomes one.

    Bookings that exist are not touched. Returns the row that holds the days. Raises InvalidInput.
    """
    openings = _begin(offer_id, first_day, last_day, MAX_CLOSED_DAYS, by=by, now=now)
    if len(reason.strip()) > REASON_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=REASON_LENGTH), field="reason")
    first, last = next(
        period for period in merge([(first_day, last_day), *openings.blackouts]) if period[0] <= first_day <= period[1]
    )
    inside = [row for row in _blackouts(offer_id) if first <= row.first_day <= last]
    reasons = [reason.strip(), *(row.reason for row in inside)]
    for row in inside:
        session().delete(row)
    blackout = Blackout(offer_id=offer_id, first_day=first, last_day=last, reason=next(filter(None, reasons), ""))
    session().add(blackout)
    _end(offer_id, now)
    return blackout


def open_days(offer_id: int, first_day: date, last_day: date, *, by: str, now: datetime) -> None:
    """Open an offer on some days: closures and closed hours go; a day that is usually closed gets the usual hours.

    Raises InvalidInput.
    """
    openings = _begin(offer_id, first_day, last_day, MAX_CLOSED_DAYS, by=by, now=now)

    def wanted(day: date) -> list[Period]:
        if not first_day <= day <= last_day:
            return openings.walls(day)
        extra = [one.hours for one in openings.specials if one.opened and one.holds(day)]
        hours = (*openings.regular(day), *extra) or openings.usual[:1]
        return join(one.window(day) for one in hours)

    _rewrite(offer_id, openings, (first_day, last_day), wanted)
    _end(offer_id, now)


def close_hours(offer_id: int, days: Days, hours: tuple[time, time], *, by: str, now: datetime) -> None:
    """Close some hours of each of some days; `closes` first means past midnight. Raises InvalidInput."""
    openings = _begin(offer_id, *days, MAX_CHANGED_DAYS, by=by, now=now)
    windows = join(_window(day, hours) for day in _each(*days))

    def wanted(day: date) -> list[Period]:
        return subtract(openings.walls(day), windows)

    _rewrite(offer_id, openings, days, wanted)
    _end(offer_id, now)


def open_hours(offer_id: int, days: Days, hours: tuple[time, time], *, by: str, now: datetime) -> None:
    """Open some hours of each of some days, closed ones included; the others stay as they are. Raises InvalidInput."""
    openings = _begin(offer_id, *days, MAX_CHANGED_DAYS, by=by, now=now)

    def wanted(day: date) -> list[Period]:
        more = [_window(day, hours)] if days[0] <= day <= days[1] else []
        return join([*openings.walls(day), *more])

    _rewrite(offer_id, openings, days, wanted)
    _end(offer_id, now)


def remove_blackout(offer_id: int, blackout_id: int, *, by: str, now: datetime) -> None:
    """Open an offer again on the days of a closure. One that is gone already stays gone."""
    blackout = session().get(Blackout, blackout_id)
    if blackout is not None and blackout.offer_id == offer_id:
        lock_offers([offer_id])
        _remember(offer_id, by=by, now=now)
        session().delete(blackout)
        _end(offer_id, now)


def remove_exception(offer_id: int, exception_id: int, *, by: str, now: datetime) -> None:
    """Forget hours that were opened or closed by hand. Those that are gone already stay gone."""
    exception = session().get(OpeningException, exception_id)
    if exception is not None and exception.offer_id == offer_id:
        lock_offers([offer_id])
        _remember(offer_id, by=by, now=now)
        session().delete(exception)
        _end(offer_id, now)


def undo(offer_id: int, *, now: datetime) -> bool:
    """Take the last change of closures and exceptions back. Returns whether there was one."""
    lock_offers([offer_id])
    query = select(CalendarChange).where(CalendarChange.offer_id == offer_id).order_by(CalendarChange.id.desc())
    last = session().scalars(query.limit(1)).one_or_none()
    if last is None:
        return False
    _write(offer_id, *_told(last.before))
    session().delete(last)
    _end(offer_id, now)
    return True


def can_undo(offer_id: int) -> bool:
    """Whether there is a change to take back."""
    query = select(CalendarChange.id).where(CalendarChange.offer_id == offer_id).limit(1)
    return session().scalar(query) is not None


def exceptions_of(offer_id: int, today: date) -> Sequence[OpeningException]:
    """The hours that were opened or closed by hand and are not past, first to last."""
    query = select(OpeningException).where(OpeningException.offer_id == offer_id, OpeningException.last_day >= today)
    return session().scalars(query.order_by(OpeningException.first_day, OpeningException.opens)).all()


def _begin(offer_id: int, first_day: date, last_day: date, most: int, *, by: str, now: datetime) -> Openings:
    """Check the days, lock the offer's calendar, and note how it was."""
    openings = openings_of(offer_id)
    if last_day < first_day:
        raise InvalidInput(_l("Le dernier jour est avant le premier."), field="last_day")
    if last_day < openings.local(now).date():
        raise InvalidInput(_l("Ces jours sont déjà passés."), field="last_day")
    if (last_day - first_day).days >= most:
        raise InvalidInput(_l("Au plus %(most)s jours à la fois.", most=most), field="last_day")
    lock_offers([offer_id])
    _remember(offer_id, by=by, now=now)
    return openings_of(offer_id)


def _end(offer_id: int, now: datetime) -> None:
    session().flush()
    publish("offer.changed", {"offer_id": offer_id}, now=now)


def _each(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _window(day: date, hours: tuple[time, time]) -> Period:
    return Hours(opens=hours[0], closes=hours[1]).window(day)


def _rewrite(offer_id: int, openings: Openings, days: Days, wanted: Callable[[date], list[Period]]) -> None:
    """Write the exceptions of some days and their neighbours anew, so that each has the hours that `wanted` says.

    Hours past midnight make neighbours: what closes them may stand on the day after.
    """
    first, last = days[0] - DAY, days[1] + DAY
    specials = [
        (*left, one.opened, one.hours.opens, one.hours.closes)
        for one in openings.specials
        for left in cut((one.first, one.last), (first, last))
    ]
    rows = _blackouts(offer_id)
    blackouts = [(*left, row.reason) for row in rows for left in cut((row.first_day, row.last_day), (first, last))]
    targets = {day: wanted(day) for day in _each(first - DAY, last)}
    anywhere = join(period for target in targets.values() for period in target)
    for day, target in targets.items():
        regular = join(one.window(day) for one in openings.regular(day))
        closed = openings.blacked_out(day)
        if day >= first and not target and (regular or closed):
            blackouts.append((day, day, _reason(rows, day)))
        elif target or not closed:
            specials += [line for line in _lines(day, regular, target, anywhere) if line[0] >= first]
    _write(offer_id, _joined_blackouts(blackouts), _joined(specials))


def _lines(day: date, regular: list[Period], target: list[Period], anywhere: list[Period]) -> list[Line]:
    """The exceptions that make a day's regular hours the ones that are wanted.

    Closed hours close those of all days: what is to be open `anywhere` they leave out.
    """
    late = datetime.combine(day, LAST_MINUTE)
    short = [one for one in target if _fits(one) and subtract([one], regular)]
    long = [part for one in target if not _fits(one) for part in subtract([one], regular)]
    opened = [piece for part in (*short, *long) for piece in _pieces(late, part)]
    borrowed = [(late, late + MINUTE)] if any(part[0] > late for part in (*short, *long)) else []
    closed = [*subtract(subtract(regular, target), anywhere), *subtract(borrowed, anywhere)]
    return [*(_line(one, opened=False) for one in closed), *(_line(one, opened=True) for one in opened)]


def _fits(walls: Period) -> bool:
    """Whether two times of day can say it: less than a day, or a whole one."""
    length = walls[1] - walls[0]
    return length < DAY or (length == DAY and walls[0].time() == time(0))


def _pieces(late: datetime, part: Period) -> list[Period]:
    """A part of a service day in pieces that two times of day can say, each beginning on it: at the `late`st."""
    if _fits(part):
        return [(min(part[0], late), part[1])]
    return [(part[0], late), (late, part[1])]


def _line(walls: Period, *, opened: bool) -> Line:
    day = walls[0].date()
    return day, day, opened, walls[0].time(), walls[1].time()


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Exceptions with the same hours on days that follow each other made one."""
    groups: dict[tuple[bool, time, time], list[Days]] = {}
    for first, last, opened, opens, closes in lines:
        groups.setdefault((opened, opens, closes), []).append((first, last))
    return [(*days, *hours) for hours, found in groups.items() for days in merge(found)]


def _joined_blackouts(rows: Iterable[tuple[date, date, str]]) -> list[tuple[date, date, str]]:
    groups: dict[str, list[Days]] = {}
    for first, last, reason in rows:
        groups.setdefault(reason, []).append((first, last))
    return [(*days, reason) for reason, found in groups.items() for days in merge(found)]


def _reason(rows: Sequence[Blackout], day: date) -> str:
    return next((row.reason for row in rows if row.first_day <= day <= row.last_day), "")


def _blackouts(offer_id: int) -> Sequence[Blackout]:
    query = select(Blackout).where(Blackout.offer_id == offer_id).order_by(Blackout.first_day)
    return session().scalars(query).all()


def _write(offer_id: int, blackouts: Iterable[tuple[date, date, str]], specials: Iterable[Line]) -> None:
    """Replace all blackouts and exceptions of an offer."""
    session().execute(delete(Blackout).where(Blackout.offer_id == offer_id))
    session().execute(delete(OpeningException).where(OpeningException.offer_id == offer_id))
    session().add_all(
        Blackout(offer_id=offer_id, first_day=first, last_day=last, reason=reason) for first, last, reason in blackouts
    )
    session().add_all(
        OpeningException(offer_id=offer_id, first_day=first, last_day=last, opened=opened, opens=opens, closes=closes)
        for first, last, opened, opens, closes in specials
    )
    session().flush()


def _remember(offer_id: int, *, by: str, now: datetime) -> None:
    """Note what closures and exceptions are before a change; only the last ones are kept."""
    openings = openings_of(offer_id)
    before: dict[str, Any] = {
        "blackouts": [[str(row.first_day), str(row.last_day), row.reason] for row in _blackouts(offer_id)],
        "specials": [
            [str(one.first), str(one.last), one.opened, str(one.hours.opens), str(one.hours.closes)]
            for one in openings.specials
        ],
    }
    session().add(CalendarChange(offer_id=offer_id, before=before, by=by, created_at=now))
    session().flush()
    newest = select(CalendarChange.id).where(CalendarChange.offer_id == offer_id).order_by(CalendarChange.id.desc())
    kept = newest.limit(KEPT_CHANGES)
    session().execute(delete(CalendarChange).where(CalendarChange.offer_id == offer_id, CalendarChange.id.not_in(kept)))


def _told(before: dict[str, Any]) -> tuple[list[tuple[date, date, str]], list[Line]]:
    """What `_remember` wrote."""
    day, clock = date.fromisoformat, time.fromisoformat
    blackouts = [(day(first), day(last), reason) for first, last, reason in before["blackouts"]]
    specials = [
        (day(first), day(last), opened, clock(opens), clock(closes))
        for first, last, opened, opens, closes in before["specials"]
    ]
    return blackouts, specials
