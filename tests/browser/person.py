"""A person at her browser: what she does, and what must hold on every page she sees."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.support.site import PASSWORD, Site, plain

SHOTS = Path(__file__).parent / "shots"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = Axe()
QUICK = bool(os.environ.get("ENSEMBLE_QUICK"))  # while a test is written: no pictures, no axe
REFUSED = re.compile(r"(?:Failed to load resource: .* status of|Response Status Error Code) (4\d\d)")
LONGEST_SECONDS = 30


class Person:
    """One person in a browser context of her own. `look` after each step that shows a new page."""

    def __init__(self, browser: Browser, site: Site, *, language: str = "fr", album: str = "") -> None:
        self.site = site
        self.album = SHOTS / album
        self.album.mkdir(parents=True, exist_ok=True)
        self.language = language
        country = {"fr": "fr-FR", "en": "en-GB"}[language]
        self.context = browser.new_context(
            base_url=site.url, locale=country, timezone_id="Europe/Paris", viewport=WIDE, reduced_motion="reduce"
        )
        self.context.set_default_timeout(LONGEST_SECONDS * 1000)
        self.problems: list[str] = []
        self.refusals: set[int] = set()
        self.page = self.context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Note what goes wrong on a page while she uses it."""
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("response", self._note_response)

    def _note_console(self, message: ConsoleMessage) -> None:
        if str(message.location.get("url", "")).endswith("/favicon.ico"):
            return  # a browser's own wish, on the stand-in's pages
        refused = REFUSED.search(message.text)
        if refused and int(refused[1]) in self.refusals:
            return
        if message.type in ("error", "warning"):
            self.problems.append(f"{self.page.url}: {message.type}: {message.text}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.request.method} {response.url}: {response.status}")

    @contextmanager
    def refused(self, *statuses: int) -> Iterator[None]:
        """Inside, pages may answer with these statuses; otherwise the console's word about it is a problem."""
        self.refusals |= set(statuses)
        try:
            yield
        finally:
            self.page.wait_for_load_state()
            self.refusals -= set(statuses)

    # What she does

    def go(self, path: str) -> int:
        """Open an address of the site and return the status."""
        response = self.page.goto(path)
        return response.status if response else 0

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        """Log in on the sign-in page with what she types."""
        self.go("/account/login")
        form = self.page.locator("form.form.card")
        form.get_by_label({"fr": "Adresse e-mail", "en": "Email"}[self.language]).fill(email)
        form.locator("input[type=password]").fill(password)
        form.get_by_role("button").click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def fill(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """Type into the field with this label."""
        (within or self.page).get_by_label(label, exact=True).first.fill(value)

    def field(self, name: str) -> Locator:
        """The control that a form sends under this name."""
        return self.page.locator(f"[name='{name}']:visible").first

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """The first visible button or link that looks like one, by its words."""
        either = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        return either.locator("visible=true").first

    def press(self, name: str | re.Pattern[str]) -> None:
        """Click it, and wait for the page that follows."""
        self.button(name).click()
        self.page.wait_for_load_state()

    def send(self, name: str | re.Pattern[str]) -> int:
        """Click a button that sends a form; the status of the page that answers."""
        return self.sending(self.button(name))

    def sending(self, button: Locator) -> int:
        """Click this one; the status of the page that answers, whatever else the page asks for meanwhile."""
        with self.page.expect_response(_is_form_answer) as caught:
            button.click()
        status = int(caught.value.status)
        self.page.wait_for_load_state()
        return status

    def sees(self, text: str, seconds: float = LONGEST_SECONDS) -> None:
        """Wait until the page shows this text, be its spaces and apostrophes typographic or not."""
        try:
            expect(self.page.locator("body")).to_contain_text(loose(text), timeout=seconds * 1000)
        except AssertionError:
            raise AssertionError(f"“{text}” is not on {self.path}, which says: {self.said()}") from None

    def said(self) -> list[str]:
        """The headline of the page, its notices, and what it says beside fields."""
        found = self.page.locator("h1, .notice, .error, .flash").all_inner_texts()
        return [plain(text) for text in found]

    def sees_not(self, text: str) -> None:
        """Make sure that the page doesn't show this text."""
        expect(self.page.locator("main")).not_to_contain_text(loose(text))

    @property
    def text(self) -> str:
        """What the page says, in plain letters."""
        return plain(self.page.locator("main").inner_text())

    @property
    def path(self) -> str:
        """Where she is on the site."""
        return self.page.url.removeprefix(self.site.url)

    def open_mail(self, to: str, subject: str) -> None:
        """Find a mail on the mailbox page and open it there."""
        self.site.mail(to, subject)
        self.go(f"/mailbox/?to={to}")
        self.page.locator(".mailbox a", has_text=loose(subject)).first.click()
        self.page.wait_for_load_state()

    def follow(self, link: str | re.Pattern[str]) -> None:
        """Click a link of the opened mail, as its reader would."""
        self.page.frame_locator("iframe.mail-body").get_by_role("link", name=link).first.click()
        self.page.wait_for_load_state()

    # What must hold

    def look(self, name: str, *, axe: bool = True) -> None:
        """Keep pictures of the page at both widths, light and dark, and check it: axe, width, console."""
        self.page.wait_for_load_state()
        if QUICK:
            return
        self.problems += self._pictures(name, axe=axe)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size(WIDE)

    def _pictures(self, name: str, *, axe: bool) -> list[str]:
        wrong = []
        for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            path = self.album / f"{name}-{size['width']}-{scheme}.png"
            self.page.screenshot(path=path, full_page=True, animations="disabled", timeout=60_000)
            if axe and (size, scheme) in ((WIDE, "light"), (NARROW, "dark")):
                wrong += [f"{self.path} ({size['width']}, {scheme}): {one}" for one in violations(self.page)]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*wrong, f"{self.path} is {wide} px too wide for 390 px"] if wide > 0 else wrong

    def leave(self) -> None:
        """Close her browser."""
        self.context.close()


def _is_form_answer(answer: Response) -> bool:
    return answer.request.method == "POST" and answer.request.is_navigation_request()


def violations(page: Page) -> list[str]:
    """What axe finds on a page: rule, element, reason."""
    found: Any = AXE.run(page).response["violations"]
    return [
        f"axe {rule['id']}: {node['target'][0]}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def loose(text: str) -> re.Pattern[str]:
    """Matches the text whatever its spaces and apostrophes are."""
    words = [re.sub("[’']", "['’]", re.escape(word)) for word in text.split()]
    return re.compile(r"\s*".join(words), re.IGNORECASE)
