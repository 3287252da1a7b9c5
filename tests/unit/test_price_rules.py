"""Price rules, case by case: tiers at their borders, seasons, children, the least charge, nights, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.offers.price_rule import (
    MAX_HEADCOUNT,
    NIGHTLY,
    Component,
    PricedLine,
    PriceRule,
    Scale,
    Season,
    Tier,
    apply,
    at_headcount,
    hours_between,
    nights_between,
    price_for,
    price_of,
    quote_lines,
    season_on,
    usual_hours,
    usual_nights,
)

TODAY = date(2026, 3, 12)


OLD = {
    "components": [
        {"label": "Salle", "vat_category": "room_hire", "basis": "group", "unit_net_cents": 90_000, "covers": [],
         "optional": False, "group_size": None, "parts": []},
        {"label": "Taxe de séjour", "vat_category": "tourist_tax", "basis": "person", "unit_net_cents": 330},
    ],
    "currency": "EUR",
    "minimum_headcount": 20,
}  # fmt: skip


def test_rules_of_earlier_versions_keep_their_price() -> None:
    rule = PriceRule.from_json(OLD)
    assert price_for(rule, 42, on=TODAY).net.cents == 90_000 + 42 * 330
    assert rule.to_json() == PriceRule.from_json(rule.to_json()).to_json()
    assert not {"seasons", "minimum_net_cents", "child_age"} & rule.to_json().keys()


def test_lines_of_earlier_quotes_keep_their_price() -> None:
    old = {"label": "Repas", "vat_category": "food_immediate", "vat_bps": 1_000, "basis": "person", "quantity": 42,
           "unit_net_cents": 3_200, "covers": [], "optional": False, "group_size": None, "minimum_headcount": 1,
           "parts": []}  # fmt: skip
    line = PricedLine.from_json(old)
    assert line.scale == Scale() and at_headcount([line], 42, 20)[0].quantity == 20


# Tiers at their borders


TIERED = PriceRule((Component("Buffet", "food_immediate", "person", 4_000, tiers=(Tier(50, 3_500), Tier(100, 3_000))),))


@pytest.mark.parametrize(
    ("people", "unit"), [(1, 4_000), (49, 4_000), (50, 3_500), (99, 3_500), (100, 3_000), (5_000, 3_000)]
)
def test_a_tier_begins_at_its_border(people: int, unit: int) -> None:
    (line,) = quote_lines(TIERED, people, on=TODAY)
    assert (line.quantity, line.unit_net_cents) == (people, unit)


def test_a_tier_goes_by_the_people_who_are_charged() -> None:
    rule = replace(TIERED, minimum_headcount=50)
    assert quote_lines(rule, 8, on=TODAY)[0].net_cents == 50 * 3_500


def test_a_price_by_tiers_may_be_for_the_whole_group() -> None:
    rule = PriceRule((Component("Salle", "room_hire", "group", 60_000, tiers=(Tier(31, 90_000),)),))
    assert [price_for(rule, people, on=TODAY).net.cents for people in (30, 31, 400)] == [60_000, 90_000, 90_000]


def test_a_price_that_was_typed_over_its_tier_stays() -> None:
    (line,) = quote_lines(TIERED, 42, on=TODAY)
    assert at_headcount([line], 42, 60)[0].unit_net_cents == 3_500
    assert at_headcount([replace(line, unit_net_cents=3_900)], 42, 60)[0].unit_net_cents == 3_900


# Seasons


CHRISTMAS = Season("Fêtes", 5_000, "12-20", "01-04")
WEEKEND = Season("Week-end", 2_000, weekdays=(4, 5))
CHALET = PriceRule((Component("Chambre", "lodging", "person_night", 10_000),), seasons=(CHRISTMAS, WEEKEND))


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 12, 19), "Week-end"),
        (date(2026, 12, 20), "Fêtes"),
        (date(2026, 12, 31), "Fêtes"),
        (date(2027, 1, 1), "Fêtes"),
        (date(2027, 1, 4), "Fêtes"),
        (date(2027, 1, 5), None),
        (date(2027, 1, 8), "Week-end"),
    ],
)
def test_a_season_goes_over_the_end_of_the_year_and_the_dearest_wins(day: date, label: str | None) -> None:
    season = season_on(CHALET.seasons, day)
    assert (season.label if season else None) == label


def test_each_night_has_the_price_of_its_own_evening() -> None:
    lines = quote_lines(CHALET, 10, on=date(2027, 1, 2), nights=5)  # Saturday 2 to Thursday 7 January
    assert [(line.label, line.quantity, line.unit_net_cents) for line in lines] == [
        ("Chambre (3\u00a0nuits, Fêtes)", 30, 15_000),
        ("Chambre (2\u00a0nuits)", 20, 10_000),
    ]
    assert {line.scale.component for line in lines} == {0}


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.integers(1, 40))
def test_the_nights_of_a_stay_add_up_one_by_one(on: date, nights: int) -> None:
    each = [price_for(CHALET, 10, on=on + timedelta(days=i), nights=1).net.cents for i in range(nights)]
    assert price_for(CHALET, 10, on=on, nights=nights).net.cents == sum(each)


def test_seasons_leave_alone_what_is_constant_and_the_town_s_tax() -> None:
    rule = replace(
        CHALET,
        components=(
            Component("Forfait de ski", "ski_lift", "person", 20_000, constant=True),
            Component("Taxe de séjour", "tourist_tax", "person_night", 165),
        ),
    )
    assert [line.unit_net_cents for line in quote_lines(rule, 10, on=date(2026, 12, 24), nights=3)] == [20_000, 165]


def test_without_a_date_no_season_applies() -> None:
    assert price_for(CHALET, 10, on=date(2026, 12, 24), dated=False).net.cents == 100_000


# Children


FAMILY = PriceRule(
    (
        Component("Buffet", "food_immediate", "person", 3_000, child_net_cents=1_200, covers=("lunch",)),
        Component("Jeux", "activity", "person", 1_000),
        Component("Taxe de séjour", "tourist_tax", "person_night", 165),
    ),
    child_age=12,
)


def test_children_pay_their_price_where_there_is_one_and_owe_no_tourist_tax() -> None:
    lines = quote_lines(FAMILY, 40, on=TODAY, children=15, nights=2)
    assert [(line.label, line.quantity, line.unit_net_cents) for line in lines] == [
        ("Buffet (adultes)", 25, 3_000),
        ("Buffet (enfants jusqu’à 12\u00a0ans)", 15, 1_200),
        ("Jeux", 40, 1_000),
        ("Taxe de séjour (2\u00a0nuits, adultes)", 50, 165),
    ]


def test_only_children() -> None:
    lines = quote_lines(FAMILY, 8, on=TODAY, children=8)
    assert [line.label for line in lines] == ["Buffet (enfants jusqu’à 12\u00a0ans)", "Jeux"]


def test_the_town_is_paid_for_who_sleeps_there_not_for_a_minimum() -> None:
    rule = replace(FAMILY, minimum_headcount=20)
    assert [line.quantity for line in quote_lines(rule, 8, on=TODAY)] == [20, 20, 8]


# The least charge


def test_what_lacks_is_filled_up_at_each_rate_in_proportion() -> None:
    rule = PriceRule(
        (
            Component("Repas", "food_immediate", "person", 3_000),
            Component("Service", "staff", "group", 10_000),
            Component("Vin", "alcohol", "person", 800, optional=True),
        ),
        minimum_net_cents=80_000,
    )
    small, large = apply(rule, 10, on=TODAY), apply(rule, 24, on=TODAY)
    assert [(line.vat_bps, line.net_cents) for line in small.complements] == [(2_000, 10_000), (1_000, 30_000)]
    assert price_for(rule, 10, on=TODAY).net.cents == 80_000
    assert not large.complements and price_for(rule, 24, on=TODAY).net.cents == 82_000
    assert price_for(rule, 10, on=TODAY, options=[2]).net.cents == 88_000, "an option adds what it says"
    moved = at_headcount(large.lines, 24, 10)
    assert price_of(moved, 10) == price_for(rule, 10, on=TODAY)


def test_who_leaves_out_the_least_charge_is_not_billed_it_elsewhere() -> None:
    rule = PriceRule((Component("Repas", "food_immediate", "person", 3_000),), minimum_net_cents=80_000)
    waived = [line for line in quote_lines(rule, 10, on=TODAY) if not line.scale.complement]
    assert price_of(at_headcount(waived, 10, 5), 5).net.cents == 15_000


# How long


@pytest.mark.parametrize(
    ("starts", "ends", "nights", "hours"),
    [
        ("2027-03-27T18:00", "2027-03-29T10:00", 2, 39),  # the clock goes forward on the 28th: an hour less
        ("2027-10-30T18:00", "2027-11-01T10:00", 2, 41),  # and back on the 31st
        ("2027-03-27T23:30", "2027-03-28T04:30", 1, 4),
        ("2027-06-10T09:00", "2027-06-10T17:30", 1, 9),
    ],
)
def test_nights_are_the_calendar_s_and_hours_the_clock_s(starts: str, ends: str, nights: int, hours: int) -> None:
    zone = ZoneInfo("Europe/Paris")
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) for text in (starts, ends))
    assert nights_between(begin, end, "Europe/Paris") == nights
    assert hours_between(begin, end) == hours


@given(
    st.dates(date(2026, 1, 1), date(2029, 12, 1)),
    st.integers(1, 20),
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from(["Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "Pacific/Noumea"]),
)
def test_nights_are_counted_where_the_event_is(on: date, nights: int, first: int, last: int, zone: str) -> None:
    place = ZoneInfo(zone)
    begin = datetime(on.year, on.month, on.day, first, tzinfo=place).astimezone(UTC)
    end = on + timedelta(days=nights)
    finish = datetime(end.year, end.month, end.day, last, tzinfo=place).astimezone(UTC)
    assert nights_between(begin, finish, zone) == nights


@pytest.mark.parametrize(
    ("minutes", "hours", "nights"), [(None, 1, 1), (150, 3, 1), (1_440, 1, 1), (2 * 1440 + 480, 1, 2), (4_320, 1, 2)]
)
def test_how_long_an_offer_usually_lasts(minutes: int | None, hours: int, nights: int) -> None:
    assert (usual_hours(minutes), usual_nights(minutes)) == (hours, nights)


def test_an_animator_for_every_fifteen_people_and_each_hour() -> None:
    rule = PriceRule((Component("Animateur", "staff", "hour", 4_500, group_size=15),), usual_hours=3)
    assert [(line.label, line.quantity) for line in quote_lines(rule, 31, on=TODAY)] == [
        ("Animateur (3\u00a0heures)", 9)
    ]
    assert quote_lines(rule, 31, on=TODAY, hours=2)[0].quantity == 6


# What is refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"headcount": 0}, "headcount"),
        ({"headcount": MAX_HEADCOUNT + 1}, "headcount"),
        ({"children": -1}, "children"),
        ({"children": 11}, "children"),
        ({"nights": 0}, "nights"),
        ({"nights": 61}, "nights"),
        ({"hours": 73}, "hours"),
    ],
)
def test_what_cannot_be_priced_is_refused(change: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        price_for(CHALET, **({"headcount": 10, "on": TODAY} | change))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"components": [OLD["components"][0] | {"tiers": [{"people": 1, "unit_net_cents": 5}]}]},
         "components.0.tiers.0.people"),
        ({"components": [OLD["components"][0] | {"tiers": [{"people": 9, "unit_net_cents": 5}] * 2}]},
         "components.0.tiers.1.people"),
        ({"components": [OLD["components"][0] | {"tiers": [{"people": 9, "unit_net_cents": -5}]}]},
         "components.0.tiers.0.unit_net_cents"),
        ({"components": [OLD["components"][0] | {"child_net_cents": 5}]}, "components.0.child_net_cents"),
        ({"seasons": [{"label": "", "bps": 5, "weekdays": [0]}]}, "seasons.0.label"),
        ({"seasons": [{"label": "A", "bps": 0, "weekdays": [0]}]}, "seasons.0.bps"),
        ({"seasons": [{"label": "A", "bps": 5}]}, "seasons.0.first"),
        ({"seasons": [{"label": "A", "bps": 5, "first": "12-20"}]}, "seasons.0.last"),
        ({"seasons": [{"label": "A", "bps": 5, "first": "12-20", "last": "02-30"}]}, "seasons.0.last"),
        ({"seasons": [{"label": "A", "bps": 5, "weekdays": [7]}]}, "seasons.0.weekdays"),
        ({"minimum_net_cents": -1}, "minimum_net_cents"),
        ({"child_age": 18}, "child_age"),
        ({"usual_nights": 0}, "usual_nights"),
    ],
)  # fmt: skip
def test_a_wrong_rule_says_where(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PriceRule.from_json(OLD | change)
    assert caught.value.field == field and str(caught.value).endswith(".")


@pytest.mark.parametrize("scale", [{"who": "cats"}, {"tiers": [{"people": 5, "unit_net_cents": 1}]}, {"children": -1}])
def test_a_scale_that_makes_no_sense_is_refused(scale: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Scale.from_json(scale)


def test_nightly_bases_are_by_night() -> None:
    assert PriceRule((Component("Chalet", "lodging", "group_night", 90_000),)).by_night
    assert {"person_night", "group_night"} == NIGHTLY
