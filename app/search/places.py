"""Places by name, offline: « alpe d huez », « st etienne », « Lyon 3e », « 69003 », « Savoie ».

Names are compared without accents, case, hyphens, articles and abbreviations. The index is built at the first
question of a process (about half a second and 25 MB, see `place_data`).
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from heapq import nlargest
from typing import Final

from app.search.place_data import Place, all_places, departments, distance_km

__all__ = ["Place", "bounding_box", "distance_km", "lookup", "suggest", "warm"]

ARTICLES: Final = frozenset({"l", "le", "la", "les", "d", "de", "du", "des"})
LONG_FORMS: Final = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "cedex": "",
    "arrondissement": "",
    "arr": "",
    "ardt": "",
}
ORDINAL: Final = re.compile(r"^(\d{1,2})(?:er|ere|e|eme|ieme)$")
MOST_FOUND: Final = 20
TYPO_SIMILARITY: Final = 0.84
# What a match is worth, in powers of ten of inhabitants: a hamlet of exactly that name beats a town that begins so,
# unless the town is more than some twenty times as large (« Boulogne » is Boulogne-Billancourt).
FULL: Final = 2.0
SHORT: Final = 1.6
WORD: Final = 0.6


class Index:
    """Names in three forms: as written, without articles, and from each of their words on."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.full: dict[str, list[int]] = {}
        self.short: dict[str, list[int]] = {}
        self.postcodes: dict[str, int] = {}
        tails: set[tuple[str, int]] = set()
        for number, place in enumerate(places):
            if place.postcode:
                self.postcodes[place.postcode] = number
            for name in (place.name, *place.aliases):
                tails |= self._add(number, name)
        self.tails = sorted(tails)

    def _add(self, number: int, name: str) -> set[tuple[str, int]]:
        words = _words(name)
        key = _key(words)
        self.full.setdefault(" ".join(words), []).append(number)
        self.short.setdefault(key, []).append(number)
        parts = key.split(" ")
        return {(" ".join(parts[at:]), number) for at in range(len(parts))}

    def starting_with(self, prefix: str) -> dict[int, bool]:
        """Numbers of the places with a word that begins so, and whether it is that whole word."""
        at, found = bisect_left(self.tails, (prefix, -1)), dict[int, bool]()
        while at < len(self.tails) and self.tails[at][0].startswith(prefix):
            tail, number = self.tails[at]
            found[number] = found.get(number, False) or tail[len(prefix) : len(prefix) + 1] in ("", " ")
            at += 1
        return found

    def misspelt(self, key: str) -> list[int]:
        near = [name for name in self.short if name[:1] == key[:1] and abs(len(name) - len(key)) <= 2]
        close = difflib.get_close_matches(key, near, n=3, cutoff=TYPO_SIMILARITY)
        return [number for name in close for number in self.short[name]]


@lru_cache(maxsize=1)
def _index() -> Index:
    return Index(all_places())


def warm() -> int:
    """Build the index now rather than at the first question; returns how many places it holds."""
    return len(_index().places)


@lru_cache(maxsize=2048)
def _lookup(text: str) -> tuple[Place, ...]:
    name, hint = _split_hint(text)
    words, index = _words(name), _index()
    if not words:
        return ()
    if len(words) == 1 and re.fullmatch(r"\d{5}", words[0]):
        return _by_postcode(words[0])
    found = _ranked(index, words)
    hinted = [place for place in found if hint and _matches_hint(place, hint)]
    return tuple((hinted or found)[:MOST_FOUND])


def lookup(text: str) -> list[Place]:
    """Places that `text` may mean, best first: the exact name, then the same without articles, then beginnings.

    A department after the name chooses among namesakes: « Saint-Denis (93) », « Montreuil, Pas-de-Calais ».
    A postcode gives its arrondissement, else its department. An unknown name gives the nearest spelling, or nothing.
    """
    return list(_lookup(text.strip()[:120]))


def suggest(prefix: str, limit: int = 8) -> list[Place]:
    """The places a person may be typing, the best known first; nothing before two letters."""
    words = _words(prefix)
    if len("".join(words)) < 2 or limit < 1:
        return []
    found = _ranked(_index(), words, spelling=False)
    return found[:limit]


def bounding_box(lat: float, lon: float, radius_km: float) -> tuple[float, float, float, float]:
    """South, west, north and east in degrees of the box around a circle."""
    height = radius_km / 111.195
    width = height / max(0.01, math.cos(math.radians(lat)))
    return (max(-90.0, lat - height), max(-180.0, lon - width), min(90.0, lat + height), min(180.0, lon + width))


def _ranked(index: Index, words: list[str], *, spelling: bool = True) -> list[Place]:
    full, key = " ".join(words), _key(words)
    scores = {number: _fame(index.places[number]) + FULL for number in index.full.get(full, ())}
    for number in index.short.get(key, ()):
        scores.setdefault(number, _fame(index.places[number]) + SHORT)
    for number, whole_word in index.starting_with(key).items():
        scores.setdefault(number, _fame(index.places[number]) + (WORD if whole_word else 0.0))
    if not scores and spelling:
        scores = {number: -float(place) for place, number in enumerate(index.misspelt(key))}
    best = nlargest(MOST_FOUND * 4, scores, key=lambda number: (scores[number], -number))
    return [index.places[number] for number in best]


def _fame(place: Place) -> float:
    """How likely it is that this one is meant; areas come after towns of the same name, quarters after their city."""
    divisor = {"arrondissement": 5, "department": 60, "region": 60}.get(place.kind, 1)
    return math.log10(1 + place.population / divisor)


def _by_postcode(code: str) -> tuple[Place, ...]:
    index = _index()
    if code in index.postcodes:
        return (index.places[index.postcodes[code]],)
    names = {"20": ("2A", "2B"), "97": (code[:3],), "75": ("75",)}.get(code[:2], (code[:2],))
    paris = [place for place in index.places if place.name == "Paris" and code.startswith("75")]
    inside = [place for place in index.places if place.kind == "department" and place.department_code in names]
    return tuple(paris or inside)


def _split_hint(text: str) -> tuple[str, str]:
    """« Saint-Denis (93) » -> the name and what tells it from its namesakes."""
    found = re.fullmatch(r"(.+?)\s*(?:\((.+?)\)|,\s*(.+)|\s(\d{2}|2[abAB]|97\d))\s*", text)
    if not found:
        return text, ""
    number = found[4]
    if number and (number.upper() not in departments() or _key(_words(text)) in _index().short):
        return text, ""
    return found[1], found[2] or found[3] or number or ""


def _matches_hint(place: Place, hint: str) -> bool:
    wanted = _key(_words(hint))
    given = (place.department_code, place.department, place.region, place.postcode[:2])
    return any(wanted == _key(_words(one)) for one in given if one)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = (_long_form(word) for word in re.findall(r"[a-z0-9]+", plain))
    return [word for word in words if word]


def _long_form(word: str) -> str:
    ordinal = ORDINAL.match(word)
    return ordinal[1] if ordinal else LONG_FORMS.get(word, word)


def _key(words: list[str]) -> str:
    return " ".join([word for word in words if word not in ARTICLES] or words)
