"""Further details of demonstration offers, from dice of their own: accessibility, and what a category asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.demo.dice import Dice
from app.demo.facets_rooms import codes
from app.offers import categories
from app.offers.categories import shared

VENUE_OF: Final = {"cruise": "barge", "show": "club", "dance": "club", "casino": "loft", "gala": "castle"}
DINNER_OF: Final = {"gala": "seated", "cocktail": "cocktail_dinner", "show": "seated", "cruise": "seated"}
Details = dict[str, Any]


def more(dice: Dice, category: str, details: Details) -> Details:
    """What else such an offer says; nothing that it says already changes."""
    found = _everywhere(dice, details) | MORE.get(category, _nothing)(dice, details)
    asked = categories.get(category).names
    return {name: value for name, value in found.items() if name in asked and details.get(name) in (None, False)}


def _nothing(_dice: Dice, _details: Details) -> Details:
    return {}


def _everywhere(dice: Dice, details: Details) -> Details:
    open_to_all = codes(shared.ACCESSIBILITY, dice, 0.42 if details.get("step_free") else 0.16)
    note = dice.pick(
        ("Deux marches à l’entrée.", "Allée en gravier sur trente mètres.", "Ascenseur au fond de la cour.")
    )
    found: Details = {"environment": codes(shared.COMMITMENTS, dice, 0.38)}
    if open_to_all:
        found["accessibility"] = open_to_all
    if dice.chance(0.3):
        found["accessibility_note"] = note
    return {name: value for name, value in found.items() if value}


def _evening(dice: Dice, details: Details) -> Details:
    style = details["style"]
    return {
        "venue": VENUE_OF.get(style) or dice.pick(("restaurant", "reception_hall", "museum", "loft", "theatre")),
        "dinner": DINNER_OF.get(style) or dice.pick(("seated", "buffet", "cocktail_dinner")),
        "from_time": dice.pick(("18:30", "19:00", "19:30")),
        "rooms": dice.between(1, 6),
        "courses": dice.between(2, 4),
        "drinks": ["soft", *dice.some(("beer", "wine", "sparkling", "cocktails"), 0.6)],
        "guests_per_waiter": dice.pick((15, 20, 25)),
        "music": dice.pick(("background", "dj", "live")),
        "own_music": dice.chance(0.6),
        "screen": dice.chance(0.6),
        "cloakroom": dice.chance(0.7),
        "decoration": dice.chance(0.5),
        "security": dice.chance(0.4),
        "shuttle": dice.chance(0.4),
        "rooms_nearby": dice.between(0, 120, 10),
        "included_duration": dice.pick((300, 360, 420)),
    }


def _company_trip(dice: Dice, _details: Details) -> Details:
    return {
        "people_per_room": dice.pick((2, 2, 3, 4)),
        "linen_included": dice.chance(0.9),
        "check_in": dice.pick(("15:00", "16:00")),
        "check_out": dice.pick(("10:00", "11:00")),
        "meeting_room": dice.chance(0.5),
        "drinks_included": dice.chance(0.4),
        "effort": dice.pick(("none", "light", "light", "moderate")),
        "months": dice.some(("spring", "summer", "autumn", "winter"), 0.7),
        "insurance_included": dice.chance(0.6),
        "free_time": dice.chance(0.8),
        "travel_time": dice.pick((90, 120, 150, 180, 240)),
        "local_transport": dice.chance(0.7),
        "luggage": dice.chance(0.3),
        "leisure": codes(shared.LEISURE, dice, 0.3),
    }


def _summer_party(dice: Dice, details: Details) -> Details:
    return {
        "grounds_m2": details["outdoor_capacity"] * dice.between(8, 40),
        "swimming": details["venue"] in ("beach", "lake") and dice.chance(0.6),
        "marquee": dice.chance(0.5),
        "furniture": dice.chance(0.8),
        "toilets": max(2, details["outdoor_capacity"] // 60),
        "power_kw": dice.pick((12, 24, 36, 60)),
        "drinks": ["soft", *dice.some(("beer", "wine", "sparkling"), 0.6)],
        "from_time": dice.pick(("11:00", "12:00", "16:00")),
        "music": dice.pick(("background", "playlist", "dj", "live")),
        "own_music": dice.chance(0.7),
        "screen": dice.chance(0.4),
        "childminding": bool(details.get("families")) and dice.chance(0.5),
        "first_aid": dice.chance(0.6),
        "dogs": dice.chance(0.3),
        "outside_caterer": dice.chance(0.3),
    }


def _together(dice: Dice, _details: Details) -> Details:
    """Days out and activities."""
    return {
        "people_per_guide": dice.between(8, 16),
        "gear_included": dice.chance(0.9),
        "photos_included": dice.chance(0.4),
        "insurance_included": dice.chance(0.85),
        "age_min": dice.pick((12, 14, 16, 18)),
        "changing_rooms": dice.chance(0.4),
        "mode": dice.pick(("together", "together", "teams")),
        "team_size": dice.between(5, 12),
        "activity_time": dice.pick((180, 210, 240)),
        "welcome_coffee": dice.chance(0.8),
        "drinks_included": dice.chance(0.6),
        "briefing": dice.pick((10, 15, 20)),
        "sessions": dice.between(1, 3),
        "tailored": dice.chance(0.5),
        "prizes": dice.chance(0.4),
        "alcohol_free": dice.chance(0.8),
        "half_day": dice.chance(0.4),
    }


MORE: Final[dict[str, Callable[[Dice, Details], Details]]] = {
    "evening": _evening,
    "company_trip": _company_trip,
    "summer_party": _summer_party,
    "team_day": _together,
    "activity": _together,
}
