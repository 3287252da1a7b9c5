"""The outbox: written with its cause, handled once, retried, parked, and never lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import outbox as core
from app.core.db import session, transaction
from app.core.outbox import OutboxRow, OutboxState, on_nudge, publish
from app.core.states import AuditEntry
from tests.factories import now
from tests.support import probe
from workers import outbox


@pytest.fixture(autouse=True)
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(core.REACTIONS, "test.happened", ("probe:note", "probe:outside"))
    monkeypatch.setitem(core.REACTIONS, "test.broken", ("probe:fail",))
    monkeypatch.setitem(sys.modules, "workers.handlers.probe", probe)
    probe.calls.clear()
    yield
    on_nudge(lambda name: None)


def hours_after(start: datetime, hours: int) -> datetime:
    return start + timedelta(hours=hours)


def rows() -> list[OutboxRow]:
    session().rollback()
    return list(session().scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_one_row_a_handler_in_the_same_transaction(app: Flask) -> None:
    woken: list[str] = []
    on_nudge(woken.append)
    with transaction():
        publish("test.happened", {"id": 7}, now=now())
        assert woken == []
    assert [row.handler for row in rows()] == ["probe:note", "probe:outside"]
    assert woken == ["outbox"]


def test_a_rollback_takes_the_rows_and_the_nudge_with_it(app: Flask) -> None:
    woken: list[str] = []
    on_nudge(woken.append)
    with pytest.raises(ZeroDivisionError), transaction():
        publish("test.happened", {"id": 7}, now=now())
        session().flush()
        raise ZeroDivisionError
    assert rows() == []
    assert woken == []


def test_handlers_run_once_and_the_effect_commits_with_done(app: Flask) -> None:
    with transaction():
        publish("test.happened", {"id": 7}, now=now())
    assert outbox.drain() == 2
    assert outbox.drain() == 0
    assert probe.calls == [("note", {"id": 7}, True), ("outside", {"id": 7}, False)]
    assert {row.state for row in rows()} == {OutboxState.DONE}
    assert session().scalars(select(AuditEntry.action)).all() == ["noted"]


def test_a_failing_handler_is_retried_later_then_parked_for_the_operator(app: Flask) -> None:
    with transaction():
        publish("test.broken", {}, now=now())
    start = now()
    for attempt in range(outbox.MAX_ATTEMPTS):
        assert outbox.drain(partial(hours_after, start, attempt)) == 1
    assert outbox.drain(partial(hours_after, start, outbox.MAX_ATTEMPTS)) == 0
    (row,) = rows()
    assert (row.state, row.attempts) == (OutboxState.FAILED, outbox.MAX_ATTEMPTS)
    assert "probe is broken" in row.last_error
    assert session().scalars(select(AuditEntry)).all() == [], "what a failed handler wrote is rolled back"


def test_a_claim_that_a_crash_left_comes_back(app: Flask) -> None:
    with transaction():
        publish("test.happened", {"id": 1}, now=now())
    with transaction():
        assert len(outbox.claim(10, now=now())) == 2
    assert outbox.drain() == 0
    with transaction():
        assert outbox.return_stale(now=now() + timedelta(minutes=4)) == 0
        assert outbox.return_stale(now=now() + timedelta(minutes=6)) == 2
    assert outbox.drain() == 2


def test_two_drains_at_once_share_the_rows(app: Flask) -> None:
    with transaction():
        for number in range(40):
            publish("test.happened", {"id": number}, now=now())

    def work() -> None:
        with app.app_context():
            outbox.drain()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    noted = [payload["id"] for kind, payload, _ in probe.calls if kind == "note"]
    assert sorted(noted) == list(range(40))


def test_every_handler_that_reactions_name_exists() -> None:
    for signal, names in core.REACTIONS.items():
        for name in names:
            handler: Any = outbox.handler_of(name)
            assert callable(handler), (signal, name)


def test_a_nested_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="nest"), transaction(), transaction():
        pass


def test_drain_times_are_given(app: Flask) -> None:
    later: datetime = now() + timedelta(hours=1)
    with transaction():
        publish("test.happened", {"id": 7}, now=later)
    assert outbox.drain(now) == 0
    assert outbox.drain(lambda: later) == 2
