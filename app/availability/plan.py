"""What a provider sets: the units of an offer and the time they need between, usual hours, seasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.availability.models import (
    MAX_BUFFER,
    MAX_HORIZON,
    OpeningHours,
    OpeningRule,
    Reservation,
    ReservationState,
    Season,
    Unit,
)
from app.availability.openings import EVERY_DAY, ZONE, Hours
from app.availability.service import lock_offers
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.core.states import audit

NAME_LENGTH = 80
MAX_UNITS = 50
MAX_LINES = 8
MAX_SEASONS = 20
MAX_SEASON_DAYS = 1_096
LIVE = (ReservationState.ACTIVE, ReservationState.BOOKED, ReservationState.QUEUED)


def set_opening(offer_id: int, weekdays: Iterable[int], opens: time, closes: time, *, zone: str = ZONE) -> OpeningRule:
    """Set an offer's usual opening to the same hours on some weekdays. See `set_usual`."""
    return set_usual(offer_id, [Hours(frozenset(weekdays), opens, closes)], zone=zone)


def set_usual(
    offer_id: int, lines: Sequence[Hours], *, horizon_days: int | None = None, zone: str = ZONE
) -> OpeningRule:
    """Set an offer's usual weekdays and hours, and how many days ahead it can be booked. Raises InvalidInput.

    The field of what is wrong with a line ends in its number: "opens-1".
    """
    _check_lines(lines)
    if not lines:
        raise InvalidInput(_l("Choisissez au moins un jour d’ouverture."), field="weekdays-0")
    if horizon_days is not None and not 1 <= horizon_days <= MAX_HORIZON:
        raise InvalidInput(_l("Entre 1 et %(most)s jours.", most=MAX_HORIZON), field="horizon_days")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(_l("Ce fuseau horaire n’existe pas."), field="zone") from error
    rule = session().get(OpeningRule, offer_id) or OpeningRule(offer_id=offer_id)
    rule.weekdays, rule.opens, rule.closes = sorted(lines[0].weekdays), lines[0].opens, lines[0].closes
    rule.zone, rule.horizon_days = zone, horizon_days
    session().add(rule)
    _write_lines(offer_id, None, lines[1:])
    return rule


def save_season(
    offer_id: int,
    season_id: int | None,
    *,
    name: str,
    first_day: date,
    last_day: date,
    yearly: bool,
    lines: Sequence[Hours],
) -> Season:
    """Make a season of an offer, or change one; without any hours it is closed then. Raises InvalidInput, NotFound."""
    _check_season(name, first_day, last_day, yearly)
    _check_lines(lines)
    season = Season(offer_id=offer_id) if season_id is None else season_of(offer_id, season_id)
    if season_id is None and len(seasons_of(offer_id)) >= MAX_SEASONS:
        raise InvalidInput(_l("Au plus %(most)s saisons par prestation.", most=MAX_SEASONS), field="name")
    season.name, season.first_day, season.last_day, season.yearly = name.strip(), first_day, last_day, yearly
    session().add(season)
    session().flush()
    _write_lines(offer_id, season.id, lines)
    return season


def remove_season(offer_id: int, season_id: int) -> None:
    """Give an offer its usual hours back in a season. One that is gone already stays gone."""
    session().execute(delete(Season).where(Season.offer_id == offer_id, Season.id == season_id))


def seasons_of(offer_id: int) -> Sequence[Season]:
    """The seasons of an offer, first to last."""
    return session().scalars(select(Season).where(Season.offer_id == offer_id).order_by(Season.first_day)).all()


def season_of(offer_id: int, season_id: int) -> Season:
    """One season of an offer. Raises NotFound."""
    season = session().get(Season, season_id)
    if season is None or season.offer_id != offer_id:
        raise NotFound
    return season


def _write_lines(offer_id: int, season_id: int | None, lines: Sequence[Hours]) -> None:
    which = OpeningHours.season_id.is_(None) if season_id is None else OpeningHours.season_id == season_id
    session().execute(delete(OpeningHours).where(OpeningHours.offer_id == offer_id, which))
    session().add_all(
        OpeningHours(
            offer_id=offer_id,
            season_id=season_id,
            weekdays=sorted(line.weekdays),
            opens=line.opens,
            closes=line.closes,
        )
        for line in lines
    )
    session().flush()


def _check_lines(lines: Sequence[Hours]) -> None:
    if len(lines) > MAX_LINES:
        raise InvalidInput(_l("Au plus %(most)s lignes d’horaires.", most=MAX_LINES), field=f"weekdays-{MAX_LINES}")
    for number, line in enumerate(lines):
        if not line.weekdays:
            raise InvalidInput(_l("Choisissez au moins un jour d’ouverture."), field=f"weekdays-{number}")
        if not line.weekdays <= EVERY_DAY:
            raise InvalidInput(_l("Choisissez dans la liste."), field=f"weekdays-{number}")


def _check_season(name: str, first_day: date, last_day: date, yearly: bool) -> None:
    if len(name.strip()) > NAME_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=NAME_LENGTH), field="name")
    if last_day < first_day:
        raise InvalidInput(_l("Le dernier jour est avant le premier."), field="last_day")
    if yearly and (last_day - first_day).days >= 366:
        raise InvalidInput(_l("Une saison qui revient chaque année dure un an au plus."), field="last_day")
    if (last_day - first_day).days > MAX_SEASON_DAYS:
        raise InvalidInput(_l("Une saison dure trois ans au plus."), field="last_day")


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


def set_buffers(unit: Unit, before_minutes: int, after_minutes: int, *, by: str, now: datetime) -> None:
    """Set what a unit needs before and after each reservation. Those that stand keep what they took.

    Raises InvalidInput.
    """
    for field, count in (("before_minutes", before_minutes), ("after_minutes", after_minutes)):
        if not 0 <= count <= MAX_BUFFER:
            raise InvalidInput(_l("Entre 0 et %(most)s minutes (deux jours).", most=MAX_BUFFER), field=field)
    lock_offers([unit.offer_id])
    if (unit.before_minutes, unit.after_minutes) != (before_minutes, after_minutes):
        unit.before_minutes, unit.after_minutes = before_minutes, after_minutes
        session().flush()
        audit(unit, "set_buffers", by=by, now=now, reason=f"{before_minutes}, {after_minutes}")


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


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidInput(_l("Donnez un nom à cette unité."), field="name")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=NAME_LENGTH), field="name")
    return name
