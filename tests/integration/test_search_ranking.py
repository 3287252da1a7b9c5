"""The order of results on a small fixed catalogue, kept in a file that a person has read.

`UPDATE_GOLDEN=1` writes it anew: read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.core.db import session
from app.offers.models import Offer
from app.offers.price_rule import Component, PriceRule
from app.search import engine
from app.search.criteria import Criteria, Near, Sort
from app.search.service import index_offers
from tests.factories import Factories, now

GOLDEN = Path(__file__).parents[1] / "golden" / "search" / "ranking.json"
LYON = Near("Lyon", 45.76, 4.85, 60)
# title, category, place, lat, lon, euros a person, mean, opinions, answer in minutes, comes so far
CATALOGUE = (
    ("Séminaire au château des Ormes", "day_seminar", "Lyon", 45.77, 4.84, 70, 470, 40, 90, None),
    ("Séminaire à la ferme", "day_seminar", "Chaponost", 45.71, 4.74, 45, 430, 8, 600, None),
    ("Séminaire sans avis", "day_seminar", "Lyon", 45.75, 4.86, 50, None, 0, None, None),
    ("Séminaire mal noté", "day_seminar", "Lyon", 45.76, 4.85, 40, 250, 30, 4000, None),
    ("Soirée jazz en péniche", "evening", "Lyon", 45.76, 4.83, 95, 480, 60, 60, None),
    ("Soirée casino", "evening", "Vienne", 45.52, 4.87, 60, 440, 12, 300, None),
    ("Atelier cuisine", "activity", "Grenoble", 45.19, 5.72, 55, 460, 20, 120, 130),
    ("Rallye en ville", "activity", "Lyon", 45.76, 4.84, 35, 450, 25, 200, None),
    ("Buffet de saison", "catering", "Lyon", 45.74, 4.88, 28, 455, 80, 45, 50),
    ("Plateaux repas", "catering", "Paris", 48.85, 2.35, 22, 400, 9, 500, 30),
    ("Randonnée au château", "team_day", "Annecy", 45.90, 6.13, 48, 465, 15, 240, None),
    ("Château en Bourgogne : séjour", "residential_seminar", "Beaune", 47.02, 4.84, 180, 475, 33, 80, None),
)
SEARCHES = {
    "everything": Criteria(),
    "séminaire": Criteria(words="séminaire"),
    "séminaire near Lyon": Criteria(words="séminaire", near=LYON),
    "château": Criteria(words="chateau"),
    "chateu (a typing error)": Criteria(words="chateu"),
    "near Lyon": Criteria(near=LYON),
    "near Lyon, 20 people, 60 €": Criteria(near=LYON, headcount=20, budget_cents=6_000),
    "evenings": Criteria(category="evening"),
    "by price": Criteria(headcount=20, sort=Sort.PRICE),
    "by distance": Criteria(near=LYON, sort=Sort.DISTANCE),
    "by rating": Criteria(sort=Sort.RATING),
    "by answer time": Criteria(sort=Sort.ANSWER),
    "by CO₂ from Lyon": Criteria(origin=(45.76, 4.85), sort=Sort.CO2),
    "rated 4.5 and better": Criteria(rating=450),
}


@pytest.fixture
def titles(factories: Factories) -> dict[int, str]:
    found = {}
    for title, category, place, lat, lon, euros, mean, opinions, answer, radius in CATALOGUE:
        rule = PriceRule((Component("Par personne", "activity", "person", euros * 100),)).to_json()
        offer: Offer = factories.offer(
            title=title, category=category, place_name=place, lat=lat, lon=lon, price_rule=rule, summary="",
            description="", service_radius_km=radius,
        )  # fmt: skip
        offer.rating_hundredths, offer.review_count, offer.provider.answer_minutes = mean, opinions, answer
        found[offer.id] = title
    session().flush()
    index_offers(found, now())
    session().commit()
    return found


def test_the_order_is_the_one_that_was_agreed(titles: dict[int, str]) -> None:
    found = {
        name: [titles[hit.offer_id] for hit in engine.find(engine.ask(wanted, now()))]
        for name, wanted in SEARCHES.items()
    }
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    assert found == json.loads(GOLDEN.read_text())
