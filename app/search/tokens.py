"""Tokens: what figures and places become among a document's words, so that the index alone does most filtering.

A token says a little less than the figure it stands for (« for some headcount from 40 to 49 »); exact columns finish.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

HEADS: Final = (
    1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 700, 1000, 1500,
    2000, 3000, 5000,
)  # fmt: skip
"""A token stands for the headcounts from one step to the next."""
EUROS: Final = (15, 25, 40, 60, 90, 130, 200, 300, 450, 700, 1200, 2500)
"""A token says that a person pays less than so much, net, in a full house."""
RATINGS: Final = (300, 350, 400, 425, 450, 475)
FINE, COARSE = 0.2, 1.0
MOST_CELLS: Final = 40
KM_PER_DEGREE: Final = 111.195


def heads(low: int, high: int) -> Iterator[str]:
    """The tokens of all headcounts from `low` to `high`."""
    for step in range(bisect_right(HEADS, low) - 1, bisect_right(HEADS, high)):
        yield f"h:{HEADS[step]}"


def head(headcount: int) -> str:
    """The token that every offer for so many people has."""
    return f"h:{HEADS[bisect_right(HEADS, headcount) - 1]}"


def prices(cheapest_cents: float) -> Iterator[str]:
    """The tokens of an offer whose cheapest price a person is so many cents, net."""
    for euros in EUROS:
        if cheapest_cents <= euros * 100:
            yield f"p:{euros}"


def price(budget_cents: float) -> str | None:
    """The token that every offer within a budget has; None for a budget beyond the last step."""
    place = bisect_left(EUROS, budget_cents / 100)
    return f"p:{EUROS[place]}" if place < len(EUROS) else None


def ratings(hundredths: int | None) -> Iterator[str]:
    """The tokens of a mean rating."""
    for step in RATINGS:
        if hundredths is not None and hundredths >= step:
            yield f"r:{step}"


def rating(least: int) -> str | None:
    """The token that every offer rated so well has; None below the first step."""
    place = bisect_right(RATINGS, least) - 1
    return f"r:{RATINGS[place]}" if place >= 0 else None


def position(lat: float, lon: float) -> tuple[str, str]:
    """The fine and the coarse cell of a place."""
    return _cell("g", lat, lon, FINE), _cell("G", lat, lon, COARSE)


def reached(lat: float, lon: float, radius_km: float) -> Iterator[str]:
    """The coarse cells that somebody who comes so far may come to."""
    return (cell.replace("G", "s", 1) for cell in _cells("G", lat, lon, radius_km, COARSE))


def comes(lat: float, lon: float) -> str:
    """The token of who may come to a place."""
    return _cell("s", lat, lon, COARSE)


def around(lat: float, lon: float, radius_km: float) -> list[str]:
    """Cells that together cover a circle, fine ones unless they would be too many; empty for a circle too large."""
    fine = list(_cells("g", lat, lon, radius_km, FINE))
    if len(fine) <= MOST_CELLS:
        return fine
    coarse = list(_cells("G", lat, lon, radius_km, COARSE))
    return coarse if len(coarse) <= 2 * MOST_CELLS else []


def _cell(kind: str, lat: float, lon: float, size: float) -> str:
    return f"{kind}:{math.floor(lat / size)}:{math.floor(lon / size)}"


def _cells(kind: str, lat: float, lon: float, radius_km: float, size: float) -> Iterator[str]:
    """The cells that a circle touches: those whose nearest point is in it."""
    high = radius_km / KM_PER_DEGREE
    for row in range(math.floor((lat - high) / size), math.floor((lat + high) / size) + 1):
        near = min(max(lat, row * size), (row + 1) * size)
        rest = math.sqrt(max(0.0, high * high - (near - lat) ** 2))
        narrow = max(0.01, min(math.cos(math.radians(row * size)), math.cos(math.radians((row + 1) * size))))
        for column in range(math.floor((lon - rest / narrow) / size), math.floor((lon + rest / narrow) / size) + 1):
            yield f"{kind}:{row}:{column}"


def any_of(tokens: Iterable[str]) -> str:
    """As a tsquery: one of these tokens."""
    return "|".join(f"'{token}'" for token in tokens)


def all_of(tokens: Iterable[str]) -> str:
    """As a tsquery: all of these tokens."""
    return "&".join(f"'{token}'" for token in tokens)
