from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.mime import Alternative, Letter, Mailbox, build_message
from app.invites.ical import Answer
from app.invites.replies import MAX_BYTES, Attendee, Reply, ReplyMethod, UnreadableReply, parse_calendar, parse_mail

GOLDEN = Path(__file__).parent.parent / "golden" / "invites"
REPLY = b"""BEGIN:VCALENDAR\r
PRODID:-//Google Inc//Google Calendar 70.9054//EN\r
VERSION:2.0\r
METHOD:REPLY\r
BEGIN:VTIMEZONE\r
TZID:Europe/Paris\r
BEGIN:STANDARD\r
DTSTART:19700101T000000\r
TZOFFSETFROM:+0900\r
TZOFFSETTO:+0900\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/Paris:20260615T090000\r
DTEND:20260617T150000Z\r
DTSTAMP:20260402T101112Z\r
ORGANIZER;CN="Lou":MAILTO:r-8f3k2@invites.ensemble.example\r
UID:u@ensemble.example\r
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=accepted;CN="Anne, \r
 L\xc3\xa9a";SENT-BY="mailto:assistante@x.fr":MAILTO:Anne@x.fr\r
COMMENT:J\xe2\x80\x99arrive \xc3\xa0 10 h\\, d\xc3\xa9sol\xc3\xa9e\\nAnne\r
SEQUENCE:1\r
BEGIN:VALARM\r
UID:other\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""
EXPECTED = Reply(
    method=ReplyMethod.REPLY,
    uid="u@ensemble.example",
    sequence=1,
    dtstamp=datetime(2026, 4, 2, 10, 11, 12, tzinfo=UTC),
    attendee=Attendee(
        email="Anne@x.fr",
        name="Anne, Léa",
        partstat=Answer.ACCEPTED,
        sent_by="assistante@x.fr",
        comment="J’arrive à 10 h, désolée\nAnne",
    ),
    organizer="r-8f3k2@invites.ensemble.example",
    starts_at=datetime(2026, 6, 15, 7, tzinfo=UTC),
    ends_at=datetime(2026, 6, 17, 15, tzinfo=UTC),
)


def test_an_answer_is_read_whole_and_its_zone_is_ours() -> None:
    assert parse_calendar(REPLY) == EXPECTED


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (b"ORGANIZER", b"X-ORGANIZER", {"organizer": ""}),
        (b"SEQUENCE:1\r\n", b"", {"sequence": 0}),
        (b"\r\n", b"\n", {}),
        (b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR", {}),
        (b"TZID=Europe/Paris", b"TZID=Romance", {"starts_at": None}),
        (b";TZID=Europe/Paris", b"", {"starts_at": None}),
        (b"20260402T101112Z", b"20260402T101112", {}),
        (b"DTEND:20260617T150000Z", b"DTEND;VALUE=DATE:20260618", {"ends_at": None}),
        (b"COMMENT:", b"X-RESPONSE-COMMENT:", {}),
        (b"COMMENT:", b"X-NOTE:", {"attendee": replace(EXPECTED.attendee, comment="")}),
        (b"MAILTO:Anne", b"mailto:%41nne", {}),
        (b"METHOD:REPLY", b"METHOD:COUNTER", {"method": ReplyMethod.COUNTER}),
        (b"accepted", b"DECLINED", {"attendee": replace(EXPECTED.attendee, partstat=Answer.DECLINED)}),
    ],
)
def test_what_programs_write_otherwise(old: bytes, new: bytes, change: dict[str, object]) -> None:
    assert old in REPLY
    assert parse_calendar(REPLY.replace(old, new)) == replace(EXPECTED, **change)


def test_only_the_first_event_counts() -> None:
    other = b"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=DECLINED:mailto:b@x.fr\r\nEND:VEVENT\r\nEND:VCALENDAR"
    assert parse_calendar(REPLY.replace(b"END:VCALENDAR", other)) == EXPECTED


def test_a_refresh_needs_no_answer() -> None:
    found = parse_calendar(REPLY.replace(b"METHOD:REPLY", b"METHOD:REFRESH").replace(b"PARTSTAT=accepted;", b""))
    assert (found.method, found.attendee.partstat) == (ReplyMethod.REFRESH, Answer.NEEDS_ACTION)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"METHOD:REPLY", b"METHOD:PUBLISH"),
        (b"METHOD:REPLY\r\n", b""),
        (b"UID:u@ensemble.example\r\n", b""),
        (b"DTSTAMP:20260402T101112Z", b"DTSTAMP:20261302T101112Z"),
        (b"accepted", b"DELEGATED"),
        (b"MAILTO:Anne@x.fr", b"Anne"),
        (b"END:VEVENT\r\nEND:VCALENDAR\r\n", b""),
        (b"END:VALARM", b"END:VEVENT"),
        (b"SEQUENCE:1", b"SEQUENCE:-1"),
        (b"SEQUENCE:1", b"ATTENDEE;PARTSTAT=DECLINED:mailto:b@x.fr"),
        (b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\n=;"),
        (b"PRODID", b"X-A:" + b"a" * MAX_BYTES + b"\r\nPRODID"),
        (b"PRODID", b"X-A:a\r\n" * 2500 + b"PRODID"),
    ],
)
def test_what_is_no_answer(old: bytes, new: bytes) -> None:
    assert old in REPLY
    with pytest.raises(UnreadableReply):
        parse_calendar(REPLY.replace(old, new))


def mail(*parts: Alternative) -> bytes:
    nobody = Mailbox("", "anne@x.fr")
    return build_message(
        Letter("<1@x.fr>", EXPECTED.dtstamp, nobody, nobody, "Accepté", "Oui", "<p>Oui</p>", alternatives=parts)
    )


def test_the_answer_in_a_mail() -> None:
    assert parse_mail(mail(Alternative("text/calendar; charset=utf-8; method=REPLY", REPLY))) == EXPECTED


def test_a_mail_without_an_answer() -> None:
    with pytest.raises(UnreadableReply):
        parse_mail(mail())
    with pytest.raises(UnreadableReply):
        parse_mail(mail(Alternative("text/calendar", (GOLDEN / "request.ics").read_bytes())))


@given(st.binary(max_size=300) | st.text(alphabet='BEGIN:VCALENDAR\r\n;="\\METHOD', max_size=200).map(str.encode))
def test_nothing_that_arrives_can_do_more_than_be_refused(content: bytes) -> None:
    for read in (parse_calendar, parse_mail):
        with pytest.raises(UnreadableReply):
            read(content)


@given(st.integers(0, len(REPLY) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_answer_is_read_or_refused(at: int, damage: bytes) -> None:
    content = REPLY[:at] + damage + REPLY[at + len(damage) :]
    try:
        assert isinstance(parse_calendar(content), Reply)
    except UnreadableReply:
        return
