"""Real parts for every test: PostgreSQL from the wheel, its schema from the migrations, Redis on a socket."""

from __future__ import annotations

import contextvars
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from app import create_app
from app.accounts.models import User
from app.config import Settings
from app.core.db import Base, session
from app.embedded import postgres, redis
from app.embedded.places import Places
from app.embedded.users import join
from app.extensions import db, limiter
from tests.factories import Factories

TEMPLATE = "ensemble_template"
pytest_plugins = ["tests.stripe_parts", "tests.payment_parts", "tests.site_parts", "tests.invite_parts"]


@pytest.fixture(scope="session")
def instance_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the embedded parts of this test run; xdist's workers share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "parts"
    folder.mkdir(exist_ok=True)
    join(Places.of(folder))  # the parts stop when the last of us ends, however that happens
    return folder


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    with (folder / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def with_database(url: str, name: str) -> str:
    return url.replace("/ensemble?", f"/{name}?", 1)


@pytest.fixture(scope="session")
def database_url(instance_dir: Path) -> str:
    """A database of this worker's own, with the schema that the migrations make."""
    with locked(instance_dir, "database"):
        url = postgres.start(instance_dir)
        plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
            if not connection.execute("select 1 from pg_database where datname = %s", (TEMPLATE,)).fetchone():
                connection.execute(f"create database {TEMPLATE}")
                migrate(with_database(url, TEMPLATE))
            name = "test_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
            connection.execute(f"create database {name} template {TEMPLATE}")
    return with_database(url, name)


def migrate(url: str) -> None:
    app = create_app(settings_for(url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def settings_for(database_url: str, **more: str) -> Settings:
    environment = {
        "DATABASE_URL": database_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "INSTANCE_DIR": tempfile.gettempdir(),
        "BASE_URL": "http://localhost",
    }
    return Settings.from_env(environment | more)


@pytest.fixture(scope="session")
def redis_url(instance_dir: Path) -> str:
    """A real Redis (or Valkey) on a unix socket."""
    with locked(instance_dir, "redis"):
        return redis.start(instance_dir)


@pytest.fixture(scope="session")
def session_app(database_url: str, instance_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    media = tmp_path_factory.mktemp("media")
    settings = settings_for(database_url, MEDIA_URL=f"file://{media}", INSTANCE_DIR=str(instance_dir))
    app = create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application on a clean database, with an application context pushed."""
    with session_app.app_context():
        clean()
        limiter.reset()
        yield session_app
        session().rollback()


def clean() -> None:
    """Empty every table that has rows."""
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"truncate {names} restart identity cascade"))


class Browser(FlaskClient):
    """A client whose requests run outside the test's own application context, as a real browser's do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if not has_app_context():  # a redirect that is being followed: already outside
            return super().open(*args, **kwargs)
        response = contextvars.Context().run(super().open, *args, **kwargs)
        outside = session()
        outside.rollback()
        outside.expire_all()
        return response

    def log_in(self, user: User, organisation_id: int | None = None) -> Browser:
        """Be `user`, acting for the organisation with this id (the first membership's when left out)."""
        with self.session_transaction() as stored:
            stored["_user_id"] = user.fs_uniquifier
            stored["_fresh"] = True
            stored["fs_cc"] = "set"
            if organisation_id:
                stored["organisation_id"] = organisation_id
        return self


@pytest.fixture
def client(app: Flask) -> Browser:
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Browser]:
    """Makes further clients: several people at once."""
    return app.test_client  # type: ignore[return-value]


@pytest.fixture
def factories(app: Flask) -> Factories:
    return Factories()


class Statements(list[str]):
    """The SQL statements that ran while it listened."""


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], Any]:
    """`with count_statements() as statements: …` collects the SQL statements of what runs inside."""

    @contextmanager
    def listen() -> Iterator[Statements]:
        found = Statements()

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            found.append(statement)

        engine: Engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return listen
