"""The key pages without a mouse: Tab reaches everything that acts, in the order in which it is read, and it shows."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Arrivals
from tests.browser.person import Person

# What Tab must reach, in the order of the document; a group of radio buttons is one stop.
MARK = """() => {
  const groups = new Set(), acts = "a[href], button, input, select, textarea, summary, iframe, [tabindex]"
  let count = 0
  for (const node of document.querySelectorAll(acts)) {
    const style = getComputedStyle(node), box = node.getBoundingClientRect()
    const closed = node.closest("details:not([open])")
    const inside = closed && !(node.tagName === "SUMMARY" && node.parentElement === closed)
    if (node.tabIndex < 0 || node.disabled || node.type === "hidden" || style.visibility === "hidden") continue
    if (style.display === "none" || !node.getClientRects().length || inside || node.closest("[inert]")) continue
    if (node.closest(".leaflet-container")) continue
    if (node.type === "radio") {
      const group = [...document.getElementsByName(node.name)].filter(one => one.form === node.form)
      const chosen = group.find(one => one.checked)
      if (chosen ? chosen !== node : groups.has(node.name)) continue
      groups.add(node.name)
    }
    node.dataset.stop = String(count++)
  }
  document.activeElement.blur()
  return count
}"""
HERE = """() => {
  const node = document.activeElement, style = getComputedStyle(node)
  const ring = getComputedStyle(node.closest("label, .check, .option-card, .affix, .field, .search, .offer") || node)
  const shown = one => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== "none"
  return {stop: node.dataset.stop ?? null, what: node.outerHTML.slice(0, 120), body: node === document.body,
          shown: shown(style) || shown(ring) || [...node.children].some(one => shown(getComputedStyle(one)))}
}"""
PAGES = {
    "": ("/", "/offers", "/account/login", "/account/register"),
    "camille@halage.example": (
        "/company/events/new",
        "/company/events/demo",
        "/company/events/demo/attendees",
        "/company/events/demo/cancel",
    ),
    "traiteur@prestataires.example": ("/provider/requests", "/provider/calendar", "/provider/offers/new"),
    "operatrice@ensemble.example": ("/operator/providers", "/operator/failures"),
}


def walk(person: Person) -> tuple[int, list[int], list[str]]:
    """Press Tab through the page: how many stops there are, those reached in turn, those that showed no focus."""
    count, reached, unseen = int(person.page.evaluate(MARK)), [], []
    for _press in range(2 * count + 40):
        person.page.keyboard.press("Tab")
        here = person.page.evaluate(HERE)
        stop = None if here["stop"] is None else int(here["stop"])
        if reached and stop == reached[-1]:
            continue  # a date has a stop for its day, its month and its year
        if here["body"] or stop in reached:
            break
        if stop is not None:
            reached.append(stop)
        if not here["shown"]:
            unseen.append(here["what"])
    return count, reached, unseen


@pytest.mark.parametrize("email", PAGES)
def test_tab_reaches_everything_in_order(email: str, arrive: Arrivals) -> None:
    person, wrong = arrive(), []
    if email:
        person.log_in(email)
    for path in PAGES[email]:
        person.go(path)
        count, reached, unseen = walk(person)
        missed = sorted(set(range(count)) - set(reached))
        if missed:
            what = person.page.evaluate("at => document.querySelector(`[data-stop='${at}']`).outerHTML", str(missed[0]))
            wrong.append(f"{path}: {len(missed)} of {count} not reached, first {what[:160]}")
        if reached != sorted(reached):
            wrong.append(f"{path}: out of order: {reached}")
        wrong += [f"{path}: no focus shows on {what}" for what in unseen[:3]]
    assert not wrong, "\n".join(wrong)


def test_a_form_is_filled_and_sent_by_keyboard(arrive: Arrivals) -> None:
    person = arrive()
    person.go("/account/login")
    person.field("email").focus()
    person.page.keyboard.type("camille@halage.example")
    person.page.keyboard.press("Tab")
    person.page.keyboard.type("demonstration-2026")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(lambda url: "/login" not in url)
    person.go("/company/events/demo")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.className") == "skip"
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "content"
