"""Linked calendars as a provider uses them: added by address or file, refreshed, removed; published, read, revoked."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from icalendar import Calendar

from app.accounts.models import Provider
from app.availability import queries
from app.availability.imports import keeping
from app.availability.imports.fetching import Fetched, FetchFailed, Problem
from app.availability.imports.models import CalendarFeed
from app.core.db import session, transaction
from app.offers.models import Offer, OfferState
from tests.conftest import Browser
from tests.factories import Factories, in_days, now
from tests.support.calendars import calendar

PAGE = "/provider/calendar/feeds"
URL = "https://calendar.example/private-0123456789/basic.ics"


@pytest.fixture
def offer(factories: Factories) -> Offer:
    return factories.offer(units=2)


@pytest.fixture
def seller(client: Browser, factories: Factories, offer: Offer) -> Browser:
    user, _provider = factories.seller(offer_provider(offer))
    return client.log_in(user)


def offer_provider(offer: Offer) -> Any:
    return session().get_one(Provider, offer.provider_id)


class Answers:
    """What addresses answer instead of the network."""

    def __init__(self) -> None:
        self.answer: bytes | FetchFailed = calendar()
        self.asked = 0

    def __call__(self, _url: str, _known: Any, *, seconds: float) -> Fetched:
        assert seconds <= 10
        self.asked += 1
        if isinstance(self.answer, FetchFailed):
            raise self.answer
        return Fetched(200, self.answer, '"1"', "")


@pytest.fixture
def site(app: Flask) -> Iterator[Answers]:
    answers = Answers()
    app.extensions["fetch_calendar"] = answers
    yield answers
    del app.extensions["fetch_calendar"]


def busy(day: int = 20, uid: str = "1", more: str = "") -> str:
    return f"UID:{uid}\nDTSTART:{in_days(day):%Y%m%dT%H%M%SZ}\nDURATION:PT8H\n{more}"


def free(offer: Offer, day: int = 20) -> int:
    at = in_days(day)
    return queries.free_units([offer.id], at, at + timedelta(hours=8), now())[offer.id]


def test_a_calendar_by_its_address(seller: Browser, offer: Offer, site: Answers) -> None:
    site.answer = calendar(busy())
    assert "Aucun calendrier importé" in seller.get(PAGE).text
    page = seller.post(PAGE, data={"url": URL, "whose": str(offer.id), "name": "Salles"}, follow_redirects=True).text
    assert "ses dates sont prises ici" in page
    assert "Salles" in page and "calendar.example" in page and "à jour" in page
    assert "0123456789" not in page
    assert free(offer) == 0
    site.answer = calendar(busy(21))
    feed = session().query(CalendarFeed).one()
    assert "vient d’être relu" in seller.post(f"{PAGE}/{feed.id}/refresh", follow_redirects=True).text
    assert (free(offer), free(offer, 21)) == (2, 0)
    assert "sont libres" in seller.post(f"{PAGE}/{feed.id}/remove", follow_redirects=True).text
    assert free(offer, 21) == 2


def test_the_calendar_tells_imported_times_apart(seller: Browser, offer: Offer) -> None:
    data = {"file": (io.BytesIO(calendar(busy(), busy(20, "2"))), "a.ics"), "whose": str(offer.id)}
    before = seller.get(f"/provider/calendar/{offer.id}?month={in_days(20):%Y-%m}").text.count("Votre agenda")
    seller.post(PAGE, data=data, content_type="multipart/form-data")
    page = seller.get(f"/provider/calendar/{offer.id}?month={in_days(20):%Y-%m}").text
    assert page.count("Votre agenda") > before
    assert f"{PAGE}?offer={offer.id}" in page


def test_withdrawn_offers_are_no_choice(seller: Browser, offer: Offer) -> None:
    assert f'value="{offer.id}"' in seller.get(PAGE).text
    with transaction():
        offer.state = OfferState.WITHDRAWN
    assert f'value="{offer.id}"' not in seller.get(PAGE).text


def test_a_file_for_one_unit(seller: Browser, offer: Offer) -> None:
    unit = queries.units_of(offer.id)[1]
    file = (io.BytesIO(calendar(busy())), "reservations.ics")
    data = {"file": file, "whose": f"{offer.id}:{unit.id}"}
    page = seller.post(PAGE, data=data, content_type="multipart/form-data", follow_redirects=True).text
    assert "reservations.ics" in page and "fichier importé" in page and unit.name in page
    assert "Relire maintenant" not in page
    assert free(offer) == 1


def test_what_is_missing_is_shown(seller: Browser, offer: Offer) -> None:
    raw = calendar(busy(), busy(uid="2", more="RRULE:FREQ=HOURLY"))
    data = {"file": (io.BytesIO(raw), "a.ics"), "whose": str(offer.id)}
    page = seller.post(PAGE, data=data, content_type="multipart/form-data", follow_redirects=True).text
    assert "mais pas en entier" in page and "incomplet" in page
    assert "elle se répète plusieurs fois par jour" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Indiquez une adresse, ou choisissez un fichier."),
        ({"url": "ftp://calendar.example/x"}, "Cette adresse n’est pas celle d’un calendrier"),
        ({"url": "http://127.0.0.1/x.ics"}, "Cette adresse n’est pas sur l’internet public"),
        ({"url": "https://user:secret@calendar.example/"}, "Cette adresse n’est pas celle d’un calendrier"),
        ({"file": b"<html>"}, "C’est une page web, pas un calendrier"),
        ({"file": calendar(busy())[:50]}, "Le calendrier est incomplet"),
        ({"url": URL, "whose": "999"}, "Choisissez dans la liste."),
        ({"url": URL, "name": "x" * 90}, "Au plus 80 caractères."),
    ],
)
def test_what_cannot_be_imported(seller: Browser, offer: Offer, data: dict[str, Any], sentence: str) -> None:
    given = {"whose": str(offer.id), **data}
    if "file" in given:
        given["file"] = (io.BytesIO(given["file"]), "a.ics")
    response = seller.post(PAGE, data=given, content_type="multipart/form-data")
    assert response.status_code == 422
    assert sentence in response.text
    assert data.get("url", "") in response.text
    assert session().query(CalendarFeed).count() == 0


def test_an_address_that_fails_is_not_added(seller: Browser, offer: Offer, site: Answers) -> None:
    site.answer = FetchFailed(Problem.STATUS, 404)
    response = seller.post(PAGE, data={"url": URL, "whose": str(offer.id)})
    assert response.status_code == 422
    assert "n’existe plus à cette adresse" in response.text


def test_a_broken_calendar_shows_its_age(seller: Browser, offer: Offer, site: Answers) -> None:
    site.answer = calendar(busy())
    seller.post(PAGE, data={"url": URL, "whose": str(offer.id)})
    feed = session().query(CalendarFeed).one()
    with transaction():
        feed.read_at = now() - timedelta(hours=9)
    site.answer = FetchFailed(Problem.UNREACHABLE)
    page = seller.post(f"{PAGE}/{feed.id}/refresh", follow_redirects=True).text
    assert "ne répond pas" in page and "illisible" in page and "mais elles datent" in page
    assert free(offer) == 0


def test_accepting_looks_at_old_calendars_again(
    app: Flask, factories: Factories, new_client: Callable[[], Browser], site: Answers
) -> None:
    quote = factories.quote()
    offer = session().get_one(Offer, quote.request.offer_id)
    organiser = factories.member(quote.request.event.company, "organiser")
    provider_page = new_client().log_in(factories.seller(offer_provider(offer))[0])
    provider_page.post(PAGE, data={"url": URL, "whose": str(offer.id)})
    feed = session().query(CalendarFeed).one()
    company = new_client().log_in(organiser)

    def agree() -> Any:
        return company.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"})

    with transaction():
        feed.read_at = now() - timedelta(minutes=6)
    at, hours = quote.starts_at, 8
    site.answer = calendar(f"UID:1\nDTSTART:{at:%Y%m%dT%H%M%SZ}\nDURATION:PT{hours}H")
    assert agree().status_code == 409
    with transaction():
        feed.read_at = now() - timedelta(minutes=6)
    site.answer = FetchFailed(Problem.TOO_SLOW)
    assert agree().status_code == 409  # what was known of it last counts
    site.answer = calendar(f"UID:1\nDTSTART:{at + timedelta(days=3):%Y%m%dT%H%M%SZ}\nDURATION:PT1H")
    asked = site.asked
    assert agree().status_code == 303
    assert site.asked == asked + 1


def test_a_calendar_that_does_not_answer_stops_nobody(
    factories: Factories, new_client: Callable[[], Browser], site: Answers
) -> None:
    quote = factories.quote()
    offer = session().get_one(Offer, quote.request.offer_id)
    new_client().log_in(factories.seller(offer_provider(offer))[0]).post(
        PAGE, data={"url": URL, "whose": str(offer.id)}
    )
    feed = session().query(CalendarFeed).one()
    with transaction():
        feed.read_at = now() - timedelta(minutes=6)
    site.answer = FetchFailed(Problem.TOO_SLOW)
    company = new_client().log_in(factories.member(quote.request.event.company, "organiser"))
    assert company.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"}).status_code == 303
    session().refresh(feed)
    assert (feed.failures, feed.problem) == (0, "")
    assert keeping.stale([offer.id], now()) == [feed.id]


def published(page: str) -> list[str]:
    found = BeautifulSoup(page, "html5lib").select(".copy code")
    return [code.text.replace("http://localhost", "") for code in found]


def test_bookings_as_a_feed(
    seller: Browser, offer: Offer, factories: Factories, new_client: Callable[[], Browser]
) -> None:
    booking = factories.booking(offer=offer)
    units = queries.units_of(offer.id)
    seller.post(f"{PAGE}/published")
    for unit in units:
        seller.post(f"{PAGE}/published", data={"unit_id": unit.id})
    page = seller.get(PAGE).text
    addresses = published(page)
    assert len(addresses) == 3 and len(set(addresses)) == 3
    reader = new_client()
    everything, first, second = (reader.get(address) for address in addresses)
    assert everything.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "noindex" in everything.headers["X-Robots-Tag"]
    parsed = Calendar.from_ical(everything.data)
    (entry,) = parsed.events
    assert str(entry["UID"]) == booking.provider_ical_uid
    assert booking.company.name in str(entry["SUMMARY"])
    assert not {"ORGANIZER", "ATTENDEE"} & set(entry)
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (booking.starts_at, booking.ends_at)
    assert (str(parsed["METHOD"]), "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in everything.text) == ("PUBLISH", True)
    assert [len(Calendar.from_ical(each.data).events) for each in (first, second)] == [1, 0]


def test_a_feed_says_when_nothing_has_changed(
    seller: Browser, offer: Offer, factories: Factories, new_client: Callable[[], Browser]
) -> None:
    booking = factories.booking(offer=offer)
    seller.post(f"{PAGE}/published")
    (address,) = published(seller.get(PAGE).text)
    reader = new_client()
    before = reader.get(address)
    assert reader.get(address).data == before.data
    same = reader.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert reader.get(address, headers={"If-Modified-Since": before.headers["Last-Modified"]}).status_code == 304
    with transaction():
        booking.headcount += 1
    changed = reader.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["ETag"] != before.headers["ETag"]


def test_a_feed_can_be_revoked(seller: Browser, offer: Offer, new_client: Callable[[], Browser]) -> None:
    seller.post(f"{PAGE}/published")
    page = seller.get(PAGE).text
    (address,) = published(page)
    assert new_client().get(address).status_code == 200
    revoke = re.search(r"/published/\d+/revoke", page)
    assert revoke is not None
    assert "ne répond plus" in seller.post(PAGE + revoke[0], follow_redirects=True).text
    assert new_client().get(address).status_code == 404
    assert seller.post(PAGE + revoke[0]).status_code == 404
    seller.post(f"{PAGE}/published")
    (again,) = published(seller.get(PAGE).text)
    assert again != address
    assert new_client().get("/feeds/unknown.ics").status_code == 404


def test_not_for_a_strangers_unit(seller: Browser, factories: Factories) -> None:
    other = queries.units_of(factories.offer().id)[0]
    assert seller.post(f"{PAGE}/published", data={"unit_id": other.id}).status_code == 404
