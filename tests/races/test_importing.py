"""A calendar is read while a quote is accepted: who waits for the reading sees it. A control shows the race."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import User
from app.availability.imports import feeds, keeping
from app.availability.imports.feeds import Whose
from app.availability.imports.looking import Read
from app.availability.imports.models import CalendarFeed
from app.availability.imports.reading import Reading
from app.availability.queries import free_units
from app.bookings import service
from app.core.db import session, transaction
from app.core.errors import Unavailable
from app.events.models import Event
from app.quotes.models import Quote
from tests.factories import Factories, now
from tests.races.conftest import Together

pytestmark = pytest.mark.race
FAR = datetime(2035, 1, 1, tzinfo=UTC)


@pytest.fixture
def actors(factories: Factories, app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[[], int], ...]:
    """A reading that says busy and takes a second to commit, and an acceptance that begins after its writing."""
    quote, user = factories.quote(), factories.user()
    feed = _feed(quote, str(app.extensions["settings"].secret_key))
    busy = Read(Reading([(quote.starts_at, quote.ends_at)], [], 1), "new", FAR)
    written, real = threading.Event(), keeping._good

    def slowly(kept: CalendarFeed, at: datetime) -> None:
        real(kept, at)
        session().flush()
        written.set()
        time.sleep(1)

    monkeypatch.setattr(keeping, "_good", slowly)
    feed_id, accept = feed.id, _acceptance(quote, user)

    def read() -> int:
        keeping.keep(feed_id, busy, now=now())
        return feed_id

    def agree() -> int:
        assert written.wait(20)
        return accept()

    return read, agree


def _feed(quote: Quote, secret_key: str) -> CalendarFeed:
    empty = Read(Reading([], [], 0), "empty", FAR)
    given: dict[str, Any] = {"url": "https://calendar.example/a", "zone": "Europe/Paris", "secret_key": secret_key}
    with transaction():
        whose = Whose(quote.request.offer_id, None)
        return feeds.add(quote.provider_id, whose, "Agenda", empty, **given, by="user:1", now=now())


def _acceptance(quote: Quote, user: User) -> Callable[[], int]:
    quote_id, user_id = quote.id, user.id
    company_id = session().get_one(Event, quote.request.event_id).company_id

    def act() -> int:
        person = session().get_one(User, user_id)
        return service.accept(quote_id, user=person, company_id=company_id, invites_domain="e.test", now=now()).id

    return act


def test_an_acceptance_sees_what_is_being_read(actors: tuple[Callable[[], int], ...], together: Together) -> None:
    read, accepted = together(*actors)
    assert isinstance(read, int)
    assert isinstance(accepted, Unavailable)


def test_control_without_the_lock_a_busy_time_is_booked(
    actors: tuple[Callable[[], int], ...], together: Together, unlocked: None
) -> None:
    read, accepted = together(*actors)
    assert isinstance(read, int)
    assert isinstance(accepted, int)


def test_what_was_booked_first_stays_and_the_calendar_is_kept_too(
    factories: Factories, app: Flask, together: Together
) -> None:
    quote, user = factories.quote(), factories.user()
    feed = _feed(quote, str(app.extensions["settings"].secret_key))
    (booked,) = together(_acceptance(quote, user))
    busy = Read(Reading([(quote.starts_at, quote.ends_at)], [], 1), "new", FAR)
    with transaction():
        keeping.keep(feed.id, busy, now=now())
    assert isinstance(booked, int)
    offer_id = quote.request.offer_id
    assert free_units([offer_id], quote.starts_at, quote.ends_at, now()) == {offer_id: 0}
