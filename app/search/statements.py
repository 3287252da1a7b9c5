"""The search's SQL as text: built once for each kind of search, its values given as parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.core.db import session

COLUMNS: Final = {
    "offer_id": "bigint",
    "version_id": "bigint",
    "category": "text",
    "score": "float8",
    "lat": "float8",
    "lon": "float8",
    "tags": "bigint",
    "covers": "bigint",
    "person_net_cents": "int",
    "person_gross_cents": "int",
    "group_net_cents": "int",
    "group_gross_cents": "int",
    "capacity_min": "int",
    "capacity_max": "int",
    "service_radius_km": "int",
    "duration_minutes": "int",
    "answer_minutes": "int",
    "rating_hundredths": "smallint",
    "notice_days": "smallint",
    "horizon_days": "smallint",
    "weekdays": "smallint",
    "opens": "smallint",
    "closes": "smallint",
    "zone": "text",
    "closed": "datemultirange",
    "ladder": "int[]",
}
HEAD: Final = "setweight(to_tsvector('french', title), 'A') || setweight(to_tsvector('french', about), 'B')"
WORDS: Final = "to_tsvector('french', title || ' ' || about || ' ' || body) || array_to_tsvector(tokens)"
NAMES: Final = ", ".join(COLUMNS)
TYPED: Final = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
FRESH: Final = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "sells", "updated_at", "head", "words"))
WRITE: Final = f"""
insert into search_document ({NAMES}, sells, updated_at, head, words)
select {NAMES}, true, %(now)s, {HEAD}, {WORDS}
from jsonb_to_recordset(%(rows)s::jsonb) as r({TYPED}, title text, about text, body text, tokens text[])
order by score desc, offer_id
on conflict (offer_id) do update set
{FRESH}"""
TAKEN: Final = "select search_taken(%(ids)s::bigint[])"


def run(sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
    """Execute a statement in the session's transaction: rows as tuples, empty for a statement without rows."""
    found = session().connection().exec_driver_sql(sql, dict(values))
    return found.all() if found.returns_rows else ()
