"""Bring the instance's database to the newest schema and fill an empty one with the demonstration."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from app.embedded import postgres
from app.embedded.errors import EmbeddedError
from app.embedded.places import Places

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = ("seed", "--offers", "400", "--seed", "1", "--demo")
ASSIGNMENT = re.compile(r"^(revision|down_revision)\b[^=]*=(.*)$", re.MULTILINE)
SEEDING = "demonstration: loading"  # our note on the database while its data is incomplete


def prepare(
    places: Places, url: str, *, owned: bool, environment: Mapping[str, str], say: Callable[[str], None], seed: bool
) -> None:
    """Migrate the database at `url` and load the demonstration into an empty one, whichever of both is due.

    `owned`: it is the embedded one; if loading its demonstration was cut short, it is made anew. Programs that
    start together wait for the one that prepares. Raises EmbeddedError.
    """
    with places.locked("prepare"):
        if owned and _note(url) == SEEDING:
            say("The demonstration was not loaded completely: starting over")
            postgres.recreate_database(places.instance)
        if _revisions(url) != newest_revisions():
            say("Migrating the database")
            _flask(("db", "upgrade"), places, environment, say=None)
            _flask(("search", "reindex", "--if-empty"), places, environment, say=None)
        if seed and _is_empty(url):
            _load(places, url, environment, say, owned=owned)


def _load(places: Places, url: str, environment: Mapping[str, str], say: Callable[[str], None], *, owned: bool) -> None:
    say("Loading the demonstration (about 400 offers)")
    if owned:
        _write_note(url, SEEDING)
    _flask(SEED, places, environment, say=say)
    if owned:
        _write_note(url, "")


def _flask(
    command: tuple[str, ...], places: Places, environment: Mapping[str, str], *, say: Callable[[str], None] | None
) -> None:
    """Run a flask command; each line it prints is passed to `say`, or shown only if it fails."""
    ours = {"FLASK_APP": "app", "INSTANCE_DIR": str(places.instance), "PYTHONUNBUFFERED": "1"}
    values = {**os.environ, **ours, **environment}
    argv = [sys.executable, "-m", "flask", *command]
    shown: list[str] = []
    with subprocess.Popen(
        argv, cwd=ROOT, env=values, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            shown.append(line.rstrip())
            if say:
                say(f"  {line.rstrip()}")
    if process.returncode:
        end = "\n".join(shown[-15:])
        raise EmbeddedError(f"`flask {' '.join(command)}` failed:\n{end}")


def libpq_url(url: str) -> str:
    """SQLAlchemy's address of a database as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def newest_revisions() -> set[str]:
    """The heads of migrations/versions, read from the files' text: importing Alembic for it takes a second."""
    known: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        for name, value in ASSIGNMENT.findall(path.read_text()):
            known[name].update(re.findall(r"['\"]([^'\"]+)['\"]", value))
    return known["revision"] - known["down_revision"]


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True, connect_timeout=10
    )


def _note(url: str) -> str | None:
    with _connect(url) as connection:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def _write_note(url: str, text: str) -> None:
    with _connect(url) as connection:
        connection.execute(f"COMMENT ON DATABASE {postgres.NAME} IS '{text}'")


def _revisions(url: str) -> set[str]:
    """The revisions that the database is at; empty for a new one."""
    with _connect(url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return set()
        return {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}


def _is_empty(url: str) -> bool:
    """Whether nobody has an account's organisation yet."""
    with _connect(url) as connection:
        return connection.execute("SELECT 1 FROM organisation LIMIT 1").fetchone() is None
