"""`flask offers import` and `flask offers export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app import offer_files
from app.accounts.models import Provider
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.errors import InvalidInput
from app.offers import exchange

group = AppGroup("offers", help="A provider's offers as files.")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--provider", "provider_id", type=int, required=True, help="The provider's id.")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), help="By the file's name when left out.")
def export(file: Path | None, provider_id: int, kind: str | None) -> None:
    """Write a provider's offers to FILE, or to standard output."""
    _provider(provider_id)
    wanted = kind or (file.suffix.lstrip(".").lower() if file else "csv")
    found = list(exchange.own_records(provider_id))
    text = exchange.to_json(found) if wanted == "json" else exchange.to_csv(found)
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_bytes(text.encode())
        click.echo(f"{len(found)} offers written to {file}.", err=True)


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--provider", "provider_id", type=int, required=True, help="The provider's id.")
@click.option("--dry-run", is_flag=True, help="Only say what each line would do.")
def import_(file: Path, provider_id: int, dry_run: bool) -> None:
    """Write the offers of FILE (CSV or JSON) as drafts, and say what became of each line.

    Ends with status 1 when a line is refused; the others are written all the same.
    """
    now = utcnow()
    try:
        found = offer_files.records(file.name, offer_files.decoded(file.read_bytes()))
    except InvalidInput as error:
        raise click.ClickException("; ".join(map(str, error.fields.values())) or str(error)) from error
    provider = _provider(provider_id)
    with transaction():
        lines = offer_files.bring_in(provider, found, by="system", now=now, dry_run=dry_run)
        for line in lines:
            problems = "; ".join(f"{field}: {sentence}" for field, sentence in line.problems.items())
            click.echo(f"{line.number}\t{line.action}\t{line.offer_id or ''}\t{line.title}\t{problems}".rstrip())
    if any(line.action == exchange.REFUSED for line in lines):
        sys.exit(1)


def _provider(provider_id: int) -> Provider:
    provider = session().get(Provider, provider_id)
    if provider is None:
        raise click.ClickException(f"There is no provider {provider_id}.")
    return provider


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
