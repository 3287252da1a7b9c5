"""Other people's calendars as busy times: what real programs write, what the RFC says, and what is refused."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from app.availability.imports.notes import Code, Trouble, Unreadable
from app.availability.imports.reading import read
from app.availability.imports.windows_zones import KEYS, WORDS
from app.availability.imports.zones import named
from tests.support import calendars as samples
from tests.support.calendars import PARIS_ZONE, POISONED_ZONE, calendar
from tests.support.reading import PARIS, YEAR, busy, codes, reading, texts


@pytest.mark.parametrize("name", ["GOOGLE", "OUTLOOK", "APPLE", "AIRBNB", "BOOKING", "VRBO"])
def test_what_real_programs_write(name: str) -> None:
    found = reading(getattr(samples, name))
    assert texts(found) == getattr(samples, f"{name}_BUSY")
    assert found.notes == []


def test_ends_come_from_dtend_else_duration_else_the_day_else_nothing() -> None:
    assert busy("DTSTART:20270105T100000Z\nDTEND:20270105T110000Z\nDURATION:PT5H") == [
        ("27-01-05 10:00", "27-01-05 11:00")
    ]
    assert busy("DTSTART:20270105T100000Z\nDURATION:P1DT2H") == [("27-01-05 10:00", "27-01-06 12:00")]
    assert busy("DTSTART;VALUE=DATE:20270105") == [("27-01-04 23:00", "27-01-05 23:00")]
    assert busy("DTSTART:20270105") == [("27-01-04 23:00", "27-01-05 23:00")]
    assert busy("DTSTART:20270105T100000Z") == []
    assert busy("DTSTART:20270105T100000Z\nDTEND:20270105T090000Z") == []
    assert busy("DTSTART;VALUE=DATE:20270105\nDTEND;VALUE=DATE:20270105") == []
    assert busy("DTSTART;TZID=Europe/Paris:20270105T100000\nDTEND;TZID=America/New_York:20270105T100000") == [
        ("27-01-05 09:00", "27-01-05 15:00")
    ]


def test_free_and_cancelled_events_take_no_time() -> None:
    when = "DTSTART:20270105T100000Z\nDURATION:PT1H\n"
    for line in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "status:cancelled"):
        assert busy(when + line) == []
    for line in ("STATUS:TENTATIVE", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "CLASS:PRIVATE"):
        assert len(busy(when + line)) == 1


def test_only_events_count() -> None:
    others = "".join(
        f"BEGIN:{kind}\nUID:{kind}\nDTSTART:20270105T100000Z\nDURATION:PT1H\nEND:{kind}\n"
        for kind in ("VTODO", "VJOURNAL", "VFREEBUSY", "X-THING")
    )
    assert busy("DTSTART:20270301T100000Z\nDURATION:PT1H", head=others) == [("27-03-01 10:00", "27-03-01 11:00")]


def test_times_are_clipped_sorted_and_merged() -> None:
    assert busy(
        "UID:c\nDTSTART:20270105T120000Z\nDURATION:PT1H",
        "UID:a\nDTSTART:20261231T230000Z\nDURATION:PT3H",
        "UID:b\nDTSTART:20270105T110000Z\nDURATION:PT1H",
        "UID:d\nDTSTART:20270105T113000Z\nDURATION:PT10M",
        "UID:e\nDTSTART:20271231T230000Z\nDURATION:P3D",
        "UID:f\nDTSTART:20280101T000000Z\nDURATION:P3D",
    ) == [
        ("27-01-01 00:00", "27-01-01 02:00"),
        ("27-01-05 11:00", "27-01-05 13:00"),
        ("27-12-31 23:00", "28-01-01 00:00"),
    ]


def test_the_calendars_own_zone_is_for_days_and_floating_times_alone() -> None:
    events = (
        "UID:f\nDTSTART:20270105T100000\nDURATION:PT1H",
        "UID:d\nDTSTART;VALUE=DATE:20270110",
        "UID:u\nDTSTART:20270120T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
    )
    assert busy(*events, head="X-WR-TIMEZONE:America/New_York\n") == [
        ("27-01-05 15:00", "27-01-05 16:00"),
        ("27-01-10 05:00", "27-01-11 05:00"),
        ("27-01-20 10:00", "27-01-20 11:00"),
        ("27-01-21 10:00", "27-01-21 11:00"),
    ]
    assert busy(*events)[0] == ("27-01-05 09:00", "27-01-05 10:00")
    unknown = reading(calendar(*events, head="X-WR-TIMEZONE:Mars/Olympus\n"))
    assert texts(unknown)[0] == ("27-01-05 09:00", "27-01-05 10:00")
    assert codes(unknown) == [(Code.UNKNOWN_CALENDAR_ZONE, "Mars/Olympus")]
    assert not unknown.notes[0].leaves_out


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("/citadel.org/20210210_1/Europe/Paris", "Europe/Paris"),
        ("/mozilla.org/20050126_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("Romance Standard Time", "Europe/Paris"),
        ("ROMANCE STANDARD TIME", "Europe/Paris"),
        ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"),
        ("(GMT+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"),
        ("(UTC+01:00) Brussels\\, Copenhagen\\, Madrid\\, Paris", "Europe/Paris"),
        ("(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC) Coordinated Universal Time", "Etc/UTC"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("GMT", "UTC"),
        ("Customized Time Zone", None),
        ("../../etc/passwd", None),
        ("localtime", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_zones_by_name(name: str, zone: str | None) -> None:
    found = named(name)
    assert (found and found.name) == zone


def test_windows_zones_agree_with_an_independent_table() -> None:
    theirs = {key.casefold(): zone for key, zone in WINDOWS_TO_OLSON.items()}
    assert {key: KEYS[key] for key in theirs} == theirs
    for zone in (*KEYS.values(), *WORDS.values()):
        ZoneInfo(zone)


def test_a_known_name_wins_over_what_the_file_says_of_it() -> None:
    for name in ("Europe/Paris", "Romance Standard Time"):
        event = f"UID:1\nDTSTART;TZID={name}:20270105T090000\nDURATION:PT1H"
        assert busy(event, head=POISONED_ZONE % name) == [("27-01-05 08:00", "27-01-05 09:00")]


def test_a_poisoned_zone_stays_in_its_file() -> None:
    event = "UID:1\nDTSTART;TZID=Chez nous:20270105T090000\nDURATION:PT1H"
    assert busy(event, head=POISONED_ZONE % "Chez nous") == [("27-01-05 16:00", "27-01-05 17:00")]
    assert busy(event, head=PARIS_ZONE % "Chez nous") == [("27-01-05 08:00", "27-01-05 09:00")]
    unknown = reading(calendar(event))
    assert texts(unknown) == [("27-01-05 08:00", "27-01-05 09:00")]
    assert codes(unknown) == [(Code.UNKNOWN_ZONE, "Chez nous")]


@pytest.mark.parametrize("name", ["Europe/Paris", "Chez nous"])
def test_the_clock_changes_both_ways(name: str) -> None:
    """A zone by its name and one by its definition read the same."""
    times = [f"{day}T{clock}" for day in ("20270328", "20271031") for clock in ("013000", "023000", "033000")]
    lines = [f"UID:{start}\nDTSTART;TZID={name}:{start}\nDURATION:PT30M" for start in times]
    assert busy(*lines, head=PARIS_ZONE % name) == [
        ("27-03-28 00:30", "27-03-28 01:00"),
        # 02:30 is skipped: by the clock before, it is 03:30 summer time, as the next event is
        ("27-03-28 01:30", "27-03-28 02:00"),
        ("27-10-30 23:30", "27-10-31 00:00"),
        ("27-10-31 00:30", "27-10-31 01:00"),  # the first of two
        ("27-10-31 02:30", "27-10-31 03:00"),
    ]


def test_durations_are_exact_in_hours_and_by_the_calendar_in_days() -> None:
    start = "DTSTART;TZID=Europe/Paris:20270327T220000\n"
    assert busy(start + "DURATION:PT24H") == [("27-03-27 21:00", "27-03-28 21:00")]
    assert busy(start + "DURATION:P1D") == [("27-03-27 21:00", "27-03-28 20:00")]
    assert busy("DTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270329") == [("27-03-27 23:00", "27-03-28 22:00")]


def test_different_events_with_one_uid_all_count() -> None:
    assert busy("UID:1\nDTSTART;VALUE=DATE:20270105", "UID:1\nDTSTART;VALUE=DATE:20270205") == [
        ("27-01-04 23:00", "27-01-05 23:00"),
        ("27-02-04 23:00", "27-02-05 23:00"),
    ]
    assert len(busy("DTSTART;VALUE=DATE:20270105", "DTSTART;VALUE=DATE:20270205")) == 2


def numbers(count: int) -> str:
    return ",".join(map(str, range(count)))


SIBLING = "UID:sibling\nDTSTART:20270601T100000Z\nDURATION:PT1H"
SIBLING_BUSY = [("27-06-01 10:00", "27-06-01 11:00")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("RRULE:FREQ=SECONDLY", "subdaily"),
        ("RRULE:FREQ=MINUTELY;COUNT=10", "subdaily"),
        ("RRULE:FREQ=HOURLY;INTERVAL=24", "subdaily"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "interval"),
        ("RRULE:FREQ=DAILY;INTERVAL=-1", "interval"),
        ("RRULE:FREQ=DAILY;COUNT=100001", "count"),
        (f"RRULE:FREQ=DAILY;BYHOUR={numbers(24)};BYMINUTE={numbers(60)}", "combinations"),
        (f"RDATE:{','.join(['20270105T100000Z'] * 2001)}", "dates"),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXRULE:FREQ=WEEKLY", "exrule"),
        ("RRULE:FREQ=FORTNIGHTLY", "malformed"),
        ("RRULE:COUNT=3", "malformed"),
        ("RRULE:FREQ=DAILY;UNTIL=tomorrow", "malformed"),
        ("RRULE:FREQ=WEEKLY;BYDAY=XX", "malformed"),
        ("RRULE:FREQ=DAILY;FREQ=SECONDLY", "malformed"),
        ("RRULE:nonsense", "malformed"),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:never", "exdate"),
        ("RDATE:sometimes", "malformed"),
    ],
)  # fmt: skip
def test_bombs_are_refused_and_siblings_stay(line: str, reason: str) -> None:
    begun = time.process_time()
    found = reading(calendar(f"UID:bomb\nDTSTART:20270105T100000Z\nDURATION:PT1H\n{line}", SIBLING))
    assert texts(found) == SIBLING_BUSY
    assert codes(found) == [(Code.REFUSED_RULE, reason)]
    assert found.notes[0].leaves_out
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("year", ["1949", "2201", "0001", "9999"])
def test_starts_outside_the_computed_years_are_refused(year: str) -> None:
    for rule in ("", "\nRRULE:FREQ=YEARLY"):
        found = reading(calendar(f"UID:old\nDTSTART;VALUE=DATE:{year}0105{rule}", SIBLING))
        assert texts(found) == SIBLING_BUSY
        assert [note.leaves_out for note in found.notes] == [True]


@pytest.mark.parametrize(
    "event",
    [
        "UID:b\nSUMMARY:no start",
        "UID:b\nDTSTART:tomorrow",
        "UID:b\nDTSTART:20270231T100000Z\nDURATION:PT1H",
        "UID:b\nDTSTART:20270105T250000Z\nDURATION:PT1H",
        "UID:b\nDTSTART:20270105T100000Z\nDTEND:later",
        "UID:b\nDTSTART:20270105T100000Z\nDURATION:1H",
        "UID:b\nDTSTART:20270105T100000Z\nDURATION:P",
        "UID:b\nDTSTART:20270105T100000Z\nDURATION:P999999D",
        "UID:b\nDTSTART",
        "UID:b\nDTSTART:20270105T100000Z\nDURATION:PT1H\nRECURRENCE-ID:then",
    ],
)
def test_broken_events_cost_only_themselves(event: str) -> None:
    found = reading(calendar(event, SIBLING))
    assert SIBLING_BUSY[0] in texts(found) or "999999" in event
    assert "999999" in event or codes(found) == [(Code.BROKEN_EVENT, "")]


def test_an_event_without_its_end_costs_only_itself() -> None:
    raw = calendar(SIBLING, head="BEGIN:VEVENT\nUID:open\nDTSTART:20270105T100000Z\nDURATION:PT1H\n")
    found = reading(raw)
    assert (texts(found), codes(found)) == (SIBLING_BUSY, [(Code.BROKEN_EVENT, "")])


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (b"", Trouble.NOT_A_CALENDAR),
        (b"hello", Trouble.NOT_A_CALENDAR),
        (b"\x89PNG\r\n\x1a\n", Trouble.NOT_A_CALENDAR),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", Trouble.WEB_PAGE),
        (b"\n\n <html>BEGIN:VCALENDAR\nEND:VCALENDAR", Trouble.WEB_PAGE),
        (samples.GOOGLE[:900], Trouble.TRUNCATED),
        (samples.GOOGLE.rstrip()[:-1], Trouble.TRUNCATED),
        (b"BEGIN:VCALENDAR\n" + b"X" * 10 * 1024 * 1024 + b"\nEND:VCALENDAR\n", Trouble.TOO_LARGE),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 20_001 + b"END:VCALENDAR\n", Trouble.TOO_MANY_EVENTS),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000 + b"END:VCALENDAR\n", Trouble.TOO_HEAVY),
    ],
)
def test_files_that_are_no_calendar(raw: bytes, trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        reading(raw)
    assert caught.value.trouble == trouble


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings_and_line_ends(coding: str, end: str) -> None:
    text = calendar(
        'UID:é\nSUMMARY:Fête d’été\nDTSTART;TZID="(UTC+01:00) Brussels, Copenhagen,\n  Madrid, Paris":20270105T090000'
        "\nDURATION:PT1H"
    ).decode()
    raw = text.replace("\r\n", end).encode(coding)
    assert texts(reading(raw)) == [("27-01-05 08:00", "27-01-05 09:00")]


def test_a_character_folded_in_its_middle() -> None:
    raw = calendar("UID:1\nDTSTART;TZID=Zoné:20270105T090000\nDURATION:PT1H", head=POISONED_ZONE % "Zoné")
    raw = raw.replace(b"TZID=Zon\xc3\xa9", b"TZID=Zon\xc3\r\n \xa9")
    assert texts(reading(raw)) == [("27-01-05 16:00", "27-01-05 17:00")]


def test_names_in_small_letters_and_spaces_around() -> None:
    raw = b"\r\n begin:vcalendar\r\nbegin:vevent\r\ndtstart;value=date:20270105\r\nend:vevent\r\nend:vcalendar\r\n\r\n"
    assert texts(reading(raw)) == [("27-01-04 23:00", "27-01-05 23:00")]


def test_an_empty_calendar_is_free() -> None:
    assert reading(calendar()).busy == []


def test_several_calendars_in_one_file_each_with_its_zone() -> None:
    event = "UID:%s\nDTSTART:20270105T100000\nDURATION:PT1H"
    raw = calendar(event % 1, head="X-WR-TIMEZONE:Europe/Paris\n") + calendar(
        event % 2, head="X-WR-TIMEZONE:America/New_York\n"
    )
    assert [start for start, _end in texts(reading(raw))] == ["27-01-05 09:00", "27-01-05 15:00"]


def test_what_came_from_here_does_not_come_back() -> None:
    raw = calendar("UID:ab12@Invites.Example\nDTSTART;VALUE=DATE:20270105", SIBLING)
    assert texts(read(raw, YEAR, PARIS, own_domain="invites.example")) == SIBLING_BUSY


def test_hostile_zone_definitions_are_left_out() -> None:
    bomb = PARIS_ZONE.replace("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "%s") % ("X", "%s")
    event = "UID:1\nDTSTART;TZID=X:20270105T090000\nDURATION:PT1H"
    for line in (
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY",
        "RRULE:nonsense",
        f"RDATE:{'20270101T000000,' * 3000}",
        "TZOFFSETTO",
    ):
        begun = time.process_time()
        found = reading(calendar(event, head=bomb % line))
        assert texts(found) == [("27-01-05 08:00", "27-01-05 09:00")], line[:30]
        assert codes(found) == [(Code.UNKNOWN_ZONE, "X")]
        assert time.process_time() - begun < 1


def test_outlooks_zone_rules_from_1601() -> None:
    zone = PARIS_ZONE.replace("19700329", "16010325").replace("19701025", "16011028") % "Outlook’s own"
    event = "UID:1\nDTSTART;TZID=Outlook’s own:20270705T090000\nDURATION:PT1H"
    assert busy(event, head=zone) == [("27-07-05 07:00", "27-07-05 08:00")]


def test_twenty_thousand_events_take_seconds() -> None:
    start = datetime(2027, 1, 1)
    events = [
        f"UID:{n}@x\nDTSTAMP:20261121T000000Z\nSUMMARY:Réservation {n}\nDESCRIPTION:{'x' * 200}\n"
        f"DTSTART:{start + timedelta(minutes=25 * n):%Y%m%dT%H%M%SZ}\nDURATION:PT10M"
        for n in range(20_000)
    ]
    raw = calendar(*events)
    begun = time.process_time()
    found = reading(raw)
    assert (len(found.busy), found.events) == (20_000, 20_000)
    assert time.process_time() - begun < 10


def test_old_series_cost_no_more_than_new_ones() -> None:
    events = [f"UID:{n}\nDTSTART:19700105T{n % 24:02d}0000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY" for n in range(50)]
    begun = time.process_time()
    assert len(reading(calendar(*events)).busy) == 1
    assert time.process_time() - begun < 5


def test_times_have_a_limit() -> None:
    raw = calendar(*(f"UID:{n}\nDTSTART:2027010{n}T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY" for n in range(1, 4)))
    found = read(raw, YEAR, PARIS, most=500)
    assert [note.code for note in found.notes] == [Code.TOO_MANY_TIMES]
    assert found.busy
