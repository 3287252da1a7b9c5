"""Sending, replacing, withdrawing, declining, expiring: against real PostgreSQL."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.availability import service as availability
from app.availability.models import ReservationState
from app.core.db import session, transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.core.outbox import OutboxRow
from app.events.models import EventState
from app.offers.price_rule import price_for
from app.quotes import service
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from app.quotes.proposal import Proposal, lines_of, starting_lines
from tests.factories import RULE, TERMS, Factories, now

SELLER = "user:1"


def proposal(request: QuoteRequest, **changes: Any) -> Proposal:
    plain = Proposal(starting_lines(request), TERMS, now() + timedelta(days=10), "Avec plaisir.")
    return replace(plain, **changes)


def send(request: QuoteRequest, at: datetime | None = None, *, renewable: bool = False, **changes: Any) -> Quote:
    with transaction():
        return service.send_quote(
            request.id,
            proposal(request, **changes),
            by=SELLER,
            now=at or now(),
            platform_name="Ensemble",
            renewable=renewable,
        )


def signals() -> list[str]:
    return list(session().scalars(select(OutboxRow.signal).distinct().order_by(OutboxRow.signal)))


def test_a_sent_quote_is_numbered_priced_by_the_rule_and_stored_as_its_bytes(factories: Factories) -> None:
    request = factories.request()
    at = now()
    quote = send(request, at)

    price = price_for(RULE, request.headcount, on=request.starts_at.date())
    assert (quote.state, quote.version, quote.sent_at) == (QuoteState.SENT, 1, at)
    assert (quote.net_cents, quote.vat_cents, quote.gross_cents) == (
        price.net.cents,
        price.vat.cents,
        price.gross.cents,
    )
    assert quote.number == f"D-{at.year}-0001"
    assert quote.document is not None
    assert quote.document.content.startswith(b"%PDF")
    assert quote.document.sha256 == hashlib.sha256(quote.document.content).hexdigest()
    assert lines_of(quote) == starting_lines(request)
    assert (request.state, request.answered_at) == (RequestState.ANSWERED, at)
    assert signals() == ["quote.sent"]


def test_numbers_run_without_a_gap_for_each_provider_even_after_a_refusal(factories: Factories) -> None:
    offer = factories.offer()
    first = send(factories.request(offer))
    with pytest.raises(InvalidInput):
        send(factories.request(offer), valid_until=now() - timedelta(days=1))
    taken = factories.request(offer)
    with transaction():
        availability.take(offer.id, taken.starts_at, taken.ends_at, expires_at=None, now=now())
    with pytest.raises(Unavailable):
        send(taken, hold_until=now() + timedelta(days=2))
    second = send(factories.request(offer))
    other = send(factories.request())
    assert [quote.number[-4:] for quote in (first, second, other) if quote.number] == ["0001", "0002", "0001"]


def test_an_option_takes_the_time_and_a_second_one_queues(factories: Factories) -> None:
    offer = factories.offer()
    first = send(factories.request(offer), hold_until=now() + timedelta(days=3))
    rival = factories.request(offer)
    with pytest.raises(Unavailable):
        send(rival, hold_until=now() + timedelta(days=3))
    second = send(rival, hold_until=now() + timedelta(days=3), may_queue=True)
    assert first.reservation is not None and second.reservation is not None
    assert (first.reservation.state, second.reservation.state) == (ReservationState.ACTIVE, ReservationState.QUEUED)

    with transaction():
        service.withdraw_quote(first.id, by=SELLER, now=now())
    session().refresh(second.reservation)
    assert first.state == QuoteState.WITHDRAWN
    assert second.reservation.state == ReservationState.ACTIVE
    assert signals() == ["hold.promoted", "quote.sent", "quote.withdrawn"]


def test_a_new_version_replaces_the_old_and_its_hold_moves_along(factories: Factories) -> None:
    request = factories.request()
    old = send(request, hold_until=now() + timedelta(days=2))
    hold = old.reservation
    until = now() + timedelta(days=5)
    new = send(request, hold_until=until, lines=starting_lines(request)[:2])

    assert (old.state, new.state, new.version) == (QuoteState.SUPERSEDED, QuoteState.SENT, 2)
    assert hold is not None and new.reservation_id == hold.id
    assert old.reservation_id is None
    assert (hold.state, hold.expires_at) == (ReservationState.ACTIVE, until)

    last = send(request, hold_until=None)
    assert last.reservation_id is None
    assert hold.state == ReservationState.RELEASED


def test_a_queued_option_keeps_its_place_through_a_new_version(factories: Factories) -> None:
    offer = factories.offer()
    first = send(factories.request(offer), hold_until=now() + timedelta(days=3))
    second_request = factories.request(offer)
    second = send(second_request, hold_until=now() + timedelta(days=3), may_queue=True)
    third = send(factories.request(offer), hold_until=now() + timedelta(days=3), may_queue=True)
    queued_id = second.reservation_id
    again = send(second_request, hold_until=now() + timedelta(days=4), may_queue=True)
    assert again.reservation_id == queued_id
    with transaction():
        service.withdraw_quote(first.id, by=SELLER, now=now())
    assert again.reservation is not None and third.reservation is not None
    session().refresh(again.reservation)
    session().refresh(third.reservation)
    assert (again.reservation.state, third.reservation.state) == (ReservationState.ACTIVE, ReservationState.QUEUED)


@pytest.mark.parametrize("state", [RequestState.DECLINED, RequestState.EXPIRED, RequestState.WITHDRAWN])
def test_a_closed_request_takes_no_quote(factories: Factories, state: RequestState) -> None:
    request = factories.request(state=state)
    with pytest.raises(InvalidTransition, match=r"n’attend plus de devis"):
        send(request)


def test_the_answer_deadline_binds_a_first_answer_and_not_a_new_version(factories: Factories) -> None:
    request = factories.request(answer_by=now() + timedelta(hours=1))
    late = now() + timedelta(hours=2)
    with pytest.raises(InvalidTransition, match="délai"):
        send(request, late)
    send(request)
    assert send(request, late).version == 2


def test_a_cancelled_event_and_a_settled_quote_stop_answers(factories: Factories) -> None:
    cancelled = factories.request()
    cancelled.event.state = EventState.CANCELLED
    settled = factories.quote(state=QuoteState.DECLINED).request
    factories.add(cancelled.event)
    with pytest.raises(InvalidTransition, match="annulé"):
        send(cancelled)
    with pytest.raises(InvalidTransition, match="retenu"):
        send(settled)
    assert send(settled, renewable=True).version == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": timedelta(hours=-1)}, "valid_until"),
        ({"valid_until": timedelta(days=200)}, "valid_until"),
        ({"hold_until": timedelta(hours=-1)}, "hold_until"),
        ({"hold_until": timedelta(days=20)}, "hold_until"),
    ],
)
def test_dates_out_of_bounds_are_refused_beside_their_field(
    factories: Factories, changes: dict[str, timedelta], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(factories.request(), **{name: now() + delta for name, delta in changes.items()})
    assert refused.value.field == field


def test_declining_needs_a_reason_and_keeps_the_answer_time(factories: Factories) -> None:
    request = factories.request(sent_at=now() - timedelta(minutes=90))
    with pytest.raises(InvalidInput), transaction():
        service.decline_request(request.id, "other", " ", by=SELLER, now=now())
    with transaction():
        service.decline_request(request.id, "full", "Mariage ce jour-là.", by=SELLER, now=now())
        service.keep_answer_time(request.provider_id)
    session().expire_all()
    assert request.state == RequestState.DECLINED
    label, text = service.decline_words(request.decline_reason)
    assert (str(label), text) == ("Nous sommes complets à cette date", "Mariage ce jour-là.")
    assert request.provider.answer_minutes == 90
    with pytest.raises(InvalidTransition), transaction():
        service.decline_request(request.id, "full", "", by=SELLER, now=now())


def test_what_is_overdue_expires_once_and_gives_its_option_back(factories: Factories) -> None:
    quote = send(factories.request(), hold_until=now() + timedelta(days=2))
    silent = factories.request()
    later = now() + timedelta(days=11)
    with transaction():
        assert not service.expire_quote(quote.id, now=now())
        assert service.expire_quote(quote.id, now=later)
        assert not service.expire_quote(quote.id, now=later)
        assert service.expire_request(silent.id, now=later)
        assert not service.expire_request(silent.id, now=later)
    assert (quote.state, silent.state) == (QuoteState.EXPIRED, RequestState.EXPIRED)
    assert quote.reservation is not None
    assert quote.reservation.state == ReservationState.RELEASED
