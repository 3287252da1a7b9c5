"""`flask search …`: search from the command line, and write the index anew."""

from __future__ import annotations

import time

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.db import transaction
from app.search import service

group = AppGroup("search", help="The search index.")


@group.command()
@click.option("--if-empty", is_flag=True, help="Only when no offer can be found: after an upgrade.")
def reindex(if_empty: bool) -> None:
    """Write every offer's search document anew, batch by batch, while searches and changes go on."""
    with transaction():
        if if_empty and not service.is_empty():
            return
    begun = said = time.monotonic()

    def say(done: int, all_of_them: int) -> None:
        nonlocal said
        if time.monotonic() - said >= 2:
            said = time.monotonic()
            click.echo(f"{done} of {all_of_them} offers ({100 * done // all_of_them} %)")

    count = service.reindex(utcnow(), transaction=transaction, say=say)
    click.echo(f"{count} offers can be found ({time.monotonic() - begun:.1f} s).")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
