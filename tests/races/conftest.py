"""Several threads with a connection each, and switches that take a lock or the constraint away: the controls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, text

from app.core.db import session, transaction
from app.extensions import db
from tests.conftest import clean

SECONDS = 30.0
OVERLAP = "ex_reservation_overlap"

Together = Callable[..., list[Any]]


@pytest.fixture
def together(app: Flask) -> Together:
    """`together(first, second, …)` runs each in a thread and a transaction of its own, starting at once.

    Returns what each returned or raised, in order.
    """

    def run(*actions: Callable[[], Any]) -> list[Any]:
        session().rollback()
        start = threading.Barrier(len(actions))
        results: list[Any] = [None] * len(actions)
        threads = [
            threading.Thread(target=_act, args=(app, start, action, results, index), daemon=True)
            for index, action in enumerate(actions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        session().expire_all()
        return results

    return run


def _act(app: Flask, start: threading.Barrier, action: Callable[[], Any], results: list[Any], index: int) -> None:
    with app.app_context():
        start.wait(SECONDS)
        try:
            with transaction():
                results[index] = action()
        except Exception as error:  # noqa: BLE001
            results[index] = error


def errors(results: Sequence[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def values(results: Sequence[Any]) -> list[Any]:
    return [result for result in results if not isinstance(result, Exception)]


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meet(module, "name", parties)`: that many threads wait for each other before each call of that function.

    Who waits alone, because a lock keeps the others out, goes on after `seconds`; a control gives them more.
    """

    def patch(module: Any, name: str, parties: int = 2, *, seconds: float = 0.5) -> None:
        barrier = threading.Barrier(parties)
        real = getattr(module, name)

        def waiting(*args: Any, **kwargs: Any) -> Any:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(seconds)
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, waiting)

    return patch


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`slow(module, "name")`: that function takes a second longer, so that others overtake whoever calls it."""

    def patch(module: Any, name: str) -> None:
        real = getattr(module, name)

        def late(*args: Any, **kwargs: Any) -> Any:
            time.sleep(1)
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, late)

    return patch


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: no SELECT … FOR UPDATE locks anything; what `advance` locks on the way stays."""
    monkeypatch.setattr(Select, "with_for_update", lambda query, **_options: query)


@pytest.fixture
def unconstrained(app: Flask) -> Iterator[None]:
    """Control: the exclusion constraint is gone for one test."""
    with db.engine.begin() as connection:
        query = text("select pg_get_constraintdef(oid) from pg_constraint where conname = :name")
        definition = connection.scalar(query, {"name": OVERLAP})
        connection.execute(text(f"alter table reservation drop constraint {OVERLAP}"))
    try:
        yield
    finally:
        session().rollback()
        clean()
        with db.engine.begin() as connection:
            connection.execute(text(f"alter table reservation add constraint {OVERLAP} {definition}"))


OVERLAPS = text(
    "select count(*) from reservation a join reservation b on a.unit_id = b.unit_id and a.id < b.id"
    " and a.during && b.during where a.state in ('active', 'booked') and b.state in ('active', 'booked')"
)


@pytest.fixture
def overlaps(app: Flask) -> Callable[[], int]:
    """How many pairs of reservations take the same time of the same unit."""
    return lambda: int(session().scalar(OVERLAPS) or 0)
