"""Typed details of offers that are above all a place: seminars, evenings, afterworks, summer parties."""

from __future__ import annotations

from typing import Any, Final

from app.demo.dice import Dice
from app.demo.seeds import ProviderSeed, Spot
from app.offers.categories import shared
from app.offers.categories.base import Choices
from app.offers.labels import LABELS

SETTING_BY_TAG: Final = (
    ("ski", "mountain"),
    ("s", "sea"),
    ("l", "lake"),
    ("f", "forest"),
    ("k", "country"),
    ("v", "country"),
    ("m", "mountain"),
    ("c", "city"),
)
LODGING_BY_NOUN: Final = {
    "Hôtel": "hotel",
    "Château": "castle",
    "Manoir": "castle",
    "Abbaye": "castle",
    "Chalet": "chalet",
    "Refuge": "chalet",
}


def codes(choices: Choices, dice: Dice, probability: float) -> list[str]:
    """Some codes of a list of choices."""
    return dice.some([code for code, _label in choices], probability)


def setting(spot: Spot, kind: str) -> str:
    """The setting that a town's tags give; city venues are in town."""
    if kind in ("venue", "bar"):
        return "city"
    return next(code for tag, code in SETTING_BY_TAG if tag in spot.tags)


def access(dice: Dice, spot: Spot) -> dict[str, Any]:
    """How one comes."""
    in_town = "c" in spot.tags
    return {
        "step_free": dice.chance(0.68),
        "nearest_station": spot.station,
        "station_minutes": spot.minutes,
        "parking_spaces": dice.between(0, 30, 5) if in_town else dice.between(20, 140, 10),
        "ev_chargers": dice.between(0, 6, 2),
        "coach_access": not in_town or dice.chance(0.3),
    }


def certificates(dice: Dice) -> dict[str, Any]:
    """Labels; two offers in three have none. They become rows of their own: see `catalogue.py`."""
    return {"labels": [dice.pick(tuple(LABELS))]} if dice.chance(0.34) else {}


def diets(dice: Dice) -> dict[str, Any]:
    return {"diets": codes(shared.DIETS, dice, 0.62)}


def rooms(dice: Dice, surface: int) -> dict[str, Any]:
    """Meeting rooms whose seats follow from the surface of the largest, in m²."""
    seats = max(12, int(surface / dice.around(1.25, 0.12)) // 5 * 5)
    count = 1 + int(7 * dice.roll() ** 1.6)
    return {
        "room_count": count,
        "largest_room_m2": surface,
        "theatre_seats": seats,
        "classroom_seats": max(8, int(seats * 0.55)),
        "u_shape_seats": max(8, min(60, int(seats * 0.4))),
        "islands_seats": max(8, int(seats * 0.6) // 6 * 6),
        "boardroom_seats": max(8, min(40, int(seats * 0.35))),
        "breakout_rooms": max(0, count - 1),
        "daylight": dice.chance(0.86),
        "blackout_possible": dice.chance(0.7),
        "air_conditioning": dice.chance(0.62),
        "equipment": codes(shared.EQUIPMENT, dice, 0.66),
        "wifi_mbps": dice.pick((50, 100, 200, 300, 500, 1000)),
        "technician": dice.chance(0.4),
    }


def residential_seminar(dice: Dice, seller: ProviderSeed, _concept: dict[str, Any]) -> dict[str, Any]:
    noun = seller.name.title.split()[0]
    kind = LODGING_BY_NOUN.get(noun, "country_house")
    bedrooms = dice.between(12, 90) if kind == "hotel" else dice.between(8, 46)
    nights = dice.pick((1, 1, 1, 2))
    return {
        **rooms(dice, 20 + int(bedrooms * dice.around(2.4, 0.5)) // 10 * 10),
        "lodging_kind": kind,
        "stars": dice.pick(("3", "4", "4", "5")) if kind == "hotel" else "none",
        "bedrooms": bedrooms,
        "single_rooms": int(bedrooms * (0.5 + 0.5 * dice.roll())),
        "twin_rooms": int(bedrooms * 0.6 * dice.roll()),
        "nights_min": nights,
        "nights_max": nights + dice.between(1, 4),
        "check_in": dice.pick(("14:00", "15:00", "16:00")),
        "check_out": dice.pick(("10:00", "11:00", "12:00")),
        "private_bathrooms": dice.chance(0.85),
        "accessible_bedrooms": dice.between(0, 4),
        "exclusive_use": bedrooms < 30 and dice.chance(0.6),
        "setting": setting(seller.spot, seller.kind),
        "leisure": codes(shared.LEISURE, dice, 0.38),
        "board": dice.pick(("half_board", "full_board", "full_board")),
        "breaks_included": dice.chance(0.8),
        "alcohol_included": dice.chance(0.3),
        "dinner_until": dice.pick(("23:00", "00:00", "01:00")),
        **diets(dice),
        **access(dice, seller.spot),
        **certificates(dice),
    }


def day_seminar(dice: Dice, seller: ProviderSeed, _concept: dict[str, Any]) -> dict[str, Any]:
    lunch = dice.pick(("buffet", "buffet", "seated", "seated", "lunch_box", "none"))
    return {
        **rooms(dice, dice.between(30, 260, 10)),
        "available_from": dice.pick(("08:00", "08:00", "08:30", "07:30")),
        "available_until": dice.pick(("18:00", "18:30", "19:00")),
        "half_day": dice.chance(0.6),
        "exclusive_use": dice.chance(0.35),
        "setting": setting(seller.spot, seller.kind),
        "leisure": codes(shared.LEISURE, dice, 0.2),
        "lunch": lunch,
        "break_count": dice.pick((1, 2, 2, 2, 3)),
        "welcome_coffee": dice.chance(0.92),
        "outside_caterer": lunch == "none" or dice.chance(0.25),
        **diets(dice),
        **access(dice, seller.spot),
        **certificates(dice),
    }


def evening(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    seated = min(dice.between(40, 320, 10), concept.get("most", 320) * 2 // 3)
    return {
        "style": concept["style"],
        "seated_capacity": seated,
        "standing_capacity": int(seated * 1.5) // 10 * 10,
        "exclusive_use": dice.chance(0.85),
        "dance_floor": concept["style"] == "dance" or dice.chance(0.7),
        "outdoor_area": dice.chance(0.55),
        "until_time": dice.pick(("00:00", "01:00", "02:00", "03:00")),
        "entertainment": dice.some(("dj", "band", "magic", "comedy", "photobooth", "quiz", "karaoke"), 0.22),
        "open_bar": dice.chance(0.35),
        **diets(dice),
        **access(dice, seller.spot),
        **certificates(dice),
    }


def afterwork(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    standing = min(dice.between(25, 220, 5), concept.get("most", 220))
    exclusive = dice.pick(("whole", "whole", "area", "area", "none"))
    food = concept.get("food") or dice.pick(("boards", "cocktail", "cocktail_dinner"))
    return {
        "venue": concept["venue"],
        "exclusive_use": exclusive,
        "standing_capacity": standing,
        "seated_capacity": int(standing * 0.6),
        "outdoor_area": concept["venue"] in ("rooftop", "garden", "barge") or dice.chance(0.4),
        "outdoor_covered": dice.chance(0.35),
        "cloakroom": dice.chance(0.5),
        "drinks_per_person": dice.pick((0, 1, 2, 2, 2, 3, 3)),
        "open_bar": dice.chance(0.18),
        "drinks": ["soft", *dice.some(("beer", "wine", "sparkling", "cocktails", "mocktails"), 0.6)],
        "food": food,
        "pieces_per_person": dice.between(6, 18, 2),
        **diets(dice),
        "from_time": dice.pick(("17:30", "18:00", "18:30")),
        "until_time": dice.pick(("23:00", "00:00", "01:00", "02:00")),
        "music_until": dice.pick(("22:30", "23:30", "00:00", "01:00")),
        "music": dice.pick(("background", "playlist", "dj", "live")),
        "own_music": dice.chance(0.6),
        "included_duration": dice.pick((180, 210, 240, 300)),
        "screen": dice.chance(0.5),
        **access(dice, seller.spot),
        **certificates(dice),
    }


def summer_party(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    outdoor = dice.between(80, 900, 20)
    return {
        "venue": concept["venue"],
        "setting": setting(seller.spot, seller.kind),
        "outdoor_capacity": outdoor,
        "covered_capacity": int(outdoor * (0.2 + 0.5 * dice.roll())) // 10 * 10,
        "exclusive_use": dice.chance(0.8),
        "food": concept["food"],
        "games": dice.some(
            ("petanque", "giant_games", "molkky", "volley", "paddle", "inflatables", "concert", "dj", "children"), 0.35
        ),
        "families": dice.chance(0.6),
        "until_time": dice.pick(("20:00", "22:00", "23:00", "00:00")),
        "rain_plan": dice.chance(0.85),
        "rain_plan_note": dice.pick(("Grange et barnums", "Orangerie", "Grande salle", "Chapiteau monté d’avance")),
        **diets(dice),
        **access(dice, seller.spot),
        **certificates(dice),
    }
