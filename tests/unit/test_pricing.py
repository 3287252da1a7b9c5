from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import share
from app.offers.price_rule import (
    Component,
    PricedLine,
    PriceRule,
    price_for,
    price_of,
    quote_lines,
    unit_net_cents,
    units,
)
from app.quotes.pricing import (
    at_headcount,
    included,
    lines_from_json,
    lines_to_json,
    option_price,
    options,
    take_options,
    totals,
    unrecoverable_vat,
)
from app.rules import vat

TODAY = date(2026, 3, 12)
SEMINAR = PriceRule(
    (
        Component("Salle plénière", "room_hire", "group", 90_000, ("meeting_room", "av_equipment")),
        Component("Déjeuner", "food_immediate", "person", 3_200, ("lunch",)),
        Component("Chambre individuelle", "lodging", "person", 9_800, ("single_rooms", "breakfast")),
        Component("Autocar de 50 places", "transport", "group", 60_000, ("transfer",), group_size=50),
        Component("Vin à table", "alcohol", "person", 650, ("drinks",), optional=True),
    ),
    minimum_headcount=20,
)

components = st.builds(
    Component,
    label=st.text("abcdé ’", min_size=1, max_size=20).map(str.strip).filter(bool),
    vat_category=st.sampled_from(sorted(vat.CATEGORIES)),
    basis=st.sampled_from(["person", "group"]),
    unit_net_cents=st.integers(0, 10**6),
    covers=st.just(()) | st.just(("lunch",)),
    optional=st.booleans(),
    group_size=st.none() | st.integers(1, 60),
    parts=st.just(()),
)
rules = st.builds(
    lambda first, others, least: PriceRule((replace(first, optional=False), *others), minimum_headcount=least),
    components,
    st.lists(components, max_size=12),
    st.integers(1, 80),
)
headcounts = st.integers(1, 500)


def test_a_seminar_for_forty_two() -> None:
    price = price_for(SEMINAR, 42, on=TODAY)
    assert price.net.cents == 90_000 + 42 * 3_200 + 42 * 9_800 + 60_000
    assert [(t.rate_bps, t.net_cents, t.vat_cents) for t in price.by_rate] == [
        (2000, 90_000, 18_000),
        (1000, 606_000, 60_600),
    ]
    assert price.gross.cents == 774_600
    assert price.per_person_gross.cents == 18_443
    assert price.per_person_net.cents == 16_571


def test_quantities_follow_their_basis() -> None:
    lines = quote_lines(SEMINAR, 51, on=TODAY)
    assert [line.quantity for line in lines] == [1, 51, 51, 2, 51]
    assert [line.quantity for line in quote_lines(SEMINAR, 8, on=TODAY)] == [1, 20, 20, 1, 20]


@pytest.mark.parametrize(("headcount", "size", "expected"), [(1, 10, 1), (10, 10, 1), (11, 10, 2), (0, None, 1)])
def test_a_group_begun_is_charged(headcount: int, size: int | None, expected: int) -> None:
    assert units("group", headcount, size) == expected


def test_options_are_priced_apart_until_they_are_taken() -> None:
    with_wine = price_for(SEMINAR, 42, on=TODAY, options=[4])
    assert with_wine.net.cents - price_for(SEMINAR, 42, on=TODAY).net.cents == 42 * 650


def test_a_seller_under_the_exemption_charges_no_vat() -> None:
    price = price_for(SEMINAR, 42, on=TODAY, franchise=True)
    assert price.vat.cents == 0
    assert price.gross == price.net == price_for(SEMINAR, 42, on=TODAY).net


@given(rules, headcounts, st.randoms())
def test_simulator_and_quote_agree_to_the_cent_in_any_order(rule: PriceRule, headcount: int, random: Any) -> None:
    lines = quote_lines(rule, headcount, on=TODAY)
    random.shuffle(lines)
    stored = [PricedLine.from_json(line.to_json()) for line in lines]
    assert price_of(stored, headcount) == price_for(rule, headcount, on=TODAY)


@given(rules, headcounts)
def test_totals_are_exact_sums(rule: PriceRule, headcount: int) -> None:
    price = price_for(rule, headcount, on=TODAY)
    included = [line for line in quote_lines(rule, headcount, on=TODAY) if not line.optional]
    assert price.net.cents == sum(line.quantity * line.unit_net_cents for line in included)
    assert price.vat.cents == sum(share(total.net_cents, total.rate_bps) for total in price.by_rate)
    assert price.gross == price.net + price.vat
    assert abs(price.per_person_gross.cents * headcount - price.gross.cents) * 2 <= headcount


@given(rules, headcounts)
def test_one_person_more_never_costs_less(rule: PriceRule, headcount: int) -> None:
    assert price_for(rule, headcount, on=TODAY).gross <= price_for(rule, headcount + 1, on=TODAY).gross


@given(rules)
def test_a_rule_there_and_back(rule: PriceRule) -> None:
    assert PriceRule.from_json(rule.to_json()) == rule


def test_a_provider_may_type_gross_or_net() -> None:
    assert unit_net_cents(6_450, "gross", "food_immediate", TODAY) == 5_864
    assert unit_net_cents(6_450, "net", "food_immediate", TODAY) == 6_450
    assert unit_net_cents(6_450, "gross", "food_immediate", TODAY, franchise=True) == 6_450
    with pytest.raises(InvalidInput):
        unit_net_cents(1, "both", "food_immediate", TODAY)


def test_an_unsplit_package_takes_the_highest_rate_of_its_parts() -> None:
    stay = Component("Séjour", "package", "person", 30_000, parts=("lodging", "room_hire"))
    (line,) = quote_lines(PriceRule((stay,)), 10, on=TODAY)
    assert (line.vat_bps, line.recoverable) == (2000, False)


@pytest.mark.parametrize("headcount", [0, -3, 5_001])
def test_a_headcount_that_cannot_be_priced_is_refused(headcount: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        price_for(SEMINAR, headcount, on=TODAY)
    assert caught.value.field == "headcount"


def test_discounts_may_not_exceed_the_price() -> None:
    lines = quote_lines(SEMINAR, 42, on=TODAY)
    small = replace(lines[0], label="Remise", unit_net_cents=-10_000)
    assert price_of([*lines, small], 42).net.cents == price_of(lines, 42).net.cents - 10_000
    with pytest.raises(InvalidInput):
        price_of([*lines, replace(small, quantity=1000)], 42)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": "  "}, "components.1.label"),
        ({"label": "x" * 301}, "components.1.label"),
        ({"vat_category": "gold"}, "components.1.vat_category"),
        ({"vat_category": "package"}, "components.1.parts"),
        ({"basis": "table"}, "components.1.basis"),
        ({"unit_net_cents": -1}, "components.1.unit_net_cents"),
        ({"unit_net_cents": 12.5}, "components.1.unit_net_cents"),
        ({"covers": ["gold"]}, "components.1.covers"),
        ({"covers": "lunch"}, "components.1.covers"),
        ({"group_size": 0}, "components.1.group_size"),
        ({"optional": "yes"}, "components.1.optional"),
    ],
)
def test_a_wrong_component_is_named_by_its_place_and_field(change: dict[str, object], field: str) -> None:
    data = SEMINAR.to_json()
    data["components"][1] |= change
    with pytest.raises(InvalidInput) as caught:
        PriceRule.from_json(data)
    assert caught.value.field == field
    assert str(caught.value).endswith(".")


def test_a_price_made_of_options_only_is_no_price() -> None:
    with pytest.raises(InvalidInput):
        PriceRule.from_json(PriceRule((SEMINAR.components[4],)).to_json())
    with pytest.raises(InvalidInput):
        PriceRule.from_json({"components": []})


def line(**change: object) -> PricedLine:
    base = {
        "label": "Déjeuner",
        "vat_category": "food_immediate",
        "vat_bps": 1000,
        "basis": "person",
        "quantity": 42,
        "unit_net_cents": 3_200,
    }
    return PricedLine(**(base | change))  # type: ignore[arg-type]


@given(rules, headcounts, headcounts)
def test_another_headcount_is_what_the_rule_would_have_quoted(rule: PriceRule, quoted: int, asked: int) -> None:
    moved = at_headcount(quote_lines(rule, quoted, on=TODAY), quoted, asked)
    assert totals(moved, asked) == price_for(rule, asked, on=TODAY)


@pytest.mark.parametrize(
    ("change", "asked", "quantity"),
    [
        ({"quantity": 84}, 20, 40),  # two lunches each
        ({"quantity": 48}, 20, 23),  # 48 beds for 42: rounded up
        ({"basis": "group", "quantity": 1}, 400, 1),
        ({"basis": "group", "quantity": 2}, 20, 2),  # two days of the same room
        ({"basis": "group", "quantity": 1, "group_size": 50}, 51, 2),
        ({"minimum_headcount": 60, "quantity": 60}, 20, 60),
    ],
)
def test_edited_quantities_keep_their_proportion(change: dict[str, object], asked: int, quantity: int) -> None:
    assert at_headcount([line(**change)], 42, asked)[0].quantity == quantity


def test_a_headcount_of_zero_is_refused() -> None:
    with pytest.raises(InvalidInput):
        at_headcount([line()], 42, 0)


def test_options_stand_apart() -> None:
    lines = quote_lines(SEMINAR, 42, on=TODAY)
    assert len(included(lines)) == 4
    assert [one.label for one in options(lines)] == ["Vin à table"]
    assert not options(take_options(lines, [4]))
    wine = option_price(lines[4])
    assert (wine.net_cents, wine.gross_cents) == (27_300, 32_760)


def test_the_vat_of_lodging_and_transport_is_lost() -> None:
    lines = quote_lines(SEMINAR, 42, on=TODAY)
    assert unrecoverable_vat(lines).cents == (42 * 9_800 + 60_000) // 10
    assert unrecoverable_vat([line()]).cents == 0
    assert unrecoverable_vat([line(vat_category="lodging", optional=True)]).cents == 0


@given(rules, headcounts)
def test_lines_there_and_back(rule: PriceRule, headcount: int) -> None:
    lines = tuple(quote_lines(rule, headcount, on=TODAY))
    assert lines_from_json(lines_to_json(lines)) == lines


@given(st.integers(-(10**9), 10**9))
def test_a_discount_line_survives_storage(cents: int) -> None:
    assert lines_from_json([line(unit_net_cents=cents).to_json()])[0].unit_net_cents == cents


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "lines"),
        (None, "lines"),
        ([line().to_json() | {"quantity": 0}], "lines.0.quantity"),
        ([line().to_json() | {"vat_bps": -1}], "lines.0.vat_bps"),
        ([line().to_json(), line().to_json() | {"label": ""}], "lines.1.label"),
        (["?"], "lines.0"),
    ],
)
def test_wrong_lines_are_named_by_their_place(data: object, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        lines_from_json(data)
    assert caught.value.field == field


def test_the_rate_is_a_snapshot() -> None:
    assert totals([line(vat_bps=550)], 42).by_rate[0].rate_bps == 550
