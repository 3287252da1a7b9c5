from __future__ import annotations

import io
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from dateutil import tz
from icalendar import Timezone

from app.invites.vtimezone import zone_definition

START = datetime(2026, 6, 15, 9, tzinfo=UTC)
END = START + timedelta(hours=8)


def definition(zone: str, at: datetime = START) -> Timezone | None:
    return zone_definition(zone, at, at + timedelta(hours=8))


def read(component: Timezone) -> tz.tzrangebase:
    """dateutil's reading of the definition: a reader that shares nothing with the writer."""
    text = "BEGIN:VCALENDAR\r\n" + component.to_ical().decode() + "END:VCALENDAR\r\n"
    return tz.tzical(io.StringIO(text)).get()


def wall_times(zone: zoneinfo.ZoneInfo) -> list[datetime]:
    """Wall clock times from 2026 to 2027 that exist once, most near a change."""
    times = []
    for hours in range(0, 2 * 365 * 24, 33):
        instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        times.append(instant.astimezone(zone))
    for later in list(times)[1:]:
        earlier = later.astimezone(UTC) - timedelta(hours=33)
        if earlier.astimezone(zone).utcoffset() != later.utcoffset():
            times += [(earlier + timedelta(minutes=20 * step)).astimezone(zone) for step in range(100)]
    return [time for time in times if time.replace(fold=0).utcoffset() == time.replace(fold=1).utcoffset()]


def test_every_zone_reads_back_as_it_is() -> None:
    said, in_utc = 0, set()
    for name in sorted(zoneinfo.available_timezones()):
        component = definition(name)
        if component is None:
            in_utc.add(name)
            continue
        said += 1
        zone, reader = zoneinfo.ZoneInfo(name), read(component)
        for time in wall_times(zone):
            assert time.replace(tzinfo=reader).utcoffset() == time.utcoffset(), (name, time)
    assert said > 400
    places = {name for name in in_utc if "/" in name and not name.startswith("Etc/")}
    assert {"Africa/Cairo", "Africa/Casablanca", "America/Santiago", "Asia/Jerusalem"} <= places
    assert len(places) < 25, sorted(places)


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Europe/Dublin", "Asia/Kolkata"]
)
def test_common_zones_are_named(zone: str) -> None:
    assert definition(zone) is not None


@pytest.mark.parametrize(
    "zone", ["UTC", "Etc/GMT+5", "Mars/Olympus", "../etc/passwd", "Europe", "Europe/", "", "/etc/x"]
)
def test_what_is_no_place_goes_out_in_utc(zone: str) -> None:
    assert definition(zone) is None


def test_rules_of_another_time_go_out_in_utc() -> None:
    assert definition("Europe/Paris", datetime(1994, 10, 1, tzinfo=UTC)) is None
    assert definition("Europe/Moscow", datetime(2010, 7, 1, tzinfo=UTC)) is None
    assert definition("Europe/Moscow") is not None


def test_the_form_that_calendar_programs_read_alike() -> None:
    component = definition("Europe/Paris")
    assert component is not None
    assert component.to_ical().decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "",
    ]


def test_dublin_has_its_later_clock_in_summer() -> None:
    component = definition("Europe/Dublin")
    assert component is not None
    assert [str(one["TZNAME"]) for one in component.subcomponents] == ["GMT", "IST"]
    assert timedelta(hours=1) == component.daylight[0].TZOFFSETTO
