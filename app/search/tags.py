"""What an offer can be filtered by beside figures: labels, languages, accessibility, where it happens, what it covers.

Each fact is one bit of a number in the search document (exact, and quick to count) and one token among its words (what
the index finds). A code's place in its list is its bit: append new ones, never move any. `flask search reindex` after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

TAGS: Final = (
    "label.green_key",
    "label.eu_ecolabel",
    "label.iso_20121",
    "label.iso_14001",
    "label.esat",
    "label.bcorp",
    "label.tourism_disability",
    "language.fr",
    "language.en",
    "language.es",
    "language.de",
    "language.it",
    "language.nl",
    "language.pt",
    "access.step_free",
    "access.bedrooms",
    "where.indoor",
    "where.outdoor",
    "where.your_place",
)
COVERS: Final = (
    "meeting_room", "breakout_room", "plenary_room", "exclusive_use", "outdoor_space", "accessible", "parking", "wifi",
    "dance_floor", "cloakroom", "av_equipment", "sound", "stationery", "tableware", "activity_gear", "breakfast",
    "welcome_coffee", "breaks", "lunch", "dinner", "cocktail", "drinks", "dietary_options", "lodging", "single_rooms",
    "linen", "transfer", "local_transport", "ski_pass", "ski_hire", "ski_lessons", "activity", "host", "entertainment",
    "photographer", "service_staff", "cleaning", "setup", "security", "insurance",
)  # fmt: skip
TAG_BITS: Final = {code: 1 << place for place, code in enumerate(TAGS)}
COVER_BITS: Final = {code: 1 << place for place, code in enumerate(COVERS)}
OUTDOORS: Final = ("summer_party",)
GROUPS: Final = ("label", "language", "access", "where")


def tags_of(
    category: str, details: Mapping[str, Any], languages: Iterable[str], *, comes: bool, labels: Iterable[str] | None
) -> tuple[str, ...]:
    """The tags of an offer, in the list's order. `comes`: it comes to the customer. `labels`: None for the details'."""
    found = {f"language.{code}" for code in languages} | {f"where.{place}" for place in _where(category, details)}
    found |= {f"label.{code}" for code in (details.get("labels", ()) if labels is None else labels)}
    if details.get("english"):
        found.add("language.en")
    if details.get("step_free"):
        found.add("access.step_free")
    if details.get("accessible_bedrooms"):
        found.add("access.bedrooms")
    if comes:
        found.add("where.your_place")
    return tuple(code for code in TAGS if code in found)


def _where(category: str, details: Mapping[str, Any]) -> set[str]:
    """Under a roof or not, as the details say, else as the category usually is."""
    if places := details.get("places"):
        return set(places)
    if category in OUTDOORS:
        return {"outdoor", "indoor"} if details.get("rain_plan") else {"outdoor"}
    if category == "catering":
        return {"your_place"}
    return {"indoor", "outdoor"} if details.get("outdoor_area") else {"indoor"}


def bits(codes: Iterable[str], known: Mapping[str, int]) -> int:
    """The number that holds these codes; unknown ones are left out."""
    return sum({known[code] for code in codes if code in known})


def codes_in(number: int, known: Mapping[str, int]) -> tuple[str, ...]:
    """The codes that a number holds."""
    return tuple(code for code, bit in known.items() if number & bit)
