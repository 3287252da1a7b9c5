"""What the stand-in remembers, in one SQLite file: API objects, replies by idempotency key, deliveries, settings."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS replies (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, created REAL NOT NULL,
  last_answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, next_at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One connection behind one lock: requests are served one after the other, so nothing can interleave."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.lock = threading.RLock()
        self.db = sqlite3.connect(folder / "stripe.sqlite3", check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.executescript(SCHEMA)

    def now(self) -> int:
        """Seconds since the epoch, as the API writes time."""
        return int(time.time())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; entered again inside itself, it joins the outer one."""
        with self.lock:
            if self.db.in_transaction:
                yield
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def close(self) -> None:
        with self.lock:
            self.db.close()

    # -- objects -------------------------------------------------------------------------------------------------

    def add(self, obj: Json) -> Json:
        self.db.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)", (obj["id"], obj["object"], json.dumps(obj))
        )
        return obj

    def save(self, obj: Json) -> Json:
        self.db.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(obj), obj["id"]))
        return obj

    def find(self, object_id: str, kind: str | None = None) -> Json | None:
        """The object of that id, or None when there is none (of that kind)."""
        with self.lock:
            row = self.db.execute("SELECT kind, body FROM objects WHERE id = ?", (object_id,)).fetchone()
        if row is None or (kind is not None and row["kind"] != kind):
            return None
        found: Json = json.loads(row["body"])
        return found

    def all(self, kind: str, **where: Any) -> list[Json]:
        """Newest first; `where` compares top-level fields."""
        clauses = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in where)
        query = f"SELECT body FROM objects WHERE kind = ?{clauses} ORDER BY seq DESC"
        with self.lock:
            rows = self.db.execute(query, (kind, *where.values())).fetchall()
        return [json.loads(row["body"]) for row in rows]

    # -- settings ------------------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        with self.lock:
            row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def set(self, name: str, value: Any) -> None:
        with self.lock:
            self.db.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value)),
            )
