"""Home and catalogue: every state is an address, every wrong one says why."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.availability.models import Reservation, ReservationState, Unit, span
from app.core.db import session
from app.core.outbox import publish
from app.offers.models import OfferState
from app.search.service import index_offer, reindex
from tests.conftest import Browser
from tests.factories import Factories, in_days, now
from workers.outbox import drain


def put(factories: Factories, **values: Any) -> int:
    offer = factories.offer(**values)
    index_offer(offer.id, now())
    session().commit()
    return offer.id


def test_home_shows_ten_categories_and_one_search_line(client: Browser, factories: Factories) -> None:
    put(factories)
    page = client.get("/")
    assert page.status_code == 200
    assert page.text.count('class="category"') == 10 and page.text.count('role="search"') == 1
    plain = page.text.replace("\u00a0", " ")
    assert ">59 €<" in plain and ">53 €<" in plain  # gross and net at a full house, to the euro below
    picture = client.get("/categories/ski_trip.svg")
    assert picture.mimetype == "image/svg+xml" and "public" in picture.headers["Cache-Control"]
    again = client.get("/categories/ski_trip.svg", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/categories/nothing.svg").status_code == 404


def test_a_card_tells_price_place_people_and_whether_it_is_free(client: Browser, factories: Factories) -> None:
    put(factories, title="Journée au moulin")
    day = in_days(30)
    page = client.get(f"/offers?place=Lyon&headcount=40&date={day:%Y-%m-%d}").text
    plain = page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Journée au moulin" in page and "73,20 €" in plain and "64,50 €" in plain
    assert "8–80 pers." in page and "Libre le" in page and re.search(r"à \d+ km", plain)
    assert "kg CO₂e" not in page
    pins = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert pins is not None
    assert [(pin["title"], pin["lat"]) for pin in json.loads(pins[1])] == [("Journée au moulin", 45.71)]


def test_co2_from_the_company(client: Browser, factories: Factories) -> None:
    put(factories, lat=48.85, lon=2.35)
    client.log_in(factories.organiser()[0])
    assert "kg CO₂e/pers." in client.get("/offers").text


def test_without_headcount_the_price_starts_at(client: Browser, factories: Factories) -> None:
    put(factories)
    assert "dès" in client.get("/offers").text


def test_what_is_taken_is_hidden_and_shown_on_request(client: Browser, factories: Factories) -> None:
    offer_id = put(factories, title="Journée au moulin")
    unit = session().query(Unit).filter_by(offer_id=offer_id).one()
    booked = span(in_days(30, 9), in_days(30, 17))
    factories.add(Reservation(unit_id=unit.id, during=booked, state=ReservationState.BOOKED))
    url = f"/offers?date={in_days(30):%Y-%m-%d}"
    hidden = client.get(url)
    assert hidden.status_code == 200 and "Journée au moulin" not in hidden.text
    assert "à une autre date" in hidden.text
    assert "Pris le" in client.get(url + "&all=1").text


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("headcount", "abc", "entre 1 et 5000"),
        ("headcount", "0", "entre 1 et 5000"),
        ("headcount", "-4", "entre 1 et 5000"),
        ("headcount", "9" * 40, "entre 1 et 5000"),
        ("date", "2020-02-02", "Cette date est passée"),
        ("date", "2027-02-31", "Écrivez la date comme"),
        ("date", "9999-01-01", "trois ans"),
        ("place", "Xyzzyville", "Nous ne connaissons pas « Xyzzyville »"),
        ("category", "nonsense", "Choisissez une catégorie"),
        ("budget", "cher", "Écrivez un montant"),
        ("budget", "0", "budget par personne"),
        ("sort", "random", "Choisissez un ordre"),
        ("sort", "distance", "Indiquez un lieu"),
    ],
)
def test_nonsense_gets_a_sentence_and_the_rest_is_searched(
    client: Browser, factories: Factories, name: str, value: str, sentence: str
) -> None:
    put(factories, title="Journée au moulin")
    other = put(factories, title="Soirée au port", category="evening")
    response = client.get("/offers", query_string={"q": "moulin", name: value})
    page = response.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert response.status_code == 422 and sentence in page
    assert 'value="moulin"' in page and value in page
    assert "Journée au moulin" in page and f"/offers/{other}?" not in page


def test_radius_and_end_are_checked_too(client: Browser) -> None:
    assert client.get("/offers?place=Lyon&radius=far").status_code == 422
    first, last = f"{in_days(9):%Y-%m-%d}", f"{in_days(8):%Y-%m-%d}"
    assert client.get(f"/offers?date={first}&until={last}").status_code == 422
    assert client.get(f"/offers?date={first}&until={in_days(60):%Y-%m-%d}").status_code == 422


@pytest.mark.parametrize("query", ["page=0", "page=-3", "page=abc", "page=999999999999", "q=%00", "q=%25%27%3B--"])
def test_odd_addresses_still_answer(client: Browser, factories: Factories, query: str) -> None:
    put(factories)
    assert client.get(f"/offers?{query}").status_code == 200


def test_words_that_fit_only_in_part(client: Browser, factories: Factories) -> None:
    put(factories, title="Journée au moulin")
    page = client.get("/offers?q=moulin+zeppelin").text
    assert "Journée au moulin" in page and "Aucune offre ne contient tous ces mots" in page


def test_nothing_found_names_what_to_loosen(client: Browser, factories: Factories) -> None:
    put(factories, capacity_max=30)
    page = client.get("/offers?headcount=400&category=day_seminar").text
    assert "quel que soit l’effectif" in page and 'href="/offers?category=day_seminar"' in page
    assert "dans toutes les catégories" not in page


def test_namesakes_are_offered(client: Browser, factories: Factories) -> None:
    put(factories)
    assert "Vous vouliez dire" in client.get("/offers?place=Saint-Denis").text


def test_an_empty_catalogue(client: Browser) -> None:
    assert "Aucune offre pour l’instant" in client.get("/offers").text


def test_anonymous_cards_lead_to_the_choice_of_a_need(client: Browser, factories: Factories) -> None:
    offer_id = put(factories)
    assert f'href="/company/picks/new?offer={offer_id}"' in client.get("/offers").text


def test_the_same_statements_for_one_and_for_a_full_page(
    client: Browser, factories: Factories, count_statements: Any
) -> None:
    counts = []
    for more in (1, 23):
        for _each in range(more):
            factories.offer()
        reindex(now())
        session().commit()
        with count_statements() as statements:
            client.get(f"/offers?q=journée&place=Lyon&headcount=40&date={in_days(30):%Y-%m-%d}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4, statements


def test_a_changed_offer_is_found_by_what_it_says_now(client: Browser, factories: Factories) -> None:
    offer = factories.offer(title="Journée au moulin")
    assert "Journée au moulin" not in client.get("/offers").text
    publish("offer.changed", {"offer_id": offer.id}, now=now())
    session().commit()
    drain()
    assert "Journée au moulin" in client.get("/offers?q=moulin").text
    offer.state = OfferState.PAUSED
    publish("offer.changed", {"offer_id": offer.id}, now=now())
    session().commit()
    drain()
    assert "Journée au moulin" not in client.get("/offers").text


def test_sorted_by_the_journeys_co2(client: Browser, factories: Factories) -> None:
    put(factories, title="Au bout du monde", lat=43.3, lon=5.4)
    put(factories, title="Juste en face", lat=45.76, lon=4.83)
    nowhere = client.get("/offers?sort=co2")
    assert nowhere.status_code == 422 and "Indiquez un lieu pour classer par CO₂ du trajet" in nowhere.text
    client.log_in(factories.organiser()[0])
    page = client.get("/offers?sort=co2")
    assert page.status_code == 200 and "Classées par CO₂ du trajet" in page.text
    assert page.text.index("Juste en face") < page.text.index("Au bout du monde")


def test_sorted_by_answer_time(client: Browser, factories: Factories) -> None:
    put(factories, title="Sans hâte", provider=factories.provider(answer_minutes=3000))
    put(factories, title="Tout de suite", provider=factories.provider(answer_minutes=30))
    page = client.get("/offers?sort=answer").text
    assert "Classées par rapidité de réponse" in page
    assert page.index("Tout de suite") < page.index("Sans hâte")


def test_a_place_reads_as_french_says_it(client: Browser, factories: Factories) -> None:
    put(factories, lat=46.19, lon=6.77)
    page = client.get("/offers?place=Avoriaz").text
    assert "1 offre près d’Avoriaz" in page.replace("\u00a0", " ")
    assert "1 offer near Avoriaz" in client.get("/offers?place=Avoriaz", headers={"Accept-Language": "en"}).text
