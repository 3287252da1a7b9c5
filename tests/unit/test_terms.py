from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.offers.terms import (
    PRESETS,
    CancellationStep,
    HeadcountReduction,
    InstalmentKind,
    Terms,
    cancellation_fee,
    free_until,
    preset,
    reduced_headcount,
    reduction_until,
    refund_due,
    schedule,
    thresholds,
)

STARTS = date(2026, 3, 11)
GROSS = 1_213_800
STEPS = Terms(
    deposit_bps=3000,
    balance_days_before=14,
    cancellation=(CancellationStep(50, 3000), CancellationStep(14, 10_000)),
    headcount_reduction=HeadcountReduction(1000, 10),
)


def before(days: int) -> date:
    return STARTS - timedelta(days=days)


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    days = sorted(draw(st.sets(st.integers(0, 200), max_size=6)), reverse=True)
    fees = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(days) + 1, max_size=len(days) + 1)))
    return Terms(
        deposit_bps=draw(st.integers(0, 10_000)),
        balance_days_before=draw(st.integers(0, 120)),
        base_fee_bps=fees[0],
        cancellation=tuple(CancellationStep(d, f) for d, f in zip(days, fees[1:], strict=True)),
        headcount_reduction=draw(
            st.none() | st.builds(HeadcountReduction, bps=st.integers(1, 10_000), days_before=st.integers(0, 90))
        ),
    )


amounts = st.integers(1, 10**9)
ahead = st.integers(-5, 300)


@pytest.mark.parametrize(
    ("days", "fee"), [(51, 0), (50, 0), (49, 364_140), (14, 364_140), (13, GROSS), (0, GROSS), (-2, GROSS)]
)
def test_a_day_on_the_threshold_favours_the_customer(days: int, fee: int) -> None:
    assert cancellation_fee(STEPS, GROSS, STARTS, before(days)) == fee


def test_todays_fee_and_each_later_threshold() -> None:
    assert thresholds(STEPS, GROSS, STARTS, before(90)) == [
        (before(90), 0),
        (before(49), 364_140),
        (before(13), GROSS),
    ]
    assert thresholds(STEPS, GROSS, STARTS, before(49)) == [(before(49), 364_140), (before(13), GROSS)]
    assert thresholds(STEPS, GROSS, STARTS, before(3)) == [(before(3), GROSS)]
    assert free_until(STEPS, STARTS) == before(50)


def test_a_threshold_that_changes_nothing_is_left_out() -> None:
    flat = Terms(base_fee_bps=5000, cancellation=(CancellationStep(30, 5000), CancellationStep(10, 5000)))
    assert thresholds(flat, 1000, STARTS, before(60)) == [(before(60), 500)]
    assert free_until(flat, STARTS) is None


@given(any_terms(), amounts, ahead)
def test_thresholds_say_what_the_fee_is_on_every_day(terms: Terms, gross: int, days: int) -> None:
    today = before(days)
    listed = thresholds(terms, gross, STARTS, today)
    assert listed[0][0] == today
    for offset in range(max(days, 0) + 5):
        on = today + timedelta(days=offset)
        told = [fee for day, fee in listed if day <= on][-1]
        assert told == cancellation_fee(terms, gross, STARTS, on)
    fees = [fee for _, fee in listed]
    assert fees == sorted(set(fees))
    assert all(0 <= fee <= gross for fee in fees)


def test_the_deposit_is_due_now_and_the_balance_near_the_date() -> None:
    deposit, balance = schedule(GROSS, STEPS, STARTS, before(60))
    assert (deposit.kind, deposit.due_on, deposit.amount_cents) == (InstalmentKind.DEPOSIT, before(60), 364_140)
    assert (balance.kind, balance.due_on, balance.amount_cents) == (InstalmentKind.BALANCE, before(14), 849_660)


@pytest.mark.parametrize(
    ("balance_days", "days", "kinds"),
    [
        (14, 15, ["deposit", "balance"]),
        (14, 14, ["full"]),  # the balance would be due the same day
        (7, 14, ["deposit", "balance"]),  # exactly fourteen days favours the customer
        (7, 13, ["full"]),
        (45, 30, ["full"]),  # the balance would already be due
        (0, 0, ["full"]),
        (0, -1, ["full"]),
    ],
)
def test_inside_fourteen_days_everything_is_due_at_once(balance_days: int, days: int, kinds: list[str]) -> None:
    terms = Terms(deposit_bps=2000, balance_days_before=balance_days)
    parts = schedule(GROSS, terms, STARTS, before(days))
    assert [part.kind for part in parts] == kinds
    if kinds == ["full"]:
        assert (parts[0].due_on, parts[0].amount_cents) == (before(days), GROSS)


def test_no_instalment_is_of_zero() -> None:
    assert [p.kind for p in schedule(GROSS, Terms(deposit_bps=0), STARTS, before(60))] == ["balance"]
    assert [p.kind for p in schedule(GROSS, Terms(deposit_bps=10_000), STARTS, before(60))] == ["full"]
    assert [p.kind for p in schedule(1, Terms(deposit_bps=10), STARTS, before(60))] == ["balance"]


@given(any_terms(), amounts, ahead)
def test_a_schedule_sums_to_the_price_and_runs_forward(terms: Terms, gross: int, days: int) -> None:
    parts = schedule(gross, terms, STARTS, before(days))
    assert sum(part.amount_cents for part in parts) == gross
    assert all(part.amount_cents > 0 for part in parts)
    due = [part.due_on for part in parts]
    assert due == sorted(due) and due[0] >= before(days)


def test_a_refund_is_what_was_paid_less_the_fee() -> None:
    assert refund_due(364_140, 364_140) == 0
    assert refund_due(364_140, 0) == 364_140
    assert refund_due(100, 500) == 0


def test_how_far_the_headcount_may_fall_for_free() -> None:
    assert reduced_headcount(STEPS, 42) == 38
    assert reduction_until(STEPS, STARTS) == before(10)
    assert reduced_headcount(Terms(), 42) == 42
    assert reduction_until(Terms(), STARTS) is None
    assert reduced_headcount(Terms(headcount_reduction=HeadcountReduction(10_000, 1)), 3) == 1


@given(any_terms())
def test_terms_there_and_back(terms: Terms) -> None:
    assert Terms.from_json(terms.to_json()) == terms


def test_steps_may_be_typed_in_any_order() -> None:
    data = STEPS.to_json() | {"cancellation": list(reversed(STEPS.to_json()["cancellation"]))}
    assert Terms.from_json(data) == STEPS


@pytest.mark.parametrize("code", sorted(PRESETS))
def test_presets_are_valid_and_get_stricter(code: str) -> None:
    assert Terms.from_json(preset(code).to_json()) == preset(code)


def test_presets_get_stricter() -> None:
    order = [preset(code) for code in ("souple", "standard", "stricte")]
    for days in (5, 20, 45, 70, 100):
        fees = [cancellation_fee(terms, GROSS, STARTS, before(days)) for terms in order]
        assert fees == sorted(fees)
    with pytest.raises(InvalidInput):
        preset("molle")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deposit_bps": 10_001}, "deposit_bps"),
        ({"deposit_bps": True}, "deposit_bps"),
        ({"deposit_bps": "3000"}, "deposit_bps"),
        ({"balance_days_before": -1}, "balance_days_before"),
        ({"cancellation": "none"}, "cancellation"),
        ({"cancellation": [{"days_before": 3, "fee_bps": 1}, {"days_before": 3, "fee_bps": 2}]}, "cancellation"),
        ({"cancellation": [{"days_before": 30, "fee_bps": 900}, {"days_before": 3, "fee_bps": 2}]}, "cancellation"),
        ({"base_fee_bps": 5000, "cancellation": [{"days_before": 30, "fee_bps": 900}]}, "cancellation"),
        ({"headcount_reduction": {"bps": 0, "days_before": 3}}, "bps"),
        ({"headcount_reduction": 3}, "headcount_reduction"),
        ({"payment_terms": "x" * 2001}, "payment_terms"),
    ],
)
def test_wrong_terms_are_refused_beside_their_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Terms.from_json(STEPS.to_json() | change)
    assert caught.value.field == field
