"""Titles, summaries and descriptions, put together from many sentences that fit what the offer is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from app.demo.data import texts
from app.demo.dice import Dice
from app.demo.firms import capital
from app.demo.seeds import ProviderSeed, Spot

TITLE_LENGTH: Final = 90
TRIES: Final = 6
SLOT: Final = re.compile(r"\{(\w+)\}")
CENTURIES: Final = ("du XVIIᵉ siècle", "du XVIIIᵉ siècle", "de 1870", "de 1904", "des années trente")
LEISURE: Final = {
    "pool": "piscine",
    "spa": "sauna",
    "park": "parc",
    "terrace": "terrasse",
    "gym": "salle de sport",
    "tennis": "tennis",
    "games_room": "salle de jeux",
    "fireplace": "grande cheminée",
    "bikes": "vélos",
    "bar": "bar",
}
LODGINGS: Final = {
    "hotel": "Hôtel",
    "castle": "Demeure",
    "country_house": "Maison de campagne",
    "chalet": "Chalet",
}
WORDS: Final = {
    "buffet": "déjeuner en buffet",
    "seated": "déjeuner servi à table",
    "lunch_box": "coffrets repas à midi",
    "none": "déjeuner libre",
}
BOARDS: Final = {
    "breakfast": "petit déjeuner compris",
    "half_board": "en demi-pension",
    "full_board": "pension complète",
}
MEALS: Final = {"buffet": "déjeuner en buffet", "seated": "déjeuner servi à table"}
STAYS: Final = {1: "Deux jours", 2: "Trois jours", 3: "Quatre jours"}
Truth = Callable[[dict[str, Any]], bool]


def _is(name: str, *values: Any) -> Truth:
    return lambda details: details.get(name) in values


def _has(name: str, code: str) -> Truth:
    return lambda details: code in details.get(name, ())


TRUE_WORDS: Final[dict[str, tuple[str, Truth]]] = {
    "exclusive": ("une maison entière", _is("exclusive_use", True)),
    "daylight": ("à la lumière du jour", _is("daylight", True)),
    "bathroom": ("salle de bains", _is("private_bathrooms", True)),
    "terrace": ("terrasse", _has("leisure", "terrace")),
    "fireplace": ("grande cheminée", _has("leisure", "fireplace")),
    "spa": ("sauna", _has("leisure", "spa")),
    "lunch_included": ("déjeuner compris", _is("lunch", "buffet", "seated", "lunch_box")),
    "outside_caterer": ("le traiteur de votre choix", _is("outside_caterer", True)),
    "half_day": ("demi-journée", _is("half_day", True)),
    "technician": ("technicien", _is("technician", True)),
    "welcome_coffee": ("café d’accueil", _is("welcome_coffee", True)),
    "chalet": ("chalet", _is("lodging_kind", "chalet")),
    "hotel": ("hôtel", _is("lodging_kind", "hotel")),
    "ski_in": ("skis aux pieds", _is("lift_distance_m", 0, 50)),
    "pass_included": ("forfaits compris", _is("ski_pass", "included")),
    "pass_included_Cap": ("Forfaits compris", _is("ski_pass", "included")),
    "beginners": ("débutants bienvenus", _is("beginners", True)),
    "beginners_word": ("débutants", _is("beginners", True)),
    "coach": ("autocar", _is("transport", "coach")),
    "linen": ("draps et serviettes", _is("linen_included", True)),
}
OPENING_ORDER: Final = {
    "estate": ("s", "v", "f", "l", "k", "m", "ski"),
    "mountain": ("ski", "m"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence and the slots that it needs."""

    text: str
    slots: tuple[str, ...]

    def fits(self, values: dict[str, Any]) -> bool:
        return all(values.get(slot) for slot in self.slots)


@cache
def phrases(lines: Sequence[str]) -> tuple[Phrase, ...]:
    """The sentences of a list, ready to be chosen from."""
    return tuple(Phrase(line, tuple(SLOT.findall(line))) for line in lines)


def say(dice: Dice, lines: Sequence[str], values: dict[str, Any]) -> str:
    """One sentence whose slots all have a value; empty when none came up."""
    ready = phrases(lines)
    for _ in range(TRIES):
        phrase = dice.pick(ready)
        if phrase.fits(values):
            return phrase.text.format_map(values)
    return ""


def slots(dice: Dice, seller: ProviderSeed, spot: Spot, details: dict[str, Any]) -> dict[str, Any]:
    """What sentences may say of an offer; a count below two is left out, so that plurals are right."""
    name = seller.name
    return {
        "V": name.title,
        "le": name.the,
        "Le": capital(name.the),
        "au": name.to_the,
        "du": name.of_the,
        "city": spot.city,
        "City": spot.city,
        "at": spot.at,
        "At": capital(spot.at),
        "of": spot.of,
        "by": spot.by,
        "by_Cap": capital(spot.by),
        "area": spot.area,
        "area_Cap": capital(spot.area),
        "Station": _station(spot.station),
        "Station_Cap": capital(_station(spot.station)),
        "green": "au vert" if spot.tags & {"k", "f", "v"} else None,
        "minutes": spot.minutes,
        "contact": seller.contact.split()[0],
        "since": seller.since,
        "team": seller.team if seller.team > 2 else None,
        "groups": dice.between(40, 900, 20),
        "century": dice.pick(CENTURIES),
        "hectares": dice.between(2, 24),
    } | _of_details(details)


def _of_details(details: dict[str, Any]) -> dict[str, Any]:
    def count(name: str) -> str | None:
        value = details.get(name)
        return _number(value) if isinstance(value, int) and value > 1 else None

    return {slot: count(name) for slot, name in COUNTS.items()} | _in_words(details)


COUNTS: Final = {
    "rooms": "room_count",
    "m2": "largest_room_m2",
    "theatre": "theatre_seats",
    "classroom": "classroom_seats",
    "u": "u_shape_seats",
    "islands": "islands_seats",
    "breakout": "breakout_rooms",
    "wifi": "wifi_mbps",
    "bedrooms": "bedrooms",
    "singles": "single_rooms",
    "twins": "twin_rooms",
    "parking": "parking_spaces",
    "seated": "seated_capacity",
    "standing": "standing_capacity",
    "outdoor": "outdoor_capacity",
    "covered": "covered_capacity",
    "altitude": "resort_altitude_m",
    "top": "top_altitude_m",
    "km": "slopes_km",
    "lift": "lift_distance_m",
    "beds": "beds",
    "people_per_room": "people_per_room",
    "meeting": "meeting_seats",
    "nights": "nights_min",
    "pieces": "pieces_per_person",
    "radius": "delivery_radius_km",
}


def _in_words(details: dict[str, Any]) -> dict[str, Any]:
    """Words that stand in a sentence only where they are true."""
    leisure = [LEISURE[code] for code in details.get("leisure", ()) if code in LEISURE]
    until = details.get("until_time", "")
    length = details.get("length", 0)
    return {word: text if true(details) else None for word, (text, true) in TRUE_WORDS.items()} | {
        "asset": leisure[0] if leisure else None,
        "leisure_list": f"{', '.join(leisure[:-1])} et {leisure[-1]}" if len(leisure) > 1 else None,
        "until": _hour(until) if until else None,
        "lunch_word": WORDS.get(details.get("lunch", "")),
        "lunch_meal": MEALS.get(details.get("lunch", "")),
        "board_word": BOARDS.get(details.get("board", "")),
        "lodging_word": LODGINGS.get(details.get("lodging_kind", "")),
        "pass_word": "forfaits compris" if details.get("ski_pass") == "included" else "forfaits en option",
        "stay_words": STAYS.get(details.get("nights_min", 0)),
        "length_words": _length(length) if length else None,
    }


def _station(station: str) -> str:
    """« la gare d’Annecy », « le métro Voltaire », « l’embarcadère de Quiberon »."""
    article = {"gare": "la ", "embarcadère": "l’", "aéroport": "l’"}.get(station.split()[0], "le ")
    return article + station


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f") if value > 999 else str(value)


def _hour(text: str) -> str:
    hours, _colon, minutes = text.partition(":")
    if hours == "00":
        return "minuit"
    return f"{int(hours)}\u202fh" if minutes == "00" else f"{int(hours)}\u202fh\u202f{minutes}"


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}\u202fh\u202f{rest:02d}" if rest else f"{hours}\u202fh"


def title(dice: Dice, lines: Sequence[str], values: dict[str, Any], taken: set[str]) -> str:
    """A title of at most ninety characters that no other offer has, as far as the words reach."""
    for _ in range(TRIES):
        found = say(dice, lines, values)
        if found and len(found) <= TITLE_LENGTH and found not in taken:
            taken.add(found)
            return capital(found)
    found = say(dice, lines, values)
    signed = f"{found}, {values['V']}" if found and values["V"] not in found else f"{values['V']}, {values['city']}"
    chosen = signed if len(signed) <= TITLE_LENGTH else f"{values['V']}, {values['city']}"
    taken.add(chosen)
    return capital(chosen)


def summary(dice: Dice, category: str, lines: Sequence[str], values: dict[str, Any]) -> str:
    """One sentence for lists and cards."""
    return capital(say(dice, lines or texts("common")["summaries"][category], values))


def description(
    dice: Dice, seller: ProviderSeed, spot: Spot, body: Sequence[Sequence[str]], values: dict[str, Any]
) -> str:
    """Three to six sentences: where it is, what it is, what to know."""
    common = texts("common")
    sentences = [say(dice, common["opening"][_opening(dice, seller, spot)], values)]
    sentences += [say(dice, lines, values) for lines in body]
    if dice.chance(0.45) and seller.kind not in ("caterer", "agency", "crew"):
        sentences.append(_practical(dice, values))
    if len(sentences) < 6:
        sentences.append(_closing(dice, common["closing"], values))
    return " ".join(dict.fromkeys(capital(sentence) for sentence in sentences if sentence))


def _opening(dice: Dice, seller: ProviderSeed, spot: Spot) -> str:
    if seller.kind in ("caterer", "crew", "agency", "outdoor"):
        return seller.kind
    if seller.kind in ("venue", "bar"):
        return "l" if "l" in spot.tags and dice.chance(0.4) else "c"
    order = OPENING_ORDER.get(seller.kind, ("c",))
    fitting = [tag for tag in order if tag in spot.tags]
    return dice.pick(fitting) if fitting else "c"


def _practical(dice: Dice, values: dict[str, Any]) -> str:
    practical = texts("common")["practical"]
    if values.get("parking") and dice.chance(0.3):
        return say(dice, practical["parking"], values)
    return say(dice, practical["station"], values)


def _closing(dice: Dice, closing: dict[str, Sequence[str]], values: dict[str, Any]) -> str:
    if values["capacity_max"] > 150 and dice.chance(0.3):
        return say(dice, closing["large"], values)
    if values["capacity_max"] < 30 and dice.chance(0.4):
        return say(dice, closing["small"], values)
    if values["seasonal"] and dice.chance(0.25):
        return say(dice, closing[dice.pick(("spring", "summer", "autumn", "winter"))], values)
    return say(dice, closing["any"], values)
