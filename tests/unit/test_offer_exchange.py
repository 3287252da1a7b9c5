"""Offers as files: what goes out comes in again, letter for letter; what is wrong is said line by line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.offers import categories, exchange
from app.offers.categories import Kind
from app.offers.categories.base import DetailField
from app.offers.content import LANGUAGES, Content
from app.offers.price_rule import Component, PriceRule
from app.offers.terms import PRESETS

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40).map(
    lambda text: " ".join(text.split())
)
paragraphs = st.lists(words, max_size=4).map(lambda parts: "\n".join(parts).strip())
formulas = st.sampled_from(("=1+1", "+33", "-5", "@x", "'=1", "''", "a;b", 'a"b', "a|b", "1,5"))


def value_of(field: DetailField) -> st.SearchStrategy[Any]:
    codes = [code for code, _label in field.choices]
    match field.kind:
        case Kind.TEXT:
            return st.one_of(words, formulas).map(lambda text: text[: field.maximum].strip())
        case Kind.INTEGER | Kind.MINUTES:
            return st.integers(field.minimum or 0, field.maximum or 0)
        case Kind.CHOICE:
            return st.sampled_from(codes)
        case Kind.MULTICHOICE:
            return st.lists(st.sampled_from(codes), unique=True)
        case Kind.TIME:
            return st.times().map(lambda time: f"{time:%H:%M}")
        case Kind.BOOLEAN:
            return st.booleans()


@st.composite
def offers(draw: st.DrawFn) -> tuple[str, Content]:
    code = draw(st.sampled_from(categories.codes()))
    category = categories.get(code)
    asked = draw(st.lists(st.sampled_from(category.fields), unique=True, max_size=12))
    typed = {field.name: draw(value_of(field)) for field in asked}
    try:
        details = categories.validate_details(code, typed, draft=True)
    except InvalidInput:  # two fields that contradict each other
        details = categories.validate_details(code, {}, draft=True)
    line = Component("Repas, « à table »", "food_immediate", "person", draw(st.integers(0, 10**7)))
    placed = draw(st.booleans())
    low = draw(st.integers(1, 400))
    return code, Content(
        title=draw(words.filter(bool)),
        summary=draw(st.one_of(words, formulas)),
        description=draw(paragraphs),
        details=details,
        place_name="Lyon" if placed else "",
        lat=draw(st.floats(-90, 90)) if placed else None,
        lon=draw(st.floats(-180, 180)) if placed else None,
        postcode=draw(st.sampled_from(("", "01000", "69003"))),
        service_radius_km=draw(st.none() | st.integers(1, 1000)),
        capacity_min=low,
        capacity_max=low + draw(st.integers(1, 300)),
        duration_minutes=draw(st.none() | st.integers(15, 10_000)),
        notice_days=draw(st.integers(0, 730)),
        languages=tuple(draw(st.lists(st.sampled_from(sorted(LANGUAGES)), unique=True, max_size=4))),
        price_rule=PriceRule((line,), minimum_headcount=draw(st.integers(1, 50))).to_json(),
        terms=draw(st.sampled_from([preset.to_json() for _words, preset in PRESETS.values()])),
    )


def nowhere(_name: str, _postcode: str) -> None:
    return None


def planned(data: dict[str, Any], **changes: Any) -> exchange.Line:
    """What a record for a new offer would do."""
    return exchange._line(1, {**data, "id": None, **changes}, {}, nowhere)


@pytest.mark.parametrize("kind", ["csv", "json"])
@settings(max_examples=150, deadline=None)
@given(found=st.lists(offers(), min_size=1, max_size=3))
def test_what_goes_out_comes_in_again(kind: str, found: list[tuple[str, Content]]) -> None:
    records = [exchange.record(None, code, content) for code, content in found]
    if kind == "csv":
        back = exchange.from_csv(exchange.to_csv(records))
    else:
        back = exchange.from_json(exchange.to_json(records))
    assert len(back) == len(found)
    for (code, content), data in zip(found, back, strict=True):
        line = planned(data)
        assert line.problems == {} and line.category == code
        assert line.content == content


@given(text=st.one_of(st.text(max_size=200), st.binary(max_size=80).map(lambda raw: raw.decode("latin-1"))))
def test_a_file_is_read_or_refused_with_a_sentence(text: str) -> None:
    for read in (exchange.from_csv, exchange.from_json):
        try:
            for data in read(text):
                planned(data)
        except InvalidInput as error:
            assert str(error.message)


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    content = Content(title="Un titre assez long", summary='=HYPERLINK("https://mal.example")')
    text = exchange.to_csv([exchange.record(7, "catering", content)])
    row = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert row["summary"] == "'" + content.summary and row["id"] == "7"


def test_semicolons_do_as_well() -> None:
    back = exchange.from_csv("title;category;summary\r\nBuffet de saison;catering;Oui, vraiment\r\n")
    assert back == [{"title": "Buffet de saison", "category": "catering", "summary": "Oui, vraiment"}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "wedding"}, "category"),
        ({"id": "12"}, "id"),
        ({"id": "=1"}, "id"),
        ({"id": True}, "id"),
        ({"title": ["x"]}, "title"),
        ({"summary": "\x00"}, "summary"),
        ({"summary": "x" * 241}, "summary"),
        ({"capacity_max": "beaucoup"}, "capacity_max"),
        ({"capacity_max": 99_999_999}, "capacity_max"),
        ({"notice_days": 1.5}, "notice_days"),
        ({"lat": "nord"}, "lat"),
        ({"lat": 91, "lon": 4, "place_name": "Lyon"}, "lat"),
        ({"place_name": "Nulle-Part"}, "place_name"),
        ({"languages": "fr|klingon"}, "languages"),
        ({"languages": [1]}, "languages"),
        ({"details": "x"}, "details"),
        ({"details": {"style": "kebab"}}, "details.style"),
        ({"details.style": "kebab"}, "details.style"),
        ({"details.delivery_radius_km": "loin"}, "details.delivery_radius_km"),
        ({"price_rule": "{"}, "price_rule"),
        ({"price_rule": {"components": "x"}}, "price_rule"),
        ({"price_rule": {"components": [{"label": "a", "unit_net_cents": -1}]}}, None),
        ({"terms": {"deposit_bps": 99_999}}, "terms.deposit_bps"),
    ],
)
def test_what_is_wrong_is_said_by_field(changes: dict[str, Any], field: str | None) -> None:
    data = exchange.record(None, "catering", Content(title="Buffet de saison"))
    line = exchange._line(3, {**data, **changes}, {}, nowhere)
    assert (line.number, line.action) == (3, exchange.REFUSED) and all(str(text) for text in line.problems.values())
    assert field is None or field in line.problems, line.problems


@pytest.mark.parametrize("text", ["", "[]", "{}", "nul", '{"offers": 3}', "[1]", "[" * 100_000, "title\r\nx"])
def test_a_file_without_offers_is_refused(text: str) -> None:
    for read in (exchange.from_csv, exchange.from_json):
        with pytest.raises(InvalidInput):
            read(text)


def test_too_many_offers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Au plus"):
        exchange.from_json(json.dumps([{"title": "x"}] * (exchange.MOST_LINES + 1)))


def test_a_missing_column_leaves_what_was_said_and_an_empty_cell_empties_it() -> None:
    before = Content(title="Buffet de saison", summary="Local", service_radius_km=30, languages=("fr", "en"))
    content = exchange._content({"summary": "", "service_radius_km": ""}, "catering", before, nowhere)
    assert (content.summary, content.service_radius_km) == ("", None)
    assert content == replace(before, summary="", service_radius_km=None, details=content.details)
