"""The one address of an offer's page through its renamings, and what search engines and shared links read."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from app.accounts.models import ProviderState
from app.core.db import session
from app.offers import directory
from app.offers.address import LENGTH, words_of
from app.offers.models import Offer, OfferPhoto, OfferState
from app.search.service import index_offer
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.web.publishing import publish_change, submit_change

TITLE = "Deux jours à l’Alpe d’Huez : œufs & “neige”"
WORDS = "deux-jours-a-l-alpe-d-huez-oeufs-neige"
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def offer(factories: Factories) -> Offer:
    return factories.offer(title=TITLE, summary="De l’air, et </script><b>du calme</b>.", capacity_min=8)


def json_ld(page: str) -> Any:
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (TITLE, WORDS),
        ("  Été à l'île  ", "ete-a-l-ile"),
        ("?!", "offre"),
        ("日本", "offre"),
        ("a" * 200, "a" * LENGTH),
        ("mot " * 60, "mot-" * 19 + "mot"),
    ],
)
def test_titles_become_words(title: str, words: str) -> None:
    assert words_of(title) == words and len(words) <= LENGTH


def test_the_number_alone_leads_to_the_full_address_with_what_was_asked(client: Browser, offer: Offer) -> None:
    for other in ("", "-autre-chose", "-" + WORDS.upper()):
        moved = client.get(f"/offers/{offer.id}{other}?headcount=12&options=2&month=2030-01")
        assert moved.status_code == 301
        assert moved.location == f"/offers/{offer.id}-{WORDS}?headcount=12&options=2&month=2030-01"
        assert "no-cache" in moved.headers["Cache-Control"], "a title may come back"
    assert client.get(moved.location).status_code == 200
    assert client.get(f"/offers/999999-{WORDS}").status_code == 404


def test_former_titles_lead_to_the_present_one(client: Browser, offer: Offer) -> None:
    publish_change(offer, title="Trois jours à Avoriaz")
    moved = client.get(f"/offers/{offer.id}-{WORDS}")
    assert (moved.status_code, moved.location) == (301, f"/offers/{offer.id}-trois-jours-a-avoriaz")
    publish_change(offer, title="Quatre jours à Avoriaz")
    for former in (WORDS, "trois-jours-a-avoriaz"):
        assert client.get(f"/offers/{offer.id}-{former}").location == f"/offers/{offer.id}-quatre-jours-a-avoriaz"


def test_a_title_in_review_changes_no_address(client: Browser, offer: Offer) -> None:
    submit_change(offer, title="Trois jours à Avoriaz")
    assert client.get(f"/offers/{offer.id}-{WORDS}").status_code == 200


def test_results_link_to_the_full_address(client: Browser, offer: Offer) -> None:
    index_offer(offer.id, now())
    session().commit()
    assert f"/offers/{offer.id}-{WORDS}" in client.get("/offers?headcount=20").text


def test_json_ld_says_what_the_page_says_and_cannot_be_broken_out_of(client: Browser, offer: Offer) -> None:
    offer.rating_hundredths, offer.review_count = 465, 12
    session().commit()
    response = client.get(f"/offers/{offer.id}-{WORDS}")
    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    assert nonce and f'<script type="application/ld+json" nonce="{nonce[1]}">' in response.text
    assert "</script><b>" not in response.text
    product, crumbs = json_ld(response.text)["@graph"]
    assert product["name"] == TITLE and product["description"].endswith("</script><b>du calme</b>.")
    assert product["aggregateRating"]["ratingValue"] == "4.65"
    address = f"http://localhost/offers/{offer.id}-{WORDS}"
    assert product["url"] == address and crumbs["itemListElement"][2]["item"] == address
    price = product["offers"]
    assert re.fullmatch(r"\d+\.\d\d", price["price"]) and price["priceSpecification"]["valueAddedTaxIncluded"] is True
    shown = f"{price['price'].replace('.', ',')}"
    assert shown.removesuffix(",00") in response.text.replace("\u202f", ""), "the cents of the simulator"


def test_who_comes_to_the_customer_serves_an_area(client: Browser, factories: Factories) -> None:
    offer = factories.offer(title="Buffet livré", lat=45.75, lon=4.85, service_radius_km=40)
    product = json_ld(client.get(f"/offers/{offer.id}-buffet-livre").text)["@graph"][0]
    assert product["areaServed"]["@type"] == "GeoCircle" and product["areaServed"]["geoRadius"] == 40_000


def test_shared_links_show_title_words_and_picture(client: Browser, offer: Offer, factories: Factories) -> None:
    values = {"position": 0, "media_key": "0" * 32, "alt": "La salle", "width": 1600, "height": 1000}
    photo = OfferPhoto(version_id=offer.published_version_id, **values)
    factories.add(photo)
    page = client.get(f"/offers/{offer.id}-{WORDS}").text
    found = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)">', page))
    assert html.unescape(found["title"]) == TITLE and found["image:alt"] == "La salle"
    assert found["image"] == f"http://localhost/photos/{photo.id}-1600.webp"
    assert f'<link rel="canonical" href="http://localhost/offers/{offer.id}-{WORDS}">' in page


def test_the_sitemap_lists_what_is_on_sale_and_when_it_changed(
    client: Browser, offer: Offer, factories: Factories
) -> None:
    paused, hidden = factories.offer(), factories.offer(provider=factories.provider(state=ProviderState.SUSPENDED))
    paused.state = OfferState.PAUSED
    session().commit()
    index = ElementTree.fromstring(client.get("/sitemap.xml").text)  # our own
    parts = [str(element.text) for element in index.findall("s:sitemap/s:loc", NAMESPACE)]
    assert parts[0] == "http://localhost/sitemaps/pages.xml" and len(parts) == 2
    urls: dict[str, str] = {}
    for part in parts:
        response = client.get(part.removeprefix("http://localhost"))
        assert response.mimetype == "application/xml"
        tree = ElementTree.fromstring(response.text)  # our own
        for url in tree.findall("s:url", NAMESPACE):
            urls[str(url.findtext("s:loc", None, NAMESPACE))] = url.findtext("s:lastmod", "", NAMESPACE)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", urls[f"http://localhost/offers/{offer.id}-{WORDS}"])
    assert "http://localhost/offers?category=catering" in urls
    assert not any(f"/offers/{one.id}-" in url for one in (paused, hidden) for url in urls)
    for url in urls:
        assert client.get(url.removeprefix("http://localhost")).status_code == 200


def test_a_long_sitemap_has_pages(client: Browser, factories: Factories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PAGE", 2)
    ids = [factories.offer().id for _ in range(5)]
    found: list[int] = []
    for number in directory.pages():
        text = client.get(f"/sitemaps/offers-{number}.xml").text
        here = [int(id) for id in re.findall(r"/offers/(\d+)-", text)]
        assert len(here) <= 2
        found += here
    assert found == ids
    assert client.get("/sitemaps/offers-0.xml").status_code == 404


def test_robots_are_told_where_not_to_look(client: Browser) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in text and "Disallow: /company/" in text
