from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import InvalidInput
from app.rules import vat
from app.rules.dated import Dated, NoFact, fact_on, value_on

TODAY = date(2026, 3, 12)

TABLE = {
    "food_immediate": 1000,
    "food_takeaway_basic": 550,
    "alcohol": 2000,
    "lodging": 1000,
    "transport": 1000,
    "ski_lift": 1000,
    "ski_hire": 2000,
    "ski_lesson": 2000,
    "show": 550,
    "room_hire": 2000,
    "equipment": 2000,
    "staff": 2000,
    "activity": 2000,
    "service": 2000,
    "tourist_tax": 0,
}


def test_every_category_has_the_rate_of_the_table() -> None:
    assert {code: vat.rate_bps(code, TODAY) for code in vat.CATEGORIES} == TABLE


def test_every_fact_names_its_source() -> None:
    for category in vat.CATEGORIES.values():
        assert all(rate.source for rate in category.rates)
        assert category.recovery_source
        assert str(category.label)


def test_lodging_and_transport_of_staff_are_not_recovered_and_restaurants_are() -> None:
    lost = {code for code, category in vat.CATEGORIES.items() if not category.recoverable}
    assert lost == {"lodging", "transport", "ski_lift"}
    assert vat.recoverable("food_immediate")


def test_a_package_takes_the_highest_rate_of_its_parts() -> None:
    assert vat.rate_bps("package", TODAY, parts=("lodging", "food_immediate", "room_hire")) == 2000
    assert vat.rate_bps("package", TODAY, parts=("food_takeaway_basic", "show")) == 550


def test_lodging_with_breakfast_stays_at_ten_percent() -> None:
    assert vat.rate_bps("package", TODAY, parts=("lodging", "food_immediate")) == 1000


def test_a_package_with_lodging_is_not_recovered() -> None:
    assert not vat.recoverable("package", parts=("lodging", "room_hire"))
    assert vat.recoverable("package", parts=("food_immediate", "room_hire"))


def test_the_small_business_exemption_charges_nothing() -> None:
    assert vat.rate_bps("alcohol", TODAY, franchise=True) == 0
    assert vat.franchise_text(TODAY) == "TVA non applicable, art. 293 B du CGI"


def test_the_wording_follows_the_codes_transition() -> None:
    assert vat.transition_text(date(2026, 8, 31)) == ""
    assert "CIBS" in vat.transition_text(date(2026, 9, 1))
    assert "CGI" in vat.franchise_text(date(2027, 12, 31))
    assert "CIBS" in vat.franchise_text(date(2028, 1, 1))
    assert value_on(vat.CODE_IN_FORCE, date(2026, 9, 1)) == "CIBS"


@pytest.mark.parametrize(
    ("code", "parts", "field"),
    [("gold", (), "vat_category"), ("package", (), "parts"), ("package", ("gold",), "parts")],
)
def test_unknown_categories_are_refused_beside_their_field(code: str, parts: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        vat.rate_bps(code, TODAY, parts=parts)
    assert caught.value.field == field


def test_a_dated_fact_holds_from_its_first_day_whatever_the_order_of_the_series() -> None:
    series = (Dated(2, date(2026, 2, 1), "b"), Dated(1, date(2026, 1, 1), "a"))
    assert value_on(series, date(2026, 1, 31)) == 1
    assert fact_on(series, date(2026, 2, 1)).source == "b"
    with pytest.raises(NoFact):
        value_on(series, date(2025, 12, 31))
