"""How a command without DATABASE_URL reaches the embedded database: the first connection starts it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import psycopg

from app.config import Settings
from app.embedded.ondemand import ensure


def connector(settings: Settings, options: dict[str, Any]) -> Callable[[], psycopg.Connection[Any]]:
    """A function that connects, having started, migrated and (when empty) seeded the instance. `options`: libpq's."""
    known: list[str] = []

    def connect() -> psycopg.Connection[Any]:
        if not known:
            values = ensure(settings, {"postgres", "data"}, say=lambda line: print(line, file=sys.stderr))
            known.append(values["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1))
        return psycopg.connect(known[0], **options)

    return connect
