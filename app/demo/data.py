"""The catalogue's raw words and towns, read once."""

from __future__ import annotations

import csv
import re
import tomllib
from bisect import bisect
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from app.demo.dice import Dice
from app.demo.seeds import Spot

HERE: Final = Path(__file__).parent / "data"
VOWELS: Final = "AEIOUYÉÈÊÎÔÛaeiouyéèêîôûhH"
DEAR: Final = {
    "Paris": 128,
    "La Défense": 118,
    "Lyon": 106,
    "Nice": 110,
    "Cannes": 120,
    "Saint-Tropez": 140,
    "Deauville": 115,
    "Courchevel": 145,
    "Megève": 135,
    "Val-d’Isère": 135,
    "Méribel": 125,
    "Chamonix": 118,
}


def typeset(text: str) -> str:
    """French typography: ’, and unbreakable spaces before : ; ! ? and inside « »."""
    text = text.replace("'", "’").replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    return re.sub(r" ([;!?%€])", "\u202f\\1", re.sub(r"(\d) (m²|m|km|€)\b", "\\1\u202f\\2", text))


def _typeset_all(value: Any) -> Any:
    if isinstance(value, str):
        return typeset(value)
    if isinstance(value, list):
        return tuple(_typeset_all(one) for one in value)
    if isinstance(value, dict):
        return {key: _typeset_all(one) for key, one in value.items()}
    return value


@cache
def texts(name: str) -> dict[str, Any]:
    """One file of sentences, set in French type."""
    return dict(_typeset_all(tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))))


@lru_cache(maxsize=1)
def spots() -> tuple[Spot, ...]:
    """The towns, resorts and districts that offers lie in."""
    rows = csv.DictReader((HERE / "spots.csv").read_text("utf-8").splitlines(), delimiter=";")
    return tuple(_spot(row) for row in rows)


def _spot(row: dict[str, str]) -> Spot:
    name = row["name"]
    city = re.sub(r" \d+er?$", "", name)
    at, of = _prepositions(city)
    return Spot(
        name=name,
        city=city,
        postcode=row["postcode"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        tags=frozenset(row["tags"].split(",")),
        weight=int(row["weight"]),
        area=row["area"],
        by=row["by"],
        station=row["station"],
        minutes=int(row["minutes"]),
        at=at,
        of=of,
        dear_percent=DEAR.get(city, 100),
    )


def _prepositions(city: str) -> tuple[str, str]:
    """« à Lyon », « de Lyon »; « au Mans », « du Mans »; « sur l’île de Ré »."""
    if city.startswith("Île "):
        return f"sur l’île {city[4:]}", f"de l’île {city[4:]}"
    if city.startswith("Baie "):
        return "en baie de Somme", "de la baie de Somme"
    if city.startswith(("Le ", "Cap ")):
        bare = city.removeprefix("Le ")
        return f"au {bare}", f"du {bare}"
    if city.startswith("Les "):
        return f"aux {city[4:]}", f"des {city[4:]}"
    if city.startswith("Alpe "):
        return f"à l’{city}", f"de l’{city}"
    return f"à {city}", f"d’{city}" if city[0] in VOWELS and city != "Honfleur" else f"de {city}"


@cache
def _tagged(tags: str) -> tuple[tuple[Spot, ...], Sequence[int]]:
    wanted = frozenset(tags.split(","))
    found = tuple(spot for spot in spots() if spot.tags & wanted)
    return found, tuple(accumulate(spot.weight for spot in found))


def any_spot(dice: Dice, tags: str) -> Spot:
    """A town with one of the tags, the busier ones more often."""
    found, sums = _tagged(tags)
    return found[bisect(sums, dice.roll() * sums[-1])]


def spot_named(name: str) -> Spot:
    """The town of that name, one of ours."""
    return next(spot for spot in spots() if spot.name == name)
