"""Suggestions while typing, and typing errors forgiven on the results page."""

from __future__ import annotations

import pytest

from app.core.db import session
from app.search.service import index_offer
from tests.conftest import Browser
from tests.factories import Factories, now


@pytest.fixture(autouse=True)
def catalogue(factories: Factories) -> None:
    for title in ("Séminaire au château", "Séminaire à la ferme", "Dégustation de vins"):
        index_offer(factories.offer(title=title).id, now())
    session().commit()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("semi", "séminaire"),
        ("SÉM", "séminaire"),
        ("journée dégu", "journée dégustation"),
        ("degustasion", "dégustation"),
    ],
)
def test_words_are_completed_as_they_are_written(client: Browser, typed: str, first: str) -> None:
    found = client.get("/offers/suggestions", query_string={"q": typed}, headers={"Accept": "application/json"}).json
    assert found is not None and found["words"][0] == first


def test_categories_and_places_are_suggested_too(client: Browser) -> None:
    found = client.get("/offers/suggestions?q=trait", headers={"Accept": "application/json"}).json
    assert found is not None and found["categories"] == [{"code": "catering", "label": "Traiteurs"}]
    found = client.get("/offers/suggestions?q=avor", headers={"Accept": "application/json"}).json
    assert found is not None and found["places"][0].startswith("Avoriaz")
    assert client.get("/offers/suggestions?q=a", headers={"Accept": "application/json"}).json == {
        "words": [], "categories": [], "places": [],
    }  # fmt: skip


def test_a_list_of_links_for_pages(client: Browser) -> None:
    page = client.get("/offers/suggestions?q=semi", headers={"Accept": "text/html"}).text
    assert "séminaire</a>" in page and "/offers?q=s%C3%A9minaire" in page
    assert "<script" not in client.get("/offers/suggestions?q=<script>", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("typed", ["seminere", "séminiare", "degustasion"])
def test_typing_errors_find_what_was_meant(client: Browser, typed: str) -> None:
    page = client.get("/offers", query_string={"q": typed})
    assert page.status_code == 200
    assert ("Dégustation de vins" if typed.startswith("d") else "Séminaire au château") in page.text
