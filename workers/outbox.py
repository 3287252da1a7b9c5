"""The drain: claim outbox rows, call their handlers, mark them done; retry what fails, park what keeps failing.

A handler runs inside one transaction with its row's `done`, so its effect happens once. One that talks to the outside
is marked `@outside`: it runs with no transaction open, opens its own, and must stand being called twice.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import text, update

from app.core import correlation
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.outbox import OutboxRow, OutboxState

log = structlog.get_logger()

BATCH = 50
MAX_ATTEMPTS = 10
STALE = timedelta(minutes=5)

Handler = Callable[[dict[str, Any], datetime], None]

_CLAIM = text("""
    update outbox set state = 'claimed', claimed_at = :now, attempts = attempts + 1
    where id in (
        select id from outbox where state = 'pending' and available_at <= :now
        order by available_at, id limit :count for update skip locked)
    returning id
""")


def outside(handler: Handler) -> Handler:
    """Mark a handler that calls a service outside: no transaction is open around it."""
    handler.outside = True  # type: ignore[attr-defined]
    return handler


def handler_of(name: str) -> Handler:
    """The function that `module:function` names below `workers/handlers/`."""
    module, _, function = name.partition(":")
    return cast(Handler, getattr(importlib.import_module(f"workers.handlers.{module}"), function))


def claim(count: int, *, now: datetime) -> list[int]:
    """Take up to `count` due rows for this worker, oldest first."""
    return sorted(session().execute(_CLAIM, {"now": now, "count": count}).scalars())


def drain(now: Callable[[], datetime] = utcnow) -> int:
    """Work until nothing is due. Returns how many rows were handled, well or not."""
    handled = 0
    while True:
        with transaction():
            ids = claim(BATCH, now=now())
        if not ids:
            return handled
        for row_id in ids:
            dispatch(row_id, now)
            handled += 1


def dispatch(row_id: int, now: Callable[[], datetime] = utcnow) -> None:
    """Call one claimed row's handler. A failure is recorded and never raised: the next row must go on."""
    try:
        with transaction():
            row = session().get_one(OutboxRow, row_id, with_for_update=True)
            if row.state != OutboxState.CLAIMED:
                return
            correlation.begin(row.correlation_id)
            handler, payload = handler_of(row.handler), dict(row.payload)
            if not getattr(handler, "outside", False):
                handler(payload, now())
                _finish(row_id, now())
                return
        handler(payload, now())
        with transaction():
            _finish(row_id, now())
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # the drain is the one place that must survive anything
        log.warning("handler failed", row=row_id, exc_info=error)
        with transaction():
            _put_back(row_id, repr(error), now())


def _finish(row_id: int, now: datetime) -> None:
    session().execute(
        update(OutboxRow).where(OutboxRow.id == row_id).values(state=OutboxState.DONE, done_at=now, last_error="")
    )


def _put_back(row_id: int, error: str, now: datetime) -> None:
    row = session().get_one(OutboxRow, row_id, with_for_update=True)
    row.last_error = error[:2000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = OutboxState.FAILED
        return
    row.state = OutboxState.PENDING
    row.available_at = now + timedelta(seconds=min(2 ** (row.attempts - 1), 900))


def return_stale(*, now: datetime) -> int:
    """Give back what a worker claimed and never finished. Returns how many."""
    statement = (
        update(OutboxRow)
        .where(OutboxRow.state == OutboxState.CLAIMED, OutboxRow.claimed_at < now - STALE)
        .values(state=OutboxState.PENDING)
        .returning(OutboxRow.id)
    )
    return len(session().execute(statement).all())


@shared_task(name="outbox.drain")  # type: ignore[untyped-decorator]
def drain_task() -> None:
    """Nudged after commits, and swept by beat."""
    drain()


@shared_task(name="outbox.sweep")  # type: ignore[untyped-decorator]
def sweep_task() -> None:
    """Bring back what a crash left claimed."""
    with transaction():
        return_stale(now=utcnow())
    drain()
