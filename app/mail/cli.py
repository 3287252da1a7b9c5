"""`flask invites render EVENT --to DIR`."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.config import Settings
from app.core.clock import utcnow
from app.core.db import session
from app.core.errors import NotFound
from app.core.mime import Mailbox
from app.events.models import Event, EventState
from app.invites import queries
from app.mail.compose import Post
from app.mail.invitations import Desk, render_letter

UNSAFE = re.compile(r"[^\w@.+=-]+")
LONGEST = 120


def register(app: Flask) -> None:
    """Add the commands."""
    group = AppGroup("invites", help="The invitations to an event.")
    settings: Settings = app.extensions["settings"]

    @group.command()
    @click.argument("event")
    @click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="A folder for the .eml files.")
    def render(event: str, folder: Path) -> None:
        """Write every invitation to EVENT (an id or a slug) as it would be sent now, and send none."""
        with app.test_request_context(base_url=settings.base_url):
            found = _event(event)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                count = _write_all(found, folder, settings)
            except OSError as error:
                raise click.ClickException(f"{folder} can't be written: {error.strerror}.") from error
            finally:
                session().rollback()
        click.echo(f"{count} invitation{'' if count == 1 else 's'} written to {folder}.")

    app.cli.add_command(group)


def _event(name: str) -> Event:
    try:
        found = queries.event_named(name)
    except NotFound as error:
        raise click.ClickException(str(error)) from error
    if found.state == EventState.CANCELLED:
        raise click.ClickException(f"The event “{found.title}” is cancelled: nobody would be invited.")
    return found


def _write_all(event: Event, folder: Path, settings: Settings) -> int:
    sender = Mailbox(settings.mail_sender_name, settings.mail_sender)
    desk = Desk(Post(sender=sender, base_url=settings.base_url), settings.invites_domain, event)
    now = utcnow()
    taken: set[str] = set()
    for attendee, invitation in queries.to_invite(event.id):
        name = _file_name(attendee.email, taken)
        (folder / name).write_bytes(render_letter(desk, attendee, invitation, now=now))
    return len(taken)


def _file_name(email: str, taken: set[str]) -> str:
    """The address, without what a file system minds; a number after one that differs in that only."""
    stem = UNSAFE.sub("_", email)[:LONGEST]
    name, count = stem, 1
    while name.lower() in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name.lower())
    return f"{name}.eml"
