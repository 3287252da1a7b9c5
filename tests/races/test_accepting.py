"""The last slot, the same quote, the same need: one wins, the other reads why. Controls show it without the lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.availability import service as availability
from app.availability.models import ReservationState
from app.bookings import accepting, service
from app.bookings.models import Booking
from app.core.db import session, transaction
from app.core.errors import InvalidTransition, Unavailable
from app.events.models import Event
from app.quotes.models import Acceptance, Quote
from tests.factories import Factories, now
from tests.races.conftest import Together, errors, values

pytestmark = pytest.mark.race


def acceptance(quote: Quote, user: User) -> Callable[[], int]:
    """What one organiser does; ids only, since each thread has a session of its own."""
    quote_id, user_id = quote.id, user.id
    company_id = session().get_one(Event, quote.request.event_id).company_id

    def act() -> int:
        person = session().get_one(User, user_id)
        booking = service.accept(quote_id, user=person, company_id=company_id, invites_domain="e.test", now=now())
        return booking.id

    return act


def rivals(factories: Factories, count: int, units: int = 1) -> list[Callable[[], int]]:
    """Organisers of different companies, each with a quote for the same time at the same offer."""
    offer, user = factories.offer(units=units), factories.user()
    return [acceptance(factories.quote(factories.request(offer)), user) for _ in range(count)]


def bookings() -> int:
    return int(session().scalar(select(func.count()).select_from(Booking)) or 0)


def test_the_last_slot_goes_to_one(factories: Factories, together: Together, overlaps: Callable[[], int]) -> None:
    results = together(*rivals(factories, 8, units=2))
    assert len(values(results)) == 2
    assert {type(error) for error in errors(results)} == {Unavailable}
    assert all("vient d’être réservé" in str(error) for error in errors(results))
    assert (bookings(), overlaps()) == (2, 0)


def test_the_constraint_alone_keeps_it(
    factories: Factories, together: Together, meet: Any, overlaps: Callable[[], int], unlocked: None
) -> None:
    meet(availability, "_insert", seconds=10)
    results = together(*rivals(factories, 2))
    assert [type(error) for error in errors(results)] == [Unavailable]
    assert (bookings(), overlaps()) == (1, 0)


def test_the_lock_alone_keeps_it(
    factories: Factories, together: Together, meet: Any, overlaps: Callable[[], int], unconstrained: None
) -> None:
    meet(availability, "_insert")
    results = together(*rivals(factories, 2))
    assert [type(error) for error in errors(results)] == [Unavailable]
    assert (bookings(), overlaps()) == (1, 0)


def test_control_without_either_both_get_it(
    factories: Factories,
    together: Together,
    meet: Any,
    overlaps: Callable[[], int],
    unconstrained: None,
    unlocked: None,
) -> None:
    meet(availability, "_insert", seconds=10)
    together(*rivals(factories, 2))
    assert (bookings(), overlaps()) == (2, 1)


def test_the_same_quote_is_accepted_once(factories: Factories, together: Together, meet: Any) -> None:
    quote, user = factories.quote(factories.request(factories.offer(units=2))), factories.user()
    meet(accepting, "_slot")
    results = together(acceptance(quote, user), acceptance(quote, user))
    assert [str(error) for error in errors(results)] == ["Ce devis est déjà accepté."]
    assert bookings() == len(session().scalars(select(Acceptance)).all()) == 1


def two_for_one_need(factories: Factories) -> list[Callable[[], int]]:
    first = factories.quote()
    second = factories.quote(factories.request(need=first.request.need))
    return [acceptance(quote, factories.user()) for quote in (first, second)]


def test_a_need_is_covered_once(factories: Factories, together: Together, meet: Any) -> None:
    meet(accepting, "_slot")
    results = together(*two_for_one_need(factories))
    assert [type(error) for error in errors(results)] == [InvalidTransition]
    assert bookings() == 1


def test_control_without_the_lock_a_need_is_covered_twice(
    factories: Factories, together: Together, meet: Any, unlocked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(accepting, "_slot", seconds=10)
    # Each would decline the other's quote and the two deadlock: leave that out to see what the lock prevents.
    monkeypatch.setattr(accepting, "_tell_others", lambda *_args, **_more: None)
    together(*two_for_one_need(factories))
    assert bookings() == 2


def test_a_hold_that_ran_out_while_all_workers_are_down_blocks_nobody(
    factories: Factories, together: Together, overlaps: Callable[[], int]
) -> None:
    actors = rivals(factories, 4)
    offer_id = session().scalars(select(Quote).limit(1)).one().request.offer_id
    quote = session().scalars(select(Quote).limit(1)).one()
    with transaction():
        early, over = now() - timedelta(days=2), now() - timedelta(seconds=1)
        old = availability.take(offer_id, quote.starts_at, quote.ends_at, expires_at=over, now=early)
    results = together(*actors)
    assert len(values(results)) == 1
    assert (bookings(), overlaps(), old.state) == (1, 0, ReservationState.EXPIRED)


def test_accepting_while_the_job_expires_the_hold_ends_with_the_slot(factories: Factories, together: Together) -> None:
    user = factories.user()
    for _ in range(5):
        quote = factories.quote()
        with transaction():
            until = now() + timedelta(minutes=5)
            quote.reservation = availability.take(
                quote.request.offer_id, quote.starts_at, quote.ends_at, expires_at=until, now=now()
            )
        accepted, expired = together(acceptance(quote, user), lambda at=until: len(availability.expire_overdue(at)))
        booking = session().get_one(Booking, accepted)
        assert booking.reservation.state == ReservationState.ACTIVE
        assert booking.reservation.expires_at == booking.expires_at
        assert expired == (0 if booking.reservation_id == quote.reservation_id else 1)
