from __future__ import annotations

import re
import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.invites.ical import Answer, CalendarEvent, Method, Recipient, build, clean_text, prepare, render

GOLDEN = Path(__file__).parent.parent / "golden" / "invites"

EVENT = CalendarEvent(
    uid="0d6c1f0e9a@ensemble.example",
    sequence=0,
    dtstamp=datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
    starts_at=datetime(2026, 6, 15, 7, 0, tzinfo=UTC),
    ends_at=datetime(2026, 6, 17, 15, 0, tzinfo=UTC),
    zone="Europe/Paris",
    summary="Séminaire d’été 🎿, « cap sur 2027 »; tous ensemble",
    description="Bonjour,\n\nRendez-vous à la gare; le car part à 9 h, sans attendre.\n"
    + "Fichiers : C:\\Nouveau\\plan.pdf\n"
    + "Été à Nîmes, forêt, où, çà et là… " * 9,
    location="Château de la Forêt\n12, rue de l’Église\n38250 Villard-de-Lans",
    latitude=45.0699,
    longitude=5.5514,
    url="https://ensemble.example/e/seminaire-d-ete",
    organizer_name='Éloïse "Lou" d’Arc',
    sent_by="invitations@ensemble.example",
    alarm_minutes=60,
)
ANNE = Recipient("Zoé Müller, Anne-Léa", "anne.lea+ski@exämple.fr", "r-8f3k2@invites.ensemble.example")

golden = {
    "request": (EVENT, ANNE, Method.REQUEST),
    "moved": (
        replace(
            EVENT,
            sequence=1,
            dtstamp=EVENT.dtstamp + timedelta(days=3),
            starts_at=EVENT.starts_at + timedelta(days=140),
            ends_at=EVENT.ends_at + timedelta(days=140),
        ),
        ANNE,
        Method.REQUEST,
    ),
    "text-only": (
        replace(EVENT, dtstamp=EVENT.dtstamp + timedelta(days=5), description="Nouveau programme; à lire, svp"),
        replace(ANNE, partstat=Answer.ACCEPTED),
        Method.REQUEST,
    ),
    "cancelled": (replace(EVENT, sequence=2, dtstamp=EVENT.dtstamp + timedelta(days=9)), ANNE, Method.CANCEL),
    "in-utc": (
        replace(EVENT, zone="Africa/Casablanca", alarm_minutes=None, url="http://localhost/e"),
        ANNE,
        Method.REQUEST,
    ),
}


@pytest.mark.parametrize("name", golden)
def test_golden(name: str) -> None:
    event, recipient, method = golden[name]
    assert render(event, recipient, method) == (GOLDEN / f"{name}.ics").read_bytes()


def parsed(document: bytes) -> Calendar:
    """icalendar's reading, after a round trip that has to change nothing (but for what its writer gets wrong)."""
    calendar = Calendar.from_ical(document)
    assert not calendar.events[0].errors
    assert b"\\\\N" in document or Calendar.from_ical(calendar.to_ical()) == calendar
    return calendar


def properties(document: bytes) -> list[str]:
    """Unfolded lines, by the RFC's own words."""
    return document.decode("utf-8").replace("\r\n ", "").split("\r\n")


def test_a_request_says_what_the_table_asks_for() -> None:
    calendar = parsed(render(EVENT, ANNE, Method.REQUEST))
    event = calendar.events[0]
    assert (str(calendar["METHOD"]), str(event["STATUS"]), str(event["TRANSP"])) == ("REQUEST", "CONFIRMED", "OPAQUE")
    assert "UID" not in calendar
    assert (EVENT.starts_at, EVENT.ends_at) == (event.DTSTART, event.DTEND)
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (EVENT.summary, EVENT.location)
    assert str(event["DESCRIPTION"]) == EVENT.description
    attendee, organizer = event["ATTENDEE"], event["ORGANIZER"]
    assert str(attendee) == "mailto:anne.lea+ski@xn--exmple-cua.fr"
    assert dict(attendee.params) == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "CN": ANNE.name,
    }
    assert str(organizer) == "mailto:r-8f3k2@invites.ensemble.example"
    assert dict(organizer.params) == {"CN": "Éloïse ’Lou’ d’Arc", "SENT-BY": "mailto:invitations@ensemble.example"}
    assert str(event["X-MICROSOFT-DISALLOW-COUNTER"]) == "TRUE"


def test_lines_that_readers_are_strict_about() -> None:
    lines = properties(render(EVENT, ANNE, Method.REQUEST))
    assert "GEO:45.069900;5.551400" in lines
    assert f"URL:{EVENT.url}" in lines
    assert "SUMMARY:Séminaire d’été 🎿\\, « cap sur 2027 »\\; tous ensemble" in lines
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert not any(line.startswith(("X-WR-", "NAME")) for line in lines)
    assert any("C:\\\\Nouveau\\\\plan.pdf" in line for line in lines)


@pytest.mark.parametrize("name", ["Zoé", "Jean", "a:b", "O'Neil"])
def test_names_are_always_quoted(name: str) -> None:
    lines = properties(render(replace(EVENT, organizer_name=name), replace(ANNE, name=name), Method.REQUEST))
    assert sum(f';CN="{name}";' in line for line in lines) == 2


def test_a_person_without_a_name_is_called_by_the_address() -> None:
    attendee = parsed(render(EVENT, replace(ANNE, name=" \n"), Method.REQUEST)).events[0]["ATTENDEE"]
    assert attendee.params["CN"] == ANNE.email


def test_a_cancel_names_the_same_event_without_an_alarm() -> None:
    calendar = parsed(render(replace(EVENT, sequence=1), ANNE, Method.CANCEL))
    event = calendar.events[0]
    assert (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert (event.DTSTART, event.DTEND, str(event["UID"])) == (EVENT.starts_at, EVENT.ends_at, EVENT.uid)
    assert not event.alarms.times
    assert not event.walk("VALARM")


@pytest.mark.parametrize("url", ["http://localhost:8000/e/demo", "", "javascript:alert(1)"])
def test_only_an_https_address_is_given(url: str) -> None:
    assert "URL" not in parsed(render(replace(EVENT, url=url), ANNE, Method.REQUEST)).events[0]


def test_sent_by_is_left_out_when_it_is_the_organizer() -> None:
    event = replace(EVENT, sent_by=ANNE.organizer_address.upper())
    assert "SENT-BY" not in parsed(render(event, ANNE, Method.REQUEST)).events[0]["ORGANIZER"].params


def test_a_structured_location_needs_a_location() -> None:
    event = parsed(render(replace(EVENT, location=" "), ANNE, Method.REQUEST)).events[0]
    assert "GEO" in event
    assert "X-APPLE-STRUCTURED-LOCATION" not in event


def test_the_hour_that_happens_twice_goes_out_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for hours, zoned in [(-2, True), (-1, False), (0, False), (1, True)]:
        starts_at = second + timedelta(hours=hours)
        event = replace(EVENT, starts_at=starts_at, ends_at=second + timedelta(hours=5))
        calendar = parsed(render(event, ANNE, Method.REQUEST))
        assert bool(calendar.timezones) is zoned
        assert starts_at == calendar.events[0].DTSTART


def test_times_without_a_zone_or_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(EVENT, starts_at=EVENT.starts_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="ends"):
        replace(EVENT, ends_at=EVENT.starts_at)


def test_no_text_can_add_a_line() -> None:
    evil = 'x"\r\nATTENDEE:mailto:boss@x.fr\n\x00\u2028METHOD:CANCEL\x85\ud800'
    event = replace(
        EVENT, uid="u", summary=evil, description=evil, location=evil, organizer_name=evil, url="https://x/" + evil
    )
    document = render(event, replace(ANNE, name=evil), Method.REQUEST)
    names = [re.split("[;:]", line)[0] for line in properties(document)]
    assert (names.count("ATTENDEE"), names.count("METHOD")) == (1, 1)
    assert parsed(document)


def test_every_zone_keeps_the_instants() -> None:
    for name in sorted(zoneinfo.available_timezones()):
        event = replace(EVENT, zone=name)
        found = Calendar.from_ical(render(event, ANNE, Method.REQUEST)).events[0]
        assert (event.starts_at, event.ends_at) == (found.DTSTART, found.DTEND), name


texts = st.text(max_size=120) | st.text(alphabet='aé\u20ac🎿\\nN;,:"^’ \r\n\t\x00', max_size=400)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
events = st.builds(
    CalendarEvent,
    uid=st.just(EVENT.uid),
    sequence=st.integers(0, 99),
    dtstamp=moments,
    starts_at=moments,
    ends_at=moments.map(lambda moment: moment + timedelta(days=3653)),
    zone=st.sampled_from(["Europe/Paris", "Africa/Cairo", "America/New_York", "Asia/Kathmandu", "UTC", "None/Such"]),
    summary=texts,
    organizer_name=texts,
    description=texts,
    location=texts,
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    url=st.sampled_from(["", "https://x.fr/e?a=b;c,d"]) | texts.map(lambda text: "https://x.fr/" + text),
    sent_by=st.sampled_from(["", "no@x.fr"]),
    alarm_minutes=st.none() | st.integers(0, 10_000),
)
addresses = st.sampled_from(["a@x.fr", "josé@bücher.de", "o'neil+50%@x.fr", "x" * 64 + "@" + "d" * 60 + ".fr"])
recipients = st.builds(
    Recipient, name=texts, email=addresses, organizer_address=addresses, partstat=st.sampled_from(Answer)
)


@given(events, recipients, st.sampled_from(Method))
def test_splicing_gives_what_building_from_scratch_gives(
    event: CalendarEvent, recipient: Recipient, method: Method
) -> None:
    document = prepare(event, method).for_recipient(recipient)
    assert document == build(event, recipient, method).to_ical()
    lines = document.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", document.replace(b"\r\n", b""))
    for line in lines:
        line.decode("utf-8")


@given(events, recipients, st.sampled_from(Method))
def test_text_comes_back_as_it_went(event: CalendarEvent, recipient: Recipient, method: Method) -> None:
    found = parsed(render(event, recipient, method)).events[0]
    assert str(found.get("DESCRIPTION", "")) == clean_text(event.description)
    assert str(found.get("LOCATION", "")) == clean_text(event.location).strip()
    assert str(found["SUMMARY"]) == " ".join(clean_text(event.summary).split())
    name = " ".join(clean_text(recipient.name).split()).replace('"', "’").replace("\\", "/")
    assert found["ATTENDEE"].params["CN"] == name or not name
    assert (event.starts_at, event.ends_at) == (found.DTSTART, found.DTEND)
