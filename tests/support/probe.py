"""Handlers for the drain's own tests: what was called, and whether a transaction was open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.db import in_transaction, session
from app.core.states import AuditEntry
from workers.outbox import outside as runs_outside

calls: list[tuple[str, dict[str, Any], bool]] = []


def note(payload: dict[str, Any], now: datetime) -> None:
    """Write a line in the audit log."""
    session().add(AuditEntry(at=now, actor="probe", entity="probe", entity_id=1, action="noted"))
    calls.append(("note", payload, in_transaction()))


@runs_outside
def outside(payload: dict[str, Any], now: datetime) -> None:
    """Only remember the call."""
    calls.append(("outside", payload, in_transaction()))


def fail(payload: dict[str, Any], now: datetime) -> None:
    """Write, then fail."""
    note(payload, now)
    raise RuntimeError("the probe is broken")
