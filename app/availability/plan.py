"""What a provider sets: the units of an offer, its opening days and hours, the days it is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit
from app.availability.openings import ZONE, merge
from app.availability.service import lock_offers
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition
from app.core.states import audit

NAME_LENGTH = 80
MAX_UNITS = 50
MAX_BLACKOUT_DAYS = 730
LIVE = (ReservationState.ACTIVE, ReservationState.BOOKED, ReservationState.QUEUED)


def set_opening(offer_id: int, weekdays: Iterable[int], opens: time, closes: time, *, zone: str = ZONE) -> OpeningRule:
    """Set on which weekdays (Monday is 0) and from when to when an offer can be booked.

    Equal times mean all day; `closes` before `opens`, past midnight. Raises InvalidInput.
    """
    days = sorted(set(weekdays))
    if not days:
        raise InvalidInput(_l("Choisissez au moins un jour d’ouverture."), field="weekdays")
    if not set(days) <= set(range(7)):
        raise InvalidInput(_l("Choisissez dans la liste."), field="weekdays")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(_l("Ce fuseau horaire n’existe pas."), field="zone") from error
    rule = session().get(OpeningRule, offer_id) or OpeningRule(offer_id=offer_id)
    rule.weekdays, rule.opens, rule.closes, rule.zone = days, opens, closes, zone
    session().add(rule)
    session().flush()
    return rule


def add_blackout(offer_id: int, first_day: date, last_day: date, *, reason: str = "", today: date) -> Blackout:
    """Close an offer from one day to another, both included; what overlaps or touches an older closure becomes one.

    Bookings that exist are not touched. Returns the row that holds the days. Raises InvalidInput.
    """
    _check_blackout(first_day, last_day, today)
    lock_offers([offer_id])
    query = select(Blackout).where(Blackout.offer_id == offer_id).order_by(Blackout.first_day)
    rows = list(session().scalars(query))
    merged = merge([(first_day, last_day), *((row.first_day, row.last_day) for row in rows)])
    first, last = next(period for period in merged if period[0] <= first_day <= period[1])
    inside = [row for row in rows if first <= row.first_day <= last]
    reasons = [reason.strip(), *(row.reason for row in inside)]
    for row in inside:
        session().delete(row)
    blackout = Blackout(offer_id=offer_id, first_day=first, last_day=last, reason=next(filter(None, reasons), ""))
    session().add(blackout)
    session().flush()
    return blackout


def remove_blackout(offer_id: int, blackout_id: int) -> None:
    """Open an offer again on the days of a closure. One that is gone already stays gone."""
    blackout = session().get(Blackout, blackout_id)
    if blackout is not None and blackout.offer_id == offer_id:
        session().delete(blackout)
        session().flush()


def add_unit(offer_id: int, name: str, *, by: str, now: datetime) -> Unit:
    """Add a unit that can be booked at once beside the others. Raises InvalidInput."""
    lock_offers([offer_id])
    last, count = (
        session().execute(select(func.max(Unit.position), func.count()).where(Unit.offer_id == offer_id)).one()
    )
    if count >= MAX_UNITS:
        raise InvalidInput(_l("Au plus %(most)s unités par prestation.", most=MAX_UNITS), field="name")
    unit = Unit(offer_id=offer_id, position=0 if last is None else last + 1, name=_name(name), active=True)
    session().add(unit)
    session().flush()
    audit(unit, "add", by=by, now=now)
    return unit


def rename_unit(unit: Unit, name: str) -> None:
    """Give a unit another name. Raises InvalidInput."""
    unit.name = _name(name)
    session().flush()


def deactivate_unit(unit: Unit, *, by: str, now: datetime) -> None:
    """Take a unit out of what can be booked.

    Raises InvalidTransition while it has reservations to come: holds that stand, options that wait, bookings.
    """
    lock_offers([unit.offer_id])
    coming = select(Reservation.id).where(
        Reservation.unit_id == unit.id,
        Reservation.state.in_(LIVE),
        func.upper(Reservation.during) > now,
        (Reservation.expires_at.is_(None)) | (Reservation.expires_at > now),
    )
    if session().scalar(coming.limit(1)) is not None:
        raise InvalidTransition(
            _l("Cette unité a des réservations à venir\u00a0: elle pourra être retirée quand elles auront eu lieu.")
        )
    unit.active = False
    session().flush()
    audit(unit, "deactivate", by=by, now=now)


def activate_unit(unit: Unit, *, by: str, now: datetime) -> None:
    """Offer a unit again."""
    unit.active = True
    session().flush()
    audit(unit, "activate", by=by, now=now)


def _check_blackout(first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day:
        raise InvalidInput(_l("Le dernier jour est avant le premier."), field="last_day")
    if last_day < today:
        raise InvalidInput(_l("Ces jours sont déjà passés."), field="last_day")
    if (last_day - first_day).days >= MAX_BLACKOUT_DAYS:
        raise InvalidInput(_l("Une fermeture dure deux ans au plus."), field="last_day")


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidInput(_l("Donnez un nom à cette unité."), field="name")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=NAME_LENGTH), field="name")
    return name
