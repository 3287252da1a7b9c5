"""Prices as people meet them: the simulator while it is typed into, the editor, the numbers a quote starts from."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrivals
from tests.browser.person import NARROW, Person
from tests.support.site import Site

WINTER = f"{datetime.now(UTC).year + 1}-02-10"


@pytest.fixture(scope="module")
def stay(site: Site) -> int:
    """An offer whose price goes by nights and seasons."""
    query = """select o.id from offer o join offer_version v on v.id = o.published_version_id
        where o.category = 'ski_trip' and o.state = 'published' and v.capacity_max >= 20 order by o.id limit 1"""
    return int(site.ask(query)[0][0])


def amounts(text: str) -> list[str]:
    return re.findall(r"\d[\d\s]*,\d\d", text)


def test_the_price_follows_what_is_typed_and_is_the_one_of_the_page(arrive: Arrivals, stay: int) -> None:
    visitor = arrive()
    visitor.go(f"/offers/{stay}?headcount=20")
    output = visitor.page.locator("#price")
    expect(output).to_contain_text("Hors saison")
    before = amounts(output.inner_text())
    visitor.field("date").fill(WINTER)
    expect(output).to_contain_text("Vacances d’hiver")
    visitor.field("nights").focus()
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type("5")
    expect(output).to_contain_text(re.compile(r"5\snuits"))
    live = amounts(output.inner_text())
    assert live != before
    visitor.go(f"/offers/{stay}?headcount=20&date={WINTER}&nights=5")
    assert amounts(visitor.page.locator("#price").inner_text()) == live, "the same cents without JavaScript"
    visitor.look("prix-sejour")


def test_a_number_out_of_bounds_is_explained_beside_the_price(arrive: Arrivals, stay: int) -> None:
    visitor = arrive()
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    visitor.go(f"/offers/{stay}?headcount=20")
    with visitor.refused(422):
        visitor.field("nights").fill("600")
        expect(visitor.page.locator("#price .error")).to_contain_text(re.compile(r"entre 1 et 60\snuits"))
    visitor.field("nights").fill("2")
    expect(visitor.page.locator("#price .price.big").locator("visible=true")).to_be_visible()


@pytest.fixture(scope="module")
def seller(arrive: Arrivals) -> Person:
    person = arrive()
    person.log_in("montagne@prestataires.example")
    return person


def test_tiers_and_seasons_are_typed_into_the_editor(seller: Person) -> None:
    seller.go("/provider/offers")
    edit = seller.page.locator("a[href$='/edit']").first.get_attribute("href") or ""
    seller.go(edit)
    show_price(seller)
    section = seller.page.locator("#section-price")
    line = section.locator(".offer-line").first
    line.get_by_text("Paliers, enfants, saisons").click()
    line.locator("[name='components-0-tiers-0-people']").fill("25")
    line.locator("[name='components-0-tiers-0-price']").fill("10")
    count = section.locator(".season-row").count()
    section.get_by_role("button", name="Ajouter une période").click()
    expect(section.locator(".season-row")).to_have_count(count + 1)
    expect(section.locator(".sample")).to_contain_text("voulez-vous ce palier ainsi")
    expect(section.locator("[name='components-0-tiers-0-people']")).to_have_value("25")
    section.get_by_role("button", name="Retirer la période").last.click()
    expect(section.locator(".season-row")).to_have_count(count)


def show_price(person: Person) -> None:
    """Open the editor's part on prices, where it shows one part at a time."""
    step = person.page.locator(".steps a[href='#section-price']")
    if not person.page.locator("#section-price").is_visible():
        step.click()


def stays(person: Person) -> int:
    """Nights of all people in the quote's form."""
    rows = person.page.locator("#lines .line-row").all()
    found = [row for row in rows if "Hébergement" in row.locator("[name$='-label']").input_value()]
    return sum(int(row.locator("[name$='-quantity']").input_value()) for row in found)


def test_a_quote_takes_up_other_nights(seller: Person) -> None:
    seller.go("/provider/requests")
    asked = seller.page.locator("a[href^='/provider/requests/']").first.get_attribute("href") or ""
    seller.go(f"{asked}/quote")
    before = stays(seller)
    seller.field("nights").fill("4")
    again = seller.page.get_by_role("button", name="Reprendre les prix de l’offre")
    with seller.page.expect_response(lambda answer: "refill" in (answer.request.post_data or "")):
        again.click()
    expect(again).to_be_visible()
    expect(seller.field("nights")).to_have_value("4")
    for _moment in range(50):
        if stays(seller) != before:
            break
        seller.page.wait_for_timeout(100)
    assert stays(seller) == before * 2, "four nights in place of two"
    seller.look("devis-nuits")


def test_nothing_broke_on_the_way(arrive: Arrivals) -> None:
    assert arrive.problems() == []
