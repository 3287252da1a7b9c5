"""What is searched for: typed values already checked, without HTTP and without SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

DEFAULT_RADIUS_KM = 50
RADII_KM = (10, 30, 50, 100, 200)


class Sort(StrEnum):
    """How results are ordered."""

    RELEVANCE = "relevance"
    PRICE = "price"
    DISTANCE = "distance"
    RATING = "rating"


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

    `first_day` to `last_day`: the days wanted, both included. `window`: the exact times, when an event tells them.
    `budget_cents`: per person, net or gross as `basis` says. `also_taken`: offers that aren't free on the days too.
    """

    words: str = ""
    any_word: bool = False
    category: str = ""
    near: Near | None = None
    headcount: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    window: tuple[datetime, datetime] | None = None
    budget_cents: int | None = None
    basis: str = "gross"
    also_taken: bool = False
    sort: Sort = Sort.RELEVANCE

    def loosened(self, name: str) -> Criteria:
        """The same without one filter: words, category, near, headcount, dates or budget."""
        if name == "dates":
            return replace(self, first_day=None, last_day=None, window=None)
        empty = {"words": "", "category": ""}
        return replace(self, **{f"{name}_cents" if name == "budget" else name: empty.get(name)})  # type: ignore[arg-type]

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
        }
        return tuple(name for name, value in found.items() if value)
