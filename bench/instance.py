"""An instance of our own, made for one run: the embedded PostgreSQL, Redis and mail catcher, and a fresh catalogue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import create_app
from app.config import Settings
from app.embedded import postgres
from app.embedded.children import Child, children
from app.embedded.ondemand import ensure
from app.embedded.parts import SETTING, stop_all
from app.embedded.places import Places
from app.embedded.users import leave
from app.extensions import db

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"postgres", "redis", "mail", "data"}
OURS = ("ENSEMBLE_MODE", "INSTANCE_DIR", "BASE_URL", "MEDIA_URL", "STRIPE_SECRET_KEY", *SETTING.values())


@dataclass(frozen=True, slots=True)
class Instance:
    """Where it is, and the environment of every program that is part of it."""

    places: Places
    environment: Mapping[str, str]
    offers: int

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    def settings(self, **more: str) -> Settings:
        """The settings of its programs."""
        return Settings.from_env({**self.environment, **more})

    def program(self, name: str, port: int = 0) -> Child:
        """Its web server or worker, exactly as the supervisor starts it."""
        return next(child for child in children(self.places, port) if child.name == name)


@contextmanager
def fresh(offers: int, say: Callable[[str], None], *, busy: int = 0) -> Iterator[Instance]:
    """An instance with that many offers, `busy` taken times each, deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ensemble-bench-"))
    given = {name: value for name, value in os.environ.items() if name not in OURS}
    settings = Settings.from_env({"INSTANCE_DIR": str(folder)})
    places = Places.of(folder)
    try:
        values = ensure(settings, PARTS, say=say, seed=False)
        environment = {**given, **values, "INSTANCE_DIR": str(folder), "FLASK_APP": "app"}
        say(f"Loading {offers:,} offers")
        argv = [sys.executable, "-m", "flask", "seed", "--offers", str(offers), "--seed", "1", "--busy", str(busy)]
        subprocess.run(argv, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
        yield Instance(places, environment, offers)
    finally:
        home = postgres.system_home(places)
        stop_all(places)
        leave(places)
        for path in (home, folder):
            if path is not None:
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def application(instance: Instance, **overrides: object) -> Iterator[Flask]:
    """The product's application in this process, its context pushed."""
    app = create_app(instance.settings(), **overrides)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
