"""A large catalogue is made after the pattern of a small one: everything in it is what the slow way would write."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.availability.models import Reservation, Unit
from app.core.clock import utcnow
from app.core.db import session
from app.demo import cli
from app.offers.models import Offer
from app.reviews.models import Review
from app.search import facets
from app.search.models import SearchDocument
from app.search.service import reindex
from app.search.statements import run


def documents() -> dict[int, dict[str, Any]]:
    names = [c.name for c in SearchDocument.__table__.columns if c.name not in ("updated_at", "score")]
    rows = run(f"select round(score::numeric, 9), {', '.join(names)} from search_document", {})
    return {row[1]: dict(zip(["score", *names], row, strict=True)) for row in rows}


@pytest.fixture
def grown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(cli, "MOST_SINGLE", 10)
    monkeypatch.setattr(cli, "SINGLE", 30)
    shown = app.test_cli_runner().invoke(args=["seed", "--offers", "100", "--busy", "5"])
    assert shown.exit_code == 0, shown.output
    assert "100 offers of" in shown.output
    return app


def test_its_documents_are_those_that_a_reindex_writes(grown: Flask) -> None:
    made, counts = documents(), facets.categories()
    session().rollback()
    assert len(made) == 100
    assert reindex(utcnow()) == 100
    written = documents()
    different = {key for one in made for key in made[one] if made[one][key] != written[one][key]}
    assert different == set()
    assert facets.categories() == counts


def test_every_offer_has_its_taken_times_and_ratings(grown: Flask) -> None:
    assert session().scalar(select(func.count()).select_from(Reservation)) == 500
    taken = run("select offer_id, count(*) from search_document, unnest(taken) group by 1", {})
    assert {count for _offer_id, count in taken} == {5}
    for offer in session().scalars(select(Offer)):
        stars = list(session().scalars(select(Review.stars).where(Review.offer_id == offer.id)))
        assert offer.review_count == len(stars)
        assert offer.rating_hundredths == (round(100 * sum(stars) / len(stars)) if stars else None)


def test_its_tables_have_their_indexes_and_keys_again(grown: Flask) -> None:
    assert run("select count(*) from pg_indexes where indexname = 'ix_search_document_words'", {}) == [(1,)]
    assert run("select count(*) from pg_constraint where conname = 'ex_reservation_overlap'", {}) == [(1,)]
    session().add(
        Offer(provider_id=run("select min(id) from provider", {})[0][0], category="catering", slug="one-more")
    )
    session().flush()
    assert session().scalar(select(func.max(Unit.id))) is not None
