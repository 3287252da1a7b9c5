"""Accepting, confirming, expiring, cancelling: against real PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.availability import service as availability
from app.availability.models import ReservationState
from app.availability.queries import free_units
from app.bookings import service
from app.bookings.cancelling import Side, cancel, cancel_event
from app.bookings.models import Booking, BookingState
from app.core.db import session, transaction
from app.core.errors import InvalidTransition, NotFound, Unavailable
from app.core.outbox import OutboxRow
from app.events.models import Event, EventState
from app.quotes.models import Acceptance, Quote, QuoteState, RequestState
from tests.factories import Factories, now

DOMAIN = "invites.ensemble.test"


def accept(quote: Quote, user: User, at: datetime | None = None) -> Booking:
    event = session().get_one(Event, quote.request.event_id)
    with transaction():
        return service.accept(quote.id, user=user, company_id=event.company_id, invites_domain=DOMAIN, now=at or now())


def signals() -> list[str]:
    return list(session().scalars(select(OutboxRow.signal).order_by(OutboxRow.id)))


@pytest.fixture
def user(factories: Factories) -> User:
    return factories.user()


def test_accepting_holds_the_slot_signs_the_document_and_tells_the_others(factories: Factories, user: User) -> None:
    chosen = factories.quote()
    need = chosen.request.need
    loser = factories.quote(factories.request(need=need))
    silent = factories.request(need=need)
    at = now()

    booking = accept(chosen, user, at)

    assert (booking.state, booking.gross_cents, booking.expires_at) == (
        BookingState.HELD,
        chosen.gross_cents,
        at + timedelta(minutes=120),
    )
    assert booking.reservation.state == ReservationState.ACTIVE
    signed = session().scalars(select(Acceptance)).one()
    assert (signed.quote_id, signed.user_id, signed.document_sha256) == (chosen.id, user.id, chosen.document.sha256)
    assert (chosen.state, loser.state, silent.state) == (
        QuoteState.ACCEPTED,
        QuoteState.DECLINED,
        RequestState.WITHDRAWN,
    )
    assert sorted(signals()) == ["quote.accepted", "quote.not_chosen", "quote.not_chosen"]


def test_a_live_hold_becomes_the_bookings(factories: Factories, user: User) -> None:
    quote = factories.quote()
    with transaction():
        hold = availability.take(
            quote.request.offer_id, quote.starts_at, quote.ends_at, expires_at=now() + timedelta(days=3), now=now()
        )
        quote.reservation = hold
    booking = accept(quote, user)
    assert booking.reservation_id == hold.id
    assert booking.expires_at == hold.expires_at


def test_a_lapsed_hold_is_taken_again_while_the_time_is_free(factories: Factories, user: User) -> None:
    quote = factories.quote()
    with transaction():
        early = now() - timedelta(days=2)
        until = now() - timedelta(days=1)
        quote.reservation = availability.take(
            quote.request.offer_id, quote.starts_at, quote.ends_at, expires_at=until, now=early
        )
    booking = accept(quote, user)
    assert quote.reservation is not None
    assert booking.reservation_id != quote.reservation_id
    assert quote.reservation.state == ReservationState.EXPIRED


def test_the_losers_hold_is_released(factories: Factories, user: User) -> None:
    chosen = factories.quote()
    loser = factories.quote(factories.request(need=chosen.request.need))
    offer_id = loser.request.offer_id
    with transaction():
        loser.reservation = availability.take(
            offer_id, loser.starts_at, loser.ends_at, expires_at=now() + timedelta(days=3), now=now()
        )
    accept(chosen, user)
    assert free_units([offer_id], loser.starts_at, loser.ends_at, now()) == {offer_id: 1}


def test_what_cannot_be_accepted_says_why(factories: Factories, user: User) -> None:
    quote = factories.quote()
    late = quote.valid_until
    with pytest.raises(InvalidTransition, match="validité"):
        accept(quote, user, late)
    accept(quote, user)
    with pytest.raises(InvalidTransition, match="déjà accepté"):
        accept(quote, user)
    other = factories.quote(factories.request(need=quote.request.need))
    with pytest.raises(InvalidTransition, match="déjà couvert"):
        accept(other, user)
    with pytest.raises(NotFound), transaction():
        service.accept(quote.id, user=user, company_id=factories.company().id, invites_domain=DOMAIN, now=now())


def test_a_document_that_changed_is_not_signed(factories: Factories, user: User) -> None:
    quote = factories.quote()
    assert quote.document is not None
    quote.document.content = b"%PDF something else"
    session().commit()
    with pytest.raises(InvalidTransition, match="n’est plus celui"):
        accept(quote, user)
    assert session().scalars(select(Booking)).all() == []


def test_a_taken_slot_refuses_and_changes_nothing(factories: Factories, user: User) -> None:
    quote = factories.quote()
    with transaction():
        availability.take(quote.request.offer_id, quote.starts_at, quote.ends_at, expires_at=None, now=now())
    with pytest.raises(Unavailable, match="vient d’être réservé"):
        accept(quote, user)
    assert quote.state == QuoteState.SENT
    assert signals() == []


def test_confirming_is_done_once_and_confirms_the_event_with_its_venue(factories: Factories, user: User) -> None:
    booking = accept(factories.quote(), user)
    with transaction():
        assert service.confirm(booking, by="stripe", now=now())
    with transaction():
        assert not service.confirm(booking, by="stripe", now=now())
    assert booking.state == BookingState.CONFIRMED
    assert booking.reservation.state == ReservationState.BOOKED
    assert booking.event.state == EventState.CONFIRMED
    assert booking.event.venue_name == booking.provider.name
    assert booking.event.venue_address == "12 chemin des Sources, 69630 Chaponost"
    assert signals().count("booking.confirmed") == 1


def test_an_unpaid_booking_expires_and_frees_its_slot(factories: Factories, user: User) -> None:
    booking = accept(factories.quote(), user)
    assert booking.expires_at is not None
    with transaction():
        assert service.expire_unpaid(booking.expires_at - timedelta(seconds=1)) == []
    with transaction():
        assert service.expire_unpaid(booking.expires_at) == [booking]
    assert booking.state == BookingState.EXPIRED
    assert booking.reservation.state == ReservationState.EXPIRED
    assert "booking.expired" in signals()


def test_late_money_takes_the_slot_again_or_is_told_that_it_is_gone(factories: Factories, user: User) -> None:
    offer = factories.offer()
    bookings = [accept(factories.quote(factories.request(offer)), user)]
    late = now() + timedelta(days=1)
    with transaction():
        service.expire_unpaid(late)
    bookings.append(accept(factories.quote(factories.request(offer)), user, late))
    with pytest.raises(Unavailable), transaction():
        service.confirm(bookings[0], by="stripe", now=late)
    assert bookings[0].state == BookingState.EXPIRED
    with transaction():
        service.expire_unpaid(late + timedelta(days=1))
    with transaction():
        assert service.confirm(bookings[0], by="stripe", now=late + timedelta(days=2))
    assert bookings[0].reservation.state == ReservationState.BOOKED


def test_a_payment_that_processes_extends_the_hold(factories: Factories, user: User) -> None:
    booking = accept(factories.quote(), user)
    until = now() + timedelta(days=5)
    with transaction():
        assert service.extend(booking, until, by="stripe", now=now()) == until
    assert (booking.expires_at, booking.reservation.expires_at) == (until, until)
    with transaction():
        assert (
            service.extend(booking, booking.starts_at + timedelta(days=1), by="stripe", now=now()) == booking.starts_at
        )


def test_cancelling_costs_the_company_what_the_terms_say_and_the_provider_everything(
    factories: Factories, user: User
) -> None:
    booking, other = accept(factories.quote(), user), accept(factories.quote(), user)
    for each in (booking, other):
        with transaction():
            service.confirm(each, by="stripe", now=now())
    near = booking.starts_at - timedelta(days=20)
    with transaction():
        fee = cancel(booking, Side.COMPANY, "", user=user, now=near)
    with transaction():
        assert cancel(other, Side.PROVIDER, "Dégât des eaux", user=user, now=near) == 0
    assert fee == round(booking.gross_cents * 0.3)
    assert booking.reservation.state == ReservationState.RELEASED
    assert booking.event.state == EventState.PLANNING
    assert booking.event.venue_name == ""
    rows = session().scalars(select(OutboxRow).where(OutboxRow.signal == "booking.cancelled")).all()
    assert {(row.payload["side"], row.payload["fee_cents"]) for row in rows} == {("company", fee), ("provider", 0)}
    with pytest.raises(InvalidTransition), transaction():
        cancel(booking, Side.COMPANY, "", user=user, now=near)


def test_cancelling_an_event_ends_all_that_hangs_on_it(factories: Factories, user: User) -> None:
    booking = accept(factories.quote(), user)
    event = booking.event
    waiting = factories.quote(factories.request(need=factories.need(event)))
    unanswered = factories.request(need=factories.need(event))
    event.invites_sent_at = now()
    session().commit()
    with transaction():
        cancel_event(event.id, "Budget", company_id=event.company_id, user=user, now=now())
    assert (event.state, event.sequence) == (EventState.CANCELLED, 1)
    assert booking.state == BookingState.CANCELLED
    assert (waiting.state, unanswered.state) == (QuoteState.DECLINED, RequestState.WITHDRAWN)
    assert "event.cancelled" in signals()


def test_what_is_over_is_completed(factories: Factories, user: User) -> None:
    booking = accept(factories.quote(), user)
    with transaction():
        service.confirm(booking, by="stripe", now=now())
    with transaction():
        assert service.complete_past(booking.ends_at) == [booking]
    assert (booking.state, booking.event.state) == (BookingState.COMPLETED, EventState.COMPLETED)


def test_a_queued_option_is_promoted_by_its_own_acceptance(factories: Factories, user: User) -> None:
    quote = factories.quote()
    times = (quote.request.offer_id, quote.starts_at, quote.ends_at)
    early, over = now() - timedelta(days=2), now() - timedelta(days=1)
    with transaction():
        availability.take(*times, expires_at=over, now=early)
        quote.reservation = availability.queue(*times, expires_at=now() + timedelta(days=1), now=early)
    assert quote.reservation is not None
    assert quote.reservation.state == ReservationState.QUEUED
    assert accept(quote, user).reservation_id == quote.reservation_id


def test_an_option_behind_another_cannot_be_accepted_yet(factories: Factories, user: User) -> None:
    quote = factories.quote()
    times = (quote.request.offer_id, quote.starts_at, quote.ends_at)
    until = now() + timedelta(days=1)
    with transaction():
        availability.take(*times, expires_at=until, now=now())
        quote.reservation = availability.queue(*times, expires_at=until, now=now())
    with pytest.raises(Unavailable):
        accept(quote, user)
    assert quote.reservation is not None
    assert quote.reservation.state == ReservationState.QUEUED
