"""The database session's one door: `transaction()` is the only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """`timestamptz` that refuses naive values on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value


def _values(members: type[StrEnum]) -> list[str]:
    return [member.value for member in members]


class Base(DeclarativeBase):
    """Base of all tables.

    Constraint names come by convention; `datetime` is timestamptz, `dict` and `list` are jsonb, a StrEnum is text with
    a CHECK on its values.
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        StrEnum: Enum(StrEnum, native_enum=False, create_constraint=True, length=32, values_callable=_values),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
    }


_ACTIVE = "ensemble_transaction"
_AFTER = "ensemble_after_commit"


class _Sessions:
    """Holds the scoped session that the app root registers, so that `core` imports no extension's internals."""

    factory: Callable[[], Session]


def use_sessions(factory: Callable[[], Session]) -> None:
    """Register how to get the current session. Called once by the app root."""
    _Sessions.factory = staticmethod(factory)


def session() -> Session:
    """The session of the current application context."""
    return _Sessions.factory()


def in_transaction() -> bool:
    """Whether a `transaction()` is open here. Gateways assert that none is before they call out."""
    return bool(session().info.get(_ACTIVE))


def after_commit(key: str, action: Callable[[], None]) -> None:
    """Run `action` once after the next commit, however often `key` asks. Forgotten on rollback.

    `action` must not raise and must not touch the session.
    """
    session().info.setdefault(_AFTER, {})[key] = action


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what happens inside, or roll all of it back. Only doors open one.

    Flask-Login's query has often begun a transaction before; that one is joined. Raises RuntimeError when nested.
    """
    current = session()
    if current.info.get(_ACTIVE):
        raise RuntimeError("transaction() does not nest: only doors open one")
    current.info[_ACTIVE] = True
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.pop(_ACTIVE, None)


def close_read() -> None:
    """End the read-only transaction that a query has opened, before a call to the outside.

    Raises RuntimeError inside a `transaction()`: its work would be lost.
    """
    if in_transaction():
        raise RuntimeError("a network call must not happen inside a transaction")
    session().rollback()


@event.listens_for(Session, "after_commit")
def _run_after_commit(current: Session) -> None:
    for action in current.info.pop(_AFTER, {}).values():
        action()


@event.listens_for(Session, "after_rollback")
def _forget_after_rollback(current: Session) -> None:
    current.info.pop(_AFTER, None)
