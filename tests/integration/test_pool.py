"""Connections that died while they were idle are replaced before anyone notices; fresh ones are not asked each time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from app.core import pool


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url, pool_size=1, max_overflow=0, pool_events=pool.EVENTS)
    yield engine
    engine.dispose()


def backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("select pg_backend_pid()")) or 0)


def kill(database_url: str, pid: int) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", (pid,))
    time.sleep(0.2)


def test_an_idle_connection_that_died_is_replaced(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SURE_SECONDS", 0.1)
    first = backend(engine)
    kill(database_url, first)
    assert backend(engine) != first


def test_one_used_a_moment_ago_is_not_asked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first = backend(engine)
    asked: list[object] = []
    execute = psycopg.Connection.execute
    monkeypatch.setattr(psycopg.Connection, "execute", lambda *args: asked.append(args) or execute(*args))
    assert backend(engine) == first
    assert asked == []
    monkeypatch.setattr(pool, "SURE_SECONDS", 0.0)
    assert backend(engine) == first
    assert len(asked) == 1


def test_one_that_died_a_moment_ago_costs_one_error_and_no_more(engine: Engine, database_url: str) -> None:
    first = backend(engine)
    kill(database_url, first)
    with pytest.raises(OperationalError):
        backend(engine)
    assert backend(engine) != first
