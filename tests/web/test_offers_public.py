"""The page of an offer: facts, the very cents of a quote, free days, pictures; and nothing for who may not see it."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.availability import service
from app.blueprints.public.cancellation_view import fee_steps
from app.core.clock import local_date
from app.core.db import transaction
from app.formatting import money
from app.offers.models import Offer, OfferPhoto
from app.offers.price_rule import price_for
from app.offers.terms import PRESETS, Terms
from app.reviews.models import Review
from tests.conftest import Browser
from tests.factories import RULE, Factories, in_days, now


@pytest.fixture
def offer(factories: Factories) -> Offer:
    return factories.offer(title="Une journée au domaine de la Fontaine", capacity_min=8, capacity_max=80)


def exact(cents: int) -> str:
    return money(cents, exact=True)


def test_the_simulator_says_the_cents_of_a_quote(client: Browser, offer: Offer) -> None:
    today = local_date(now(), "Europe/Paris")
    for headcount, options in ((8, []), (42, []), (42, [2]), (80, [2])):
        query = f"headcount={headcount}" + "".join(f"&options={index}" for index in options)
        price = price_for(RULE, headcount, on=today, options=options)
        for url in (f"/offers/{offer.id}?{query}", f"/offers/{offer.id}/price?{query}"):
            page = client.get(url, follow_redirects=True).text
            for amount in (price.net, price.gross, price.per_person_net, price.per_person_gross):
                assert exact(amount.cents) in page, (url, amount)
            for rate in price.by_rate:
                assert exact(rate.vat_cents) in page and exact(rate.net_cents) in page


@pytest.mark.parametrize(
    ("typed", "words"), [("7", "au moins 8"), ("81", "au plus 80"), ("x", "un nombre"), ("-3", "un nombre")]
)
def test_a_headcount_that_does_not_fit_is_kept_and_explained(
    client: Browser, offer: Offer, typed: str, words: str
) -> None:
    response = client.get(f"/offers/{offer.id}?headcount={typed}", follow_redirects=True)
    assert response.status_code == 422 and words in response.text
    assert re.search(rf'id="headcount"[^>]*value="{typed}"', response.text)
    assert client.get(f"/offers/{offer.id}/price?headcount={typed}").status_code == 422


def test_an_offer_without_a_readable_rule_is_on_quote(client: Browser, factories: Factories) -> None:
    offer = factories.offer(price_rule={"components": []})
    page = client.get(f"/offers/{offer.id}", follow_redirects=True)
    assert page.status_code == 200 and "Prix sur devis" in page.text
    assert client.get(f"/offers/{offer.id}/price").status_code == 200


def test_the_calendar_tells_free_taken_and_closed_days(client: Browser, offer: Offer) -> None:
    day = in_days(40).date()
    here = f"/offers/{offer.id}-une-journee-au-domaine-de-la-fontaine?month={day:%Y-%m}"
    assert "libre" in client.get(here).text and "pris" not in _month(client.get(here).text)
    with transaction():
        start = datetime.combine(day, time(0), ZoneInfo("Europe/Paris"))
        service.take(offer.id, start, start + timedelta(days=1), expires_at=None, now=now())
    assert "pris" in _month(client.get(here).text)
    assert client.get(f"/offers/{offer.id}?month=nonsense", follow_redirects=True).status_code == 200
    assert client.get(f"/offers/{offer.id}?month=2199-12", follow_redirects=True).status_code == 200


def _month(page: str) -> str:
    return page[page.index('id="calendar"') : page.index('id="terms"')]


def test_reviews_pictures_and_terms_are_shown(client: Browser, offer: Offer, factories: Factories) -> None:
    factories.add(
        Review(offer_id=offer.id, demonstration=True, author="Julie P.", stars=4, text="Bien.", created_at=now())
    )
    page = client.get(f"/offers/{offer.id}", follow_redirects=True).text
    assert "Julie P." in page and "Avis d’exemple" in page
    assert f"/offers/{offer.id}/illustration.svg" in page
    assert "Moins de 45" in page and "À moins de quatorze jours" in page
    assert f"/company/picks/new?offer={offer.id}" in page


def test_the_illustration_is_cached_and_asked_again_for_nothing(client: Browser, offer: Offer) -> None:
    first = client.get(f"/offers/{offer.id}/illustration.svg")
    assert first.mimetype == "image/svg+xml" and "max-age" in first.headers["Cache-Control"]
    again = client.get(f"/offers/{offer.id}/illustration.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert client.get("/art/ski_trip/a").data != client.get("/art/ski_trip/b").data
    assert client.get("/art/nothing/a").status_code == 404
    assert client.get("/offers/999999/illustration.svg").status_code == 404


def test_a_photo_that_is_lost_shows_the_illustration(client: Browser, offer: Offer, factories: Factories) -> None:
    version_id = offer.published_version_id
    photo = OfferPhoto(version_id=version_id, position=0, media_key="f" * 32, alt="Le parc", width=900, height=600)
    factories.add(photo)
    assert f"/photos/{photo.id}-960.webp" in client.get(f"/offers/{offer.id}", follow_redirects=True).text
    lost = client.get(f"/photos/{photo.id}-960.webp")
    assert lost.status_code == 200 and lost.mimetype == "image/svg+xml" and lost.headers["Cache-Control"] == "no-cache"
    assert client.get(f"/photos/{photo.id}-961.webp").status_code == 404


def test_drafts_are_for_nobody_else(client: Browser, factories: Factories) -> None:
    draft = factories.offer(published=False)
    assert client.get(f"/offers/{draft.id}").status_code == 404
    assert client.get(f"/offers/{draft.id}/price").status_code == 404


@pytest.mark.parametrize("reviews", [1, 8])
def test_the_page_asks_the_database_a_bounded_number_of_times(
    client: Browser, offer: Offer, factories: Factories, count_statements: Any, reviews: int
) -> None:
    for number in range(reviews):
        row = Review(offer_id=offer.id, demonstration=True, author=f"A{number}", stars=5, text="Bien", created_at=now())
        factories.add(row)
    client.get("/")
    with count_statements() as statements:
        assert client.get(f"/offers/{offer.id}-une-journee-au-domaine-de-la-fontaine?headcount=30").status_code == 200
    assert len(statements) <= 9, statements


@pytest.mark.parametrize("terms", [preset for _, preset in PRESETS.values()] + [Terms()])
def test_the_picture_of_the_terms_fills_its_width_and_never_falls(terms: Terms) -> None:
    steps = fee_steps(terms)
    assert [step.fee_bps for step in steps] == [terms.base_fee_bps, *(step.fee_bps for step in terms.cancellation)]
    assert steps[0].x == 0 and steps[-1].x + steps[-1].width >= 590
    assert all(early.x + early.width <= late.x for early, late in pairwise(steps))
    assert all(early.height <= late.height for early, late in pairwise(steps))
