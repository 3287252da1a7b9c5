"""The demonstration catalogue: plausible, valid, varied, and the same every time."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time
from itertools import islice

import pytest

from app.demo import data, facets_doing, firms
from app.demo.catalogue import generate
from app.demo.seeds import OfferSeed
from app.offers import categories
from app.offers.price_rule import PriceRule, price_for
from app.offers.terms import Terms
from app.rules import identifiers
from app.search import places

TODAY = date(2026, 11, 21)
NOON = datetime.combine(TODAY, time(12), UTC)


@pytest.fixture(scope="module")
def catalogue() -> list[OfferSeed]:
    return list(generate(400, 1, TODAY))


def texts_of(offer: OfferSeed) -> list[str]:
    own = [offer.title, offer.summary, offer.description, offer.provider.about]
    return own + [review.text for review in offer.reviews] + [part.label for part in offer.price_rule.components]


def test_the_same_seed_gives_the_same_catalogue_and_another_does_not(catalogue: list[OfferSeed]) -> None:
    assert list(generate(400, 1, TODAY)) == catalogue
    assert list(generate(60, 1, TODAY)) == catalogue[:60]
    assert [offer.title for offer in generate(60, 2, TODAY)] != [offer.title for offer in catalogue[:60]]


def test_all_categories_are_there_in_number(catalogue: list[OfferSeed]) -> None:
    count = Counter(offer.category for offer in catalogue)
    assert set(count) == set(categories.codes())
    assert min(count.values()) >= 10


def test_no_two_offers_say_the_same(catalogue: list[OfferSeed]) -> None:
    assert len({offer.title for offer in catalogue}) == 400
    assert len({offer.description for offer in catalogue}) == 400
    assert len({(offer.title, offer.description) for offer in generate(4000, 5, TODAY, with_reviews=False)}) == 4000


def test_titles_and_texts_have_their_length(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        assert 12 <= len(offer.title) <= 90, offer.title
        assert 15 <= len(offer.summary) <= 140, offer.summary
        sentences = len(re.findall(r"[.?](?: |$)", offer.description))
        assert 3 <= sentences <= 7, offer.description


def test_texts_are_finished_french(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        for text in texts_of(offer):
            assert not re.search(r"[{}'\"!]|  | ,|\bNone\b|\bde [AEIOUÉÎaeiouéî]|\bà Le\b|\bde Le\b|\bà les\b", text), (
                text
            )
            assert not re.search(r"[^\u00a0\u202f][:;?»]|«[^\u00a0]", text), text
        assert offer.title[0].isupper() or offer.title[0].isdigit(), offer.title


def test_details_are_what_the_editor_would_store(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        assert categories.validate_details(offer.category, offer.details) == offer.details, offer.title


def test_prices_are_valid_and_plausible(catalogue: list[OfferSeed]) -> None:
    usual = {
        "residential_seminar": (120, 900),
        "day_seminar": (15, 320),
        "evening": (40, 260),
        "company_trip": (140, 1300),
        "summer_party": (35, 220),
        "team_day": (35, 240),
        "ski_trip": (90, 1300),
        "activity": (20, 200),
        "afterwork": (14, 140),
        "catering": (9, 160),
    }
    for offer in catalogue:
        assert PriceRule.from_json(offer.price_rule.to_json()) == offer.price_rule
        headcount = max(offer.capacity_min, offer.capacity_max // 2)
        gross = price_for(offer.price_rule, headcount, on=TODAY).per_person_gross.cents / 100
        low, high = usual[offer.category]
        assert low <= gross <= high, (offer.category, gross, offer.title)


def test_every_kind_of_price_is_somewhere(catalogue: list[OfferSeed]) -> None:
    rules = {offer.category: set[str]() for offer in catalogue}
    for offer in catalogue:
        rule = offer.price_rule
        said = {"seasons": rule.seasons, "least": rule.minimum_net_cents, "children": rule.for_children}
        said |= {
            "tiers": any(line.tiers for line in rule.components),
            "weekdays": any(s.weekdays for s in rule.seasons),
        }
        rules[offer.category] |= {name for name, value in said.items() if value}
        rules[offer.category] |= {line.basis for line in rule.components}
    assert {"person_night", "seasons"} <= rules["ski_trip"]
    assert {"hour", "tiers"} <= rules["activity"]
    assert {"least", "tiers", "group"} <= rules["catering"]
    assert {"children", "person"} <= rules["summer_party"]
    assert "weekdays" in rules["day_seminar"]


def test_terms_are_valid(catalogue: list[OfferSeed]) -> None:
    assert all(Terms.from_json(offer.terms.to_json()) == offer.terms for offer in catalogue)
    assert len({offer.terms for offer in catalogue}) >= 6


def test_offers_lie_where_they_say(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        found = places.lookup(f"{offer.place_name} ({offer.postcode[:2]})") or places.lookup(offer.place_name)
        away = min(places.distance_km(offer.lat, offer.lon, place.lat, place.lon) for place in found)
        assert away < 4, (offer.place_name, away)


def test_ski_trips_are_in_resorts_and_sea_is_at_sea(catalogue: list[OfferSeed]) -> None:
    tags = {spot.name: spot.tags for spot in data.spots()}
    assert {name for name, found in tags.items() if "ski" in found} <= facets_doing.RESORTS.keys()
    for offer in catalogue:
        if offer.category == "ski_trip":
            assert offer.place_name in facets_doing.RESORTS
        if offer.details.get("venue") == "beach":
            assert "s" in tags[offer.place_name]


def test_sizes_notice_and_units_hold_together(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        assert 1 <= offer.capacity_min <= offer.capacity_max
        assert 0 <= offer.notice_days <= 90 and offer.duration_minutes > 0
        assert 1 <= len(offer.units) <= 4 and len(set(offer.units)) == len(offer.units)
        assert offer.weekdays and set(offer.weekdays) <= set(range(7))
        assert offer.published_at < NOON
        assert (offer.service_radius_km is not None) == (
            offer.category == "catering" or "your_place" in offer.details.get("places", ())
        )


def test_closed_days_are_in_order_and_leave_days_open(catalogue: list[OfferSeed]) -> None:
    for offer in catalogue:
        for first, last, reason in offer.blackouts:
            assert first <= last and reason
        ends = [last for _first, last, _reason in offer.blackouts]
        starts = [first for first, _last, _reason in offer.blackouts]
        assert all(later > earlier for earlier, later in zip(ends, islice(starts, 1, None), strict=False))
    assert sum(not _closed(offer, date(2027, 3, 11)) for offer in catalogue) > 300
    skiing = [offer for offer in catalogue if offer.category == "ski_trip"]
    assert all(_closed(offer, date(2027, 7, 14)) and not _closed(offer, date(2027, 2, 3)) for offer in skiing)


def _closed(offer: OfferSeed, day: date) -> bool:
    return any(first <= day <= last for first, last, _reason in offer.blackouts)


def test_reviews_are_dated_varied_and_mostly_good(catalogue: list[OfferSeed]) -> None:
    stars = [review.stars for offer in catalogue for review in offer.reviews]
    assert 4.1 < sum(stars) / len(stars) < 4.7
    assert set(stars) == {1, 2, 3, 4, 5}
    assert max(len(offer.reviews) for offer in catalogue) <= 40
    assert any(not offer.reviews for offer in catalogue)
    for offer in catalogue:
        assert all(review.written_at < NOON for review in offer.reviews)
        assert len({review.text for review in offer.reviews}) == len(offer.reviews)


def test_providers_are_many_with_numbers_that_pass_the_check(catalogue: list[OfferSeed]) -> None:
    sellers = {offer.provider.number: offer.provider for offer in catalogue}
    assert 90 <= len(sellers) <= 220
    assert len({seller.siren for seller in sellers.values()}) == len(sellers)
    assert len({seller.email for seller in sellers.values()}) == len(sellers)
    for seller in sellers.values():
        assert identifiers.siren(seller.siren) == seller.siren
        assert seller.siren.startswith("0"), "a real SIREN must not be taken"
        assert seller.email.endswith(".example")
    agencies = [offer.provider for offer in catalogue if offer.category == "company_trip"]
    assert all(agency.atout_france and agency.guarantor and agency.insurer for agency in agencies)


def test_no_siren_comes_twice_in_a_large_catalogue() -> None:
    assert len({firms.siren_of(number, 3) for number in range(50_000)}) == 50_000


@pytest.mark.parametrize(
    ("city", "at", "of"),
    [
        ("Lyon", "à Lyon", "de Lyon"),
        ("Annecy", "à Annecy", "d’Annecy"),
        ("Le Mans", "au Mans", "du Mans"),
        ("Les Arcs", "aux Arcs", "des Arcs"),
        ("La Clusaz", "à La Clusaz", "de La Clusaz"),
        ("Île de Ré", "sur l’île de Ré", "de l’île de Ré"),
        ("Alpe d’Huez", "à l’Alpe d’Huez", "de l’Alpe d’Huez"),
        ("Honfleur", "à Honfleur", "de Honfleur"),
        ("Hossegor", "à Hossegor", "d’Hossegor"),
        ("Hyères", "à Hyères", "d’Hyères"),
    ],
)
def test_prepositions_follow_the_towns_name(city: str, at: str, of: str) -> None:
    assert data._prepositions(city) == (at, of)
