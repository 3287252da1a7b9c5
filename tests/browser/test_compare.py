"""The comparison and the answer form in a real browser: one printed page, live totals, nothing for axe."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from app.accounts.models import User
from app.events.models import Event, Need
from app.offers.price_rule import Component, PriceRule
from app.quotes.models import QuoteRequest
from app.rules.requirements import REQUIREMENTS
from tests.factories import Factories

pytestmark = pytest.mark.browser
TWELVE = [{"code": code, "label": code} for code in list(REQUIREMENTS)[:12]]
RULE = PriceRule(
    components=(
        Component("Salles et matériel, privatisés", "room_hire", "group", 140_000, tuple(list(REQUIREMENTS)[:8])),
        Component("Déjeuners et pauses", "food_immediate", "person", 5_200, ("lunch", "breaks")),
        Component("Dîner du premier soir aux chandelles", "food_immediate", "person", 4_100, ("sound",), optional=True),
    )
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own, in threads."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_as(app: Flask, chromium: Chromium, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody who is logged in."""
    contexts = []

    def open_(user: User, organisation_id: int, path: str, **options: Any) -> Page:
        context = chromium.new_context(locale="fr-FR", **options)
        contexts.append(context)
        signed = app.session_interface.get_signing_serializer(app).dumps(  # type: ignore[attr-defined]
            {"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set", "organisation_id": organisation_id}
        )
        context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": signed, "url": address}])
        page = context.new_page()
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def need(factories: Factories) -> Need:
    """A need of twelve requirements with three quotes."""
    user, company = factories.organiser()
    event = factories.event(company, user, title="Séminaire de printemps")
    need = factories.need(event, requirements=TWELVE, title="Le lieu")
    for _ in range(3):
        factories.quote(factories.request(need=need), rule=RULE)
    return need


def compare_path(need: Need) -> str:
    return f"/company/events/{need.event.slug}/needs/{need.id}/compare"


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [
        f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found.response["violations"]
    ]


def test_three_quotes_and_twelve_needs_print_on_one_landscape_page(open_as: Callable[..., Page], need: Need) -> None:
    event: Event = need.event
    page = open_as(event.organiser, event.company_id, compare_path(need))
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    width, height = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)[0]
    assert (round(float(width)), round(float(height))) == (842, 595)


def test_five_quotes_and_twenty_needs_print_on_one_page_too(open_as: Callable[..., Page], factories: Factories) -> None:
    user, company = factories.organiser()
    event = factories.event(company, user, title="Séminaire de printemps")
    codes = list(REQUIREMENTS)[:20]
    asked = [{"code": code, "label": code} for code in codes]
    need = factories.need(event, requirements=asked, title="Le lieu")
    for number in range(5):
        room, lunch = RULE.components[0], RULE.components[1]
        covers = tuple(codes[number * 2 : number * 2 + 8])
        rule = PriceRule(components=(replace(room, covers=covers), lunch, RULE.components[2]))
        factories.quote(factories.request(need=need), rule=rule)
    page = open_as(user, company.id, compare_path(need))
    assert page.locator("table.compare thead th").count() == 5
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_comparison_is_accessible_and_fits(
    open_as: Callable[..., Page], need: Need, width: int, scheme: str
) -> None:
    event = need.event
    size = {"width": width, "height": 900}
    page = open_as(event.organiser, event.company_id, compare_path(need), viewport=size, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_the_headcount_recomputes_without_leaving_the_page(open_as: Callable[..., Page], need: Need) -> None:
    event = need.event
    page = open_as(event.organiser, event.company_id, compare_path(need))
    page.fill("#headcount", "20")
    page.wait_for_url("**headcount=20")
    page.get_by_text("Prix recalculés pour 20 personnes").wait_for()
    page.fill("#headcount", "0")
    page.keyboard.press("Enter")
    page.get_by_text("Indiquez un nombre").wait_for()


@pytest.fixture
def asked(factories: Factories) -> tuple[User, QuoteRequest]:
    seller, provider = factories.seller()
    return seller, factories.request(factories.offer(provider))


@pytest.mark.parametrize("width", [390, 1440])
def test_the_answer_form_is_accessible(
    open_as: Callable[..., Page], asked: tuple[User, QuoteRequest], width: int
) -> None:
    seller, request = asked
    path = f"/provider/requests/{request.id}/quote"
    page = open_as(seller, request.provider_id, path, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_totals_follow_the_keys_and_lines_come_and_go(
    open_as: Callable[..., Page], asked: tuple[User, QuoteRequest]
) -> None:
    seller, request = asked
    page = open_as(seller, request.provider_id, f"/provider/requests/{request.id}/quote")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.fill("[name=lines-0-price]", "1000")
    page.locator("#quote-totals").get_by_text("3 048,00").wait_for()
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.locator("[name=lines-3-label]").wait_for()
    assert page.input_value("[name=lines-0-price]") == "1000"
    page.fill("[name=lines-3-label]", "Remise de bienvenue")
    page.fill("[name=lines-3-quantity]", "1")
    page.fill("[name=lines-3-price]", "-100")
    page.locator("#quote-totals").get_by_text("2 928,00").wait_for()
    page.get_by_role("button", name="Retirer la ligne 1", exact=True).click()
    page.locator("[name=lines-0-price]").wait_for(state="detached")
    assert page.input_value("[name=lines-3-label]") == "Remise de bienvenue"
    assert complaints == []


@pytest.mark.parametrize("path", ["/provider", "/provider/requests", "/provider/requests/{id}"])
def test_the_providers_pages_are_accessible(
    open_as: Callable[..., Page], asked: tuple[User, QuoteRequest], path: str
) -> None:
    seller, request = asked
    page = open_as(seller, request.provider_id, path.format(id=request.id), viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
