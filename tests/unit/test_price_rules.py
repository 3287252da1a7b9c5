"""Rules with tiers, seasons, nights, hours, children and a least charge: properties that hold for any of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import round_half_up, share
from app.offers.price_rule import (
    MAX_HEADCOUNT,
    NIGHTLY,
    PER_PERSON,
    Component,
    PricedLine,
    PriceRule,
    Scale,
    Season,
    Tier,
    apply,
    at_headcount,
    figures,
    hours_between,
    nights_between,
    price_for,
    price_of,
    quote_lines,
    season_on,
    usual_hours,
    usual_nights,
)
from app.rules import vat

TODAY = date(2026, 3, 12)


@st.composite
def components(draw: Any, *, rising: bool = False) -> Component:
    """Any component; `rising`: no tier is cheaper than the one before, and no child dearer than an adult."""
    basis = draw(st.sampled_from(["person", "group", "hour", "person_night", "group_night"]))
    price = draw(st.integers(0, 10**5))
    borders = sorted(draw(st.sets(st.integers(2, 120), max_size=4)))
    prices = [draw(st.integers(price if rising else 0, 10**5)) for _ in borders]
    if rising:
        prices.sort()
    child = draw(st.none() | st.integers(0, price if rising else 10**5)) if basis in PER_PERSON else None
    return Component(
        label=draw(st.sampled_from(["Hébergement", "Déjeuner", "Salle", "Animateur", "Vin"])),
        vat_category=draw(st.sampled_from(sorted(vat.CATEGORIES))),
        basis=basis,
        unit_net_cents=price,
        covers=draw(st.just(()) | st.just(("lunch",))),
        optional=draw(st.booleans()),
        group_size=None if basis in PER_PERSON else draw(st.none() | st.integers(1, 60)),
        tiers=tuple(Tier(people, cents) for people, cents in zip(borders, prices, strict=True)),
        child_net_cents=child,
        constant=draw(st.booleans()),
    )


days_of_year = st.dates(date(2028, 1, 1), date(2028, 12, 31)).map(lambda day: f"{day:%m-%d}")
weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
seasons = st.builds(
    Season,
    label=st.sampled_from(["Haute saison", "Noël", "Week-end", "Basse saison"]),
    bps=st.integers(-5_000, 10_000).filter(bool),
    first=days_of_year,
    last=days_of_year,
    weekdays=st.just(()) | weekdays,
) | st.builds(Season, label=st.just("Semaine"), bps=st.integers(-5_000, 10_000).filter(bool), weekdays=weekdays)


@st.composite
def rules(draw: Any, *, rising: bool = False) -> PriceRule:
    first = replace(draw(components(rising=rising)), optional=False)
    return PriceRule(
        components=(first, *draw(st.lists(components(rising=rising), max_size=6))),
        minimum_headcount=draw(st.integers(1, 80)),
        minimum_net_cents=draw(st.just(0) | st.integers(1, 10**6)),
        seasons=tuple(draw(st.lists(seasons, max_size=4))),
        child_age=draw(st.none() | st.integers(1, 17)),
        usual_hours=draw(st.integers(1, 12)),
        usual_nights=draw(st.integers(1, 6)),
    )


@st.composite
def occasions(draw: Any) -> dict[str, Any]:
    headcount = draw(st.integers(1, 300))
    return {
        "headcount": headcount,
        "on": draw(st.dates(date(2026, 1, 1), date(2029, 12, 31))),
        "children": draw(st.just(0) | st.integers(0, headcount)),
        "hours": draw(st.integers(1, 24)),
        "nights": draw(st.integers(1, 20)),
        "franchise": draw(st.booleans()),
    }


@given(rules(), occasions(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_cent(rule: PriceRule, occasion: dict[str, Any], shuffled: random.Random) -> None:
    lines = quote_lines(rule, **occasion)
    stored = [PricedLine.from_json(line.to_json()) for line in lines]
    shuffled.shuffle(stored)
    assert price_of(stored, occasion["headcount"]) == price_for(rule, **occasion)


@given(rules(), occasions(), st.randoms(use_true_random=False))
def test_the_order_of_components_and_of_seasons_changes_no_cent(
    rule: PriceRule, occasion: dict[str, Any], shuffled: random.Random
) -> None:
    parts, times = list(rule.components), list(rule.seasons)
    shuffled.shuffle(parts)
    shuffled.shuffle(times)
    other = replace(rule, components=tuple(parts), seasons=tuple(times))
    assert price_for(other, **occasion) == price_for(rule, **occasion)


@given(rules(), occasions())
def test_sums_are_exact(rule: PriceRule, occasion: dict[str, Any]) -> None:
    price, headcount = price_for(rule, **occasion), occasion["headcount"]
    taken = [line for line in quote_lines(rule, **occasion) if not line.optional]
    assert price.net.cents == sum(line.quantity * line.unit_net_cents for line in taken)
    for total in price.by_rate:
        assert total.net_cents == sum(line.net_cents for line in taken if line.vat_bps == total.rate_bps)
        assert total.vat_cents == share(total.net_cents, total.rate_bps)
    assert price.vat.cents == sum(total.vat_cents for total in price.by_rate)
    assert price.gross == price.net + price.vat
    for each, whole in ((price.per_person_net, price.net), (price.per_person_gross, price.gross)):
        assert each.cents == round_half_up(whole.cents, headcount)


@given(rules(), occasions(), st.sets(st.integers(0, 6)))
def test_an_option_adds_what_its_lines_say(rule: PriceRule, occasion: dict[str, Any], chosen: set[int]) -> None:
    sheet = apply(rule, **occasion)
    added = sum(
        line.net_cents
        for index in chosen & set(range(len(rule.components)))
        for line in sheet.parts[index]
        if line.optional
    )
    with_options = price_for(rule, **occasion, options=chosen)
    assert with_options.net.cents == price_for(rule, **occasion).net.cents + added


@given(rules(), occasions())
def test_the_least_charge_is_reached_and_never_passed_by_filling_up(rule: PriceRule, occasion: dict[str, Any]) -> None:
    sheet = apply(rule, **occasion)
    own = [line for line in sheet.taken(()) if line.taxed]
    assume(any(not line.scale.complement for line in own))
    net, filled = sum(line.net_cents for line in own), sum(line.net_cents for line in sheet.complements)
    assert net >= rule.minimum_net_cents
    assert filled == 0 or net == rule.minimum_net_cents
    assert len({line.vat_bps for line in sheet.complements}) == len(sheet.complements)


@given(rules(rising=True), occasions())
def test_one_adult_more_never_costs_less(rule: PriceRule, occasion: dict[str, Any]) -> None:
    more = occasion | {"headcount": occasion["headcount"] + 1}
    assert price_for(rule, **occasion).net <= price_for(rule, **more).net


@given(rules(rising=True), occasions())
def test_a_child_in_an_adults_place_never_costs_more(rule: PriceRule, occasion: dict[str, Any]) -> None:
    assume(occasion["children"] < occasion["headcount"])
    younger = occasion | {"children": occasion["children"] + 1}
    assert price_for(rule, **younger).net <= price_for(rule, **occasion).net


@given(rules(), occasions())
def test_one_hour_or_night_more_never_costs_less(rule: PriceRule, occasion: dict[str, Any]) -> None:
    for name in ("hours", "nights"):
        longer = occasion | {name: occasion[name] + 1}
        assert price_for(rule, **occasion).net <= price_for(rule, **longer).net


@given(rules(), occasions(), st.integers(1, 300))
def test_a_quote_at_another_headcount_is_the_one_that_the_rule_would_have_made(
    rule: PriceRule, occasion: dict[str, Any], asked: int
) -> None:
    lines = [PricedLine.from_json(line.to_json()) for line in quote_lines(rule, **occasion)]
    moved = at_headcount(lines, occasion["headcount"], asked)
    there = occasion | {"headcount": asked, "children": min(occasion["children"], asked)}
    assert price_of(moved, asked) == price_for(rule, **there)


@given(rules(), occasions())
def test_a_quote_at_its_own_headcount_stays_as_it_is(rule: PriceRule, occasion: dict[str, Any]) -> None:
    lines = tuple(quote_lines(rule, **occasion))
    assert at_headcount(lines, occasion["headcount"], occasion["headcount"]) == lines


@given(rules())
def test_a_rule_survives_storage(rule: PriceRule) -> None:
    assert PriceRule.from_json(rule.to_json()) == rule


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


@given(seasons, st.dates(date(2026, 1, 1), date(2031, 12, 31)))
def test_a_season_is_the_days_one_walks_through_from_first_to_last(season: Season, day: date) -> None:
    walked = set()
    if season.first:
        at = date(2028, *map(int, season.first.split("-")))
        while True:
            walked.add((at.month, at.day))
            if f"{at:%m-%d}" == season.last:
                break
            at = date(2028, 1, 1) if (at.month, at.day) == (12, 31) else at + timedelta(days=1)
    in_dates = not season.first or (day.month, day.day) in walked
    in_week = not season.weekdays or day.weekday() in season.weekdays
    assert season.holds(day) == (in_dates and in_week)


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


# What a search sorts by


@given(rules(), st.integers(1, 300))
def test_the_straight_line_is_the_price_but_for_groups_begun(rule: PriceRule, headcount: int) -> None:
    plain = replace(
        rule,
        components=tuple(replace(one, group_size=None) for one in rule.components),
    )
    line = figures(plain, headcount, on=TODAY)
    price = price_for(plain, headcount, on=TODAY, dated=False)
    assert line.person_net_cents * headcount + line.group_net_cents == price.net.cents


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
