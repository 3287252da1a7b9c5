"""Parts that start when a program needs them, are shared, and end after their last user; data that prepares itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from app.config import Settings
from app.embedded import connect, postgres, prepare, redis
from app.embedded.errors import EmbeddedError
from app.embedded.ondemand import ensure
from app.embedded.parts import PARTS, embedded_parts, stop_all
from app.embedded.places import Places
from app.embedded.processes import wait_until
from app.embedded.users import leave

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys, types
package = types.ModuleType("app"); package.__path__ = ["app"]; sys.modules["app"] = package
from app.config import Settings
from app.embedded.ondemand import ensure
print(ensure(Settings.from_env({"INSTANCE_DIR": sys.argv[1]}), {"redis"})["REDIS_URL"], flush=True)
sys.stdin.read()
"""
SEEDING = """
import os, flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
import app.models
from app.accounts.models import Platform
application = flask.Flask("seeding")
@application.cli.command()
def seed():
    with Session(create_engine(os.environ["DATABASE_URL"])) as session:
        session.add(Platform(name="Seeded"))
        session.commit()
    print("one organisation")
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "instance"
    yield folder
    leave(Places.of(folder))
    stop_all(Places.of(folder))


def settings(folder: Path, **more: str) -> Settings:
    return Settings.from_env({"INSTANCE_DIR": str(folder)} | more)


def user(folder: Path) -> subprocess.Popen[str]:
    """A program that needs Redis, until its standard input closes."""
    program = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None and program.stdout.readline().startswith("unix://")
    return program


def ends(folder: Path) -> bool:
    return wait_until(lambda: not redis.running(folder), 10)


def finish(program: subprocess.Popen[str]) -> None:
    program.communicate(timeout=10)


def test_a_setting_replaces_its_part_and_only_that(tmp_path: Path) -> None:
    assert embedded_parts(settings(tmp_path)) == list(PARTS)
    assert "postgres" not in embedded_parts(settings(tmp_path, DATABASE_URL="postgresql://a@b/c"))
    assert "redis" not in embedded_parts(settings(tmp_path, REDIS_URL="redis://a"))
    assert "mail" not in embedded_parts(settings(tmp_path, SMTP_URL="smtp://a"))
    assert "stripe" not in embedded_parts(settings(tmp_path, STRIPE_SECRET_KEY="sk_test_mine"))


def test_production_starts_nothing(tmp_path: Path) -> None:
    assert ensure(replace(settings(tmp_path), mode="production")) == {}
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_needed_has_an_address_but_does_not_run(instance: Path) -> None:
    values = ensure(settings(instance), {"redis"})
    assert set(values) == {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "STRIPE_API_BASE"}
    assert [name for name in PARTS if PARTS[name].running(instance)] == ["redis"]


def test_a_part_ends_with_the_last_program_that_uses_it(instance: Path) -> None:
    first, second = user(instance), user(instance)
    server = (instance / "redis" / "redis.pid").read_text()
    finish(first)
    assert not wait_until(lambda: not redis.running(instance), 0.5)
    assert (instance / "redis" / "redis.pid").read_text() == server
    finish(second)
    assert ends(instance)


def test_a_part_ends_after_a_program_that_was_killed(instance: Path) -> None:
    program = user(instance)
    os.kill(program.pid, signal.SIGKILL)
    finish(program)
    assert ends(instance)


def test_a_program_that_comes_as_the_last_one_leaves_finds_its_part(instance: Path) -> None:
    for _ in range(5):
        program = user(instance)
        assert redis.running(instance)
        finish(program)
    assert ends(instance)


def test_an_empty_instance_is_migrated_and_filled_once(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeding.py").write_text(SEEDING)
    monkeypatch.setattr(prepare, "SEED", ("--app", str(tmp_path / "seeding.py"), "seed"))
    said: list[str] = []
    url = ensure(settings(instance), {"postgres", "data"}, say=said.append)["DATABASE_URL"]
    assert "Migrating the database" in said and "  one organisation" in said
    said.clear()
    ensure(settings(instance), {"postgres", "data"}, say=said.append)
    assert said == []
    with psycopg.connect(prepare.libpq_url(url)) as connection:
        assert connection.execute("SELECT name FROM organisation").fetchall() == [("Seeded",)]
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert {row[0] for row in found} == prepare.newest_revisions()


def test_a_program_that_needs_the_database_alone_finds_the_whole_demonstration(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its story is paid at the stand-in, which the loading starts itself: nobody else runs it here."""
    monkeypatch.setattr(prepare, "SEED", ("seed", "--offers", "100", "--seed", "1", "--demo"))
    url = ensure(settings(instance), {"postgres", "data"})["DATABASE_URL"]
    with psycopg.connect(prepare.libpq_url(url)) as connection:
        paid = "SELECT count(*) FROM payment_attempt WHERE state = 'succeeded'"
        assert connection.execute("SELECT slug FROM event WHERE slug = 'demo'").fetchall() == [("demo",)]
        assert connection.execute(paid).fetchall() != [(0,)]


def test_a_demonstration_that_was_cut_short_is_loaded_anew(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "SEED", ("no-such-command",))
    with pytest.raises(EmbeddedError, match="no-such-command"):
        ensure(settings(instance), {"postgres", "data"})
    url = prepare.libpq_url(postgres.address(instance))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE left_over ()")
    monkeypatch.setattr(prepare, "SEED", ("--version",))
    said: list[str] = []
    ensure(settings(instance), {"postgres", "data"}, say=said.append)
    assert "The demonstration was not loaded completely: starting over" in said
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('left_over')").fetchone() == (None,)


def test_a_connection_starts_the_database_and_a_command_about_the_schema_leaves_it_empty(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_command", lambda: "db")
    with connect.connector(settings(instance), {"options": "-c jit=off"})() as connection:
        assert connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,)


def test_newest_revisions_are_those_that_alembic_sees() -> None:
    from alembic.script import ScriptDirectory

    assert prepare.newest_revisions() == set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
