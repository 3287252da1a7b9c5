"""A provider's calendar by mouse, by finger and by keyboard: choosing days and hours, closing, opening, undoing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Arrivals
from tests.browser.person import NARROW, WIDE, Person

AHEAD = 420  # further than anything of the demonstration


@pytest.fixture(scope="module")
def provider(arrive: Arrivals) -> Person:
    person = arrive()
    person.log_in("traiteur@prestataires.example")
    person.go("/provider/calendar")
    return person


@pytest.fixture
def calendar(provider: Person) -> str:
    """The address of her first offer's calendar."""
    provider.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    provider.go("/provider/calendar")
    return provider.path.split("?")[0]


def first_day() -> datetime:
    """The second Tuesday of a month far ahead."""
    now = datetime.now(UTC)
    month = (now + timedelta(days=AHEAD)).replace(day=1)
    return month + timedelta(days=(1 - month.weekday()) % 7 + 7)


def day(number: int) -> str:
    return f"{first_day() + timedelta(days=number):%Y-%m-%d}"


def open_month(person: Person, calendar: str) -> None:
    person.go(f"{calendar}?month={first_day():%Y-%m}")
    tidy(person)


def open_week(person: Person, calendar: str) -> None:
    person.go(f"{calendar}?week={day(0)}")
    tidy(person)


def tidy(person: Person) -> None:
    """What an earlier run has closed is undone."""
    while undo(person).count():
        with person.page.expect_response(lambda answer: answer.request.method == "POST"):
            undo(person).evaluate("button => button.click()")
        person.page.wait_for_timeout(200)


def undo(person: Person) -> Locator:
    return person.page.locator("[data-undo]")


def cell(person: Person, key: str) -> Locator:
    return person.page.locator(f"td:has(> label > input[value='{key}'])")


def press(person: Person, name: str) -> None:
    person.page.locator(f"[data-act] button:has-text('{name}')").click()


def middle(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def closed(person: Person, *keys: str) -> None:
    for key in keys:
        expect(cell(person, key)).to_have_class("cell closed")


def opened(person: Person, *keys: str) -> None:
    for key in keys:
        expect(cell(person, key)).to_have_class("cell open")


def chosen(person: Person) -> list[str]:
    keys: list[str] = person.page.eval_on_selector_all("#grid input:checked", "boxes => boxes.map(box => box.value)")
    return keys


def drag(person: Person, start: Locator, end: Locator) -> None:
    mouse = person.page.mouse
    mouse.move(*middle(start))
    mouse.down()
    mouse.move(*middle(end), steps=8)
    mouse.up()


def test_a_mouse_draws_over_days_closes_them_and_takes_it_back(provider: Person, calendar: str) -> None:
    open_month(provider, calendar)
    drag(provider, cell(provider, day(0)), cell(provider, day(2)))
    assert chosen(provider) == [day(0), day(1), day(2)]
    expect(provider.page.locator("#status")).to_contain_text("Choix : 3")
    provider.look("1-choisi")
    press(provider, "Fermer")
    closed(provider, day(0), day(1), day(2))
    expect(provider.page.locator("#grid [data-said]")).to_contain_text("3 jours sont fermés")
    expect(provider.page.locator("#calendar-lists")).to_contain_text(str((first_day() + timedelta(days=2)).day))
    provider.look("2-ferme")
    cell(provider, day(1)).click()
    press(provider, "Ouvrir")
    opened(provider, day(1))
    closed(provider, day(0), day(2))
    undo(provider).click()
    closed(provider, day(1))
    undo(provider).click()
    opened(provider, day(0), day(1), day(2))
    expect(undo(provider)).to_have_count(0)


def test_a_mouse_draws_over_hours(provider: Person, calendar: str) -> None:
    open_week(provider, calendar)
    drag(provider, cell(provider, f"{day(0)}T10"), cell(provider, f"{day(1)}T12"))
    block = [f"{day(number)}T{hour}" for hour in (10, 11, 12) for number in (0, 1)]
    assert chosen(provider) == block
    press(provider, "Fermer")
    closed(provider, *block)
    opened(provider, f"{day(0)}T09", f"{day(2)}T11")
    provider.look("3-semaine")
    undo(provider).click()
    opened(provider, *block)


def test_the_keyboard_alone_closes_and_opens(provider: Person, calendar: str) -> None:
    open_month(provider, calendar)
    keys = provider.page.keyboard
    stop = provider.page.locator("#grid td[tabindex='0']")
    expect(stop).to_have_count(1)
    cell(provider, day(0)).focus()
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    expect(cell(provider, day(8))).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Space")
    assert chosen(provider) == [day(1)]
    keys.press("Escape")
    assert chosen(provider) == []
    keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowRight")
    assert chosen(provider) == [day(1), day(2), day(3)]
    keys.press("Enter")
    closed(provider, day(1), day(2), day(3))
    expect(cell(provider, day(3))).to_be_focused()
    expect(provider.page.locator("#status")).to_contain_text("3 jours sont fermés")
    keys.press("Enter")
    opened(provider, day(3))
    keys.press("Control+z")
    closed(provider, day(3))
    keys.press("Control+z")
    opened(provider, day(1), day(2), day(3))
    name = cell(provider, day(1)).get_attribute("aria-label")
    assert name and "ouvert" in name


def test_a_finger_rests_and_draws_taps_or_scrolls(provider: Person, calendar: str) -> None:
    provider.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    device: Any = provider.context.new_cdp_session(provider.page)
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    open_month(provider, calendar)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(start: Locator, end: Locator, rest: int) -> None:
        (x, y), (to_x, to_y) = middle(start), middle(end)
        touch("touchStart", x, y)
        provider.page.wait_for_timeout(rest)
        for part in range(1, 9):
            touch("touchMove", x + (to_x - x) * part / 8, y + (to_y - y) * part / 8)
        touch("touchEnd")
        provider.page.wait_for_timeout(100)

    middle(cell(provider, day(7)))
    stroke(cell(provider, day(0)), cell(provider, day(2)), rest=500)
    assert chosen(provider) == [day(0), day(1), day(2)]
    provider.page.locator("[data-clear]").click()
    stroke(cell(provider, day(0)), cell(provider, day(7)), rest=0)
    assert chosen(provider) == []
    touch("touchStart", *middle(cell(provider, day(1))))
    touch("touchEnd")
    expect(cell(provider, day(1))).to_have_attribute("aria-selected", "true")
    press(provider, "Fermer")
    closed(provider, day(1))
    undo(provider).click()
    opened(provider, day(1))
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_without_a_script_boxes_are_ticked(arrive: Arrivals, provider: Person, calendar: str) -> None:
    plain = provider.context.browser.new_context(  # type: ignore[union-attr]
        base_url=provider.site.url, java_script_enabled=False, storage_state=provider.context.storage_state()
    )
    page = plain.new_page()
    page.goto(f"{calendar}?month={first_day():%Y-%m}")
    page.locator(f"input[value='{day(0)}']").check()
    page.locator("[data-act] button", has_text="Fermer").click()
    expect(page.locator(".flashes")).to_contain_text("1 jour est fermé")
    expect(page.locator(f"td.closed input[value='{day(0)}']")).to_have_count(1)
    page.locator("[data-undo]").click()
    expect(page.locator(f"td.open input[value='{day(0)}']")).to_have_count(1)
    plain.close()


def test_nothing_was_wrong_on_the_pages(arrive: Arrivals, provider: Person, calendar: str) -> None:
    provider.go(f"{calendar}/opening")
    provider.look("4-ouverture")
    provider.go(f"{calendar}/seasons/new")
    provider.look("5-saison")
    assert arrive.problems() == []
