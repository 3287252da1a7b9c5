"""Several people of one company at the same need: never more than five providers, never the same request twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.db import session
from app.core.errors import InvalidInput
from app.core.outbox import OutboxRow
from app.events.models import Need, Pick
from app.quotes import requests
from app.quotes.models import QuoteRequest
from tests.factories import Factories, now
from tests.races.conftest import Together, errors, values

pytestmark = pytest.mark.race


def counted(model: Any) -> int:
    return int(session().scalar(select(func.count()).select_from(model)) or 0)


def picking(need: Need, offer_id: int) -> Callable[[], None]:
    need_id = need.id
    return lambda: requests.pick(need_id, offer_id, by="user:1", now=now())


def sending(need: Need, offer_ids: list[int]) -> Callable[[], int]:
    need_id = need.id
    answer_by = now() + timedelta(days=3)

    def act() -> int:
        return len(requests.send(need_id, offer_ids, message="", answer_by=answer_by, by="user:1", now=now()))

    return act


def almost_full(factories: Factories) -> tuple[Need, list[int]]:
    """A need with four picks, and two more offers."""
    need = factories.need(factories.event())
    offers = [factories.offer().id for _each in range(6)]
    factories.add(*(Pick(need_id=need.id, offer_id=offer_id) for offer_id in offers[:4]))
    return need, offers


def test_the_fifth_place_goes_to_one(factories: Factories, together: Together, meet: Any) -> None:
    need, offers = almost_full(factories)
    meet(requests, "places_left")
    results = together(picking(need, offers[4]), picking(need, offers[5]))
    assert [type(error) for error in errors(results)] == [InvalidInput]
    assert counted(Pick) == 5


def test_control_without_the_lock_there_are_six(
    factories: Factories, together: Together, meet: Any, unlocked: None
) -> None:
    need, offers = almost_full(factories)
    meet(requests, "_on_sale", seconds=10)
    meet(requests, "audit", seconds=10)
    assert errors(together(picking(need, offers[4]), picking(need, offers[5]))) == []
    assert counted(Pick) == 6


def test_two_clicks_send_once(factories: Factories, together: Together, meet: Any) -> None:
    need, offers = almost_full(factories)
    meet(requests, "_on_sale")
    results = together(*[sending(need, offers[:4])] * 2)
    assert values(results) == [4] and [type(error) for error in errors(results)] == [InvalidInput]
    assert counted(QuoteRequest) == 4
    assert session().query(OutboxRow).filter_by(signal="request.sent").count() == 4
