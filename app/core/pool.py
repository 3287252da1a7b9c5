"""Asking the database whether a pooled connection still lives, only where that can be in doubt.

SQLAlchemy's `pool_pre_ping` asks before every request: one round trip more for each page. A connection that was used a
moment ago is taken as alive; a database that died in that moment would refuse a new connection just as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from psycopg import Connection, OperationalError
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

SURE_SECONDS = 1.0


def note_use(_connection: Any, entry: ConnectionPoolEntry) -> None:
    """A connection came back to the pool."""
    entry.info["used"] = time.monotonic()


def ping_if_idle(connection: Connection[Any], entry: ConnectionPoolEntry, _proxy: Any) -> None:
    """A connection is taken from the pool. Raises InvalidatePoolError, which makes the pool connect anew."""
    if time.monotonic() - entry.info.get("used", time.monotonic()) < SURE_SECONDS:
        return
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except OperationalError as error:
        raise InvalidatePoolError from error


EVENTS: list[tuple[Callable[..., None], str]] = [(note_use, "checkin"), (ping_if_idle, "checkout")]
"""What `create_engine` takes as `pool_events`."""
