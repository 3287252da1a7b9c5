"""A search's address, read: what was typed stays, what can't be used gets a sentence, the rest is searched for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.availability.openings import ZONE
from app.core.clock import french_date, local_date
from app.core.errors import InvalidInput
from app.core.money import parse_cents
from app.events.models import Event
from app.offers import categories
from app.rules.thresholds import limits
from app.search import places
from app.search.criteria import DEFAULT_RADIUS_KM, Criteria, Near, Sort
from app.search.places import Place

NAMES = ("q", "category", "place", "radius", "date", "until", "headcount", "budget", "sort", "all", "need")
WORDS_LENGTH = 120
FARTHEST_DAYS = 3 * 366
LONGEST_DAYS = 31
EARLY_MORNING = 6


@dataclass(slots=True)
class Asked:
    """`values` as typed, `errors` by name, the `criteria` that could be read, and other places of the same name."""

    values: dict[str, str]
    criteria: Criteria = field(default_factory=Criteria)
    errors: dict[str, str] = field(default_factory=dict)
    namesakes: list[Place] = field(default_factory=list)

    def read(self, name: str, reader: Callable[[str], Any]) -> Any:
        """What `reader` makes of a typed value; None when it is empty, or can't be used, which is noted."""
        typed = self.values.get(name, "")
        if not typed:
            return None
        try:
            return reader(typed)
        except InvalidInput as error:
            self.errors[name] = str(error)
            return None


def read(
    args: Mapping[str, str],
    *,
    basis: str,
    now: datetime,
    event: Event | None = None,
    origin: tuple[float, float] | None = None,
) -> Asked:
    """The search that an address asks for.

    `event`: whose need is looked for; its own hours count on its own days. `origin`: where its people come from.
    """
    values = {name: args.get(name, "").strip()[:200] for name in NAMES}
    asked = Asked({name: value for name, value in values.items() if value})
    near = asked.read("place", lambda typed: _near(typed, asked))
    first, last = _days(asked, now)
    asked.criteria = Criteria(
        words=values["q"][:WORDS_LENGTH],
        category=asked.read("category", lambda typed: categories.get(typed).code) or "",
        near=near,
        headcount=asked.read("headcount", lambda typed: _headcount(typed, now)),
        first_day=first,
        last_day=last,
        window=_window(event, first, last),
        budget_cents=asked.read("budget", _budget),
        basis=basis,
        also_taken=values["all"] == "1",
        sort=asked.read("sort", lambda typed: _sort(typed, near, origin)) or Sort.RELEVANCE,
        origin=origin if values["sort"] == Sort.CO2 else None,
    )
    return asked


def of_need(event: Event, category: str) -> dict[str, str]:
    """The address's values that look for what a need of an event asks."""
    first, last = _event_days(event)
    values = {
        "category": category,
        "place": event.place_name if places.lookup(event.place_name) else "",
        "date": first.isoformat(),
        "until": last.isoformat() if last > first else "",
        "headcount": str(event.headcount),
    }
    return {name: value for name, value in values.items() if value}


def _near(typed: str, asked: Asked) -> Near:
    found = places.lookup(typed)
    if not found:
        message = _("Nous ne connaissons pas « %(place)s » : essayez une ville voisine ou un code postal.", place=typed)
        raise InvalidInput(message)
    place, *others = found
    same = [one for one in others if one.name.casefold() == place.name.casefold()]
    asked.namesakes = [one for one in same if one.label != place.label][:3]
    radius = asked.read("radius", _radius) or max(DEFAULT_RADIUS_KM, place.radius_km)
    return Near(place.label, place.lat, place.lon, radius)


def _radius(typed: str) -> float:
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed) <= 1000:
        raise InvalidInput(_("Choisissez un rayon entre 1 et 1 000 km."))
    return float(typed)


def _headcount(typed: str, now: datetime) -> int:
    most = limits(french_date(now)).max_headcount
    plain = typed.replace("\u202f", "").replace(" ", "")
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain) <= most:
        raise InvalidInput(_("Indiquez un nombre de personnes entre 1 et %(most)s.", most=most))
    return int(plain)


def _budget(typed: str) -> int:
    cents = parse_cents(typed)
    if cents <= 0:
        raise InvalidInput(_("Indiquez un budget par personne, par exemple 80."))
    return cents


def _sort(typed: str, near: Near | None, origin: tuple[float, float] | None) -> Sort:
    if typed not in list(Sort):
        raise InvalidInput(_("Choisissez un ordre dans la liste."))
    if typed == Sort.DISTANCE and near is None:
        raise InvalidInput(_("Indiquez un lieu pour classer par distance."))
    if typed == Sort.CO2 and near is None and origin is None:
        raise InvalidInput(_("Indiquez un lieu pour classer par CO₂ du trajet."))
    return Sort(typed)


def _days(asked: Asked, now: datetime) -> tuple[date | None, date | None]:
    today = local_date(now, ZONE)
    first = asked.read("date", lambda typed: _day(typed, today))
    last = asked.read("until", lambda typed: _day(typed, today))
    if first is None:
        return None, None
    if last is not None and last < first:
        asked.errors["until"] = _("La fin doit venir après le début.")
        last = None
    if last is not None and (last - first).days >= LONGEST_DAYS:
        asked.errors["until"] = _("Cherchez sur 31 jours au plus.")
        last = None
    return first, last or first


def _day(typed: str, today: date) -> date:
    try:
        found = date.fromisoformat(typed)
    except ValueError as error:
        raise InvalidInput(_("Écrivez la date comme %(example)s.", example=today.isoformat())) from error
    if found < today:
        raise InvalidInput(_("Cette date est passée : choisissez-en une à venir."))
    if (found - today).days > FARTHEST_DAYS:
        raise InvalidInput(_("Choisissez une date dans les trois ans à venir."))
    return found


def _window(event: Event | None, first: date | None, last: date | None) -> tuple[datetime, datetime] | None:
    if event is None or (first, last) != _event_days(event):
        return None
    return event.starts_at, event.ends_at


def _event_days(event: Event) -> tuple[date, date]:
    """The days that an event takes; one that ends in the small hours belongs to the evening before."""
    start, end = (moment.astimezone(ZoneInfo(event.zone)) for moment in (event.starts_at, event.ends_at))
    last = end.date() - timedelta(days=1) if end.hour < EARLY_MORNING else end.date()
    return start.date(), max(start.date(), last)
