"""Signing up and answering an invitation in English: not a word of French on those pages and mails."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from tests.browser import line
from tests.browser.conftest import Arrivals
from tests.browser.line import someone
from tests.browser.person import Person
from tests.support.site import Site, calendar_of, plain

CATALOGUE = Path(__file__).resolve().parents[2] / "app/translations/en/LC_MESSAGES/messages.po"
HOLE = re.compile(r"%\((\w+)\)[sd]|%%")
TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement
    if (parent && !["SCRIPT", "STYLE"].includes(parent.tagName) && !parent.closest("body [lang=fr], .programme"))
      found.push(walk.currentNode.textContent)
  }
  for (const node of document.querySelectorAll("[placeholder], [aria-label], [title], [alt]"))
    for (const name of ["placeholder", "aria-label", "title", "alt"]) found.push(node.getAttribute(name) || "")
  return found
}"""


@cache
def french() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """What the pages say in French where English differs: whole sentences, and those with something in them."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id and message.string]
    whole, holed = set(), []
    for message in messages:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        english = message.string if isinstance(message.string, tuple) else (message.string,)
        for words in (plain(one) for one in ids if plain(one) not in map(plain, english)):
            if not HOLE.search(words):
                whole.add(words)
            elif len(HOLE.sub("", words)) > 12:
                holed.append(re.compile(".+".join(re.escape(part) for part in HOLE.sub("\0", words).split("\0"))))
    return frozenset(whole), holed


def left_in_french(page: Page) -> list[str]:
    """The texts of a page that are the French ones."""
    whole, holed = french()
    texts = {plain(text) for text in page.evaluate(TEXTS)} - {""}
    texts -= {"français"}  # each language is offered under its own name
    return sorted(text for text in texts if text in whole or any(pattern.fullmatch(text) for pattern in holed))


def look(person: Person, name: str) -> None:
    """Check the page as ever, and its language."""
    person.look(name)
    assert person.page.locator("html").get_attribute("lang") == "en"
    assert left_in_french(person.page) == []


def test_the_check_sees_french(arrive: Arrivals) -> None:
    person = arrive()
    person.go("/account/register")
    assert "créer un compte" in left_in_french(person.page)


def test_an_office_manager_signs_up_in_english(arrive: Arrivals) -> None:
    person, who = arrive("en"), someone("Grace", "Palmer", "Harbour Works")
    person.go("/")
    look(person, "1-home")
    person.go("/account/register")
    look(person, "2-register")
    with person.refused(422):
        assert person.sending(person.page.locator("form.card button.go")) == 422
    look(person, "3-register-incomplete")
    line.sign_up(person, who, "company")
    look(person, "4-check-mail")
    line.confirm(person, who)
    look(person, "5-company")
    line.type_firm(person, who, siren="123456789")
    with person.refused(422):
        assert person.sending(person.page.locator("form.card button.go")) == 422
    look(person, "6-company-refused")
    line.type_firm(person, who)
    assert person.sending(person.page.locator("form.card button.go")) == 303
    look(person, "7-welcome")


def test_an_attendee_answers_in_english(arrive: Arrivals, site: Site) -> None:
    organiser = arrive()
    organiser.log_in("camille@halage.example")
    organiser.go("/company/events/demo/attendees")
    address = line.someone("Grace", "Palmer", "").email.replace(".test", ".example")
    organiser.field("people").fill(f"Grace Palmer <{address}>")
    assert organiser.send("Ajouter à la liste") == 303
    assert organiser.send(re.compile("Envoyer l’invitation")) == 303
    mail = site.mail(address, "Invitation", "REQUEST")
    assert str(calendar_of(mail)["ATTENDEE"].params["CN"]) == "Grace Palmer"
    grace = arrive("en")
    (token,) = {match[1] for match in re.finditer(r"/i/([\w-]+)", mail.html or "")}
    grace.go(f"/i/{token}")
    look(grace, "8-invitation")
    assert grace.sending(grace.page.locator("button[name=answer][value=tentative]")) == 303
    look(grace, "9-answered")
    organiser.go("/company/events/demo/attendees?show=maybe")
    organiser.sees("Grace Palmer")


def test_every_page_on_the_way_was_fine(arrive: Arrivals) -> None:
    problems = arrive.problems()
    assert not problems, "\n".join(problems)
