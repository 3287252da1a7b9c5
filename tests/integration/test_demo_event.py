"""The demonstration's story: what `flask seed --demo` leaves behind, made by the real services and the stand-in."""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select

from app.accounts.models import Provider, ProviderState
from app.bookings.models import Booking, BookingState
from app.core.clock import local_date, utcnow
from app.core.db import session
from app.core.outbox import OutboxRow, OutboxState
from app.demo import days, event
from app.demo.event import SLUG
from app.events.models import Event, EventState, Need
from app.invites import tally
from app.mail.models import OutgoingMail
from app.offers.models import Offer, OfferVersion, VersionState
from app.payments.models import Attempt, AttemptState, Instalment, InstalmentState, LedgerEntry
from app.quotes import comparing
from app.quotes.comparison import Coverage
from app.quotes.models import QuoteRequest, QuoteState, RequestState
from app.reviews.models import Review
from tests.conftest import Browser, clean
from tests.integration.test_demo_load import count, run


@pytest.fixture(scope="module")
def story(session_app: Flask) -> Iterator[Flask]:
    """The application with the demonstration in its database, loaded once; nobody here changes it."""
    with session_app.app_context():
        clean()
        assert not event.exists()
        shown = run(session_app, "seed", "--offers", "120", "--demo")
        assert shown.exit_code == 0, shown.output
        assert event.exists()
        yield session_app
        session().rollback()


@pytest.fixture
def demo(story: Flask) -> Event:
    session().rollback()
    return session().scalars(select(Event).where(Event.slug == SLUG)).one()


def need_of(demo: Event, category: str) -> Need:
    return next(need for need in demo.needs if need.category == category)


def count_of(condition: ColumnElement[bool]) -> int:
    return session().scalar(select(func.count()).where(condition)) or 0


def booking_of(demo: Event) -> Booking:
    return session().scalars(select(Booking).where(Booking.event_id == demo.id)).one()


def test_the_event_lies_ahead_on_working_days(demo: Event) -> None:
    first, last = demo.starts_local.date(), demo.ends_local.date()
    assert (first.weekday(), last.weekday()) == (days.THURSDAY, days.FRIDAY)
    assert timedelta(weeks=14) < first - local_date(utcnow(), demo.zone) < timedelta(weeks=26)
    assert not days.is_holiday(first) and not days.is_holiday(last)
    assert demo.state == EventState.CONFIRMED and demo.venue_name and demo.programme
    assert demo.created_at < utcnow() - timedelta(days=20)


def test_the_venue_is_booked_and_its_deposit_really_paid(story: Flask, demo: Event) -> None:
    booking = booking_of(demo)
    assert booking.state == BookingState.CONFIRMED
    deposit, balance = session().scalars(
        select(Instalment).where(Instalment.booking_id == booking.id).order_by(Instalment.position)
    )
    assert (deposit.state, balance.state) == (InstalmentState.PAID, InstalmentState.SCHEDULED)
    attempt = session().scalars(select(Attempt).where(Attempt.instalment_id == deposit.id)).one()
    assert (attempt.state, attempt.amount_cents) == (AttemptState.SUCCEEDED, deposit.amount_cents)
    payment, paid = attempt.gateway_payment, deposit.amount_cents
    assert payment is not None
    seen = story.extensions["payment_gateway"]().fetch_payment(payment)
    assert (seen.state, seen.received_cents) == ("succeeded", paid)
    assert session().scalar(select(func.sum(LedgerEntry.amount_cents))) == 0


def test_three_quotes_for_the_lunch_really_differ(demo: Event) -> None:
    found = comparing.load(need_of(demo, "catering"), headcount=demo.headcount, now=utcnow())
    columns = found.comparison.columns
    assert len(columns) == 3 and len({column.price.gross.cents for column in columns}) == 3
    assert {quote.state for quote in found.quotes.values()} == {QuoteState.SENT}
    assert len({column.quote.terms for column in columns}) == 3
    assert sum(column.quote.hold is not None for column in columns) == 1
    assert sum(not column.complete for column in columns) == 1
    covered = [{answer.coverage for answer in column.answers} for column in columns]
    assert sum(Coverage.OPTIONAL in answers for answers in covered) == 1
    assert all(column.quote.valid_until > utcnow() + timedelta(days=7) for column in columns)


def test_a_provider_that_logs_in_has_a_request_to_answer(demo: Event) -> None:
    asked = session().scalars(select(QuoteRequest).where(QuoteRequest.need_id == need_of(demo, "activity").id)).all()
    assert asked and {request.state for request in asked} == {RequestState.OPEN}
    assert all(request.answer_by > utcnow() + timedelta(hours=24) for request in asked)


def test_ten_people_are_invited_and_most_have_answered(story: Flask, demo: Event, tmp_path: Path) -> None:
    found = tally.of_event(demo.id)
    assert (found.listed, found.invited) == (10, 10)
    assert (found.yes, found.maybe, found.no, found.silent) == (5, 2, 1, 2)
    shown = run(story, "invites", "render", "demo", "--to", str(tmp_path))
    assert shown.exit_code == 0, shown.output
    letters = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in tmp_path.glob("*.eml")]
    assert len({letter["To"] for letter in letters}) == 10
    assert all(letter.get_content_type().startswith("multipart/") for letter in letters)


def test_everybody_can_be_paid(demo: Event) -> None:
    approved = Provider.state == ProviderState.APPROVED
    assert count_of(approved & ~Provider.charges_enabled) == 0
    accounts = session().scalars(select(Provider.gateway_account).where(approved)).all()
    assert None not in accounts and len(set(accounts)) == len(accounts)


def test_one_event_is_over_and_reviewed(demo: Event) -> None:
    past = session().scalars(select(Booking).where(Booking.state == BookingState.COMPLETED)).one()
    assert past.event.state == EventState.COMPLETED and past.ends_at < utcnow()
    review = session().scalars(select(Review).where(Review.booking_id == past.id)).one()
    assert past.ends_at < review.created_at < utcnow()
    offer = session().get_one(Offer, review.offer_id)
    assert offer.review_count == session().scalar(select(func.count()).where(Review.offer_id == offer.id))


def test_a_provider_and_an_offer_wait_for_the_operator(demo: Event) -> None:
    assert count_of(Provider.state == ProviderState.REGISTERED) == 1
    version = session().scalars(select(OfferVersion).where(OfferVersion.state == VersionState.IN_REVIEW)).one()
    assert version.offer.published_version_id != version.id and version.offer.published_version_id is not None


def test_only_a_few_mails_will_leave(demo: Event) -> None:
    written = session().execute(select(OutgoingMail.recipient, OutgoingMail.invitation_id)).all()
    assert len({row.recipient for row in written}) == len(written) == 10
    assert all(row.invitation_id for row in written)
    waiting = session().scalars(select(OutboxRow.handler).where(OutboxRow.state == OutboxState.PENDING)).all()
    expected = {"bookings:confirmed": 1, "payment_mails:received": 1, "quotes:quote_sent": 3, "quotes:request_sent": 2}
    declined = {"quotes:request_declined": 1} if "quotes:request_declined" in waiting else {}
    assert Counter(waiting) == expected | declined


def test_a_second_seed_changes_nothing(story: Flask, demo: Event) -> None:
    models: tuple[Any, ...] = (Event, Booking, Attempt, OutboxRow, OutgoingMail, LedgerEntry, Review, Provider)
    before = [count(model) for model in models]
    shown = run(story, "seed", "--offers", "120", "--demo")
    assert shown.exit_code == 0 and "nothing was changed" in shown.output
    assert [count(model) for model in models] == before


def test_the_organiser_sees_it_all(story: Flask, demo: Event) -> None:
    client: Browser = story.test_client()  # type: ignore[assignment]
    client.log_in(demo.organiser)
    lunch = need_of(demo, "catering")
    for path in (f"/company/events/{SLUG}", f"/company/events/{SLUG}/needs/{lunch.id}/compare", "/company/events"):
        answer = client.get(path)
        assert answer.status_code == 200, path
    assert "Séminaire annuel" in answer.get_data(as_text=True)
