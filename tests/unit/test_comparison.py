from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.offers.price_rule import Component, PricedLine, PriceRule, Season, Tier, price_for, quote_lines
from app.offers.terms import InstalmentKind, preset
from app.quotes.comparison import (
    Asked,
    Brief,
    Column,
    Comparison,
    Coverage,
    HoldFacts,
    ProviderFacts,
    QuoteFacts,
    compare,
    needed_options,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
TODAY = date(2026, 1, 5)
LYON, CHAMONIX = (45.764, 4.8357), (45.9237, 6.8694)


def line(label: str, category: str, bps: int, unit: int, *covers: str, **more: object) -> PricedLine:
    values: dict[str, object] = {"basis": "person", "quantity": 42, "covers": covers} | more
    return PricedLine(label, category, bps, unit_net_cents=unit, **values)  # type: ignore[arg-type]


def group(label: str, category: str, bps: int, unit: int, *covers: str, **more: object) -> PricedLine:
    return line(label, category, bps, unit, *covers, basis="group", quantity=1, **more)


BRIEF = Brief(
    (
        Asked("meeting_room", "2 salles, 42 places en îlots"),
        Asked("lunch", "Déjeuners"),
        Asked("dinner", "Dîner du 11"),
        Asked("lodging", "42 couchages"),
        Asked("transfer", "Transfert depuis Lyon", must=False),
    ),
    headcount=42,
    starts_on=date(2026, 3, 11),
    ends_on=date(2026, 3, 12),
    origin=LYON,
)
ROOM = group("Salles", "room_hire", 2000, 150_000, "meeting_room")
LUNCH = line("Déjeuners", "food_immediate", 1000, 2_800, "lunch", quantity=84)
DINNER = line("Dîner", "food_immediate", 1000, 4_500, "dinner")
NIGHT = line("Chambres individuelles", "lodging", 1000, 9_000, "single_rooms")
COACH = group("Autocar", "transport", 1000, 70_000, "transfer", group_size=50)


def option(one: PricedLine) -> PricedLine:
    return replace(one, optional=True)


def quote(key: str, *lines: PricedLine, **more: object) -> QuoteFacts:
    values: dict[str, object] = {
        "provider": ProviderFacts(key.title(), 460, 38, 1440),
        "headcount": 42,
        "terms": preset("standard"),
        "valid_until": NOW + timedelta(days=10),
        "place": LYON,
    } | more
    return QuoteFacts(key, lines=lines, **values)  # type: ignore[arg-type]


FULL = quote("fontaine", ROOM, LUNCH, DINNER, NIGHT, option(COACH))
OPTIONAL = quote("ateliers", ROOM, LUNCH, option(DINNER), NIGHT, terms=preset("souple"))
LACKING = quote("chalet", LUNCH, DINNER, NIGHT, COACH, place=CHAMONIX, terms=preset("stricte"))


def table(*quotes: QuoteFacts, headcount: int = 42, brief: Brief = BRIEF, today: date = TODAY) -> Comparison:
    return compare(quotes, brief, now=NOW, today=today, headcount=headcount)


def only(one: QuoteFacts, **more: int) -> Column:
    return table(one, **more).columns[0]


def test_prices_stand_on_the_same_footing() -> None:
    column = only(FULL)
    net = 150_000 + 84 * 2_800 + 42 * 4_500 + 42 * 9_000
    vat = 30_000 + (84 * 2_800 + 42 * 4_500 + 42 * 9_000) // 10
    assert (column.price.net.cents, column.price.vat.cents) == (net, vat)
    assert column.price.per_person_gross.cents == round((net + vat) / 42)
    assert column.unrecoverable_vat.cents == 42 * 900
    assert column.cost.cents == net + 42 * 900


def test_a_needed_option_is_added_and_said() -> None:
    column = only(OPTIONAL)
    assert [one.label for one in column.added] == ["Dîner"]
    assert column.price == only(FULL).price
    assert column.price_without_options.net.cents == column.price.net.cents - 42 * 4_500
    answer = column.answer_to("dinner")
    assert (answer.coverage, answer.option, answer.option_added) == (Coverage.OPTIONAL, "Dîner", True)
    assert answer.option_gross_cents == 42 * 4_950


def test_an_option_that_nobody_must_have_is_shown_but_not_added() -> None:
    answer = only(FULL).answer_to("transfer")
    assert (answer.coverage, answer.option_added) == (Coverage.OPTIONAL, False)
    assert only(FULL).added == ()


def test_what_is_missing_is_named() -> None:
    result = table(FULL, OPTIONAL, LACKING)
    chalet = result.columns[2]
    assert [asked.label for asked in chalet.missing] == ["2 salles, 42 places en îlots"]
    assert not chalet.complete and result.columns[0].complete
    assert result.rows["need:meeting_room"].gaps == {"chalet"}
    assert result.rows["need:meeting_room"].differs
    assert not result.rows["need:lunch"].differs
    assert result.uncovered == ()


def test_what_nobody_offers_is_told_apart() -> None:
    brief = replace(BRIEF, requirements=(*BRIEF.requirements, Asked("wifi", "Wi-Fi")))
    assert [asked.code for asked in table(FULL, LACKING, brief=brief).uncovered] == ["wifi"]


def test_a_need_of_her_own_words_counts_too() -> None:
    brief = replace(BRIEF, requirements=(Asked("other-1", "Un piano"),))
    piano = quote("salle", ROOM, group("Piano à queue", "equipment", 2000, 30_000, "other-1"))
    assert table(piano, FULL, brief=brief).rows["need:other-1"].gaps == {"fontaine"}


def test_a_single_room_answers_for_lodging() -> None:
    assert only(FULL).answer_to("lodging").coverage is Coverage.INCLUDED


def test_the_cheapest_option_that_serves_is_taken_once() -> None:
    package = option(line("Soirée et nuit", "package", 1000, 11_000, "dinner", "lodging", parts=("lodging",)))
    dear = option(line("Dîner gastronomique", "food_immediate", 1000, 20_000, "dinner"))
    lines = [ROOM, LUNCH, dear, package]
    assert needed_options(lines, BRIEF.requirements) == (3,)
    assert needed_options([*lines, option(DINNER)], BRIEF.requirements) == (3, 4)


def test_the_best_price_is_no_price_for_half_of_it() -> None:
    cheap = quote("vide", LUNCH)
    rows = table(cheap, FULL, OPTIONAL).rows
    assert rows["gross_per_person"].best == {"fontaine", "ateliers"}
    assert "vide" not in rows["total"].best
    # Among equals in what they lack, the cheaper one is best.
    assert table(cheap, quote("plus", LUNCH, DINNER), quote("moins", LUNCH)).rows["total"].best == {"plus"}


def test_an_expired_quote_is_never_best() -> None:
    late = quote("tard", ROOM, LUNCH, DINNER, replace(NIGHT, unit_net_cents=1), valid_until=NOW)
    result = table(late, FULL)
    assert result.columns[0].expired
    assert result.rows["total"].best == {"fontaine"}


def test_nothing_is_best_where_all_are_alike() -> None:
    rows = table(FULL, replace(FULL, key="copie")).rows
    assert not any(row.best or row.differs for row in rows.values())


def test_another_headcount_is_recomputed_from_the_lines() -> None:
    column = only(FULL, headcount=20)
    assert column.price.net.cents == 150_000 + 40 * 2_800 + 20 * 4_500 + 20 * 9_000
    assert column.reduced_headcount == 18
    with pytest.raises(InvalidInput):
        table(FULL, headcount=0)


def test_payment_and_cancellation_follow_the_terms() -> None:
    column = only(FULL)
    gross = column.price.gross.cents
    deposit, balance = column.instalments
    assert (deposit.kind, deposit.due_on, balance.due_on) == (InstalmentKind.DEPOSIT, TODAY, date(2026, 2, 25))
    assert deposit.amount_cents + balance.amount_cents == gross
    assert [(step.from_on, step.fee_bps) for step in column.cancellation] == [
        (TODAY, 0),
        (date(2026, 1, 11), 3000),
        (date(2026, 2, 10), 5000),
        (date(2026, 2, 26), 10_000),
    ]
    assert column.cancellation[-1].fee_cents == gross
    assert column.free_cancellation_until == date(2026, 1, 10)
    assert column.reduction_until == date(2026, 2, 25)


def test_the_softer_terms_are_best() -> None:
    strict = quote("strict", ROOM, LUNCH, DINNER, NIGHT, terms=preset("stricte"))
    rows = table(FULL, OPTIONAL, strict).rows
    assert rows["cancellation"].best == {"ateliers"}
    assert rows["payment"].best == {"ateliers"}
    assert rows["reduction"].best == {"ateliers"}


def test_near_the_date_all_is_due_and_reductions_are_over() -> None:
    column = table(FULL, today=date(2026, 3, 1)).columns[0]
    assert [part.kind for part in column.instalments] == [InstalmentKind.FULL]
    assert (column.reduction_until, column.reduced_headcount) == (None, 42)
    assert column.free_cancellation_until is None


def test_carbon_counts_the_way_the_night_and_the_meals() -> None:
    here, there = table(FULL, LACKING).columns
    assert here.footprint.journey is not None and here.footprint.travel_grams == 0
    assert here.footprint.night_grams == 6_900
    assert here.footprint.meal_grams == 3 * 2_040  # two lunches and a dinner
    assert there.footprint.travel_grams > 1_000
    assert table(FULL, LACKING).rows["carbon"].best == {"fontaine"}


def test_who_comes_to_the_company_makes_nobody_travel() -> None:
    caterer = quote("traiteur", ROOM, LUNCH, DINNER, NIGHT, place=None)
    rows = table(caterer, replace(FULL, place=CHAMONIX)).rows
    assert rows["carbon"].best == rows["distance"].best == {"traiteur"}


def test_an_unknown_origin_ranks_nobody_by_distance() -> None:
    brief = replace(BRIEF, origin=None)
    result = table(FULL, replace(FULL, key="b", place=CHAMONIX), brief=brief)
    assert all(column.origin_unknown for column in result.columns)
    assert not result.rows["carbon"].best and not result.rows["distance"].best


def test_providers_are_compared_by_what_is_known_of_them() -> None:
    new = replace(FULL, key="neuf", provider=ProviderFacts("Neuf"))
    fast = replace(FULL, key="vite", provider=ProviderFacts("Vite", 440, 12, 240), hold=HoldFacts(NOW, 1))
    second = replace(FULL, key="second", valid_until=NOW + timedelta(days=30), hold=HoldFacts(NOW, 2))
    rows = table(new, fast, second).rows
    assert rows["reviews"].best == {"second"}
    assert rows["answer"].best == {"vite"}
    assert rows["validity"].best == {"second"}
    assert rows["hold"].best == {"vite"}


def test_no_quote_at_all_is_an_empty_table() -> None:
    result = table()
    assert result.columns == () and result.uncovered == ()
    assert {key for key, _ in result.groups} == {"cost", "needs", "change", "reach", "provider"}


@given(st.integers(1, 400), st.permutations([FULL, OPTIONAL, LACKING]))
def test_the_order_of_the_quotes_changes_no_figure(headcount: int, order: list[QuoteFacts]) -> None:
    told = {column.key: column for column in table(FULL, OPTIONAL, LACKING, headcount=headcount).columns}
    result = table(*order, headcount=headcount)
    assert [column.key for column in result.columns] == [one.key for one in order]
    assert {column.key: column for column in result.columns} == told
    assert result.rows == table(FULL, OPTIONAL, LACKING, headcount=headcount).rows
    for column in result.columns:
        assert column.price.gross >= column.price_without_options.gross
        assert sum(part.amount_cents for part in column.instalments) == column.price.gross.cents


# Lines made by a rule of many figures


PARTY = PriceRule(
    (
        Component("Repas", "food_immediate", "person_night", 3_000, ("dinner",), child_net_cents=1_000),
        Component("Nuit", "lodging", "person_night", 8_000, ("lodging",), tiers=(Tier(30, 7_000),)),
        Component(
            "Déjeuner", "food_immediate", "person", 2_500, ("lunch",), optional=True, child_net_cents=900
        ),
        Component("Panier", "food_immediate", "person", 2_100, ("lunch",), optional=True),
    ),
    minimum_net_cents=900_000,
    seasons=(Season("Printemps", 1_000, "03-12", "05-31"),),
)  # fmt: skip


def ruled(headcount: int, children: int = 0) -> QuoteFacts:
    lines = quote_lines(PARTY, headcount, on=BRIEF.starts_on, children=children, nights=2)
    return quote("regle", *lines, headcount=headcount)


@pytest.mark.parametrize("headcount", [12, 29, 30, 42, 120])
@pytest.mark.parametrize("children", [0, 10])
def test_a_rule_is_compared_at_what_it_would_have_quoted(headcount: int, children: int) -> None:
    column = only(ruled(42, children), headcount=headcount)
    expected = price_for(PARTY, headcount, on=BRIEF.starts_on, children=children, nights=2)
    assert column.price_without_options == expected


def test_an_option_by_ages_is_taken_whole() -> None:
    """The child's line alone is no lunch for everyone, however cheap it is."""
    column = only(ruled(42, 10))
    assert [line.label for line in column.added] == ["Panier"]
    dear = replace(PARTY.components[3], unit_net_cents=2_600)
    rule = replace(PARTY, components=(*PARTY.components[:3], dear))
    lines = quote_lines(rule, 42, on=BRIEF.starts_on, children=10, nights=2)
    column = only(quote("regle", *lines))
    assert [line.label for line in column.added] == ["Déjeuner (adultes)", "Déjeuner (enfants)"]
    answer = column.answer_to("lunch")
    assert (answer.coverage, answer.option_gross_cents) == (Coverage.OPTIONAL, (32 * 2_500 + 10 * 900) * 11 // 10)
    assert column.price.net.cents == column.price_without_options.net.cents + 32 * 2_500 + 10 * 900


def test_meals_are_counted_once_for_all_ages() -> None:
    plain, young = only(ruled(42)), only(ruled(42, 10))
    assert plain.footprint.total_grams == young.footprint.total_grams
