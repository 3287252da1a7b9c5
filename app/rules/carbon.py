"""Greenhouse gases per person: dated factors with their source, and an estimate made of them.

Distances are road or rail kilometres estimated from coordinates; figures are an order of magnitude, shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

from flask_babel import lazy_gettext as _l

from app.rules.dated import Dated, value_on

ADEME = "ADEME, Base Carbone (Mon Impact Transport), usage only"
FLIGHT = "ADEME, Base Carbone: short-haul flight, without contrails"
SINCE = date(2020, 1, 1)

# Milligrams of CO₂e per passenger and kilometre; a car is shared by an average of 2.2 people on such trips.
MG_PER_KM: dict[str, tuple[Dated[int], ...]] = {
    "tgv": (Dated(1_730, SINCE, ADEME),),
    "intercites": (Dated(5_290, SINCE, ADEME),),
    "ter": (Dated(24_800, SINCE, ADEME),),
    "metro": (Dated(2_500, SINCE, ADEME),),
    "coach": (Dated(35_200, SINCE, ADEME),),
    "car": (Dated(87_700, SINCE, ADEME + ": 193 g/km a car, 2.2 people aboard"),),
    "plane": (Dated(141_000, SINCE, FLIGHT),),
}

# Grams of CO₂e per night and person, per meal.
GRAMS: dict[str, tuple[Dated[int], ...]] = {
    "night": (Dated(6_900, SINCE, "ADEME, Base Carbone: hotel night, France, order of magnitude"),),
    "meal": (Dated(2_040, SINCE, "ADEME, Base Carbone: average meal"),),
}

MODES: dict[str, Any] = {
    "tgv": _l("TGV"),
    "intercites": _l("train Intercités"),
    "ter": _l("TER"),
    "metro": _l("métro"),
    "coach": _l("autocar"),
    "car": _l("voiture"),
    "plane": _l("avion"),
}

# Door to door: minutes lost at both ends, kilometres an hour between, detour against the straight line (in hundredths).
PACE: dict[str, tuple[int, int, int]] = {
    "tgv": (50, 190, 120),
    "intercites": (45, 100, 120),
    "ter": (35, 70, 120),
    "metro": (12, 24, 125),
    "coach": (20, 75, 130),
    "car": (10, 75, 130),
    "plane": (150, 600, 105),
}

# Up to so many straight kilometres, the mode that a company of its size would take.
USUAL_MODE: tuple[tuple[int, str], ...] = ((15, "metro"), (90, "ter"), (200, "coach"), (950, "tgv"))


@dataclass(frozen=True, slots=True)
class Journey:
    """One way, for one person."""

    mode: str
    distance_km: int
    minutes: int
    grams: int


@dataclass(frozen=True, slots=True)
class Footprint:
    """Grams of CO₂e per person: return journey, nights, meals. `journey` is None when a place is unknown."""

    journey: Journey | None
    travel_grams: int
    night_grams: int
    meal_grams: int

    @property
    def total_grams(self) -> int:
        return self.travel_grams + self.night_grams + self.meal_grams


def straight_km(from_place: tuple[float, float], to_place: tuple[float, float]) -> float:
    """Kilometres between two (latitude, longitude) along the globe."""
    lat1, lon1, lat2, lon2 = (radians(degrees) for degrees in (*from_place, *to_place))
    half_chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half_chord)))


def usual_mode(straight: float) -> str:
    """How people would go so many straight kilometres: by metro, regional train, coach, TGV; by plane only very far."""
    return next((mode for limit, mode in USUAL_MODE if straight <= limit), "plane")


def journey(straight: float, on: date, mode: str | None = None) -> Journey:
    """One way by `mode`, or by the usual one. `straight` in kilometres. Raises KeyError for an unknown mode."""
    mode = mode or usual_mode(straight)
    access_minutes, speed, detour = PACE[mode]
    distance = straight * detour / 100
    minutes = access_minutes + distance * 60 / speed
    grams = distance * value_on(MG_PER_KM[mode], on) / 1000
    return Journey(mode, round(distance), round(minutes / 5) * 5, round(grams))


def footprint(
    on: date, *, straight: float | None, nights: int = 0, meals: int = 0, mode: str | None = None
) -> Footprint:
    """Grams of CO₂e per person for a stay: the way there and back, nights and meals (counts per person)."""
    way = None if straight is None else journey(straight, on, mode)
    return Footprint(
        journey=way,
        travel_grams=2 * way.grams if way else 0,
        night_grams=nights * value_on(GRAMS["night"], on),
        meal_grams=meals * value_on(GRAMS["meal"], on),
    )


def sources(on: date) -> Iterable[str]:
    """The sources of the factors in force on a day, each once."""
    series = (*MG_PER_KM.values(), *GRAMS.values())
    return dict.fromkeys(fact.source for facts in series for fact in facts if fact.valid_from <= on)
