"""A real browser in front of the real product."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.person import SHOTS, Person
from tests.support.site import Site

FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--disable-gpu"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("site"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if any("tests/browser/" in report.nodeid for report in terminalreporter.getreports("passed")):
        terminalreporter.write_line(f"Screenshots of the pages: {SHOTS}")


def program(playwright: Playwright) -> str:
    """The Chromium to drive: the one that is named, this machine's, playwright's own; empty when there is none."""
    named = [os.environ.get(name, "") for name in ("ENSEMBLE_BROWSER", "CHROMIUM")]
    ours = [shutil.which(name) or "" for name in ("chromium", "chromium-browser", "google-chrome")]
    found = (path for path in [*named, *ours, playwright.chromium.executable_path] if path and Path(path).exists())
    return next(found, "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: playwright's event loop would stand in the way of other tests'."""
    with sync_playwright() as playwright:
        path = program(playwright)
        if not path:
            words = "There is no Chromium here: name one in CHROMIUM, or `apt-get install chromium`."
            pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        running = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox])
        yield running
        running.close()


class Arrivals:
    """`arrive()` makes a person with a browser of her own; `arrive("en")` one who reads English."""

    def __init__(self, browser: Browser, site: Site, album: str) -> None:
        self.browser, self.site, self.album = browser, site, album
        self.people: list[Person] = []

    def __call__(self, language: str = "fr") -> Person:
        self.people.append(Person(self.browser, self.site, language=language, album=self.album))
        return self.people[-1]

    def problems(self) -> list[str]:
        """What was wrong on the pages that they saw: each thing once."""
        return list(dict.fromkeys(problem for person in self.people for problem in person.problems))


@pytest.fixture(scope="module")
def arrive(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Arrivals]:
    """Lets people arrive; their pictures are kept under the module's name."""
    album = request.module.__name__.rpartition("test_")[2]
    shutil.rmtree(SHOTS / album, ignore_errors=True)
    arrivals = Arrivals(browser, site, album)
    yield arrivals
    for person in arrivals.people:
        person.leave()
