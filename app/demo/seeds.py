"""Plain records of the demonstration catalogue: what `generate` makes and `load` writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from app.offers.price_rule import PriceRule
from app.offers.terms import Terms


@dataclass(frozen=True, slots=True)
class Spot:
    """A real town, resort or district, with the words that place an offer there.

    `at`, `of`: « à Lyon », « du Mans »; `area`: « en Savoie »; `by`: « au bord du lac ».
    """

    name: str
    city: str
    postcode: str
    lat: float
    lon: float
    tags: frozenset[str]
    weight: int
    area: str
    by: str
    station: str
    minutes: int
    at: str
    of: str
    dear_percent: int
    """What the place does to prices: 100 is ordinary."""


@dataclass(frozen=True, slots=True)
class Name:
    """A provider's or venue's name in the forms that sentences need: « le domaine des Tilleuls », « au », « du »."""

    title: str
    the: str
    to_the: str
    of_the: str


@dataclass(frozen=True, slots=True)
class ProviderSeed:
    """An invented seller. Its SIREN passes the check and, beginning with 0, belongs to nobody."""

    number: int
    kind: str
    name: Name
    spot: Spot
    legal_form: str
    siren: str
    rcs_city: str
    street: str
    lat: float
    lon: float
    email: str
    phone: str
    contact: str
    about: str
    since: int
    team: int
    answer_minutes: int
    quality: float
    """0 to 1: how well it is liked."""
    vat_franchise: bool = False
    atout_france: str = ""
    guarantor: str = ""
    insurer: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSeed:
    author: str
    stars: int
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class OfferSeed:
    """One offer, ready to be written."""

    provider: ProviderSeed
    category: str
    title: str
    summary: str
    description: str
    details: dict[str, Any]
    place_name: str
    postcode: str
    lat: float
    lon: float
    capacity_min: int
    capacity_max: int
    duration_minutes: int
    notice_days: int
    languages: tuple[str, ...]
    price_rule: PriceRule
    terms: Terms
    weekdays: tuple[int, ...]
    opens: time
    closes: time
    units: tuple[str, ...]
    published_at: datetime
    service_radius_km: int | None = None
    labels: tuple[str, ...] = ()
    blackouts: tuple[tuple[date, date, str], ...] = ()
    reviews: tuple[ReviewSeed, ...] = field(default=())
