"""Quotes of one provider sent at once: each gets the next number, none is left out or given twice."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.db import session
from app.core.errors import InvalidTransition
from app.quotes import service
from app.quotes.models import Quote, QuoteRequest, QuoteState
from app.quotes.proposal import Proposal, starting_lines
from tests.factories import TERMS, Factories, now
from tests.races.conftest import Together

pytestmark = pytest.mark.race
SENDERS = 4


def send(request_id: int) -> str | None:
    request = session().get_one(QuoteRequest, request_id)
    proposal = Proposal(starting_lines(request), TERMS, now() + timedelta(days=5))
    return service.send_quote(request_id, proposal, by="user:1", now=now(), platform_name="Ensemble").number


def requests(factories: Factories) -> list[int]:
    offer = factories.offer()
    return [factories.request(offer).id for _ in range(SENDERS)]


def test_quotes_sent_at_once_get_the_next_numbers(factories: Factories, together: Together) -> None:
    ids = requests(factories)
    numbers = together(*(lambda id=id: send(id) for id in ids))
    assert sorted(str(number)[-4:] for number in numbers) == ["0001", "0002", "0003", "0004"]


def test_without_the_locked_counter_two_quotes_get_one_number(
    factories: Factories, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_then_write(provider_id: int, at: datetime) -> str:
        sent = session().scalar(select(func.count(Quote.number)).where(Quote.provider_id == provider_id)) or 0
        time.sleep(0.3)
        return f"D-{at.year}-{sent + 1:04d}"

    monkeypatch.setattr(service, "_next_number", read_then_write)
    results = together(*(lambda id=id: send(id) for id in requests(factories)))
    assert any(isinstance(result, IntegrityError) for result in results)


def test_a_quote_sent_twice_at_once_leaves_one_open_version(factories: Factories, together: Together) -> None:
    (request_id, *_) = requests(factories)
    together(lambda: send(request_id), lambda: send(request_id))
    states = session().scalars(select(Quote.state).where(Quote.request_id == request_id).order_by(Quote.version)).all()
    assert states == [QuoteState.SUPERSEDED, QuoteState.SENT]


def test_answering_while_the_deadline_job_runs_has_one_outcome(factories: Factories, together: Together) -> None:
    request = factories.request(answer_by=now() + timedelta(minutes=5))
    request_id, late = request.id, now() + timedelta(minutes=6)
    sent, expired = together(lambda: send(request_id), lambda: service.expire_request(request_id, now=late))
    assert (isinstance(sent, str) and expired is False) or (isinstance(sent, InvalidTransition) and expired is True)
