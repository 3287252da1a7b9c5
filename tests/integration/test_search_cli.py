"""`flask search`: what it prints, and that its commands are told from words."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from app.core.db import session
from app.search.models import SearchDocument
from app.search.service import index_offer
from tests.factories import Factories, in_days, now


def run(app: Flask, *arguments: str) -> Any:
    found = app.test_cli_runner().invoke(args=["search", *arguments])
    assert found.exit_code == 0, found.output
    return found.output


def test_ids_prices_and_timings(app: Flask, factories: Factories) -> None:
    offer = factories.offer(title="Team building au moulin")
    index_offer(offer.id, now())
    session().commit()
    day = in_days(30).date().isoformat()
    told = json.loads(
        run(app, "team building", "--near", "Lyon", "--radius", "30", "--people", "40", "--on", day, "--json")
    )
    (one,) = told["results"]
    assert (one["id"], one["gross_cents"], told["total"], told["more"]) == (offer.id, 7_320, 1, False)
    assert 0 < one["distance_km"] < 30 and set(told["timings_ms"]) == {"understand", "find", "facets", "prices"}
    assert str(offer.id) in run(app, "mouline", "--people", "40")  # a typing error


def test_explained(app: Flask, factories: Factories) -> None:
    index_offer(factories.offer().id, now())
    session().commit()
    told = json.loads(run(app, "journée", "--json", "--explain"))
    assert told["explain"]["ways"] == ["index"] and "ix_search_document_words" in "".join(told["explain"]["plan"])


def test_reindex_is_no_word(app: Flask, factories: Factories) -> None:
    factories.offer()
    factories.offer()
    session().commit()
    assert "2 offers can be found" in run(app, "reindex")
    assert session().query(SearchDocument).count() == 2
    session().rollback()
    assert run(app, "reindex", "--if-empty") == ""
