"""The outbox: side effects leave with the transaction that caused them. One row, one effect.

A door's transaction calls `publish`; `app/reactions.py` says which handlers wake; one row per handler is written in the
same transaction. `workers/outbox.py` drains.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.correlation import correlation_id
from app.core.db import Base, after_commit, session
from app.reactions import REACTIONS


class OutboxState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class OutboxRow(Base):
    """One effect to bring about: `handler` called with `payload`, whose shape is `version`."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "available_at", "id", postgresql_where="state = 'pending'"),
        Index("ix_outbox_claimed", "claimed_at", postgresql_where="state = 'claimed'"),
        Index("ix_outbox_failed", "id", postgresql_where="state = 'failed'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    signal: Mapped[str] = mapped_column(Text)
    handler: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, default=1)
    correlation_id: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")


class _Nudge:
    callback: Callable[[str], None] | None = None


def on_nudge(callback: Callable[[str], None]) -> None:
    """Register what wakes the drains after a commit ("outbox" or "mail"). Best effort: beat sweeps what it misses."""
    _Nudge.callback = staticmethod(callback)


def nudge(queue: str) -> None:
    """Wake a drain ("outbox" or "mail") once the current transaction has committed."""
    if _Nudge.callback is None:
        return
    callback = _Nudge.callback
    after_commit(f"nudge {queue}", lambda: callback(queue))


def publish(signal: str, payload: dict[str, Any], *, now: datetime, version: int = 1) -> None:
    """Record that `signal` happened: one outbox row for each handler that `reactions.py` names for it.

    `payload` holds ids and plain JSON only. Raises KeyError for a signal that `reactions.py` doesn't know.
    """
    for handler in REACTIONS[signal]:
        session().add(
            OutboxRow(
                signal=signal,
                handler=handler,
                payload=payload,
                version=version,
                correlation_id=correlation_id(),
                created_at=now,
                available_at=now,
            )
        )
    if REACTIONS[signal]:
        nudge("outbox")


def failed(limit: int = 100) -> list[OutboxRow]:
    """What was given up after its last try, the latest first, for the operator."""
    statement = select(OutboxRow).where(OutboxRow.state == OutboxState.FAILED).order_by(OutboxRow.id.desc())
    return list(session().scalars(statement.limit(limit)))


def failed_count() -> int:
    """How many rows were given up."""
    return session().scalar(select(func.count(OutboxRow.id)).where(OutboxRow.state == OutboxState.FAILED)) or 0


def retry(row_id: int, *, now: datetime) -> None:
    """Have a row that was given up tried again from the start; nothing when it isn't one."""
    row = session().get(OutboxRow, row_id, with_for_update=True)
    if row is not None and row.state == OutboxState.FAILED:
        row.state, row.attempts, row.available_at = OutboxState.PENDING, 0, now
        nudge("outbox")
