"""A few more sellers around the demonstration's company, so that what it asks for is answered from nearby."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.demo.catalogue import generate, sell
from app.demo.seeds import OfferSeed

# A kind of provider, its town, and what it sells.
WANTED: Final = (
    ("caterer", "Villeurbanne", ("catering:buffet", "catering:cocktail_dinner")),
    ("caterer", "Lyon 9e", ("catering:buffet", "catering:breakfast")),
    ("caterer", "Lyon 3e", ("catering:seated", "catering:lunch_box")),
    ("caterer", "Lyon 2e", ("catering:buffet", "catering:barbecue")),
    ("crew", "Lyon 1er", ("activity", "activity", "team_day")),
    ("crew", "Villeurbanne", ("activity", "activity", "team_day")),
    ("crew", "Miribel", ("activity", "activity")),
    ("bar", "Lyon 2e", ("afterwork",)),
    ("bar", "Lyon 7e", ("afterwork",)),
    ("estate", "Villefranche-sur-Saône", ("residential_seminar",)),
)
COUNT: Final = sum(len(sold) for _kind, _town, sold in WANTED)


def with_neighbours(offers: int, seed: int, today: date) -> Iterator[OfferSeed]:
    """The catalogue of `offers` offers, the last `COUNT` of which lie around Lyon."""
    taken = set[str]()
    for one in generate(offers - COUNT, seed, today):
        taken.add(one.title)
        yield one
    for number, (kind, town, sold) in enumerate(WANTED, offers):  # a provider sells something: these numbers are free
        yield from sell(kind, town, number, sold, seed, today, taken)
