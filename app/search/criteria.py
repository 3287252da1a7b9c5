"""What is searched for: typed values already checked, without HTTP and without SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

DEFAULT_RADIUS_KM = 50
RADII_KM = (10, 30, 50, 100, 200)
MOST_FLEXIBLE_DAYS = 14


class Sort(StrEnum):
    """How results are ordered."""

    RELEVANCE = "relevance"
    PRICE = "price"
    DISTANCE = "distance"
    RATING = "rating"
    ANSWER = "answer"
    CO2 = "co2"


@dataclass(frozen=True, slots=True)
class Near:
    """A circle around a place."""

    name: str
    lat: float
    lon: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Criteria:
    """Filters and order. None or empty: any.

    `first_day` to `last_day`: the days wanted, both included. `flexible_days`: so many earlier or later will do.
    `window`: the exact times, when an event tells them. `budget_cents`: per person, net or gross as `basis` says.
    `tags`, `covers`: codes of `tags.TAGS` and `tags.COVERS`, all of them wanted. `minutes`: the least and the most that
    it may last. `rating`: the least, in hundredths. `also_taken`: offers that aren't free on the days too.
    `origin`: where people come from, for CO₂; the place searched without one.
    """

    words: str = ""
    any_word: bool = False
    category: str = ""
    near: Near | None = None
    headcount: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    flexible_days: int = 0
    window: tuple[datetime, datetime] | None = None
    budget_cents: int | None = None
    basis: str = "gross"
    tags: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    minutes: tuple[int | None, int | None] = (None, None)
    rating: int | None = None
    also_taken: bool = False
    origin: tuple[float, float] | None = None
    sort: Sort = Sort.RELEVANCE

    def loosened(self, name: str) -> Criteria:
        """The same without one filter, named as `filters` names it."""
        return replace(self, **EMPTY[name])

    @property
    def filters(self) -> tuple[str, ...]:
        """Names of the filters that are set, as `loosened` takes them."""
        found = {
            "words": self.words,
            "category": self.category,
            "near": self.near,
            "headcount": self.headcount,
            "dates": self.first_day,
            "budget": self.budget_cents,
            "tags": self.tags,
            "covers": self.covers,
            "minutes": any(self.minutes),
            "rating": self.rating,
        }
        return tuple(name for name, value in found.items() if value)


EMPTY: dict[str, dict[str, Any]] = {
    "words": {"words": ""},
    "category": {"category": ""},
    "near": {"near": None},
    "headcount": {"headcount": None},
    "dates": {"first_day": None, "last_day": None, "window": None, "flexible_days": 0},
    "budget": {"budget_cents": None},
    "tags": {"tags": ()},
    "covers": {"covers": ()},
    "minutes": {"minutes": (None, None)},
    "rating": {"rating": None},
}
