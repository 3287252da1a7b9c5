"""`flask search reindex`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.db import transaction
from app.search import service

group = AppGroup("search", help="The search index.")


@group.command()
def reindex() -> None:
    """Write every offer's search document anew."""
    with transaction():
        count = service.reindex(utcnow())
    click.echo(f"{count} offers can be found.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
