"""Price rules of any kind keep to their properties: order, exact sums, growth, another headcount, seasons, storage."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.money import round_half_up, share
from app.offers.price_rule import (
    PER_PERSON,
    Component,
    PricedLine,
    PriceRule,
    Season,
    Tier,
    apply,
    at_headcount,
    figures,
    price_for,
    price_of,
    quote_lines,
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


@given(rules(), st.integers(1, 300))
def test_the_straight_line_is_the_price_but_for_groups_begun(rule: PriceRule, headcount: int) -> None:
    plain = replace(
        rule,
        components=tuple(replace(one, group_size=None) for one in rule.components),
    )
    line = figures(plain, headcount, on=TODAY)
    price = price_for(plain, headcount, on=TODAY, dated=False)
    assert line.person_net_cents * headcount + line.group_net_cents == price.net.cents
