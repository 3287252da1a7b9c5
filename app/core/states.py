"""State machines: the tables that features declare, and the only writer of a state column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.correlation import correlation_id
from app.core.db import Base, session
from app.core.errors import InvalidTransition


class AuditEntry(Base):
    """Who did what to which row, when and why. Append-only."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "entity", "entity_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str | None] = mapped_column(Text)
    to_state: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    correlation_id: Mapped[str] = mapped_column(Text, default="")


def advance(
    row: Any, action: str, *, by: str, now: datetime, reason: str = "", also: Mapping[str, Any] | None = None
) -> Any:
    """Lock and reread `row`, move it by `action` as its class's TRANSITIONS allow, and write the audit log.

    `by` says who: `user:12`, `system`, `stripe`. `also`: columns that must change in the same UPDATE as the state,
    because a CHECK ties them to it. Returns the new state.
    Raises InvalidTransition when the row's present state knows no such action.
    """
    current = session()
    current.flush()
    current.refresh(row, with_for_update={"of": type(row), "key_share": True})
    before = row.state
    target = row.TRANSITIONS.get((before, action))
    if target is None:
        raise InvalidTransition(f"{type(row).__name__} {row.id}: no {action!r} from {before!r}")
    row.state = target
    for name, value in (also or {}).items():
        setattr(row, name, value)
    audit(row, action, by=by, now=now, reason=reason, from_state=str(before), to_state=str(target))
    current.flush()
    return target


def can(row: Any, action: str) -> bool:
    """Whether `action` is possible from the row's state as it was last read."""
    return (row.state, action) in row.TRANSITIONS


def audit(
    row: Any,
    action: str,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    from_state: str | None = None,
    to_state: str | None = None,
) -> None:
    """Append a line to the audit log about `row`, in the current transaction."""
    session().add(
        AuditEntry(
            at=now,
            actor=by,
            entity=row.__tablename__,
            entity_id=row.id,
            action=action,
            from_state=from_state,
            to_state=to_state,
            reason=reason,
            correlation_id=correlation_id(),
        )
    )
