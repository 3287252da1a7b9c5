"""What calendar programs send back: whose answer it is, and which one counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.bookings.moving import propose
from app.core.db import session, transaction
from app.core.states import AuditEntry
from app.events.models import Attendee
from app.invites import service
from app.invites.models import Answer
from app.invites.service import Outcome, take_reply
from tests.factories import now
from tests.invite_parts import Party

ANNE, BOB = "anne@example.org", "bob@example.org"


@pytest.fixture
def sent(party: Party) -> Party:
    party.list(ANNE, BOB)
    party.send()
    return party


def reply(
    party: Party,
    *,
    email: str = ANNE,
    partstat: str = "ACCEPTED",
    sequence: int | None = 0,
    stamp: datetime | None = None,
    organizer: str | None = "token",
    uid: str | None = None,
    method: str = "REPLY",
    comment: str = "",
) -> bytes:
    """A mail as a calendar program writes it."""
    token = party.invitation(ANNE).reply_token
    address = f"MAILTO:R-{token}@invites.ensemble.test" if organizer == "token" else organizer
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid or party.event.ical_uid}",
        f"DTSTAMP:{(stamp or now() + timedelta(seconds=5)):%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{email}",
        *([f"ORGANIZER:{address}"] if address else []),
        *([f"SEQUENCE:{sequence}"] if sequence is not None else []),
        *([f"COMMENT:{comment}"] if comment else []),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    head = f"From: someone@elsewhere.example\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n"
    return (head + "\r\n".join(lines)).encode()


def take(raw: bytes) -> Outcome:
    with transaction():
        return take_reply(raw, now())


def test_the_attendee_inside_counts_and_not_the_sender(sent: Party) -> None:
    assert take(reply(sent, comment="Avec plaisir")) == Outcome.TAKEN
    invitation = sent.invitation(ANNE)
    assert (invitation.answer, invitation.answered_via, invitation.comment) == (
        Answer.ACCEPTED,
        "calendar",
        "Avec plaisir",
    )
    assert sent.invitation(BOB).answer == Answer.NEEDS_ACTION


def test_the_token_finds_the_event_and_the_attendee_the_person(sent: Party) -> None:
    """Anne has forwarded her invitation to Bob, who is on the list too."""
    assert take(reply(sent, email=BOB, partstat="DECLINED")) == Outcome.TAKEN
    assert (sent.invitation(ANNE).answer, sent.invitation(BOB).answer) == (Answer.NEEDS_ACTION, Answer.DECLINED)


@pytest.mark.parametrize("organizer", [None, "mailto:someone@else.example"])
def test_without_a_token_the_uid_finds_it(sent: Party, organizer: str | None) -> None:
    assert take(reply(sent, organizer=organizer, sequence=None)) == Outcome.TAKEN


def test_an_unknown_address_is_parked_and_never_added(sent: Party) -> None:
    assert take(reply(sent, email="eve@example.org")) == Outcome.PARKED
    assert "eve@example.org" not in session().scalars(select(Attendee.email)).all()
    assert "eve@example.org ACCEPTED" in session().scalars(select(AuditEntry.reason)).all()


def test_an_older_answer_changes_nothing(sent: Party) -> None:
    first = now() + timedelta(seconds=30)
    assert take(reply(sent, stamp=first)) == Outcome.TAKEN
    assert take(reply(sent, partstat="DECLINED", stamp=first)) == Outcome.STALE
    assert take(reply(sent, partstat="DECLINED", stamp=first - timedelta(seconds=9))) == Outcome.STALE
    assert sent.invitation(ANNE).answer == Answer.ACCEPTED
    assert take(reply(sent, partstat="TENTATIVE", stamp=first + timedelta(seconds=1))) == Outcome.TAKEN


def test_an_answer_on_the_page_beats_an_older_one_from_the_calendar(sent: Party) -> None:
    with transaction():
        service.answer(sent.invitation(ANNE), sent.event, "declined", "", times_sequence=0, now=now())
    assert take(reply(sent, stamp=now() - timedelta(minutes=10))) == Outcome.STALE
    assert sent.invitation(ANNE).answer == Answer.DECLINED


def test_an_answer_to_the_old_dates_is_dropped(sent: Party) -> None:
    later = timedelta(days=7)
    starts, ends = sent.event.starts_local + later, sent.event.ends_local + later
    with transaction():
        propose(sent.event.id, starts, ends, "", company_id=sent.company.id, user=sent.organiser, now=now())
    sent.work()
    assert take(reply(sent, sequence=0)) == Outcome.STALE
    assert take(reply(sent, sequence=1)) == Outcome.TAKEN


def test_another_time_is_noted_for_the_organiser(sent: Party) -> None:
    assert take(reply(sent, method="COUNTER", comment="Plutôt vendredi")) == Outcome.NOTED
    assert any("Plutôt vendredi" in reason for reason in session().scalars(select(AuditEntry.reason)))
    assert sent.invitation(ANNE).answer == Answer.NEEDS_ACTION


def test_refresh_sends_the_request_again(sent: Party) -> None:
    sent.deliver()
    assert take(reply(sent, method="REFRESH")) == Outcome.SENT_AGAIN
    sent.work()
    assert [letter.method for letter in sent.letters(to=ANNE)] == ["REQUEST", "REQUEST"]


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [(b"Subject: Absente\r\n\r\nJe reviens lundi.", Outcome.UNREADABLE), (b"", Outcome.UNREADABLE)],
)
def test_what_is_no_answer_is_left_alone(sent: Party, raw: bytes, outcome: Outcome) -> None:
    assert take(raw) == outcome


def test_an_event_that_is_not_ours(sent: Party) -> None:
    assert take(reply(sent, uid="other@example.org", organizer=None)) == Outcome.UNKNOWN
    assert take(reply(sent, uid="other@example.org")) == Outcome.UNKNOWN
