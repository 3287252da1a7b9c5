"""An event that moves to a slot, against somebody who takes it; moves across each other; the queue; no deadlocks."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.accounts.models import User
from app.availability import service as availability
from app.availability.busy import BLOCKING
from app.availability.models import Reservation, ReservationState, Unit
from app.bookings import moving, service
from app.bookings.models import Booking, MoveState
from app.core.db import session, transaction
from app.core.errors import DomainError, InvalidTransition, Unavailable
from app.events.models import Event
from tests.factories import Factories, in_days, now
from tests.races.conftest import Together, errors, values

pytestmark = pytest.mark.race

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def booked(factories: Factories, offer: Any, user: User, event: Event | None = None) -> Booking:
    need = factories.need(event or factories.event())
    quote = factories.quote(factories.request(offer, need))
    with transaction():
        company_id = quote.request.event.company_id
        booking = service.accept(quote.id, user=user, company_id=company_id, invites_domain="e.test", now=now())
    with transaction():
        service.confirm(booking, by="stripe", now=now())
    return booking


def agreement(booking: Booking, user: User, delta: timedelta) -> Callable[[], MoveState]:
    event = booking.event
    with transaction():
        move = moving.propose(
            event.id,
            event.starts_local + delta,
            event.ends_local + delta,
            "",
            company_id=event.company_id,
            user=user,
            now=now(),
        )
    answer_id, user_id, provider_id = move.answers[0].id, user.id, booking.provider_id

    def act() -> MoveState:
        person = session().get_one(User, user_id)
        return moving.answer(answer_id, True, "", provider_id=provider_id, user=person, now=now()).state

    return act


def taking(offer_id: int, starts_at: datetime, hours: int = 8) -> Callable[[], int]:
    ends_at = starts_at + hours * HOUR
    return lambda: availability.take(offer_id, starts_at, ends_at, expires_at=None, now=now()).id


def test_a_move_and_a_newcomer_want_one_slot(
    factories: Factories, together: Together, overlaps: Callable[[], int]
) -> None:
    user = factories.user()
    for _ in range(5):
        offer = factories.offer()
        booking = booked(factories, offer, user)
        old = booking.starts_at
        results = together(agreement(booking, user, WEEK), taking(offer.id, old + WEEK))
        assert len(values(results)) == 1
        assert [type(error) for error in errors(results)] == [Unavailable]
        assert booking.starts_at == (old + WEEK if results[0] == MoveState.AGREED else old)
        assert availability.times(booking.reservation)[0] == booking.starts_at == booking.event.starts_at
        assert (booking.reservation.state, overlaps()) == (ReservationState.BOOKED, 0)


def test_control_without_lock_and_constraint_both_have_it(
    factories: Factories,
    together: Together,
    meet: Any,
    overlaps: Callable[[], int],
    unconstrained: None,
    unlocked: None,
) -> None:
    user, offer = factories.user(), factories.offer()
    booking = booked(factories, offer, user)
    actors = agreement(booking, user, WEEK), taking(offer.id, booking.starts_at + WEEK)
    meet(availability, "_insert", seconds=10)
    together(*actors)
    assert overlaps() == 1


def crossing(factories: Factories) -> list[Callable[[], int]]:
    """Two parties with time at two offers, who move to the same new time, each in its own order."""
    at, offers = in_days(50), (factories.offer(units=2), factories.offer(units=2))
    with transaction():
        rows = [
            [availability.take(o.id, at + d * HOUR, at + (d + 1) * HOUR, expires_at=None, now=now()) for o in offers]
            for d in (0, 2)
        ]
    mine, theirs = [row.id for row in rows[0]], [row.id for row in reversed(rows[1])]

    def swap(ids: list[int]) -> Callable[[], int]:
        def act() -> int:
            found = [(session().get_one(Reservation, row), at + WEEK, at + WEEK + HOUR) for row in ids]
            return len(availability.swap_all(found, now=now()))

        return act

    return [swap(mine), swap(theirs)]


def test_moves_that_cross_wait_for_each_other(
    factories: Factories, together: Together, meet: Any, overlaps: Callable[[], int]
) -> None:
    actors = crossing(factories)
    meet(availability, "_retime")
    assert (together(*actors), overlaps()) == ([2, 2], 0)


def test_control_without_the_lock_they_deadlock(
    factories: Factories, together: Together, meet: Any, unlocked: None
) -> None:
    actors = crossing(factories)
    meet(availability, "_retime", seconds=10)
    (error,) = errors(together(*actors))
    assert isinstance(error, OperationalError)
    assert isinstance(error.orig, DeadlockDetected)


def waiting(factories: Factories) -> tuple[Reservation, Reservation]:
    offer, at = factories.offer(), in_days(40)
    with transaction():
        first = availability.take(offer.id, at, at + 8 * HOUR, expires_at=now() + HOUR, now=now())
        second = availability.queue(offer.id, at, at + 8 * HOUR, expires_at=now() + 9 * HOUR, now=now())
    return first, second


def strangers(first: Reservation, at: datetime) -> Callable[[], int]:
    offer_id, (starts_at, _) = first.unit.offer_id, availability.times(first)
    return lambda: availability.take(offer_id, starts_at, starts_at + HOUR, expires_at=at + HOUR, now=at).id


def test_who_waits_is_not_overtaken(factories: Factories, together: Together, overlaps: Callable[[], int]) -> None:
    for _ in range(4):
        first, second = waiting(factories)
        first_id = first.id
        release = lambda i=first_id: availability.release(session().get_one(Reservation, i), now=now())  # noqa: E731
        results = together(strangers(first, now()), release, strangers(first, now()))
        assert [type(error) for error in errors(results)] == [Unavailable, Unavailable]
        assert (second.state, overlaps()) == (ReservationState.ACTIVE, 0)


def test_an_overdue_hold_goes_to_who_waits_whoever_finds_it(factories: Factories, together: Together) -> None:
    first, second = waiting(factories)
    later = now() + 2 * HOUR
    *found, expired = together(*[strangers(first, later)] * 3, lambda: len(availability.expire_overdue(later)))
    assert [type(error) for error in found] == [Unavailable] * 3
    assert expired == 1
    assert (first.state, second.state) == (ReservationState.EXPIRED, ReservationState.ACTIVE)


def test_control_without_the_lock_the_finders_stumble_over_each_other(
    factories: Factories, together: Together, meet: Any, unlocked: None
) -> None:
    waiting(factories)
    later = now() + 2 * HOUR
    meet(availability, "advance", seconds=3)
    found = together(*[lambda: len(availability.expire_overdue(later))] * 2)
    assert [type(error) for error in errors(found)] == [InvalidTransition]


def test_eight_threads_of_everything_never_deadlock(
    factories: Factories, together: Together, overlaps: Callable[[], int]
) -> None:
    offers = [factories.offer(units=2).id for _ in range(3)]
    for unit in session().scalars(select(Unit).where(Unit.offer_id == offers[0])):
        unit.before_minutes, unit.after_minutes = 45, 30
    session().commit()
    at = in_days(45)

    def actor(seed: int) -> Callable[[], list[Exception]]:
        return lambda: _storm(random.Random(seed), offers, at)

    results = together(*(actor(seed) for seed in range(8)))
    assert errors(results) == []
    assert [error for found in results for error in found] == []
    assert overlaps() == 0


def _storm(chance: random.Random, offers: list[int], at: datetime) -> list[Exception]:
    """A hundred steps, each committed; what a person may read is no failure."""
    failures: list[Exception] = []
    current = session()
    for _ in range(100):
        try:
            _step(chance, offers, at)
            current.commit()
        except DomainError:
            current.rollback()
        except Exception as error:  # noqa: BLE001
            current.rollback()
            failures.append(error)
    return failures


def _step(chance: random.Random, offers: list[int], at: datetime) -> None:
    start = at + chance.randrange(6) * HOUR
    end, moment = start + chance.choice((1, 2, 3)) * HOUR, now() + chance.randrange(90) * timedelta(minutes=1)
    live = select(Reservation).where(Reservation.state.in_(BLOCKING))
    kind = chance.randrange(6)
    if kind <= 1:
        availability.take(chance.choice(offers), start, end, expires_at=moment + HOUR, now=moment)
    elif kind == 2:
        availability.queue(chance.choice(offers), start, end, expires_at=moment + HOUR, now=moment)
    elif kind == 3:
        availability.expire_overdue(moment)
    else:
        rows = list(session().scalars(live))
        chosen = chance.sample(rows, min(len(rows), 3))
        availability.lock_units([row.unit_id for row in chosen])
        if kind == 4:
            availability.swap_all([(row, start, end) for row in chosen], now=moment)
        for row in chosen if kind == 5 else []:
            availability.release(row, now=moment)
