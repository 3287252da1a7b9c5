"""Many rows at once: by COPY, and into tables that have no indexes meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final

from psycopg import Connection
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import Base, session

ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
CONSTRAINTS: Final = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint where conrelid = any(%(tables)s::regclass[]) and contype in ('f', 'u', 'x')
order by contype = 'f', conname"""
INDEXES: Final = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index i
where indrelid = any(%(tables)s::regclass[]) and not indisprimary
and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('u', 'x', 'p'))"""


def copy_rows(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by column, all with the same columns, by COPY; the others get their defaults."""
    if not rows:
        return
    table = model.__table__
    assert isinstance(table, Table)
    session().flush()
    given = [column for column in table.columns if column.name in rows[0]]
    filled = [column for column in table.columns if column.name not in rows[0] and column.default is not None]
    rest = [_text(column, _default(column)) for column in filled]
    lines = ("\t".join([*(_text(column, row[column.name]) for column in given), *rest]) + "\n" for row in rows)
    names = ", ".join(f'"{column.name}"' for column in (*given, *filled))
    with _driver().cursor() as cursor, cursor.copy(f"copy {table.name} ({names}) from stdin".encode()) as copy:
        copy.write("".join(lines))


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    return default.arg(None) if callable(default.arg) else default.arg


def _text(column: Column[Any], value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list) and isinstance(column.type, ARRAY):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value).translate(ESCAPES)


def _driver() -> Connection[Any]:
    """The session's own connection, in its transaction."""
    found: Any = session().connection().connection.driver_connection
    return found  # type: ignore[no-any-return]


@contextmanager
def bare(tables: Sequence[str], say: Callable[[str], None]) -> Iterator[None]:
    """Tables without indexes and keys to other tables, but for their primary keys; all made anew at the end."""
    connection = _driver()
    constraints = connection.execute(CONSTRAINTS, {"tables": list(tables)}).fetchall()
    indexes = connection.execute(INDEXES, {"tables": list(tables)}).fetchall()
    for table, name, _definition in constraints:
        connection.execute(f'alter table {table} drop constraint "{name}"'.encode())
    for name, _definition in indexes:
        connection.execute(f"drop index {name}".encode())
    yield
    connection.execute("set local maintenance_work_mem = '512MB'")
    for name, definition in indexes:
        say(f"Index {name}")
        connection.execute(definition.encode())
    for table, name, definition in constraints:
        say(f"Constraint {name}")
        connection.execute(f'alter table {table} add constraint "{name}" {definition}'.encode())
