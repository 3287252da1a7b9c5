"""One id that runs from a request to its tasks and mails, in every log line."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("correlation_id", default="")


def correlation_id() -> str:
    """The id of what is going on now; empty outside a request or a task."""
    return _current.get()


def begin(value: str | None = None) -> str:
    """Start a new piece of work under `value`, or under a fresh random id. Returns the id."""
    chosen = value or secrets.token_hex(8)
    _current.set(chosen)
    return chosen
