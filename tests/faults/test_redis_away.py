"""With Redis refused or hanging every page and every acceptance answers within two seconds, and nothing is lost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from bs4 import Tag

from tests.support.site import Site, eventually
from tests.support.visitor import Visitor

LIMIT_SECONDS = 2.0
PUBLIC = (
    "/",
    "/offers",
    "/offers?q=séminaire&headcount=20",
    "/account/login",
    "/account/register",
    "/healthz",
    "/mailbox/",
)
COMPANY = (
    "/company/events",
    "/company/events/demo",
    "/company/events/demo/attendees",
    "/company/events/new",
    "/company/bookings",
    "/company/quotes",
    "/company/profile",
    "/account",
    "/account/members",
)
PROVIDER = (
    "/provider",
    "/provider/requests",
    "/provider/offers",
    "/provider/bookings",
    "/provider/calendar",
    "/provider/payouts",
    "/provider/moves",
)
OPERATOR = ("/operator", "/operator/providers", "/operator/moderation", "/operator/payments", "/operator/failures")
CIRCLES = {
    "": PUBLIC,
    "camille@halage.example": COMPANY,
    "lieu@prestataires.example": PROVIDER,
    "operatrice@ensemble.example": OPERATOR,
}
Visitors = list[tuple[Visitor, tuple[str, ...]]]
Outage = Callable[[Site], AbstractContextManager[None]]
OUTAGES = [Site.redis_refuses, Site.redis_hangs]


@pytest.fixture(params=OUTAGES, ids=["refused", "hanging"])
def outage(request: pytest.FixtureRequest) -> Outage:
    """How Redis is away."""
    found: Outage = request.param
    return found


@pytest.fixture
def visitors(site: Site) -> Visitors:
    """One visitor for each kind of reader, with the pages that she opens; pages were opened once before."""
    found = []
    for email, paths in CIRCLES.items():
        visitor = Visitor(site)
        if email:
            visitor.log_in(email)
        for path in paths:
            visitor.get(path)
        found.append((visitor, paths))
    return found


def test_every_page_answers_in_time(outage: Outage, site: Site, visitors: Visitors) -> None:
    slow = []
    with outage(site):
        for visitor, paths in visitors:
            for path in paths:
                visitor.slowest = 0.0
                answer = visitor.get(path)
                assert answer.status_code == 200, (path, answer.status_code)
                if visitor.slowest > LIMIT_SECONDS:
                    slow.append((path, round(visitor.slowest, 1)))
    assert not slow


def test_a_log_in_answers_in_time(outage: Outage, site: Site) -> None:
    visitor = Visitor(site)
    visitor.get("/account/login")
    with outage(site):
        visitor.slowest = 0.0
        visitor.log_in("nicolas@halage.example")
    assert visitor.slowest <= LIMIT_SECONDS


def test_an_acceptance_answers_in_time_and_is_kept(outage: Outage, site: Site) -> None:
    organiser = Visitor(site)
    organiser.log_in("camille@halage.example")
    quote = fresh_quote(site, organiser)
    organiser.get(f"/company/quotes/{quote}/accept")
    with outage(site):
        organiser.slowest = 0.0
        answer = organiser.post(f"/company/quotes/{quote}/accept", {"agreed": "y"})
        assert answer.status_code == 200 and "/company/bookings/" in answer.url, (answer.status_code, answer.url)
        assert organiser.slowest <= LIMIT_SECONDS
    statement = "select count(*) from outbox where state <> 'done' and handler = 'quotes:quote_accepted'"
    eventually(lambda: site.ask(statement) == [(0,)], "the mails about it are written after all", 60)
    assert site.ask("select state from quote where id = %s", quote) == [("accepted",)]
    assert site.ask("select count(*) from booking where quote_id = %s", quote) == [(1,)]


SELLER = "salles@prestataires.example"
OFFER = """
    select offer.id from offer join offer_version version on version.id = offer.published_version_id
    join membership on membership.organisation_id = offer.provider_id
    join user_account on user_account.id = membership.user_id
    where email = %s and category = 'day_seminar' and 20 between capacity_min and capacity_max
    order by offer.id limit 1"""
QUOTED = "select id from quote where request_id = %s"


def fresh_quote(site: Site, organiser: Visitor) -> int:
    """A quote that the demonstration's organiser may accept now, of an event made for it."""
    day = date.today() + timedelta(days=70 + 7 * secrets.randbelow(20))
    day += timedelta(days=(2 - day.weekday()) % 7)
    organiser.get("/company/events/new")
    event = {"title": "Journée d’étude", "starts": f"{day}T09:30", "ends": f"{day}T16:00", "zone": "Europe/Paris"}
    made = organiser.post("/company/events/new", event | {"headcount": "20"})
    slug = made.url.split("/company/events/")[1].split("/")[0]
    path = f"/company/events/{slug}/needs/new?category=day_seminar"
    organiser.get(path)
    need = re.search(r"need=(\d+)", organiser.post(path, {"codes": "wifi", "must": "yes"}).url)
    assert need
    ((offer,),) = site.ask(OFFER, SELLER)
    organiser.post(f"/company/needs/{need[1]}/picks", {"offer": str(offer)})
    organiser.get(f"/company/needs/{need[1]}/request")
    form = organiser.page.find("form", id="send")
    assert isinstance(form, Tag)
    form["action"] = f"/company/needs/{need[1]}/request"
    assert organiser.submit("/request").status_code == 200
    ((request_id,),) = site.ask("select id from quote_request where need_id = %s", int(need[1]))
    seller = Visitor(site)
    seller.log_in(SELLER)
    seller.get(f"/provider/requests/{request_id}/quote")
    assert seller.submit(f"/requests/{request_id}/quote", {"do": "send"}).status_code == 200
    ((quote,),) = site.ask(QUOTED, request_id)
    return int(quote)
