from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.rules import carbon, ranking, requirements, thresholds

TODAY = date(2026, 3, 12)
LYON, PARIS, NICE = (45.764, 4.8357), (48.8566, 2.3522), (43.7102, 7.262)


def test_train_and_plane_have_the_factors_of_the_trade() -> None:
    train, plane = (carbon.MG_PER_KM[mode][0] for mode in ("tgv", "plane"))
    assert (train.value, plane.value) == (1_730, 141_000)
    assert "ADEME" in train.source and "ADEME" in plane.source
    assert all("ADEME" in source for source in carbon.sources(TODAY))


def test_distance_between_lyon_and_paris() -> None:
    assert carbon.straight_km(LYON, PARIS) == pytest.approx(392, abs=2)
    assert carbon.straight_km(LYON, LYON) == 0


def test_the_train_is_the_usual_way_across_france() -> None:
    way = carbon.journey(carbon.straight_km(PARIS, LYON), TODAY)
    assert way.mode == "tgv"
    assert 700 <= way.grams <= 900
    assert 150 <= way.minutes <= 240
    assert carbon.journey(3000, TODAY).mode == "plane"
    assert carbon.journey(3, TODAY).mode == "metro"


@given(st.floats(0, 2000), st.sampled_from(sorted(carbon.MODES)))
def test_further_never_weighs_less(km: float, mode: str) -> None:
    near, far = carbon.journey(km, TODAY, mode), carbon.journey(km + 10, TODAY, mode)
    assert near.grams <= far.grams and near.minutes <= far.minutes


def test_a_footprint_counts_the_way_back_the_nights_and_the_meals() -> None:
    stay = carbon.footprint(TODAY, straight=392.0, nights=1, meals=3)
    assert stay.journey is not None
    assert stay.travel_grams == 2 * stay.journey.grams
    assert stay.total_grams == stay.travel_grams + 6_900 + 3 * 2_040
    assert carbon.footprint(TODAY, straight=None, meals=1).total_grams == 2_040


def test_every_mode_has_a_pace_a_factor_and_a_name() -> None:
    assert carbon.MODES.keys() == carbon.PACE.keys() == carbon.MG_PER_KM.keys()


def test_requirements_keep_the_lists_order_and_refuse_strangers() -> None:
    assert requirements.check(("dinner", "meeting_room", "dinner")) == ("meeting_room", "dinner")
    assert requirements.check(("other-2", "dinner", "other-1")) == ("dinner", "other-1", "other-2")
    with pytest.raises(InvalidInput, match="hélicoptère") as caught:
        requirements.check(("hélicoptère",), field="needs")
    assert caught.value.field == "needs"


def test_a_single_room_is_lodging() -> None:
    assert requirements.covered({"single_rooms"}) == {"single_rooms", "lodging"}


def test_requirement_codes_are_unique_and_named() -> None:
    assert sum(len(codes) for _, codes in requirements.GROUPS.values()) == len(requirements.REQUIREMENTS)
    for code in requirements.REQUIREMENTS:
        assert str(requirements.label(code))
    assert all(code in requirements.REQUIREMENTS for codes in requirements.IMPLIES.values() for code in codes)


def test_the_thresholds_of_the_house() -> None:
    rules = thresholds.limits(TODAY)
    assert (rules.all_due_within_days, rules.max_providers_per_need) == (14, 5)
    assert (rules.card_balance_days_before, rules.sepa_balance_days_before) == (14, 21)
    assert rules.sepa_max_cents == 1_000_000


def test_answers_are_due_sooner_when_the_event_is_near_and_never_after_it() -> None:
    now = datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert thresholds.answer_due(now, now + timedelta(days=60)) == now + timedelta(hours=40)
    assert thresholds.answer_due(now, now + timedelta(days=5)) == now + timedelta(hours=12)
    assert thresholds.answer_due(now, now + timedelta(hours=3)) == now + timedelta(hours=3)
    assert thresholds.hold_expires(now, now + timedelta(days=2)) == now + timedelta(days=2)
    assert thresholds.payment_expires(now, now + timedelta(days=30)) == now + timedelta(hours=2)


def test_ranking_weights_sum_to_a_thousand_and_are_all_named() -> None:
    weights = ranking.WEIGHTS[-1].value
    assert sum(getattr(weights, name) for name in ranking.LABELS) == 1000
    assert ranking.score(ranking.Signals(*[1000] * 6), TODAY) == 1000
    assert ranking.score(ranking.Signals(*[0] * 6), TODAY) == 0


def test_marks_run_from_worst_to_best() -> None:
    assert ranking.distance_mark(0, 50) == 1000 and ranking.distance_mark(80, 50) == 0
    assert ranking.answer_mark(30) == 1000 and ranking.answer_mark(10_000) == 0
    assert ranking.answer_mark(60) > ranking.answer_mark(600) > ranking.answer_mark(4000)
    assert ranking.rating_mark(480, 200) > ranking.rating_mark(500, 1)
    assert 0 <= ranking.rating_mark(None, 0) <= 1000
