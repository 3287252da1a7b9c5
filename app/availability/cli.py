"""`flask availability preview`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale

from app.availability.imports import sandbox, wording
from app.availability.imports.fetching import FetchFailed, Known
from app.availability.imports.intervals import Span
from app.availability.imports.lines import MAX_BYTES
from app.availability.imports.notes import Trouble, Unreadable
from app.availability.imports.reading import Reading
from app.availability.imports.zones import named
from app.availability.openings import ZONE

group = AppGroup("availability", help="When offers can be booked.")


@group.command()
@click.argument("source", metavar="FILE_OR_URL")
@click.option("--from", "first", required=True, help="A date (midnight in the zone) or an instant.")
@click.option("--to", "last", required=True, help="Where the window ends: a date or an instant, not included.")
@click.option("--tz", "zone", default=ZONE, show_default=True, help="Where times without a zone are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def preview(source: str, first: str, last: str, zone: str, as_json: bool) -> None:
    """Print the busy times of a calendar, merged, in UTC. Nothing is stored; warnings go to standard error."""
    zone = _zone(zone)
    window = (_instant(first, zone, "--from"), _instant(last, zone, "--to"))
    if window[1] <= window[0]:
        raise click.BadParameter("the window ends before it begins.", param_hint="--to")
    with force_locale("en"):
        reading = _read(source, window, zone)
        for note in reading.notes:
            click.echo(f"Warning: {wording.note(note)}", err=True)
    _print(reading.busy, as_json)


def _zone(name: str) -> str:
    found = named(name)
    if found is None:
        raise click.BadParameter(f"there is no time zone {name!r}; it should be one such as {ZONE}.", param_hint="--tz")
    return found.name


def _instant(text: str, zone: str, option: str) -> datetime:
    """A date is its midnight in the zone; a time without an offset is one of the zone's clock."""
    try:
        found = datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        found = _time(text, option)
    aware = found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))
    try:
        return aware.astimezone(UTC)
    except OverflowError as error:
        raise _no_instant(text, option) from error


def _time(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_instant(text, option) from error


def _no_instant(text: str, option: str) -> click.BadParameter:
    hint = "it should be a date such as 2027-01-01 or an instant such as 2027-01-01T00:00:00Z"
    return click.BadParameter(f"{text!r} is no time: {hint}.", param_hint=option)


def _read(source: str, window: Span, zone: str) -> Reading:
    try:
        return sandbox.read(_bytes(source), window, zone)
    except Unreadable as error:
        raise click.ClickException(str(wording.trouble(error.trouble))) from error


def _bytes(source: str) -> bytes:
    if source.split(":", 1)[0].lower() in ("http", "https", "webcal", "webcals") and ":" in source:
        try:
            return sandbox.fetch(source, Known()).body
        except FetchFailed as error:
            raise click.ClickException(str(wording.failure(error))) from error
    try:
        with Path(source).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file name"
        raise click.ClickException(f"{source} can’t be read: {reason}.") from error
    if len(raw) > MAX_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    return raw


def _print(busy: list[Span], as_json: bool) -> None:
    rows = [{"start": _text(start), "end": _text(end)} for start, end in busy]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['start']}  {row['end']}")


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
