"""Reading bookings, each side its own; the venue follows what is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.bookings import queries, service
from app.bookings.cancelling import Side, cancel
from app.bookings.models import Booking
from app.bookings.moving import propose
from app.core.db import session, transaction
from app.core.errors import NotFound
from app.core.outbox import OutboxRow
from app.events.models import Event
from app.offers.models import Offer
from tests.factories import Factories, now


@pytest.fixture
def user(factories: Factories) -> User:
    return factories.user()


def book(factories: Factories, user: User, event: Event, offer: Offer | None = None, *, pay: bool = True) -> Booking:
    quote = factories.quote(factories.request(offer, factories.need(event)))
    with transaction():
        booking = service.accept(quote.id, user=user, company_id=event.company_id, invites_domain="e.test", now=now())
    if pay:
        with transaction():
            service.confirm(booking, by="stripe", now=now())
    return booking


def test_each_side_reads_its_own_only(factories: Factories, user: User) -> None:
    booking = book(factories, user, factories.event())
    assert queries.for_company(booking.id, booking.company_id) is booking
    assert queries.for_provider(booking.id, booking.provider_id) is booking
    assert queries.of_quote(booking.quote_id) is booking
    assert queries.coming_for_provider(booking.provider_id, now()) == [booking]
    for read, organisation in (
        (queries.for_company, factories.company()),
        (queries.for_provider, factories.provider()),
    ):
        with pytest.raises(NotFound):
            read(booking.id, organisation.id)


def test_an_overdue_booking_covers_no_need(factories: Factories, user: User) -> None:
    event = factories.event()
    paid, unpaid = book(factories, user, event), book(factories, user, event, pay=False)
    needs = [row.quote.request.need_id for row in (paid, unpaid)]
    assert queries.booked_needs(event.id, now()) == dict(zip(needs, (paid, unpaid), strict=True))
    assert queries.booked_needs(event.id, now() + timedelta(days=1)) == {needs[0]: paid}


def test_an_events_bookings_are_one_statement_however_many(
    factories: Factories, user: User, count_statements: Callable[[], Any]
) -> None:
    event = factories.event()
    for _ in range(3):
        book(factories, user, event)
    event_id = event.id
    session().rollback()
    session().expunge_all()
    with count_statements() as statements:
        found = queries.of_event(event_id)
        seen = [(row.provider.name, row.company.name, row.quote.request.offer_version.title) for row in found]
    assert (len(seen), len(statements)) == (3, 1)


def test_the_cost_of_cancelling_rises_by_the_terms(factories: Factories, user: User) -> None:
    event = factories.event()
    booking, unpaid = book(factories, user, event), book(factories, user, event, pay=False)
    cost = queries.cancellation_cost(booking, now())
    first = booking.starts_at.date()
    assert cost.today_cents == 0
    assert cost.steps == (
        (first - timedelta(days=44), round(booking.gross_cents * 0.3)),
        (first - timedelta(days=13), booking.gross_cents),
    )
    assert queries.cancellation_cost(unpaid, now()) == queries.CancellationCost(0, ())


def test_the_venue_is_the_first_place_booked_and_never_a_caterer(factories: Factories, user: User) -> None:
    event = factories.event(invites_sent_at=now())
    caterer = factories.offer(category="catering")
    book(factories, user, event, caterer)
    book(factories, user, event, factories.offer(category="day_seminar", service_radius_km=50))
    assert event.venue_name == ""
    venue = book(factories, user, event)
    book(factories, user, event)
    assert (event.venue_name, event.venue_lat) == (venue.provider.name, 45.71)
    with transaction():
        cancel(venue, Side.PROVIDER, "Fermé", user=user, now=now())
    assert event.venue_name not in ("", venue.provider.name)
    signals = list(session().scalars(select(OutboxRow.signal)))
    assert signals.count("event.venue_changed") == 2


def test_what_a_provider_is_asked_about_moves(factories: Factories, user: User) -> None:
    event = factories.event()
    booking = book(factories, user, event)
    assert queries.open_move(event.id) is None
    week = timedelta(days=7)
    with transaction():
        move = propose(
            event.id,
            event.starts_local + week,
            event.ends_local + week,
            "",
            company_id=event.company_id,
            user=user,
            now=now(),
        )
    assert queries.open_move(event.id) is move
    assert [row.booking for row in queries.move_answers_awaited(booking.provider_id)] == [booking]
    assert queries.move_answers_awaited(factories.provider().id) == []
