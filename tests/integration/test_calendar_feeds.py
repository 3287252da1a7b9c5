"""Imported calendars: what is kept of them, when they are looked at, and whom they stop from booking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.availability import queries
from app.availability import service as availability
from app.availability.imports import feeds, keeping
from app.availability.imports.feeds import Whose
from app.availability.imports.fetching import Fetched, FetchFailed, Known, Problem
from app.availability.imports.looking import Read, Unchanged, Unfetched, look, read_file
from app.availability.imports.models import CalendarFeed, ImportedBusy
from app.availability.models import Unit
from app.bookings import service as bookings
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.errors import InvalidInput, NotFound, Unavailable
from app.core.outbox import OutboxRow
from app.core.sealed import Unsealable, seal, unseal
from app.mail.models import OutgoingMail
from app.offers.models import Offer
from app.quotes.models import Quote
from tests.factories import Factories, in_days, now
from tests.support.calendars import calendar
from workers import calendars as polling
from workers.handlers import calendars as handlers

KEY = "k" * 32
URL = "https://calendar.example/private-0123456789abcdef/basic.ics"
DAY = timedelta(days=1)
ZONE = "Europe/Paris"


def event(starts_at: datetime, hours: int = 8, uid: str = "1", more: str = "") -> str:
    return f"UID:{uid}\nDTSTART:{starts_at:%Y%m%dT%H%M%SZ}\nDURATION:PT{hours}H\n{more}"


class Site:
    """What an address answers, and how often it was asked."""

    def __init__(self, answer: bytes | FetchFailed = b"") -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def __call__(self, url: str, known: Any, *, seconds: float) -> Fetched:
        self.asked.append((url, known.etag))
        if isinstance(self.answer, FetchFailed):
            raise self.answer
        if known.etag == f'"{hash(self.answer)}"':
            return Fetched(304, b"", known.etag, "")
        return Fetched(200, self.answer, f'"{hash(self.answer)}"', "")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def secret(app: Flask) -> str:
    return str(app.extensions["settings"].secret_key)


def add(
    offer: Offer, secret: str, *events: str, unit: Unit | None = None, url: str = URL, at: datetime | None = None
) -> CalendarFeed:
    at = at or now()
    found = read_file(calendar(*events), "Europe/Paris", "", at)
    with transaction():
        whose = Whose(offer.id, unit.id if unit else None)
        return feeds.add(
            offer.provider_id,
            whose,
            "Agenda",
            found,
            url=url,
            zone="Europe/Paris",
            secret_key=secret,
            by="user:1",
            now=at,
        )


def free(offer: Offer, starts_at: datetime, hours: int = 8) -> int:
    return queries.free_units([offer.id], starts_at, starts_at + timedelta(hours=hours), now())[offer.id]


def poll(site: Site, at: datetime) -> int:
    return polling.poll(lambda: at, fetch=site)


@contextmanager
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def signals(name: str) -> int:
    return len(session().scalars(select(OutboxRow).where(OutboxRow.signal == name)).all())


def units(offer: Offer) -> list[Unit]:
    return list(queries.units_of(offer.id))


def test_a_calendar_takes_the_time_of_its_unit_or_of_all(factories: Factories, secret: str) -> None:
    offer, other = factories.offer(units=2), factories.offer()
    at = in_days(20)
    first, _second = units(offer)
    one = add(offer, secret, event(at), unit=first)
    assert (free(offer, at), free(other, at), free(offer, at + DAY)) == (1, 1, 2)
    add(offer, secret, event(at + timedelta(hours=7)))
    assert (free(offer, at), free(offer, at, hours=7)) == (0, 1)
    with transaction():
        feeds.remove(feeds.own(one.id, offer.provider_id), by="user:1", now=now())
    assert free(offer, at, hours=7) == 2


def test_the_month_and_the_search_see_imported_time(factories: Factories, secret: str) -> None:
    offer = factories.offer()
    at = (now() + timedelta(days=40)).replace(day=10, hour=0, minute=0, second=0)
    add(offer, secret, f"UID:1\nDTSTART;VALUE=DATE:{at:%Y%m%d}\nDTEND;VALUE=DATE:{at + 2 * DAY:%Y%m%d}")
    days = queries.month(offer, at.year, at.month, now())
    assert [day.state for day in days[8:12]] == ["free", "taken", "taken", "free"]


def test_the_address_is_a_secret(factories: Factories, secret: str) -> None:
    feed = add(factories.offer(), secret, event(in_days(5)))
    assert (feed.host, feed.name) == ("calendar.example", "Agenda")
    stored = session().execute(text("select row_to_json(f)::text from calendar_feed f")).scalar_one()
    assert "0123456789abcdef" not in stored
    assert unseal(feed.sealed_url or b"", secret) == URL
    with pytest.raises(Unsealable):
        unseal(seal(URL, KEY), KEY + "x")


def test_only_ones_own(factories: Factories, secret: str) -> None:
    offer, stranger = factories.offer(), factories.provider()
    feed = add(offer, secret, event(in_days(5)))
    with pytest.raises(NotFound):
        feeds.own(feed.id, stranger.id)
    found = read_file(calendar(), "Europe/Paris", "", now())
    given: dict[str, Any] = {"zone": "Europe/Paris", "secret_key": secret, "by": "user:1", "now": now()}
    with pytest.raises(NotFound), transaction():
        feeds.add(stranger.id, Whose(offer.id, None), "", found, url=URL, **given)
    with pytest.raises(NotFound), transaction():
        feeds.add(offer.provider_id, Whose(offer.id, 999), "", found, url=URL, **given)
    with pytest.raises(InvalidInput), transaction():
        feeds.add(offer.provider_id, Whose(offer.id, None), "", found, url="ftp://x", **given)


def accept(factories: Factories, quote: Quote) -> None:
    user = factories.user()
    company_id = quote.request.event.company_id
    with transaction():
        bookings.accept(quote.id, user=user, company_id=company_id, invites_domain="e.test", now=now())


def test_imported_time_blocks_an_acceptance(factories: Factories, secret: str) -> None:
    quote = factories.quote()
    offer = session().get_one(Offer, quote.request.offer_id)
    feed = add(offer, secret, event(quote.ends_at - timedelta(minutes=1), 1))
    with pytest.raises(Unavailable):
        accept(factories, quote)
    with transaction():
        feeds.remove(feed, by="user:1", now=now())
    accept(factories, quote)


def test_it_blocks_one_that_had_a_hold_too_but_for_another_unit(factories: Factories, secret: str) -> None:
    offer = factories.offer(units=2)
    quote = factories.quote(factories.request(offer))
    with transaction():
        until = now() + DAY
        quote.reservation = availability.take(offer.id, quote.starts_at, quote.ends_at, expires_at=until, now=now())
    first, second = units(offer)
    assert quote.reservation.unit_id == first.id
    add(offer, secret, event(quote.starts_at), unit=first)
    both = add(offer, secret, event(quote.starts_at), unit=second)
    with pytest.raises(Unavailable):
        accept(factories, quote)
    with transaction():
        feeds.remove(both, by="user:1", now=now())
    accept(factories, quote)
    taken = session().scalars(text("select unit_id from booking join reservation r on r.id = reservation_id")).all()
    assert taken == [second.id]


def test_a_new_reading_replaces_the_whole_of_the_old(factories: Factories, secret: str, app: Flask, site: Site) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at), event(at + DAY, uid="2"))
    site.answer = calendar(event(at + DAY, uid="new"))
    with request_context(app):
        assert poll(site, now() + timedelta(hours=2)) == 1
    session().expire_all()
    assert (free(offer, at), free(offer, at + DAY)) == (1, 0)
    assert site.asked == [(URL, "")]
    assert feed.events == 1


def test_only_changes_are_read(factories: Factories, secret: str, app: Flask, site: Site) -> None:
    offer, at, begun = factories.offer(), in_days(20), now()
    feed = add(offer, secret, event(at, more="DTSTAMP:20260101T000000Z"))
    changed = signals("offer.changed")
    site.answer = calendar(event(at, more="DTSTAMP:20261121T111111Z"))
    with request_context(app):
        assert poll(site, begun + timedelta(hours=2)) == 1  # the same but for its stamp
        assert poll(site, begun + timedelta(hours=2)) == 0
        assert poll(site, begun + timedelta(hours=4)) == 1
    session().expire_all()
    assert [etag for _url, etag in site.asked] == ["", feed.etag]
    assert feed.read_at == begun + timedelta(hours=4)
    assert signals("offer.changed") == changed
    # What is stored must reach far ahead: after some months the same content is read again.
    later = begun + timedelta(days=120)
    (question,) = keeping.questions([feed.id], secret, "", later)
    assert question.digest == "" and question.known.etag == ""
    assert isinstance(look(question, fetch=site), Read)


def test_polled_every_hour_and_more_often_while_somebody_asks(factories: Factories, secret: str) -> None:
    begun = now()
    quiet, busy = factories.offer(), factories.offer()
    first, second = add(quiet, secret, at=begun), add(busy, secret, at=begun)
    for feed in (first, second):
        assert feed.next_at is not None
        assert timedelta(minutes=54) <= feed.next_at - begun <= timedelta(minutes=66)
    with transaction():
        assert keeping.claim_due(begun + timedelta(minutes=14), eager={busy.id}) == []
        assert keeping.claim_due(begun + timedelta(minutes=16), eager={busy.id}) == [second.id]
        assert keeping.claim_due(begun + timedelta(minutes=17), eager={busy.id}) == []
        assert keeping.claim_due(begun + timedelta(minutes=67)) == [second.id, first.id]


def test_failures_back_off_and_keep_the_last_good_state(
    factories: Factories, secret: str, app: Flask, site: Site
) -> None:
    offer, at, begun = factories.offer(), in_days(20), now()
    feed = add(offer, secret, event(at), at=begun)
    site.answer = FetchFailed(Problem.UNREACHABLE)
    moment, waits = begun + timedelta(hours=2), []
    with request_context(app):
        for _ in range(9):
            assert poll(site, moment) == 1
            session().expire_all()
            assert feed.next_at is not None
            waits.append(int((feed.next_at - moment).total_seconds() / 60))
            moment = feed.next_at
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert (free(offer, at), feed.read_at, feed.problem) == (0, begun, "unreachable")
    assert signals("calendar.broken") == 1
    site.answer = calendar(event(at + DAY))
    with request_context(app):
        poll(site, moment)
    session().expire_all()
    assert (feed.problem, feed.failures, feed.told_at, free(offer, at)) == ("", 0, None, 1)


def test_retry_after_is_heeded(factories: Factories, secret: str, app: Flask, site: Site) -> None:
    feed = add(factories.offer(), secret)
    at = now() + timedelta(hours=2)
    site.answer = FetchFailed(Problem.STATUS, 429, 7200)
    with request_context(app):
        poll(site, at)
    session().expire_all()
    assert feed.next_at == at + timedelta(hours=2)


def test_an_address_that_is_gone_three_times_is_given_up(
    factories: Factories, secret: str, app: Flask, site: Site
) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at))
    site.answer = FetchFailed(Problem.STATUS, 410)
    moment = now() + timedelta(hours=2)
    with request_context(app):
        for _ in range(3):
            poll(site, moment)
            session().expire_all()
            moment = feed.next_at or moment
        assert poll(site, moment + 10 * DAY) == 0
    assert feed.stopped_at is not None
    assert (free(offer, at), signals("calendar.broken")) == (0, 1)


@pytest.mark.parametrize("bad", [b"<html>Sign in</html>", calendar(event(in_days(20)))[:60]])
def test_a_page_or_half_a_calendar_needs_a_second_look(
    factories: Factories, secret: str, app: Flask, site: Site, bad: bytes
) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at))
    site.answer, moment = bad, now() + timedelta(hours=2)
    with request_context(app):
        poll(site, moment)
        session().expire_all()
        assert (feed.next_at, signals("calendar.broken")) == (moment + timedelta(minutes=5), 0)
        poll(site, moment + timedelta(minutes=5))
        session().expire_all()
    assert (signals("calendar.broken"), free(offer, at)) == (1, 0)


def test_a_suddenly_empty_calendar_needs_a_second_look(
    factories: Factories, secret: str, app: Flask, site: Site
) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at))
    site.answer, moment = calendar(), now() + timedelta(hours=2)
    with request_context(app):
        poll(site, moment)
        session().expire_all()
        assert (free(offer, at), feed.problem) == (0, "emptied")
        poll(site, moment + timedelta(minutes=5))
        session().expire_all()
    assert (free(offer, at), feed.problem) == (1, "")


def test_an_empty_answer_once_changes_nothing(factories: Factories, secret: str, app: Flask, site: Site) -> None:
    offer, at = factories.offer(), in_days(20)
    add(offer, secret, event(at))
    moment = now() + timedelta(hours=2)
    with request_context(app):
        for answer in (calendar(), calendar(event(at)), calendar()):
            site.answer = answer
            poll(site, moment)
            moment += timedelta(hours=2)
    session().expire_all()
    assert free(offer, at) == 0


def test_a_refused_rule_is_told(factories: Factories, secret: str, app: Flask) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at), event(at, uid="2", more="RRULE:FREQ=HOURLY"))
    assert feed.incomplete and free(offer, at) == 0
    assert signals("calendar.incomplete") == 1


def test_what_providers_are_told(factories: Factories, secret: str, app: Flask) -> None:
    provider = factories.provider()
    seller, _provider = factories.seller(provider)
    offer = factories.offer(provider)
    at = in_days(20)
    feed = add(offer, secret, event(at, uid="2", more="RRULE:FREQ=HOURLY"))
    with app.test_request_context(), transaction():
        handlers.incomplete({"feed_id": feed.id}, now())
        feed.told_at, feed.problem = now(), "web_page"
        handlers.broken({"feed_id": feed.id}, now())
        feed.told_at = None
        handlers.broken({"feed_id": feed.id}, now())
        handlers.broken({"feed_id": 999}, now())
    mails = session().scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert [mail.kind for mail in mails] == ["calendars/incomplete", "calendars/broken"]
    assert all(seller.email in mail.recipient for mail in mails)


def test_freshness_at_a_booking(factories: Factories, secret: str) -> None:
    offer, begun = factories.offer(), now()
    feed = add(offer, secret, at=begun)
    file = add(offer, secret, url="", at=begun)
    assert file.next_at is None and file.sealed_url is None
    assert keeping.stale([offer.id], begun + timedelta(minutes=4)) == []
    assert keeping.stale([offer.id], begun + timedelta(minutes=6)) == [feed.id]
    with transaction():
        feed.failures, feed.next_at = 3, begun + timedelta(hours=5)
    assert keeping.stale([offer.id], begun + timedelta(hours=1)) == []


def test_unchanged_feeds_stay_fresh(factories: Factories, secret: str) -> None:
    feed = add(factories.offer(), secret)
    later = now() + timedelta(hours=3)
    with transaction():
        keeping.keep(feed.id, Unchanged(Known("e", "l")), now=later)
        keeping.keep(12345, Unchanged(Known()), now=later)
    assert (feed.read_at, feed.etag) == (later, "e")


def test_reading_is_stored_as_one_value(factories: Factories, secret: str) -> None:
    offer = factories.offer()
    add(offer, secret, *(event(in_days(day), uid=str(day)) for day in range(1, 6)))
    (stored,) = session().scalars(select(ImportedBusy)).all()
    assert len(stored.during) == 5


def test_workers_claim_each_calendar_once(factories: Factories, secret: str) -> None:
    for _ in range(3):
        add(factories.offer(), secret)
    at = utcnow() + timedelta(hours=2)
    claims: list[int] = []
    for _ in range(4):
        with transaction():
            claims += keeping.claim_due(at, limit=1)
    assert len(claims) == len(set(claims)) == 3


def test_an_address_that_cannot_be_decrypted_any_more_is_given_up(
    factories: Factories, secret: str, app: Flask, site: Site
) -> None:
    offer, at = factories.offer(), in_days(20)
    feed = add(offer, secret, event(at))
    with transaction():
        feed.sealed_url = seal(URL, "another key")
    with request_context(app):
        assert poll(site, now() + timedelta(hours=2)) == 1
        assert poll(site, now() + timedelta(hours=4)) == 0
    session().expire_all()
    assert (feed.problem, feed.next_at, signals("calendar.broken"), free(offer, at)) == ("sealed", None, 1, 0)
    assert site.asked == []


def test_asking_again_for_what_is_gone_tells_nobody_again(factories: Factories, secret: str) -> None:
    feed = add(factories.offer(), secret)
    gone = Unfetched(FetchFailed(Problem.STATUS, 404))
    for _ in range(5):
        with transaction():
            keeping.keep(feed.id, gone, now=now())
    assert signals("calendar.broken") == 1
