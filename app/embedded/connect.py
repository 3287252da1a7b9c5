"""How a command without DATABASE_URL reaches the embedded database: the first connection starts it."""

import sys
import threading
from collections.abc import Callable
from typing import Any

import click
import psycopg

from app.config import Settings
from app.embedded.ondemand import ensure
from app.embedded.prepare import libpq_url


def connector(settings: Settings, options: dict[str, Any]) -> Callable[[], psycopg.Connection[Any]]:
    """A function that connects, having started, migrated and (when empty) seeded the instance. `options`: libpq's.

    So a command that never asks the database starts none. The connecting raises EmbeddedError.
    """
    known: list[str] = []
    lock = threading.Lock()

    def connect() -> psycopg.Connection[Any]:
        with lock:
            if not known:
                values = ensure(settings, _needs(), say=_say, seed=_command() != "seed")
                known.append(libpq_url(values["DATABASE_URL"]))
        return psycopg.connect(known[0], **options)

    return connect


def _needs() -> set[str]:
    """`flask db …` is about the schema itself: it finds the database as it is."""
    return {"postgres"} if _command() == "db" else {"postgres", "data"}


def _command() -> str:
    """The first word after `flask`, empty outside of its command line."""
    words: list[str] = []
    context = click.get_current_context(silent=True)
    while context is not None:
        words.insert(0, context.info_name or "")
        context = context.parent
    return words[1] if len(words) > 1 else ""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
