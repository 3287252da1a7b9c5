"""`flask invites render EVENT --to DIR`: every message as a file, and nothing stored or sent."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from app.core.db import session
from app.events.models import EventState
from app.invites.models import Invitation
from app.mail.models import OutgoingMail
from tests.invite_parts import Party


def render(app: Flask, *arguments: str) -> Result:
    session().rollback()
    return app.test_cli_runner().invoke(args=["invites", "render", *arguments])


def count(model: type[Invitation] | type[OutgoingMail]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("by", ["slug", "id"])
def test_it_writes_one_file_a_person(app: Flask, party: Party, tmp_path: Path, by: str) -> None:
    party.list("anne@example.org", "zoé@éxample.fr", "bob+1@example.org")
    event = party.event.slug if by == "slug" else str(party.event.id)
    folder = tmp_path / "new" / "folder"
    result = render(app, event, "--to", str(folder))
    assert (result.exit_code, "3 invitations written" in result.output) == (0, True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "anne@example.org.eml",
        "bob+1@example.org.eml",
        "zoé@éxample.fr.eml",
    ]
    mail = message_from_bytes((folder / "anne@example.org.eml").read_bytes(), policy=policy.default)
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]
    assert (part.get_param("method"), str(calendar["METHOD"])) == ("REQUEST", "REQUEST")
    assert str(calendar.walk("VEVENT")[0]["ATTENDEE"]) == "mailto:anne@example.org"
    assert (count(Invitation), count(OutgoingMail)) == (0, 0)


def test_who_is_invited_keeps_her_own_link(app: Flask, party: Party, tmp_path: Path) -> None:
    party.list("anne@example.org")
    party.send()
    token, reply_token = party.invitation("anne@example.org").token, party.invitation("anne@example.org").reply_token
    assert render(app, party.event.slug, "--to", str(tmp_path)).exit_code == 0
    mail = message_from_bytes((tmp_path / "anne@example.org.eml").read_bytes(), policy=policy.default)
    assert token in str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert reply_token in str(part.get_payload(decode=True))
    assert count(OutgoingMail) == 1


def test_an_unknown_event_is_a_sentence(app: Flask, party: Party, tmp_path: Path) -> None:
    for name in ("nothing", "999", "9" * 30):
        result = render(app, name, "--to", str(tmp_path))
        assert result.exit_code == 1 and f"There is no event “{name}”" in result.output
        assert "Traceback" not in result.output


def test_a_cancelled_event_invites_nobody(app: Flask, party: Party, tmp_path: Path) -> None:
    party.event.state = EventState.CANCELLED
    session().commit()
    result = render(app, party.event.slug, "--to", str(tmp_path))
    assert result.exit_code == 1 and "is cancelled" in result.output


def test_a_folder_that_is_a_file_is_a_sentence(app: Flask, party: Party, tmp_path: Path) -> None:
    party.list("anne@example.org")
    (tmp_path / "file").write_text("x")
    result = render(app, party.event.slug, "--to", str(tmp_path / "file"))
    assert result.exit_code == 1 and "can't be written" in result.output
