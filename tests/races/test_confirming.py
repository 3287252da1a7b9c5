"""Webhook and return page at once, and money against the job that expires."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.availability.models import ReservationState
from app.bookings import service
from app.bookings.models import Booking, BookingState
from app.core.db import session, transaction
from app.core.errors import DomainError, Unavailable
from app.core.outbox import OutboxRow
from app.quotes.models import Quote
from tests.factories import Factories, now
from tests.races.conftest import Together, errors, values

pytestmark = pytest.mark.race


def held(factories: Factories, quote: Quote | None = None) -> Booking:
    quote, user = quote or factories.quote(), factories.user()
    company_id = quote.request.event.company_id
    with transaction():
        return service.accept(quote.id, user=user, company_id=company_id, invites_domain="e.test", now=now())


def confirmation(booking: Booking, at: datetime) -> Callable[[], bool]:
    booking_id = booking.id
    return lambda: service.confirm(session().get_one(Booking, booking_id), by="stripe", now=at)


def confirmations() -> int:
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.signal == "booking.confirmed")
    return int(session().scalar(query) or 0)


def test_webhook_and_return_page_confirm_once(factories: Factories, together: Together, meet: Any) -> None:
    booking = held(factories)
    meet(service, "_check_wanted")
    results = together(*[confirmation(booking, now())] * 4)
    assert sorted(results) == [False, False, False, True]
    assert (booking.state, confirmations()) == (BookingState.CONFIRMED, 1)


def test_control_without_the_lock_the_second_one_fails(
    factories: Factories, together: Together, meet: Any, unlocked: None
) -> None:
    booking = held(factories)
    meet(service, "_check_wanted", seconds=10)
    results = together(*[confirmation(booking, now())] * 2)
    assert [isinstance(error, DomainError) for error in errors(results)] == [True]


def test_slow_money_is_not_overtaken_by_the_job(factories: Factories, together: Together, slow: Any) -> None:
    booking = held(factories)
    assert booking.expires_at is not None
    at = booking.expires_at
    slow(service.availability, "book")
    confirmed, _ = together(confirmation(booking, at), lambda: len(service.expire_unpaid(at)))
    assert (confirmed, booking.reservation.state) == (True, ReservationState.BOOKED)


def test_money_at_the_moment_of_expiry_confirms_whoever_is_first(factories: Factories, together: Together) -> None:
    for _ in range(5):
        booking = held(factories)
        assert booking.expires_at is not None
        at = booking.expires_at
        confirmed, expired = together(confirmation(booking, at), lambda at=at: len(service.expire_unpaid(at)))
        assert confirmed is True
        assert expired in (0, 1)
        assert (booking.state, booking.reservation.state) == (BookingState.CONFIRMED, ReservationState.BOOKED)


def test_control_without_the_lock_money_is_refused_though_the_slot_is_free(
    factories: Factories, together: Together, slow: Any, unlocked: None
) -> None:
    slow(service.availability, "book")
    for _ in range(8):  # without the lock it is a race: the job wins it sooner or later
        booking = held(factories)
        assert booking.expires_at is not None
        at = booking.expires_at
        confirmed, expired = together(confirmation(booking, at), lambda at=at: len(service.expire_unpaid(at)))
        if (type(confirmed), expired, booking.state) == (Unavailable, 1, BookingState.EXPIRED):
            return
    pytest.fail("the race did not show")


def test_late_money_against_a_new_customer(
    factories: Factories, together: Together, overlaps: Callable[[], int]
) -> None:
    for _ in range(4):
        offer = factories.offer()
        late = held(factories, factories.quote(factories.request(offer)))
        after = now() + timedelta(days=1)
        with transaction():
            service.expire_unpaid(after)
        quote, user = factories.quote(factories.request(offer)), factories.user()
        company_id, quote_id = quote.request.event.company_id, quote.id

        def accept(quote_id: int = quote_id, company_id: int = company_id, user: Any = user, at: Any = after) -> int:
            return service.accept(quote_id, user=user, company_id=company_id, invites_domain="e.test", now=at).id

        results = together(confirmation(late, after), accept)
        assert len(values(results)) == 1
        assert [type(error) for error in errors(results)] == [Unavailable]
        assert overlaps() == 0
