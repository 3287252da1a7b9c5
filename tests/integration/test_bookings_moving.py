"""Moving an event with its bookings: everyone agrees and every slot is free, or nothing changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.availability import service as availability
from app.availability.models import Reservation, ReservationState
from app.bookings import service
from app.bookings.cancelling import Side, cancel
from app.bookings.models import Booking, Move, MoveState
from app.bookings.moving import answer, propose, withdraw
from app.core.clock import to_utc
from app.core.db import session, transaction
from app.core.errors import InvalidInput, InvalidTransition, NotFound, Unavailable
from app.core.outbox import OutboxRow
from app.events.models import Event
from tests.factories import Factories, now

WEEK = timedelta(days=7)


def book(factories: Factories, event: Event, user: User, **quote: datetime) -> Booking:
    sent = factories.quote(factories.request(need=factories.need(event)), **quote)
    with transaction():
        booking = service.accept(sent.id, user=user, company_id=event.company_id, invites_domain="e.test", now=now())
    with transaction():
        service.confirm(booking, by="stripe", now=now())
    return booking


def propose_by(event: Event, delta: timedelta, user: User) -> Move:
    with transaction():
        return propose(
            event.id,
            event.starts_local + delta,
            event.ends_local + delta,
            "Salle en travaux",
            company_id=event.company_id,
            user=user,
            now=now(),
        )


def agree(move: Move, booking: Booking, user: User, *, yes: bool = True) -> None:
    given = next(row for row in move.answers if row.booking_id == booking.id)
    with transaction():
        answer(given.id, yes, "", provider_id=booking.provider_id, user=user, now=now())


def last_signal() -> str:
    return session().scalars(select(OutboxRow.signal).order_by(OutboxRow.id.desc())).first() or ""


@pytest.fixture
def user(factories: Factories) -> User:
    return factories.user()


def test_without_bookings_it_moves_at_once(factories: Factories, user: User) -> None:
    event = factories.event(programme=[{"at": "2027-01-01T09:00", "title": "Accueil"}])
    request = factories.request(need=factories.need(event))
    starts_at = event.starts_at
    move = propose_by(event, WEEK, user)
    assert (move.state, event.starts_at, event.starts_local) == (
        MoveState.AGREED,
        starts_at + WEEK,
        (starts_at + WEEK).replace(tzinfo=None),
    )
    assert (event.sequence, event.programme[0]["at"], request.starts_at) == (0, "2027-01-08T09:00", starts_at + WEEK)


def test_the_last_yes_moves_everything_in_one_go(factories: Factories, user: User) -> None:
    event = factories.event(invites_sent_at=now(), sequence=2)
    venue = book(factories, event, user)
    lunch = book(factories, event, user, starts_at=event.starts_at + timedelta(hours=3), ends_at=event.ends_at)
    before = (event.starts_at, lunch.starts_at, [venue.reservation_id, lunch.reservation_id])
    move = propose_by(event, WEEK, user)
    agree(move, lunch, user)
    assert (move.state, event.starts_at) == (MoveState.PROPOSED, before[0])
    agree(move, venue, user)
    assert (move.state, event.starts_at, venue.starts_at) == (MoveState.AGREED, before[0] + WEEK, before[0] + WEEK)
    assert (lunch.starts_at, lunch.ends_at) == (before[1] + WEEK, event.ends_at)
    assert (event.sequence, event.times_sequence, venue.ical_sequence) == (3, 3, 1)
    old = session().scalars(select(Reservation).where(Reservation.id.in_(before[2]))).all()
    assert {row.state for row in old} == {ReservationState.RELEASED}
    assert venue.reservation.state == ReservationState.BOOKED
    assert availability.times(lunch.reservation) == (lunch.starts_at, lunch.ends_at)


def test_by_one_hour_the_new_time_may_overlap_the_old_one(factories: Factories, user: User) -> None:
    event = factories.event()
    booking = book(factories, event, user)
    agree(propose_by(event, timedelta(hours=1), user), booking, user)
    assert availability.times(booking.reservation) == (event.starts_at, event.ends_at)


def test_a_slot_that_is_taken_changes_nothing_and_says_whose(factories: Factories, user: User) -> None:
    event = factories.event(invites_sent_at=now())
    venue, lunch = book(factories, event, user), book(factories, event, user)
    with transaction():
        availability.take(
            lunch.quote.request.offer_id, event.starts_at + WEEK, event.ends_at + WEEK, expires_at=None, now=now()
        )
    before = (event.starts_at, venue.reservation_id, lunch.reservation_id)
    move = propose_by(event, WEEK, user)
    agree(move, venue, user)
    with pytest.raises(Unavailable, match=lunch.provider.name):
        agree(move, lunch, user)
    assert (event.starts_at, venue.reservation_id, lunch.reservation_id) == before
    assert (move.state, event.sequence) == (MoveState.PROPOSED, 0)
    assert venue.reservation.state == lunch.reservation.state == ReservationState.BOOKED


def test_a_no_ends_it(factories: Factories, user: User) -> None:
    event = factories.event()
    booking = book(factories, event, user)
    move = propose_by(event, WEEK, user)
    agree(move, booking, user, yes=False)
    assert (move.state, last_signal()) == (MoveState.DECLINED, "move.declined")
    with pytest.raises(InvalidTransition):
        agree(move, booking, user)
    assert propose_by(event, WEEK, user).state == MoveState.PROPOSED


def test_one_proposal_at_a_time_and_it_can_be_taken_back(factories: Factories, user: User) -> None:
    event = factories.event()
    booking = book(factories, event, user)
    move = propose_by(event, WEEK, user)
    with pytest.raises(InvalidTransition, match="attend déjà"):
        propose_by(event, WEEK, user)
    with pytest.raises(InvalidTransition, match="changement de date"):
        book(factories, event, user)
    with transaction():
        withdraw(move.id, company_id=event.company_id, user=user, now=now())
    assert (move.state, last_signal()) == (MoveState.WITHDRAWN, "move.withdrawn")
    with pytest.raises(InvalidTransition):
        agree(move, booking, user)


def test_cancelling_a_booking_takes_the_proposal_back(factories: Factories, user: User) -> None:
    event = factories.event()
    booking = book(factories, event, user)
    move = propose_by(event, WEEK, user)
    with transaction():
        cancel(booking, Side.PROVIDER, "Fermeture", user=user, now=now())
    assert move.state == MoveState.WITHDRAWN


def test_strangers_and_impossible_times_are_refused(factories: Factories, user: User) -> None:
    at = datetime(2090, 2, 3, 9)
    event = factories.event(
        zone="Europe/Paris",
        starts_at=to_utc(at, "Europe/Paris"),
        starts_local=at,
        ends_local=at + timedelta(hours=8),
    )
    booking = book(factories, event, user)
    company, stranger = event.company_id, factories.company()
    for starts, ends, error in (
        (event.starts_local, event.ends_local, InvalidInput),
        (event.ends_local, event.starts_local, InvalidInput),
        (datetime(2090, 3, 26, 2, 30), datetime(2090, 3, 26, 12), InvalidInput),
        (datetime(2020, 3, 1, 9), datetime(2020, 3, 1, 17), InvalidInput),
    ):
        with pytest.raises(error), transaction():
            propose(event.id, starts, ends, "", company_id=company, user=user, now=now())
    with pytest.raises(NotFound), transaction():
        propose(event.id, event.starts_local, event.ends_local, "", company_id=stranger.id, user=user, now=now())
    move = propose_by(event, WEEK, user)
    with pytest.raises(NotFound), transaction():
        answer(move.answers[0].id, True, "", provider_id=factories.provider().id, user=user, now=now())
    with pytest.raises(NotFound), transaction():
        withdraw(move.id, company_id=stranger.id, user=user, now=now())
    assert booking.starts_at == event.starts_at


def test_an_unpaid_booking_moves_along_and_never_outlives_its_new_start(factories: Factories, user: User) -> None:
    event = factories.event()
    sent = factories.quote(factories.request(need=factories.need(event)))
    with transaction():
        booking = service.accept(sent.id, user=user, company_id=event.company_id, invites_domain="e.test", now=now())
    with transaction():
        service.extend(booking, event.starts_at - timedelta(days=1), by="stripe", now=now())
    move = propose_by(event, -WEEK, user)
    agree(move, booking, user)
    assert booking.starts_at == event.starts_at
    assert booking.expires_at == booking.reservation.expires_at == event.starts_at


def test_a_booking_that_late_money_brought_back_is_asked_too(factories: Factories, user: User) -> None:
    event = factories.event()
    paid = book(factories, event, user)
    sent = factories.quote(factories.request(need=factories.need(event)))
    with transaction():
        unpaid = service.accept(sent.id, user=user, company_id=event.company_id, invites_domain="e.test", now=now())
    later = now() + timedelta(days=1)
    with transaction():
        service.expire_unpaid(later)
    move = propose_by(event, WEEK, user)
    assert [row.booking_id for row in move.answers] == [paid.id]
    with transaction():
        service.confirm(unpaid, by="stripe", now=later)
    agree(move, paid, user)
    session().expire_all()
    assert (move.state, [row.booking_id for row in move.answers]) == (MoveState.PROPOSED, [paid.id, unpaid.id])
    agree(move, unpaid, user)
    assert (move.state, unpaid.starts_at, paid.starts_at) == (MoveState.AGREED, event.starts_at, event.starts_at)
