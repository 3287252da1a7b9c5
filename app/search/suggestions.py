"""What somebody may be typing: words of the catalogue, categories, places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.offers import categories
from app.search import dictionary, places
from app.search.words import fold

MOST: Final = 6
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`words`: whole searches, the last word completed or put right. `categories`: codes and names."""

    words: list[str]
    categories: list[tuple[str, str]]
    places: list[str]

    def to_json(self) -> dict[str, Any]:
        """As a page's script reads it."""
        named = [{"code": code, "label": label} for code, label in self.categories]
        return {"words": self.words, "categories": named, "places": self.places}


def suggest(typed: str) -> Suggestions:
    """Suggestions for what was typed so far; nothing before two letters."""
    typed = typed.strip()[:LONGEST]
    *before, last = fold(typed).split() or [""]
    if len(last) < 2:
        return Suggestions([], [], [])
    begun = typed.split()[:-1] if len(typed.split()) == len(before) + 1 else before
    return Suggestions(
        words=[" ".join([*begun, word]) for word in _words(last)],
        categories=[
            (one.code, str(one.plural)) for one in categories.all_categories() if _begins(str(one.plural), last)
        ],
        places=[place.label for place in places.suggest(typed, MOST)],
    )


def _words(begin: str) -> list[str]:
    """Completed; what nothing begins with is taken for a typing error."""
    found = dictionary.completed(begin, MOST)
    if found:
        return found
    near = dictionary.nearest(begin)
    return [near[1]] if near else []


def _begins(label: str, begin: str) -> bool:
    return any(word.startswith(begin) for word in fold(label).split())
