"""Searching on real rows: words, places, people, days, money."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.accounts.models import ProviderState
from app.availability.imports.models import CalendarFeed, ImportedBusy
from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit, span
from app.core.db import session
from app.offers.models import Offer, OfferState
from app.offers.price_rule import Component, PriceRule
from app.search import facets
from app.search.criteria import Criteria, Near, Sort
from app.search.models import SearchDocument
from app.search.queries import count_without, search, search_wider
from app.search.service import index_offer, reindex
from app.search.statements import run
from tests.factories import Factories, in_days, now

LYON = Near("Lyon", 45.76, 4.85, 50)


def found(criteria: Criteria) -> set[int]:
    return {one.offer_id for one in search(criteria, now()).found}


def indexed(factories: Factories, **values: Any) -> int:
    offer = factories.offer(**values)
    index_offer(offer.id, now())
    session().commit()
    return offer.id


@pytest.mark.parametrize(
    "words",
    ["séminaires", "seminaire", "SÉMINAIRE château", "chateaux", "l’étang", "chât", "salle de réunion", "Chaponost"],
)
def test_words_are_found_in_any_spelling(factories: Factories, words: str) -> None:
    wanted = indexed(factories, title="Séminaire au château de l’Étang")
    other = indexed(
        factories, title="Plateaux repas", category="catering", place_name="Brest",
        price_rule=PriceRule((Component("Plateau", "food_immediate", "person", 2_000, ("lunch",)),)).to_json(),
    )  # fmt: skip
    assert found(Criteria(words=words)) == {wanted}
    assert other in found(Criteria(words="traiteur"))


def test_words_without_meaning_filter_nothing(factories: Factories) -> None:
    offer = indexed(factories)
    for words in ("le de la", "!? &|(", "à"):
        results, _met = search_wider(Criteria(words=words), now())
        assert [one.offer_id for one in results.found] == [offer]


def test_any_word_finds_what_all_words_do_not(factories: Factories) -> None:
    offer = indexed(factories, title="Journée au moulin")
    assert found(Criteria(words="moulin zeppelin")) == set()
    results, met = search_wider(Criteria(words="moulin zeppelin"), now())
    assert met.any_word and [one.offer_id for one in results.found] == [offer]
    results, met = search_wider(Criteria(words="zeppelin dirigeable"), now())
    assert not met.any_word and not results.total


def test_title_outranks_description(factories: Factories) -> None:
    low = indexed(factories, title="Journée au calme", description="Non loin d’un moulin.")
    high = indexed(factories, title="Journée au moulin")
    assert [one.offer_id for one in search(Criteria(words="moulin"), now()).found] == [high, low]


def test_place_and_radius(factories: Factories) -> None:
    near = indexed(factories)
    far = indexed(factories, lat=48.85, lon=2.35, place_name="Paris")
    comes = indexed(factories, lat=45.19, lon=5.72, place_name="Grenoble", service_radius_km=120, category="catering")
    stays = indexed(factories, lat=45.19, lon=5.72, place_name="Grenoble", service_radius_km=60, category="catering")
    assert found(Criteria(near=LYON)) == {near, comes}
    assert far not in found(Criteria(near=LYON)) and stays not in found(Criteria(near=LYON))
    away = {one.offer_id: one.distance_km for one in search(Criteria(near=LYON), now()).found}
    assert away[near] == pytest.approx(10.2, abs=1)


def test_headcount_fits_capacity(factories: Factories) -> None:
    offer = indexed(factories, capacity_min=10, capacity_max=60)
    assert [found(Criteria(headcount=n)) == {offer} for n in (9, 10, 60, 61)] == [False, True, True, False]


def test_budget_counts_what_a_person_pays_for_that_headcount(factories: Factories) -> None:
    offer = indexed(factories)  # 900 € at 20 % for the group, 42 € at 10 % a person: 73,20 € gross for 40 people
    result = search(Criteria(headcount=40), now()).found[0]
    assert (result.gross_cents, result.net_cents, result.starting) == (7_320, 6_450, False)
    assert found(Criteria(headcount=40, budget_cents=7_320)) == {offer}
    assert found(Criteria(headcount=40, budget_cents=7_319)) == set()
    assert found(Criteria(headcount=40, budget_cents=6_450, basis="net")) == {offer}
    assert found(Criteria(headcount=40, budget_cents=6_449, basis="net")) == set()
    assert found(Criteria(headcount=20, budget_cents=7_320)) == set()


def test_without_headcount_prices_start_at_a_full_house(factories: Factories) -> None:
    indexed(factories, capacity_max=80)
    result = search(Criteria(), now()).found[0]
    assert (result.net_cents, result.starting) == (5_325, True)


def test_days_closed_blacked_out_or_too_near(factories: Factories) -> None:
    offer = indexed(factories, notice_days=10)
    day = next_weekday(in_days(30).date(), 2)
    rule = session().get_one(OpeningRule, offer)
    rule.weekdays = [0, 1, 2, 3, 4]
    factories.add(Blackout(offer_id=offer, first_day=day + timedelta(days=7), last_day=day + timedelta(days=8)))
    index_offer(offer, now())
    session().commit()
    assert found(days(day)) == {offer}
    assert found(days(day + timedelta(days=3))) == set()  # Saturday
    assert found(days(day, day + timedelta(days=3))) == set()
    assert found(days(day + timedelta(days=8))) == set()
    assert found(days(next_weekday(in_days(2).date(), 2))) == set()
    shown = search(days(day + timedelta(days=3), taken=True), now()).found
    assert [one.free for one in shown] == ["closed"]
    early = search(days(next_weekday(in_days(1).date(), 2), taken=True), now()).found
    assert [one.free for one in early] == ["notice"]


@pytest.mark.parametrize(
    ("state", "expires", "free"),
    [
        (ReservationState.BOOKED, None, "busy"),
        (ReservationState.ACTIVE, timedelta(hours=1), "held"),
        (ReservationState.ACTIVE, timedelta(hours=-1), "free"),
        (ReservationState.RELEASED, None, "free"),
        (ReservationState.QUEUED, timedelta(hours=1), "busy"),
    ],
)
def test_units_taken(factories: Factories, state: ReservationState, expires: timedelta | None, free: str) -> None:
    offer = indexed(factories)
    reserve(factories, offer, state, expires and now() + expires)
    day = in_days(30).date()
    assert [one.free for one in search(days(day, taken=True), now()).found] == [free]
    assert found(days(day)) == ({offer} if free == "free" else set())
    assert found(days(day + timedelta(days=1))) == {offer}


def test_one_free_unit_is_enough(factories: Factories) -> None:
    offer = indexed(factories, units=2)
    reserve(factories, offer, ReservationState.BOOKED, None)
    assert found(days(in_days(30).date())) == {offer}


def test_an_events_own_times_fit_between_others_and_inside_the_hours(factories: Factories) -> None:
    offer = indexed(factories)
    reserve(factories, offer, ReservationState.BOOKED, None)
    day = in_days(30).date()
    evening = (in_days(30, 18), in_days(30, 21))
    assert found(Criteria(first_day=day, last_day=day, window=evening)) == {offer}
    assert found(Criteria(first_day=day, last_day=day, window=(in_days(30, 16), in_days(30, 21)))) == set()
    rule = session().get_one(OpeningRule, offer)
    rule.opens, rule.closes = time(8), time(19)
    index_offer(offer, now())
    session().commit()
    assert found(Criteria(first_day=day, last_day=day, window=evening)) == set()


def test_what_is_not_sold_is_not_found(factories: Factories) -> None:
    provider = factories.provider()
    offer = factories.offer(provider)
    factories.offer(published=False)
    assert reindex(now()) == 1
    session().commit()
    assert found(Criteria()) == {offer.id}
    offer.state = OfferState.PAUSED
    assert index_offer(offer.id, now()) is False
    session().commit()
    assert found(Criteria()) == set()
    offer.state, provider.state = OfferState.PUBLISHED, ProviderState.SUSPENDED
    assert index_offer(offer.id, now()) is False


def test_facets_count_every_category_for_the_other_filters(factories: Factories) -> None:
    for category in ("day_seminar", "day_seminar", "evening"):
        indexed(factories, category=category)
    indexed(factories, category="evening", capacity_max=20)
    results = search(Criteria(category="evening", headcount=40), now())
    assert (results.total, results.facets) == (1, {"day_seminar": 2, "evening": 1})


def test_orders(factories: Factories) -> None:
    dear = indexed(factories, lat=45.77, lon=4.86)
    cheap_rule = PriceRule((Component("Salle", "room_hire", "group", 10_000),)).to_json()
    cheap = indexed(factories, price_rule=cheap_rule)

    def order(sort: Sort) -> list[int]:
        return [one.offer_id for one in search(Criteria(headcount=40, near=LYON, sort=sort), now()).found]

    assert order(Sort.PRICE) == [cheap, dear]
    assert order(Sort.DISTANCE) == [dear, cheap]


def test_what_to_loosen(factories: Factories) -> None:
    indexed(factories, capacity_max=30)
    criteria = Criteria(headcount=40, category="day_seminar", words="journée")
    assert count_without(criteria, now()) == {"words": 0, "category": 0, "headcount": 1}


def test_pages(factories: Factories) -> None:
    for _each in range(26):
        factories.offer()
    reindex(now())
    session().commit()
    first, second, beyond = (search(Criteria(), now(), page=page) for page in (1, 2, 9))
    assert (len(first.found), len(second.found), first.total, first.pages, beyond.page) == (24, 2, 26, 2, 2)
    assert {one.offer_id for one in first.found}.isdisjoint(one.offer_id for one in second.found)


def test_three_statements_however_many_results(factories: Factories, count_statements: Any) -> None:
    criteria = Criteria(words="journée", near=LYON, headcount=40, first_day=in_days(30).date(), last_day=None)
    counts = []
    for more in (1, 20):
        for _each in range(more):
            indexed(factories)
        with count_statements() as statements:
            search(criteria, now())
        counts.append(len(statements))
    assert counts == [3, 3]  # the words, the counts, the page


def test_a_new_version_replaces_the_document(factories: Factories) -> None:
    offer = factories.offer()
    index_offer(offer.id, now())
    assert offer.published_version is not None
    offer.published_version.title = "Nouvelle vie"
    index_offer(offer.id, now())
    assert session().query(SearchDocument).count() == 1
    assert [one.offer_id for one in search(Criteria(words="nouvelle vie"), now()).found] == [offer.id]


def days(first: date, last: date | None = None, *, taken: bool = False) -> Criteria:
    return Criteria(first_day=first, last_day=last or first, also_taken=taken)


def next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def reserve(factories: Factories, offer_id: int, state: ReservationState, expires_at: Any) -> None:
    unit = session().query(Unit).filter_by(offer_id=offer_id).order_by(Unit.id).first()
    assert unit is not None
    paris = ZoneInfo("Europe/Paris")
    start = in_days(30, 9).astimezone(paris)
    during = span(start, start + timedelta(hours=8))
    factories.add(Reservation(unit_id=unit.id, during=during, state=state, expires_at=expires_at))


def test_imported_busy_times_are_heeded_at_once(factories: Factories) -> None:
    offer = factories.offer()
    index_offer(offer.id, now())
    feed = CalendarFeed(provider_id=offer.provider_id, offer_id=offer.id, name="", zone="Europe/Paris", notes=[])
    factories.add(feed)
    day = in_days(30).date()
    assert found(days(day)) == {offer.id}
    busy = ImportedBusy(feed_id=feed.id, offer_id=offer.id, during=[span(in_days(30, 10), in_days(30, 12))])
    factories.add(busy)
    assert found(days(day)) == set()
    assert found(days(day + timedelta(days=1))) == {offer.id}
    session().delete(busy)
    session().commit()
    assert found(days(day)) == {offer.id}


def test_counts_follow_changes_and_are_folded(factories: Factories) -> None:
    offers = [indexed(factories, category="evening") for _ in range(3)]
    assert search(Criteria(category="evening"), now()).facets == {"evening": 3}
    session().get_one(Offer, offers[0]).state = OfferState.PAUSED
    index_offer(offers[0], now())
    session().commit()
    facets.fold()
    assert search(Criteria(), now()).facets == {"evening": 2}
    assert len(run("select * from search_facet", {})) == 1


def test_the_second_page_begins_after_the_first(factories: Factories) -> None:
    for _each in range(30):
        factories.offer()
    reindex(now())
    session().commit()
    first = search(Criteria(headcount=20), now())
    second = search(Criteria(headcount=20), now(), after=first.after)
    ids = [one.offer_id for one in (*first.found, *second.found)]
    assert (len(first.found), len(second.found), second.after) == (24, 6, None) and len(set(ids)) == 30


def test_any_of_several_days_will_do(factories: Factories) -> None:
    offer = indexed(factories)
    reserve(factories, offer, ReservationState.BOOKED, None)
    day = in_days(30).date()
    wanted = Criteria(first_day=day, last_day=day, flexible_days=2)
    (one,) = search(wanted, now()).found
    assert abs((one.free_on - day).days) == 1 if one.free_on else False
