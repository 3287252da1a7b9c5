"""The editor of an offer in a real browser: by mouse, by touch, by keyboard, in two windows, offline, scriptless."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import line
from tests.browser.conftest import Arrivals
from tests.browser.person import Person
from tests.support.site import Site

SELLER = "traiteur@prestataires.example"
SAVED = re.compile("Brouillon enregistré à")
DROP = """([zone, files]) => {
  const data = new DataTransfer()
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    data.items.add(new File([bytes], name, {type}))
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}))
  }
}"""


@pytest.fixture(scope="module")
def seller(arrive: Arrivals) -> Person:
    person = arrive()
    person.log_in(SELLER)
    return person


@pytest.fixture
def draft(seller: Person) -> int:
    """A new draft, open in her editor."""
    return line.new_offer(seller, "Une journée au bord de l’eau")


@pytest.fixture
def phone(browser: Browser, site: Site, seller: Person) -> Iterator[Page]:
    """Her phone, with her log-in."""
    context = browser.new_context(
        base_url=site.url,
        locale="fr-FR",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        storage_state=seller.context.storage_state(),
    )
    yield context.new_page()
    context.close()


def pictures(folder: Path, *colours: str) -> list[Path]:
    paths = [folder / f"{colour}.jpg" for colour in colours]
    for path, colour in zip(paths, colours, strict=True):
        Image.new("RGB", (900, 600), colour).save(path, "JPEG")
    return paths


def saved(page: Page) -> None:
    """Wait until all that was typed is kept, and said so."""
    expect(page.locator("#offer-form")).not_to_have_attribute("data-unsaved", re.compile(".*"), timeout=15_000)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)


def go(page: Page, step: str) -> None:
    page.locator(f".steps [data-to={step}] a").click()
    page.locator(f"#section-{step}").wait_for()


def keys(page: Page) -> list[str]:
    return [str(row.get_attribute("data-key")) for row in page.locator(".photo-row").all()]


def add(page: Page, folder: Path, *colours: str) -> list[str]:
    """Choose these photos in the photos' step; their keys once they are there."""
    go(page, "photos")
    page.locator("input[name=uploads]").set_input_files(pictures(folder, *colours))
    expect(page.locator(".photo-row")).to_have_count(len(colours), timeout=60_000)
    return keys(page)


def test_by_mouse_one_step_shows_what_is_typed_is_kept_and_the_page_is_drawn(seller: Person, draft: int) -> None:
    page = seller.page
    assert page.locator("[data-step]:visible").count() == 1
    summary = "Trois salles claires, et la rivière à midi."
    page.locator("[name=summary]").fill(summary)
    saved(page)
    frame = page.frame_locator("iframe.preview-frame:not(.coming)")
    expect(frame.locator(".lead")).to_have_text(summary, timeout=15_000)
    page.locator("[data-step-next]").click()
    page.locator("[name=postcode]").fill("6900")
    with page.expect_response(re.compile(r"/typed$")):
        page.locator("[name=place]").fill("Nulleville")
    page.go_back()
    expect(page.locator("#section-what")).to_be_visible()
    expect(page.locator("[data-to=what]")).to_have_attribute("aria-current", "step")
    seller.look("etape")
    page.reload()
    assert page.locator("[name=summary]").input_value() == summary
    go(page, "where")
    assert [page.locator(f"[name={name}]").input_value() for name in ("postcode", "place")] == ["6900", "Nulleville"]


def test_what_was_typed_just_before_leaving_is_there_on_return(seller: Person, draft: int) -> None:
    page = seller.page
    page.locator("[name=summary]").fill("À peine tapé")
    page.reload()
    expect(page.locator("[name=summary]")).to_have_value("À peine tapé", timeout=15_000)


def test_a_refused_save_opens_the_step_that_is_wrong(seller: Person, draft: int) -> None:
    page = seller.page
    go(page, "who")
    page.locator("[name=capacity_max]").fill("beaucoup")
    go(page, "what")
    with seller.refused(422):
        assert seller.send("Enregistrer le brouillon") == 422
    expect(page.locator("#section-who")).to_be_visible()
    go(page, "photos")
    page.locator(".notice a[href='#capacity_max']").click()
    expect(page.locator("[name=capacity_max]")).to_be_focused()


def test_photos_are_dropped_together_and_each_says_what_becomes_of_it(
    seller: Person, draft: int, tmp_path: Path
) -> None:
    page = seller.page
    go(page, "photos")
    files = [
        [path.name, "image/jpeg", base64.b64encode(path.read_bytes()).decode()]
        for path in pictures(tmp_path, "teal", "orange")
    ]
    files.insert(1, ["faux.jpg", "image/jpeg", base64.b64encode(b"<svg xmlns='x'/>").decode()])
    with seller.refused(422):
        page.evaluate(DROP, [page.locator("[data-drop]").element_handle(), files])
        expect(page.locator("progress")).not_to_have_count(0)
        expect(page.locator(".photo-row")).to_have_count(2, timeout=60_000)
        expect(page.locator(".upload-row [role=alert]")).to_contain_text("SVG")
    page.locator("[name='photos-0-alt']").fill("La rivière")
    saved(page)
    seller.look("photos")
    page.reload()
    assert page.locator("[name='photos-0-alt']").input_value() == "La rivière"


def test_by_mouse_photos_are_dragged_into_order(seller: Person, draft: int, tmp_path: Path) -> None:
    page = seller.page
    before = add(page, tmp_path, "red", "green", "blue")
    rows = page.locator(".photo-row")
    grip, target = rows.nth(2).locator("[data-grip]"), rows.nth(0)
    grip.scroll_into_view_if_needed()
    start, aim = grip.bounding_box(), target.bounding_box()
    assert start and aim
    page.mouse.move(start["x"] + 40, start["y"] + 30)
    page.mouse.down()
    with page.expect_response(re.compile(r"/photos/order$")):
        page.mouse.move(start["x"] + 40, aim["y"] + aim["height"] + 30, steps=6)
        page.mouse.move(start["x"] + 40, aim["y"] + 10, steps=6)
        page.mouse.up()
    after = [before[2], before[0], before[1]]
    assert keys(page) == after
    page.reload()
    assert keys(page) == after


def test_by_keyboard_photos_move_keep_the_focus_and_say_where_they_are(
    seller: Person, draft: int, tmp_path: Path
) -> None:
    page = seller.page
    first, second, third = add(page, tmp_path, "red", "green", "blue")
    page.locator(f"[data-key='{first}'] [data-photo=later]").focus()
    for _ in range(2):
        with page.expect_response(re.compile(r"/photos/order$")):
            page.keyboard.press("Enter")
        expect(page.locator(f"[data-key='{first}'] [data-photo=later]")).to_be_focused()
    assert keys(page) == [second, third, first]
    expect(page.locator("[data-photos-said]")).to_contain_text("la 3 de 3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-photos-said]")).to_contain_text("déjà au bout")
    page.locator(f"[data-key='{first}'] [data-photo=cover]").focus()
    with page.expect_response(re.compile(r"/photos/order$")):
        page.keyboard.press("Space")
    assert keys(page) == [first, second, third]
    page.locator(f"[data-key='{second}'] [data-photo=remove]").press("Enter")
    expect(page.locator(".photo-row")).to_have_count(2)
    expect(page.locator(f"[data-key='{third}'] [data-photo=remove]")).to_be_focused()


def test_by_keyboard_the_steps_are_walked(seller: Person, draft: int) -> None:
    page = seller.page
    page.locator(".steps [data-to=who] a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#section-who h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[name=capacity_min]")).to_be_focused()
    page.keyboard.type("12")
    saved(page)


def test_by_touch_photos_are_dragged_by_their_handle_and_the_preview_is_a_tab(
    seller: Person, draft: int, phone: Page, tmp_path: Path
) -> None:
    phone.goto(f"/provider/offers/{draft}/edit")
    assert phone.locator(".editor-preview").is_hidden()
    phone.locator("[data-shows=preview]").tap()
    frame = phone.frame_locator("iframe.preview-frame:not(.coming)")
    expect(frame.locator("h1")).to_have_text("Une journée au bord de l’eau", timeout=15_000)
    assert phone.locator(".editor-form").is_hidden()
    phone.locator("[data-shows=form]").tap()
    before = add(phone, tmp_path, "red", "blue")
    handle = phone.locator(".photo-row [data-handle]").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    below = phone.locator(".photo-row").nth(1).bounding_box()
    assert box and below
    touch(phone, (box["x"] + 20, box["y"] + 20), (box["x"] + 20, below["y"] + below["height"] * 0.8))
    expect(phone.locator(".photo-row").first).to_have_attribute("data-key", before[1])
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def touch(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger down, along, and up."""
    cdp: Any = page.context.new_cdp_session(page)
    steps = [tuple(a + (b - a) * part / 8 for a, b in zip(start, end, strict=True)) for part in range(9)]
    for number, (x, y) in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_two_windows_are_told_and_both_texts_stay(seller: Person, draft: int) -> None:
    page, other = seller.page, seller.context.new_page()
    other.goto(f"/provider/offers/{draft}/edit")
    page.locator("[name=summary]").fill("Du premier")
    saved(page)
    with seller.refused(409):
        other.locator("[name=summary]").fill("Du second")
        expect(other.locator("[data-conflict]")).to_be_visible()
        expect(other.locator("[data-conflict]")).to_contain_text("Les deux textes sont gardés")
    other.locator("[data-insist]").click()
    expect(other.locator("[data-conflict]")).to_be_hidden()
    page.reload()
    assert page.locator("[name=summary]").input_value() == "Du second"
    seller.sees("Un autre texte est gardé")
    seller.look("deux-fenetres")
    seller.press("Le reprendre")
    assert page.locator("[name=summary]").input_value() == "Du premier"
    other.close()


def test_offline_it_says_so_and_tries_again(seller: Person, draft: int) -> None:
    page = seller.page
    page.route(re.compile(r"/typed$"), lambda route: route.fulfill(status=503, body="down"))
    page.locator("[name=summary]").fill("Tapé sans réseau")
    with seller.refused(503):
        expect(page.locator("[data-save-state]")).to_contain_text("Pas encore enregistré")
    seller.problems[:] = [each for each in seller.problems if "503" not in each]
    page.unroute(re.compile(r"/typed$"))
    saved(page)


def test_without_javascript_everything_works(
    browser: Browser, site: Site, seller: Person, draft: int, tmp_path: Path
) -> None:
    context = browser.new_context(
        base_url=site.url,
        locale="fr-FR",
        java_script_enabled=False,
        storage_state=seller.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"/provider/offers/{draft}/edit")
    assert page.locator("[data-step]:visible").count() == 7
    page.locator("[name=summary]").fill("Sans script")
    page.locator("input[name=uploads]").set_input_files(pictures(tmp_path, "red", "blue"))
    page.locator("button[value=photos]").click()
    assert page.locator(".photo-row").count() == 2 and page.locator("[name=summary]").input_value() == "Sans script"
    first, second = keys(page)
    page.locator(f"[data-key='{second}'] [value^=photo-cover-]").click()
    assert keys(page) == [second, first]
    page.locator(".form-actions [value=save]").click()
    assert page.locator("[name=summary]").input_value() == "Sans script"
    assert "enregistré" in page.locator(".flashes").inner_text()
    context.close()


def test_nothing_was_wrong_on_any_page(arrive: Arrivals, seller: Person) -> None:
    assert arrive.problems() == []
