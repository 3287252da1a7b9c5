"""A rule of many figures from the provider's editor to the offer's page and the quote: the same cents everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.core.db import session, transaction
from app.formatting import money
from app.offers.models import Offer, OfferVersion
from app.offers.price_rule import Component, PriceRule, Season, Tier, price_for, quote_lines
from app.quotes import requests
from app.quotes.models import Quote, QuoteRequest
from app.quotes.pricing import totals
from app.quotes.proposal import lines_of, starting_lines, usual_measures
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.web.test_offers_provider import create, latest, whole

YEAR = now().year + 1
RULE = PriceRule(
    components=(
        Component("Chambre", "lodging", "person_night", 9_000, ("lodging",), tiers=(Tier(30, 8_000),)),
        Component("Dîner", "food_immediate", "person_night", 3_000, ("dinner",), child_net_cents=1_500),
        Component("Moniteur", "ski_lesson", "hour", 6_000, group_size=12),
        Component("Forfait de ski", "ski_lift", "person", 20_000, constant=True),
        Component("Taxe de séjour", "tourist_tax", "person_night", 165),
        Component("Raclette", "food_immediate", "person", 900, optional=True, child_net_cents=400),
    ),
    minimum_headcount=10,
    minimum_net_cents=1_000_000,
    seasons=(Season("Fêtes", 2_500, "12-20", "01-04"), Season("Week-end", 1_000, weekdays=(4, 5))),
    child_age=12,
    usual_hours=4,
    usual_nights=2,
)


@pytest.fixture
def offer(factories: Factories) -> Offer:
    return factories.offer(category="ski_trip", price_rule=RULE.to_json(), capacity_min=4, capacity_max=80)


def page_of(client: Browser, url: str) -> Any:
    response = client.get(url)
    return client.get(response.location) if response.status_code == 301 else response


CASES: list[dict[str, Any]] = [
    {"headcount": 8},
    {"headcount": 29, "nights": 3, "hours": 2},
    {"headcount": 30, "nights": 5, "children": 7, "date": date(YEAR, 12, 30)},
    {"headcount": 64, "nights": 2, "children": 64, "date": date(YEAR, 3, 27), "options": [5]},
    {"headcount": 12, "date": date(YEAR, 12, 19), "hours": 7, "options": [5]},
]


@pytest.mark.parametrize("case", CASES)
def test_the_simulator_says_the_cents_of_the_rule(client: Browser, offer: Offer, case: dict[str, Any]) -> None:
    asked, given = dict(case), case.get("date")
    asked.pop("date", None)
    price = price_for(RULE, **asked, on=given or now().astimezone(ZoneInfo("Europe/Paris")).date(), dated=bool(given))
    query = "&".join(
        f"{name}={each}"
        for name, value in case.items()
        for each in (value if isinstance(value, list) else [value])
    )  # fmt: skip
    for path in (f"/offers/{offer.id}", f"/offers/{offer.id}/price"):
        page = page_of(client, f"{path}?{query}")
        assert page.status_code == 200
        for amount in (price.net, price.gross, price.per_person_net, price.per_person_gross):
            assert money(amount.cents, exact=True) in page.text, (path, amount)
        for rate in price.by_rate:
            assert money(rate.net_cents, exact=True) in page.text
            assert not rate.rate_bps or money(rate.vat_cents, exact=True) in page.text


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("children=90", "children", "nombre d’enfants"),
        ("children=two", "children", "nombre d’enfants"),
        ("nights=0", "nights", "entre 1 et 60 nuits"),
        ("hours=100", "hours", "entre 1 et 72 heures"),
        ("date=12/03", "date", "Indiquez une date"),
        ("date=2020-01-01", "date", "à venir"),
    ],
)
def test_what_was_typed_wrong_stays_and_is_explained(
    client: Browser, offer: Offer, query: str, name: str, words: str
) -> None:
    page = page_of(client, f"/offers/{offer.id}?headcount=20&{query}")
    assert page.status_code == 422 and words in page.text
    assert re.search(rf'id="{name}"[^>]*value="{re.escape(query.partition("=")[2])}"[^>]*aria-invalid', page.text)


def test_the_page_says_what_changes_the_price(client: Browser, offer: Offer) -> None:
    page = page_of(client, f"/offers/{offer.id}").text
    page = page.replace("&nbsp;", " ").replace("\u00a0", " ").replace("\u202f", " ")
    for words in (
        "Chambre : 90,00 € HT, 80,00 € HT à partir de 30 personnes",
        "Dîner : 15,00 € HT par enfant",
        "Fêtes (du 20 décembre au 4 janvier) : +25 %",
        "Week-end (vendredi, samedi) : +10 %",
        "Minimum de facturation : 10 000,00 € HT",
        "paie pour 10 personnes",
        "indiquez le premier jour",
    ):
        assert words in page, words


@pytest.fixture
def asked(factories: Factories, client: Browser) -> QuoteRequest:
    """A request over a change of the clock and into a season, with the seller it is for logged in."""
    seller, provider = factories.seller()
    offer = factories.offer(provider, category="ski_trip", price_rule=RULE.to_json(), capacity_max=80)
    zone = ZoneInfo("Europe/Paris")
    last_sunday = max(date(YEAR, 3, day) for day in range(25, 32) if date(YEAR, 3, day).weekday() == 6)
    starts = datetime.combine(last_sunday - timedelta(days=1), datetime.min.time(), zone).replace(hour=23)
    ends = datetime.combine(last_sunday + timedelta(days=1), datetime.min.time(), zone).replace(hour=1)
    event = factories.event(starts_at=starts.astimezone(UTC), ends_at=ends.astimezone(UTC), zone="Europe/Paris")
    request = factories.request(offer, factories.need(event))
    client.log_in(seller, provider.id)
    return request


def test_a_quote_starts_from_nights_where_the_event_is(asked: QuoteRequest) -> None:
    measures = usual_measures(asked)
    assert (measures.nights, measures.hours) == (2, 4), "25 hours and two nights: the hours are the offer's own"
    on = asked.starts_at.astimezone(ZoneInfo("Europe/Paris")).date()
    expected = price_for(RULE, asked.headcount, on=on, nights=2, hours=4)
    assert totals(starting_lines(asked), asked.headcount) == expected


def form_values(page: str, form: str = 'id="quote-form"') -> dict[str, Any]:
    """What a browser would send of a form: the quote's, unless another one is named."""
    form = page[page.index(form) :]
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        if found.get("type") in ("checkbox", "radio") and not re.search(r"\schecked\b", tag):
            continue
        if found.get("name"):
            text = found.get("value", "").replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
            values.setdefault(found["name"], []).append(text)
    values |= {
        name: [text] for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*(.*?)</textarea>', form)
    }
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        values[name] = [chosen[1] if chosen else ""]
    return values


def test_children_and_nights_are_typed_into_the_quote_and_its_cents_are_the_simulator_s(
    client: Browser, asked: QuoteRequest
) -> None:
    here = f"/provider/requests/{asked.id}/quote"
    values = form_values(client.get(here).text)
    assert values["nights"] == ["2"] and values["children"] == ["0"]
    page = client.post(here, data=values | {"do": "refill", "children": "12", "nights": "3", "hours": "5"})
    assert page.status_code == 200 and "enfants jusqu’à 12" in page.text
    on = asked.starts_at.astimezone(ZoneInfo("Europe/Paris")).date()
    price = price_for(RULE, asked.headcount, on=on, children=12, nights=3, hours=5)
    assert money(price.gross.cents, exact=True) in page.text
    sent = client.post(here, data=form_values(page.text) | {"do": "send"})
    assert sent.status_code == 303, re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', sent.text)
    quote = session().scalars(select(Quote)).one()
    assert (quote.net_cents, quote.gross_cents) == (price.net.cents, price.gross.cents)
    assert totals(lines_of(quote), quote.headcount) == price
    before, again = form_values(page.text), form_values(client.get(here).text)
    assert all(again[name] == before[name] for name in before if name.startswith("lines-")), "the next version"


def test_children_travel_from_the_event_to_the_quote(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    organiser, company = factories.organiser()
    seller, provider = factories.seller()
    offer = factories.offer(provider, category="summer_party", price_rule=RULE.to_json())
    event = factories.event(company, organiser, zone="Europe/Paris")
    need = factories.need(event, category="summer_party")
    company_side, here = new_client().log_in(organiser), f"/company/events/{event.slug}"
    values = form_values(company_side.get(f"{here}/edit").text, 'class="form card')
    refused = company_side.post(f"{here}/edit", data=values | {"headcount": "20", "children": "21"})
    assert refused.status_code == 422 and "nombre d’enfants" in refused.text and 'value="21"' in refused.text
    assert company_side.post(f"{here}/edit", data=values | {"headcount": "20", "children": "6"}).status_code in (
        302,
        303,
    )
    assert "dont 6 enfants" in company_side.get(here).text
    with transaction():
        requests.pick(need.id, offer.id, by="test", now=now())
        (asked,) = requests.send(
            need.id, [offer.id], message="", answer_by=now() + timedelta(days=2), by="test", now=now()
        )
    page = client.log_in(seller, provider.id).get(f"/provider/requests/{asked.id}/quote").text
    assert form_values(page)["children"] == ["6"] and "enfants jusqu’à 12" in page
    assert "dont 6 enfants" in client.get(f"/provider/requests/{asked.id}").text


def test_quantities_left_empty_follow_what_was_typed(client: Browser, asked: QuoteRequest) -> None:
    here, plain = f"/provider/requests/{asked.id}/quote", replace(RULE, seasons=(), minimum_net_cents=0)
    asked.offer_version.price_rule = plain.to_json()
    session().commit()
    values = form_values(client.get(here).text) | {"do": "refill", "children": "12", "nights": "3", "hours": "5"}
    filled = form_values(client.post(here, data=values).text)
    empty = {name: "" for name in filled if name.endswith("-quantity")}
    assert client.post(here, data=filled | empty | {"do": "send"}).status_code == 303
    on = asked.starts_at.astimezone(ZoneInfo("Europe/Paris")).date()
    quoted = [line.quantity for line in session().scalars(select(Quote)).one().lines]
    assert quoted == [line.quantity for line in quote_lines(plain, 40, on=on, children=12, nights=3, hours=5)]


@pytest.mark.parametrize(("name", "typed"), [("children", "41"), ("nights", "0"), ("hours", "beaucoup")])
def test_measures_that_make_no_sense_stay_and_are_explained(
    client: Browser, asked: QuoteRequest, name: str, typed: str
) -> None:
    here = f"/provider/requests/{asked.id}/quote"
    values = form_values(client.get(here).text)
    page = client.post(here, data=values | {"do": "refill", name: typed})
    assert page.status_code == 422 and f'id="{name}-error"' in page.text and f'value="{typed}"' in page.text
    assert page.text.count('name="lines-0-label"') == 1 and "Chambre" in page.text


def test_a_scale_that_was_tampered_with_counts_for_nothing(client: Browser, asked: QuoteRequest) -> None:
    here = f"/provider/requests/{asked.id}/quote"
    values = form_values(client.get(here).text) | {"lines-0-scale": '{"who": "cats"}', "lines-1-scale": "["}
    assert client.post(here, data=values | {"do": "send"}).status_code == 303
    assert {line.position for line in session().scalars(select(Quote)).one().lines if not line.scale} >= {0, 1}


@pytest.fixture
def seller(new_client: Callable[[], Browser], factories: Factories) -> Browser:
    return new_client().log_in(factories.seller(factories.provider())[0])


PRICED = {
    "components-0-basis": "person",
    "components-0-tiers-0-people": "20",
    "components-0-tiers-0-price": "54",
    "components-0-tiers-1-people": "40",
    "components-0-tiers-1-price": "48,00",
    "components-0-child_price": "30",
    "components-0-constant": "y",
    "components-2-label": "Animateur",
    "components-2-basis": "hour",
    "components-2-price": "84",
    "components-2-vat_category": "staff",
    "components-2-group_size": "15",
    "minimum_charge": "400",
    "child_age": "11",
    "usual_hours": "",
    "seasons-0-label": "Fêtes",
    "seasons-0-first": "20/12",
    "seasons-0-last": "4/1",
    "seasons-0-change": "+12,5",
    "seasons-1-label": "Lundi",
    "seasons-1-weekdays": ["0"],
    "seasons-1-change": "-10 %",
}


def test_the_editor_keeps_every_kind_of_price(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    answer = seller.post(edit, data=whole(**PRICED))
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', answer.text)
    rule = PriceRule.from_json(latest(offer_id).price_rule)
    first, _snack, host = rule.components
    assert (first.unit_net_cents, first.tiers) == (5_000, (Tier(20, 4_500), Tier(40, 4_000)))
    assert (first.child_net_cents, first.constant) == (2_500, True)
    assert (host.basis, host.group_size, host.unit_net_cents) == ("hour", 15, 7_000)
    assert (rule.minimum_net_cents, rule.child_age, rule.usual_hours) == (40_000, 11, 3), "2 h 30 are three hours begun"
    assert rule.seasons == (Season("Fêtes", 1_250, "12-20", "01-04"), Season("Lundi", -1_000, weekdays=(0,)))
    page = seller.get(edit).text
    for name, value in PRICED.items():
        if name in ("components-0-constant", "components-0-basis", "components-2-basis", "components-2-vat_category"):
            continue
        shown = {"54": "54,00", "30": "30,00", "84": "84,00", "400": "400,00", "4/1": "04/01", "-10 %": "-10"}
        text = shown.get(value, value) if isinstance(value, str) else value[0]
        tag = next(tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag)
        assert f'value="{text}"' in tag, (name, tag)
    assert seller.post(edit, data=whole(**PRICED)).status_code == 303
    assert PriceRule.from_json(latest(offer_id).price_rule) == rule


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("components-0-tiers-0-people", "vingt", "nombre entier"),
        ("components-0-tiers-1-people", "20", "plus haut que le précédent"),
        ("components-0-tiers-0-people", "1", "deux personnes au moins"),
        ("components-0-tiers-1-price", "", "Écrivez un montant"),
        ("components-0-child_price", "-3", "prix positif"),
        ("components-2-child_price", "12", "avec un prix par personne"),
        ("minimum_charge", "beaucoup", "Écrivez un montant"),
        ("seasons-0-first", "31/02", "un jour et un mois"),
        ("seasons-0-last", "", "le premier et le dernier jour"),
        ("seasons-0-change", "", "de combien les prix changent"),
        ("seasons-0-change", "cher", "de combien les prix changent"),
        ("seasons-0-label", "", "à remplir"),
        ("seasons-1-weekdays", [], "jours de la semaine"),
    ],
)
def test_each_wrong_figure_has_its_sentence_beside_it_and_stays(
    seller: Browser, name: str, typed: Any, words: str
) -> None:
    offer_id = create(seller)
    answer = seller.post(f"/provider/offers/{offer_id}/edit", data=whole(**(PRICED | {name: typed})))
    assert answer.status_code == 422
    beside = name if "weekdays" not in name else "seasons-1-first"
    sentence = re.search(rf'id="{beside}-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert sentence and words in sentence[1], re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', answer.text)
    assert not typed or f'value="{typed}"' in answer.text
    assert "Fêtes" in answer.text or name == "seasons-0-label"
    assert latest(offer_id).price_rule.get("seasons") is None, "nothing is kept of what is wrong"


def test_rows_left_empty_move_no_sentence(seller: Browser) -> None:
    """A sentence stands beside the row that was typed wrong, though rows before it were empty."""
    offer_id = create(seller)
    data = whole(**PRICED) | {name: "" for name in PRICED if name.startswith("seasons-0")} | {"seasons-1-change": "0"}
    data |= {"components-0-tiers-0-people": "", "components-0-tiers-0-price": "", "components-0-tiers-1-people": "1"}
    page = seller.post(f"/provider/offers/{offer_id}/edit", data=data).text
    assert "deux personnes au moins" in page and page.count("aria-invalid") == 2
    assert re.search(r'id="seasons-1-change-error"', page)


def test_seasons_come_and_go_without_javascript(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    page = seller.post(edit, data=whole(**PRICED, do="season")).text
    assert 'name="seasons-2-label"' in page and "Fêtes" in page
    page = seller.post(edit, data=whole(**PRICED, do="unseason-0")).text
    assert 'value="Fêtes"' not in page and 'value="Lundi"' in page and 'value="54"' in page


def test_a_tier_that_makes_more_people_pay_less_is_pointed_out(seller: Browser) -> None:
    offer_id = create(seller)
    page = seller.post(f"/provider/offers/{offer_id}/edit", data=whole(**PRICED, do="update")).text
    assert "voulez-vous ce palier ainsi" in page


def test_a_version_from_before_opens_in_the_editor_as_it_was(seller: Browser) -> None:
    offer_id = create(seller)
    version: OfferVersion = latest(offer_id)
    old = {"label": "Atelier", "vat_category": "activity", "basis": "person", "unit_net_cents": 5_000, "covers": []}
    version.price_rule = {"components": [old], "minimum_headcount": 8, "entered": "net"}
    session().commit()
    page = seller.get(f"/provider/offers/{offer_id}/edit").text
    assert 'value="50,00"' in page and 'name="components-0-tiers-2-price"' in page


def test_the_page_beside_the_editor_has_the_price_that_is_typed(
    client: Browser, factories: Factories, asked: QuoteRequest
) -> None:
    live = f"/provider/offers/{asked.offer_id}/live?headcount=30"
    price = price_for(RULE, 30, on=now().astimezone(ZoneInfo("Europe/Paris")).date(), dated=False)
    assert money(price.gross.cents, exact=True) in client.get(live).text
