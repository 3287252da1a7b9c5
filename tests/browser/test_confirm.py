"""What asks before it acts: the form that asked last is sent, alone and once, however often one clicks."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Arrivals
from tests.browser.person import Person

FORMS = "form[data-confirm=withdraw]"
NOTE = """() => {
  window.sent = []
  document.addEventListener("submit", event => {
    if (!event.defaultPrevented) window.sent.push(event.target.getAttribute("action"))
    event.preventDefault()
  })
}"""


@pytest.fixture
def seller(arrive: Arrivals) -> Person:
    """A provider at her list of offers, where each row asks through the same dialog.

    Her page keeps in `sent` what its forms would send, and sends nothing: its offers are others' too.
    """
    person = arrive()
    person.log_in("traiteur@prestataires.example")
    person.go("/provider/offers")
    assert person.page.locator(FORMS).count() > 1
    person.page.evaluate(NOTE)
    return person


def sent(person: Person) -> list[str]:
    """The addresses that forms were sent to."""
    return list(person.page.evaluate("window.sent"))


def ask(person: Person, row: int) -> str:
    """Ask to withdraw this row's offer; the address that its form is sent to."""
    form = person.page.locator(FORMS).nth(row)
    form.evaluate("form => form.requestSubmit()")
    person.page.locator("dialog[open] [data-confirmed]").wait_for()
    return str(form.get_attribute("action"))


def test_what_was_called_off_is_not_done_with_the_next(seller: Person) -> None:
    ask(seller, 0)
    seller.page.locator("dialog[open] .plain[data-closes]").click()
    wanted = ask(seller, 1)
    seller.page.locator("dialog[open] [data-confirmed]").click()
    assert sent(seller) == [wanted]


def test_a_double_click_sends_once_and_reaches_nothing_below(seller: Person) -> None:
    wanted, here = ask(seller, 0), seller.page.url
    seller.page.locator("dialog[open] [data-confirmed]").dblclick()
    assert (sent(seller), seller.page.url) == ([wanted], here)
    assert seller.page.locator("dialog[open]").count() == 1
