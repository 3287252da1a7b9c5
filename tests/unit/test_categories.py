"""The category registry and its typed detail fields."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from wtforms import Form

from app.core.errors import InvalidInput
from app.offers import categories
from app.offers.categories import Kind, form_fields
from app.offers.price_rule import BASES
from app.rules import requirements, vat

CODES = (
    "residential_seminar",
    "day_seminar",
    "evening",
    "company_trip",
    "summer_party",
    "team_day",
    "ski_trip",
    "activity",
    "afterwork",
    "catering",
)


@pytest.fixture
def french():
    app = Flask("categories")
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


def valid(code: str) -> dict[str, Any]:
    """The least that is accepted for a category, as a form would send it."""
    samples = {Kind.TEXT: "Avoriaz", Kind.TIME: "18h30", Kind.MINUTES: "1 h 30"}
    raw: dict[str, Any] = {}
    for field in categories.get(code).fields:
        if field.required:
            first = field.choices[0][0] if field.choices else ""
            known = samples | {Kind.CHOICE: first, Kind.MULTICHOICE: [first], Kind.INTEGER: str(field.minimum or 0)}
            raw[field.name] = known[field.kind]
    return raw


def wrong_fields(code: str, raw: dict[str, Any], *, draft: bool = False) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        categories.validate_details(code, raw, draft=draft)
    return {name: str(message) for name, message in caught.value.fields.items()}


def test_the_ten_categories_are_there_in_order() -> None:
    assert categories.codes() == CODES
    assert len({category.slug for category in categories.all_categories()}) == 10
    assert all(categories.by_slug(category.slug) is category for category in categories.all_categories())


def test_an_unknown_category_is_refused() -> None:
    for ask in (categories.get, categories.by_slug):
        with pytest.raises(InvalidInput):
            ask("wedding")


@pytest.mark.parametrize("code", CODES)
def test_a_category_only_names_what_exists(code: str) -> None:
    category = categories.get(code)
    requirements.check(category.requirements)
    for component in category.components:
        vat.check_parts(component.vat_category, ())
        assert component.basis in BASES
        assert set(requirements.check(component.covers)) <= set(category.requirements) | {"tableware"}
    assert len(set(category.names)) == len(category.fields)
    assert any(not component.optional for component in category.components)
    assert 1 <= sum(field.headline for field in category.fields) <= 5


@pytest.mark.parametrize("code", CODES)
def test_fields_are_well_formed(code: str) -> None:
    for field in categories.get(code).fields:
        assert bool(field.choices) == (field.kind in (Kind.CHOICE, Kind.MULTICHOICE)), field.name
        assert str(field.label) and str(field.section), field.name
        if field.kind in (Kind.INTEGER, Kind.MINUTES):
            assert field.minimum is not None and field.maximum is not None and field.minimum < field.maximum


@pytest.mark.parametrize("code", CODES)
def test_each_category_asks_what_a_buyer_needs(code: str) -> None:
    fields = categories.get(code).fields
    assert len(fields) >= 28
    assert sum(field.required for field in fields) >= 3
    assert sum(field.filterable for field in fields) >= 10
    assert {"environment"} <= {field.name for field in fields}
    assert code == "catering" or {"step_free", "accessibility", "accessibility_note"} <= {
        field.name for field in fields
    }


def test_what_two_categories_ask_in_the_same_words_has_one_home() -> None:
    asked = re.compile(r'\b(?:choice|several|integer|minutes|clock|yes_no|text)\(\s*"(\w+)",\s*(_l\("[^"]*"\))')
    folder = Path(categories.__file__).parent
    found = Counter(
        field for path in folder.glob("*.py") for field in set(asked.findall(path.read_text())) if path.stem != "base"
    )
    choices_differ = {"bedrooms", "food", "lunch", "needs_on_site", "theme", "transport", "venue", "diets"}
    assert {name for (name, _label), times in found.items() if times > 1} <= choices_differ


@pytest.mark.parametrize("code", CODES)
def test_what_a_form_sends_is_typed_and_survives_a_second_reading(code: str) -> None:
    details = categories.validate_details(code, valid(code))
    assert categories.validate_details(code, details) == details
    for field in categories.get(code).fields:
        if field.kind is Kind.BOOLEAN:
            assert details[field.name] is False


@pytest.mark.parametrize("code", CODES)
def test_an_empty_form_names_every_missing_field_but_a_draft_may_be_empty(code: str) -> None:
    required = {field.name for field in categories.get(code).fields if field.required}
    assert wrong_fields(code, {}).keys() == required
    assert set(categories.validate_details(code, {}, draft=True)) == {
        field.name for field in categories.get(code).fields if field.kind is Kind.BOOLEAN
    }


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("largest_room_m2", "1 250", 1250),
        ("largest_room_m2", "1\u202f250", 1250),
        ("largest_room_m2", 80, 80),
        ("available_from", "8 h", "08:00"),
        ("available_from", "08:15", "08:15"),
        ("half_day", "y", True),
        ("half_day", "", False),
        ("nearest_station", "  Lyon   Part-Dieu ", "Lyon Part-Dieu"),
        ("diets", ["halal", "vegetarian", "halal"], ["vegetarian", "halal"]),
        ("diets", "vegan", ["vegan"]),
    ],
)
def test_typed_values_are_read(name: str, typed: Any, stored: Any) -> None:
    assert categories.validate_details("day_seminar", valid("day_seminar") | {name: typed})[name] == stored


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("largest_room_m2", "grande", "Indiquez un nombre entier."),
        ("largest_room_m2", "12,5", "Indiquez un nombre entier."),
        ("largest_room_m2", "9", "Indiquez un nombre entre 10 et 5000."),
        ("largest_room_m2", True, "Indiquez un nombre entier."),
        ("available_from", "25:00", "Indiquez une heure, par exemple 18:30."),
        ("available_from", "midi", "Indiquez une heure, par exemple 18:30."),
        ("available_from", 18, "Indiquez une heure, par exemple 18:30."),
        ("lunch", "kebab", "Choisissez dans la liste."),
        ("lunch", ["buffet"], "Choisissez dans la liste."),
        ("diets", ["vegan", "paleo"], "Choisissez dans la liste."),
        ("diets", 3, "Ces données ne sont pas lisibles."),
        ("half_day", "peut-être", "Répondez par oui ou par non."),
        ("nearest_station", "x" * 121, "Au plus 120 caractères."),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(name: str, typed: Any, sentence: str, french: None) -> None:
    raw = valid("day_seminar") | {name: typed}
    assert wrong_fields("day_seminar", raw) == {name: sentence}
    assert wrong_fields("day_seminar", raw, draft=True) == {name: sentence}


def test_lengths_are_read_in_hours_or_minutes() -> None:
    for typed, stored in (("1 h 30", 90), ("1h30", 90), ("90", 90), ("90 min", 90), ("2 h", 120), ("1:05", 65)):
        assert categories.validate_details("activity", valid("activity") | {"length": typed})["length"] == stored
    assert set(wrong_fields("activity", valid("activity") | {"length": "longtemps"})) == {"length"}
    assert set(wrong_fields("activity", valid("activity") | {"length": "5 min"})) == {"length"}


def test_fields_that_contradict_each_other_are_told() -> None:
    raw = valid("residential_seminar") | {"nights_min": "3", "nights_max": "2"}
    assert set(wrong_fields("residential_seminar", raw)) == {"nights_max"}
    raw = valid("day_seminar") | {"available_from": "18:00", "available_until": "9:00"}
    assert set(wrong_fields("day_seminar", raw)) == {"available_until"}


def test_unknown_keys_are_dropped() -> None:
    assert "csrf_token" not in categories.validate_details("catering", valid("catering") | {"csrf_token": "x"})


def test_facts_are_told_in_words(french: None) -> None:
    raw = valid("ski_trip") | {
        "resort": "Val Thorens",
        "resort_altitude_m": "2300",
        "slopes_km": "600",
        "lift_distance_m": "50",
        "board": "half_board",
        "check_in": "17:00",
        "beyond_ski": ["sledging", "fondue"],
        "linen_included": "y",
    }
    facts = dict(categories.facts("ski_trip", categories.validate_details("ski_trip", raw)))
    assert facts["Station"] == "Val Thorens"
    assert facts["Altitude de la station"] == "2\u202f300\u202fm"
    assert facts["Repas"] == "Demi-pension"
    assert facts["Chambres disponibles dès"] == "17\u202fh"
    assert facts["Pour ceux qui ne skient pas"] == "Luge, fondue en altitude"
    assert facts["Draps et serviettes compris"] == "Oui"
    assert facts["Salle de réunion"] == "Non"
    assert "Accès et dépose en autocar" not in facts


def test_lengths_and_hours_are_told_apart(french: None) -> None:
    raw = valid("afterwork") | {"included_duration": "3 h 30", "from_time": "18:00", "until_time": "23:30"}
    facts = dict(categories.facts("afterwork", categories.validate_details("afterwork", raw)))
    assert facts["Durée comprise"] == "3\u202fh\u202f30\u202fmin"
    assert (facts["À partir de"], facts["Jusqu’à"]) == ("18\u202fh", "23\u202fh\u202f30")


def test_headline_facts_are_few_and_follow_the_locale(french: None) -> None:
    details = categories.validate_details("ski_trip", valid("ski_trip") | {"resort_altitude_m": 2300})
    headline = dict(categories.facts("ski_trip", details, "en", headline=True))
    assert "2,300\u202fm" in headline.values()
    assert len(headline) <= 5


def test_facts_survive_details_of_an_older_shape(french: None) -> None:
    facts = categories.facts("catering", {"style": "gone", "diets": ["gone", "vegan"], "unknown": 1})
    assert [text for _label, text in facts] == ["Végétalien"]


@pytest.mark.parametrize("code", CODES)
def test_the_editor_has_a_field_for_each_detail_and_keeps_what_is_typed(code: str, french: None) -> None:
    category = categories.get(code)
    form = form_fields.form_class(category)(data={})
    assert set(category.names) == {field.name for field in form}
    text = next(field.name for field in category.fields if field.kind in (Kind.INTEGER, Kind.TEXT))
    form = form_fields.form_class(category)(_posted({text: "n’importe quoi"}))
    assert form_fields.typed(form, category)[text] == "n’importe quoi"
    assert form.validate()
    form_fields.blame(form, {text: "Indiquez un nombre entier."})
    assert form[text].errors == ["Indiquez un nombre entier."]


def test_form_fields_may_carry_a_prefix() -> None:
    assert all(name.startswith("details-") for name in categories.build_form_fields("catering", "details-"))


def test_a_form_class_extends_its_base(french: None) -> None:
    class Base(Form):
        pass

    assert issubclass(form_fields.form_class(categories.get("evening"), Base), Base)


def _posted(values: dict[str, str]) -> Any:
    class Posted(dict[str, str]):
        def getlist(self, name: str) -> list[str]:
            return [self[name]] if name in self else []

    return Posted(values)
