from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from app.invites.feeds import Entry, render
from app.invites.ical import CalendarEvent

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="a@ensemble.example",
    sequence=3,
    dtstamp=NOW - timedelta(days=2),
    starts_at=datetime(2026, 6, 15, 7, tzinfo=UTC),
    ends_at=datetime(2026, 6, 16, 15, tzinfo=UTC),
    zone="Europe/Paris",
    summary="Séminaire; à Lyon",
    organizer_name="Éloïse",
    sent_by="no@x.fr",
    alarm_minutes=10,
)
OTHER = replace(EVENT, uid="b@ensemble.example", starts_at=EVENT.starts_at - timedelta(days=1), dtstamp=NOW)
CAIRO = replace(EVENT, uid="c@ensemble.example", zone="Africa/Cairo", starts_at=EVENT.starts_at + timedelta(days=1))


def test_a_feed_names_nobody_and_says_how_often_to_look() -> None:
    feed = render("Réunions, équipe", "feed-1", [Entry(EVENT), Entry(OTHER), Entry(CAIRO)], now=NOW)
    calendar = Calendar.from_ical(feed.content)
    assert (str(calendar["METHOD"]), str(calendar["UID"])) == ("PUBLISH", "feed-1")
    lines = feed.content.decode().split("\r\n")
    assert "NAME:Réunions\\, équipe" in lines
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"} <= set(lines)
    assert [str(event["UID"])[0] for event in calendar.events] == ["b", "a", "c"]
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["Europe/Paris"]
    event = calendar.events[1]
    assert not {"ORGANIZER", "ATTENDEE"} & set(event)
    assert not event.walk("VALARM")
    assert event["SEQUENCE"] == 3
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == EVENT.dtstamp
    assert feed.changed_at == NOW


def test_bytes_change_only_with_the_events() -> None:
    first = render("F", "u", [Entry(EVENT), Entry(OTHER)], now=NOW)
    assert render("F", "u", [Entry(OTHER), Entry(EVENT)], now=NOW + timedelta(days=400)) == first
    assert render("F", "u", [Entry(replace(OTHER, summary="x")), Entry(EVENT)], now=NOW).etag != first.etag


def test_cancelled_events_stay_for_thirty_days() -> None:
    entries = [Entry(EVENT, cancelled_at=NOW)]
    kept = Calendar.from_ical(render("F", "u", entries, now=NOW + timedelta(days=29, hours=23)).content)
    assert [str(event["STATUS"]) for event in kept.events] == ["CANCELLED"]
    gone = render("F", "u", entries, now=NOW + timedelta(days=30))
    assert Calendar.from_ical(gone.content).events == []
    assert gone.changed_at is None
