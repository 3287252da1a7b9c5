"""Places by name, offline."""

from __future__ import annotations

import time

import pytest

from app.search import place_data, places


@pytest.mark.parametrize(
    ("typed", "name", "department"),
    [
        ("alpe d huez", "Alpe d'Huez", "Isère"),
        ("l’alpe d’huez", "Alpe d'Huez", "Isère"),
        ("saint-etienne", "Saint-Étienne", "Loire"),
        ("ST ETIENNE", "Saint-Étienne", "Loire"),
        ("la plagne", "La Plagne", "Savoie"),
        ("plagne", "La Plagne", "Savoie"),
        ("1650", "Courchevel 1650", "Savoie"),
        ("avoriaz", "Avoriaz", "Haute-Savoie"),
        ("isola 2000", "Isola 2000", "Alpes-Maritimes"),
        ("la defense", "La Défense", "Hauts-de-Seine"),
        ("sophia antipolis", "Sophia Antipolis", "Alpes-Maritimes"),
        ("Lyon 3e", "Lyon 3e", "Rhône"),
        ("lyon 3ème arrondissement", "Lyon 3e", "Rhône"),
        ("75011", "Paris 11e", "Paris"),
        ("chamonix", "Chamonix", "Haute-Savoie"),
        ("belle ile", "Belle-Île-en-Mer", "Morbihan"),
        ("Chaponost", "Chaponost", "Rhône"),
        ("Saint-Denis (93)", "Saint-Denis", "Seine-Saint-Denis"),
        ("Montreuil, Pas-de-Calais", "Montreuil", "Pas-de-Calais"),
        ("Boulogne", "Boulogne-Billancourt", "Hauts-de-Seine"),
        ("dunkerque", "Dunkerque", "Nord"),
        ("oeuilly", "Œuilly", "Marne"),
    ],
)
def test_the_place_meant_comes_first(typed: str, name: str, department: str) -> None:
    best = places.lookup(typed)[0]
    assert (best.name.replace("’", "'"), best.department) == (name, department)


def test_a_spelling_error_still_finds_the_place() -> None:
    assert places.lookup("corchevel")[0].name == "Courchevel"
    assert places.lookup("bordaux")[0].name == "Bordeaux"


def test_nothing_is_found_for_what_is_no_place() -> None:
    assert places.lookup("") == []
    assert places.lookup("’ - ,") == []
    assert places.lookup("xyzzy plugh") == []
    assert places.lookup("a" * 5000) == []
    assert places.lookup("99999") == []


def test_a_department_is_a_place_with_a_reach() -> None:
    savoie = places.lookup("savoie")[0]
    assert (savoie.kind, savoie.department_code) == ("department", "73")
    assert 30 < savoie.radius_km < 90
    assert places.lookup("74110")[0].name == "Haute-Savoie"


def test_a_label_leads_back_to_its_place() -> None:
    for typed in ("Lyon", "Villeurbanne", "Megève", "Paris 4e", "Saint-Denis (974)", "Montreuil"):
        place = places.lookup(typed)[0]
        assert places.lookup(place.label)[0] == place


def test_suggestions_begin_with_the_best_known() -> None:
    assert places.suggest("mars")[0].name == "Marseille"
    assert places.suggest("val th", limit=3)[0].name == "Val Thorens"
    assert len(places.suggest("saint", limit=5)) == 5
    assert places.suggest("x") == [] and places.suggest("lyon", limit=0) == []


def test_distances_and_boxes() -> None:
    lyon, paris = places.lookup("Lyon")[0], places.lookup("Paris")[0]
    assert places.distance_km(lyon.lat, lyon.lon, paris.lat, paris.lon) == pytest.approx(392, abs=4)
    south, west, north, east = places.bounding_box(lyon.lat, lyon.lon, 30)
    assert places.distance_km(lyon.lat, lyon.lon, north, lyon.lon) == pytest.approx(30, abs=0.1)
    assert places.distance_km(lyon.lat, lyon.lon, lyon.lat, west) == pytest.approx(30, abs=0.1)
    assert (south, east) < (north, east) and west < lyon.lon < east


def test_towns_whose_department_we_name_are_in_it() -> None:
    wrong = []
    for department in place_data.departments().values():
        for name in department.anchors[:4] if department.region_code.isdigit() else ():
            found = {place.department for place in places.lookup(f"{name} ({department.code})")[:6]}
            if department.name not in found:
                wrong.append((name, department.code, found))
    assert wrong == []


def test_our_own_places_lie_where_their_department_does() -> None:
    areas = {place.department_code: place for place in place_data.areas(place_data.french_communes({}))}
    for place in place_data.own_places():
        area = areas.get(place.department_code)
        if area and place.department_code:
            away = places.distance_km(place.lat, place.lon, area.lat, area.lon)
            assert away < max(40, area.radius_km * 1.75), place.name


def test_a_lookup_is_cheap_once_the_index_is_there() -> None:
    places.warm()
    started = time.perf_counter()
    for number in range(100):
        places.suggest(f"saint {chr(97 + number % 26)}")
    assert time.perf_counter() - started < 2
