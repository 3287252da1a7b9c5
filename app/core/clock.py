"""Time: aware UTC everywhere; a place's wall time only together with its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput


def utcnow() -> datetime:
    """The present moment, aware, in UTC. Only doors call it; services take `now` as an argument."""
    return datetime.now(UTC)


def to_utc(wall: datetime, zone: str, *, field: str | None = None) -> datetime:
    """The UTC instant of a naive wall time in an IANA zone; of an ambiguous one, the first.

    Raises InvalidInput for a wall time that the zone skips (the hour lost in spring).
    """
    from_zone = wall.replace(tzinfo=ZoneInfo(zone))
    instant = from_zone.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise InvalidInput(_l("Cette heure n’existe pas ce jour-là : l’heure d’été commence."), field=field)
    return instant


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def french_date(instant: datetime) -> date:
    """The calendar day of an instant in metropolitan France: the one that dated rules of French law go by."""
    return local_date(instant, "Europe/Paris")


def days_from(day: date, count: int) -> date:
    """The day `count` days later (negative: earlier)."""
    return day + timedelta(days=count)
