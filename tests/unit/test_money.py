from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import (
    CurrencyMismatch,
    Money,
    gross_from_net,
    net_from_gross,
    parse_cents,
    round_half_up,
    share,
    split,
    vat_by_rate,
)

cents = st.integers(-(10**11), 10**11)
rates = st.sampled_from([0, 550, 1000, 2000])


@given(cents, st.integers(1, 10**6))
def test_rounding_is_half_up_as_decimal_does_it(numerator: int, denominator: int) -> None:
    expected = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    exact_half = (2 * numerator) % denominator == 0
    assert exact_half or round_half_up(numerator, denominator) == int(expected)
    assert 2 * abs(numerator - round_half_up(numerator, denominator) * denominator) <= denominator


@pytest.mark.parametrize(("n", "d", "expected"), [(1, 2, 1), (-1, 2, -1), (5, 2, 3), (149, 100, 1), (0, 7, 0)])
def test_halves_go_away_from_zero(n: int, d: int, expected: int) -> None:
    assert round_half_up(n, d) == expected


@given(cents, st.lists(st.integers(0, 10**6), min_size=1, max_size=50).filter(lambda weights: sum(weights) > 0))
def test_a_split_sums_exactly_and_stays_within_a_cent_of_its_share(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_a_split_gives_the_odd_cents_to_the_largest_remainders() -> None:
    assert split(100, [1, 1, 1]) == (34, 33, 33)
    assert split(-100, [1, 1, 1]) == (-34, -33, -33)
    assert split(10, [0, 1]) == (0, 10)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


def test_currencies_do_not_mix() -> None:
    for mix in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
    ):
        with pytest.raises(CurrencyMismatch):
            mix(Money(1, "EUR"), Money(1, "CHF"))


def test_money_counts_in_whole_cents() -> None:
    with pytest.raises(TypeError):
        Money(19.99)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)
    with pytest.raises(ValueError, match="ISO"):
        Money(1, "euro")
    assert Money(250) * 4 - Money(1) == Money(999)
    assert Money(1000).per(3) == Money(333)
    assert -Money(5) == Money(-5)
    assert not Money(0)


@given(st.lists(st.tuples(rates, st.integers(0, 10**9)), min_size=1, max_size=60), st.randoms())
def test_vat_is_rounded_once_per_rate_whatever_the_order(bases: list[tuple[int, int]], random: object) -> None:
    totals = vat_by_rate(bases)
    shuffled = list(bases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert vat_by_rate(shuffled) == totals
    assert sum(total.net_cents for total in totals) == sum(net for _, net in bases)
    assert [total.rate_bps for total in totals] == sorted({rate for rate, _ in bases}, reverse=True)
    for total in totals:
        assert total.vat_cents == share(sum(net for rate, net in bases if rate == total.rate_bps), total.rate_bps)


def test_vat_of_the_sum_is_not_the_sum_of_the_vats() -> None:
    assert vat_by_rate([(2000, 2), (2000, 2), (2000, 2)])[0].vat_cents == 1
    assert 3 * share(2, 2000) == 0


@given(st.integers(0, 10**9), rates)
def test_net_and_gross_convert_to_within_a_cent(gross: int, rate: int) -> None:
    assert abs(gross_from_net(net_from_gross(gross, rate), rate) - gross) <= 1


@given(st.integers(0, 10**9), rates)
def test_a_net_price_survives_the_way_to_gross_and_back(net: int, rate: int) -> None:
    assert net_from_gross(gross_from_net(net, rate), rate) == net


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("64,50", 6450),
        ("64.5", 6450),
        ("1 234,56 €", 123456),
        ("1\u202f234", 123400),
        ("1.234,56", 123456),
        ("19.99", 1999),
        ("0", 0),
        ("-12,3", -1230),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, expected: int) -> None:
    assert parse_cents(typed) == expected


@pytest.mark.parametrize("typed", ["", "douze", "1,234,56", "12,345", "1e3", "٣", "9" * 20])
def test_what_is_no_amount_says_so(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_cents(typed, field="price")
    assert caught.value.field == "price"
    assert str(caught.value).endswith(".")


def test_json_there_and_back() -> None:
    assert Money.from_json(Money(12, "EUR").to_json()) == Money(12, "EUR")
    for bad in ({}, None, {"cents": "12", "currency": "EUR"}, {"cents": 1, "currency": "€"}):
        with pytest.raises(InvalidInput):
            Money.from_json(bad)
