"""What no click sends: numbers without end, characters no text holds, forms of a hundred thousand rows."""

from __future__ import annotations

from io import BytesIO
from time import perf_counter

import pytest
from PIL import Image

from app.core.errors import InvalidInput
from app.core.money import parse_cents
from app.offers import media
from app.web import FORM_BYTES
from tests.conftest import Browser
from tests.factories import Factories

HUGE = "9" * 30
ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "address",
    [f"/offers/{HUGE}", f"/photos/{HUGE}-480.webp", "/i/%00", f"/mailbox/?page={HUGE}", f"/offers?page={HUGE}",
     f"/offers?headcount={ENDLESS}", f"/offers?budget={ENDLESS}", "/offers?q=%00", f"/offers?need={HUGE}",
     "/art/ski_trip/%00", "/mailbox/..%2f..%2fpostgres", "/account/confirm/%00"],
)  # fmt: skip
def test_a_visitor_gets_no_error_of_ours(client: Browser, address: str) -> None:
    assert client.get(address).status_code < 500


def test_a_headcount_that_only_begins_well_is_refused(client: Browser) -> None:
    assert client.get("/offers?headcount=" + "0" * 8 + "1" + HUGE).status_code == 422


def test_an_organiser_gets_no_error_of_ours(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    event = factories.event(company, user)
    need = factories.need(event)
    client.log_in(user)
    pages = f"/company/events/{event.slug}"
    for address in (
        f"{pages}/needs/{need.id}/compare?headcount={ENDLESS}",
        f"{pages}/attendees?page={HUGE}",
        "/company/events/%00",
        f"/company/bookings/{HUGE}",
        f"/company/bookings?page={HUGE}",
        f"/company/needs/{HUGE}/request",
    ):
        assert client.get(address).status_code < 500, address
    plan = {"starts": "2030-05-05T10:00", "ends": "2030-05-05T18:00", "zone": "Europe/Paris", "headcount": "20"}
    for wrong in ({"title": "a\x00"}, {"title": "a", "budget": HUGE}, {"title": "a", "headcount": HUGE}):
        assert client.post("/company/events/new", data=plan | wrong).status_code in (400, 422), wrong
    assert client.post("/company/profile", data={"name": "\x00", "siren": "\x00"}).status_code in (400, 422)


def test_a_seller_gets_no_error_of_ours(client: Browser, factories: Factories) -> None:
    user, provider = factories.seller()
    offer = factories.offer(provider)
    request = factories.request(offer)
    client.log_in(user)
    editor, answer = f"/provider/offers/{offer.id}/edit", f"/provider/requests/{request.id}/quote"
    line = {"components-0-label": "x", "components-0-price": "10", "components-0-vat_category": "service"}
    for path, wrong in (
        (editor, {"do": "save", "components-0-label": "x", "components-0-price": ENDLESS}),
        (editor, {"do": "add", "capacity_max": ENDLESS} | line),
        (editor, {"do": f"remove-{ENDLESS}"}),
        (editor, {"do": "remove-²"}),
        (answer, {"do": "update", "lines-0-label": "x", "lines-0-price": ENDLESS}),
        (answer, {"do": f"remove-{ENDLESS}"}),
        (answer, {"do": "remove-²"}),
        (f"/provider/calendar/{offer.id}/units", {"name": "\x00"}),
        (f"/provider/calendar/{offer.id}/closures/{HUGE}/remove", {}),
        ("/provider/offers/new", {"category": "ski_trip", "title": "a\x00"}),
    ):
        assert client.post(path, data=wrong).status_code < 500, (path, str(wrong)[:60])


@pytest.mark.parametrize("rows", ["components-{}-label", "steps-{}-percent", "photos-{}-alt"])
def test_an_offer_of_a_hundred_thousand_rows_holds_no_thread(client: Browser, factories: Factories, rows: str) -> None:
    user, provider = factories.seller()
    offer = factories.offer(provider)
    typed = {"do": "add"} | {rows.format(n): "" for n in range(20_000)}
    begun = perf_counter()
    answer = client.log_in(user).post(f"/provider/offers/{offer.id}/edit", data=typed)
    assert answer.status_code < 500
    assert perf_counter() - begun < 4


@pytest.mark.parametrize("rows", ["lines-{}-label", "steps-{}-percent"])
def test_a_quote_of_a_hundred_thousand_rows_holds_no_thread(client: Browser, factories: Factories, rows: str) -> None:
    user, provider = factories.seller()
    request = factories.request(factories.offer(provider))
    typed = {"do": "update"} | {rows.format(n): "" for n in range(20_000)}
    begun = perf_counter()
    answer = client.log_in(user).post(f"/provider/requests/{request.id}/quote", data=typed)
    assert answer.status_code < 500
    assert perf_counter() - begun < 4


@pytest.mark.parametrize("size", [(640, 20_000), (900, 16_500)])
def test_a_photo_that_no_webp_can_hold_is_refused(size: tuple[int, int]) -> None:
    content = BytesIO()
    Image.new("RGB", size).save(content, "PNG")
    with pytest.raises(InvalidInput, match="trop étirée"):
        media.read(content.getvalue())


def test_an_amount_without_end_is_too_large() -> None:
    with pytest.raises(InvalidInput, match="trop grand"):
        parse_cents(ENDLESS)
    assert parse_cents("0" * 5000 + "12,50") == 1250


HEAVY = 2 * 1024 * 1024


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("path", ["/account/login", "/locale", "/webhooks/stripe", "/nowhere"])
def test_only_forms_with_files_may_be_heavy(client: Browser, path: str, kind: str) -> None:
    told = {"CONTENT_LENGTH": str(HEAVY), "CONTENT_TYPE": kind}
    assert client.post(path, environ_overrides=told).status_code == 413


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_body_that_hides_its_weight_is_read_to_the_limit_only(client: Browser, kind: str) -> None:
    body = BytesIO(b"a" * HEAVY)
    chunked = {"CONTENT_TYPE": kind, "wsgi.input_terminated": True, "wsgi.input": body}
    assert client.post("/account/login", environ_overrides=chunked).status_code < 500
    assert 0 < body.tell() <= FORM_BYTES


def test_the_photos_of_an_offer_may_be_heavy(client: Browser, factories: Factories) -> None:
    user, provider = factories.seller()
    head = '--b\r\nContent-Disposition: form-data; name="uploads"; filename="photo.jpg"\r\n\r\n'
    body = head.encode() + b"x" * HEAVY + b"\r\n--b--\r\n"
    url, kind = f"/provider/offers/{factories.offer(provider).id}/edit?do=photos", "multipart/form-data; boundary=b"
    answer = client.log_in(user).post(url, data=body, content_type=kind)
    assert answer.status_code == 422 and "n’est pas une photo" in answer.text
