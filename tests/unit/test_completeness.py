"""How complete an offer is, and what it is told to add."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flask import Flask
from flask_babel import Babel

from app.offers import categories
from app.offers.completeness import SECTIONS, advice, missing, score
from app.offers.models import OfferPhoto, OfferVersion
from app.offers.price_rule import Component, PriceRule
from app.offers.terms import preset
from tests.unit.test_categories import CODES, valid


@pytest.fixture(autouse=True)
def french():
    app = Flask("completeness")
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


def empty() -> OfferVersion:
    return OfferVersion(
        title="", summary="", description="", details={}, place_name="", street="", postcode="", capacity_min=1,
        capacity_max=1, notice_days=0, languages=[], price_rule={}, terms={"deposit_bps": -1}, photos=[],
    )  # fmt: skip


def photos(count: int) -> list[OfferPhoto]:
    return [OfferPhoto(position=place, alt="La salle", media_key="0") for place in range(count)]


def full(code: str) -> OfferVersion:
    lines = (
        Component("Salle", "room_hire", "group", 90_000),
        Component("Dîner", "food_immediate", "person", 3_000, optional=True),
    )
    fields = categories.get(code).fields
    everything = {field.name: True for field in fields if field.kind is categories.Kind.BOOLEAN}
    everything |= {
        field.name: [choice for choice, _label in field.choices] for field in fields if field.kind == "multichoice"
    }
    everything |= {field.name: field.choices[0][0] for field in fields if field.kind == "choice"}
    everything |= {field.name: field.maximum for field in fields if field.kind in ("integer", "minutes")}
    details = categories.validate_details(code, valid(code) | everything, draft=True)
    return OfferVersion(
        title="Une journée au moulin", summary="De l’air.", description="x" * 500, details=details, place_name="Lyon",
        street="1 rue", postcode="69003", lat=45.7, lon=4.8, capacity_min=8, capacity_max=80, duration_minutes=480,
        notice_days=3, languages=["fr", "en"], price_rule=PriceRule(lines).to_json(),
        terms=preset("standard").to_json(), photos=photos(6),
    )  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_nothing_and_everything_is_a_hundred(code: str) -> None:
    blank, whole = empty(), full(code)
    assert missing(whole, code) == {} and [one for one in advice(whole, code) if one.section != "details"] == []
    assert score(whole, code) >= 92
    blank.photos = [OfferPhoto(position=0, alt="", media_key="0")]
    assert score(blank, code) == 0
    assert {one.section for one in advice(blank, code)} == set(SECTIONS)


@pytest.mark.parametrize("code", CODES)
def test_points_add_up_and_what_is_needed_comes_first(code: str) -> None:
    for version in (empty(), full(code)):
        found = advice(version, code)
        assert score(version, code) + sum(one.points for one in found) == 100
        assert all(str(one.sentence).endswith(".") and one.points > 0 for one in found)
    faulty = full(code)
    faulty.title, faulty.photos = "", []
    sections = [one.section for one in advice(faulty, code)]
    assert sections[0] == "what" and sections[1] == "photos"


def test_adding_what_is_advised_raises_the_score() -> None:
    version = full("catering")
    version.photos, version.languages, version.description = [], ["fr"], "x" * 200
    before = score(version, "catering")
    steps = [before]
    for name, value in (
        ("photos", photos(3)),
        ("photos", photos(6)),
        ("description", "x" * 400),
        ("languages", ["fr", "de"]),
    ):
        setattr(version, name, value)
        steps.append(score(version, "catering"))
    assert [after - earlier for earlier, after in pairwise(steps)] == [10, 4, 8, 3]


def test_details_that_lack_are_named() -> None:
    version = full("catering")
    version.details = {name: value for name, value in version.details.items() if name not in ("style", "staff")}
    sentence = str(advice(version, "catering")[0].sentence)
    assert "Formule" in sentence and "Personnel" in sentence
