"""Imported calendars against brute force: the same series counted day by day, and by another program's reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.availability.imports.intervals import merged
from app.availability.imports.reading import read
from app.availability.imports.zones import NamedZone
from tests.support.calendars import PARIS_ZONE, calendar

PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2027, 3, 1), date(2027, 12, 1)
WINDOW = (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)
# Around both changes of the clock, and anywhere.
days = st.one_of(
    st.dates(date(2026, 12, 1), date(2027, 11, 1)),
    st.dates(date(2027, 3, 20), date(2027, 4, 3)),
    st.dates(date(2027, 10, 23), date(2027, 11, 6)),
)
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
lengths = st.timedeltas(timedelta(minutes=1), timedelta(hours=50)).map(
    lambda length: timedelta(minutes=length // timedelta(minutes=1))
)


def instant(wall: datetime) -> datetime:
    return wall.replace(tzinfo=PARIS).astimezone(UTC)


def minutes(spans: Iterator[tuple[datetime, datetime]] | list[tuple[datetime, datetime]]) -> set[int]:
    """Every busy minute inside the window: nothing is merged or clipped by cleverness."""
    found: set[int] = set()
    first, last = int(WINDOW[0].timestamp()) // 60, int(WINDOW[1].timestamp()) // 60
    for start, end in spans:
        begin, stop = int(start.timestamp()) // 60, int(end.timestamp()) // 60
        found.update(range(max(begin, first), min(stop, last)))
    return found


def busy(raw: bytes) -> list[tuple[datetime, datetime]]:
    found = read(raw, WINDOW, NamedZone(PARIS))
    assert found.notes == []
    assert merged(found.busy) == found.busy
    assert all(WINDOW[0] <= start < end <= WINDOW[1] for start, end in found.busy)
    return found.busy


def local(moment: datetime) -> str:
    return f";TZID=Europe/Paris:{moment:%Y%m%dT%H%M%S}"


def every_day(start: datetime, until: date) -> Iterator[datetime]:
    """The same clock on each day."""
    day = start.date()
    while day <= until:
        yield datetime.combine(day, start.time())
        day += DAY


@st.composite
def weekly_or_daily(draw: Any) -> dict[str, Any]:
    start = datetime.combine(draw(days), draw(clocks))
    weekly = draw(st.booleans())
    chosen = draw(st.sets(st.integers(0, 6), min_size=1)) if weekly else set()
    return {
        "start": start,
        "length": draw(lengths),
        "weekdays": chosen | ({start.weekday()} if weekly else set()),
        "interval": draw(st.integers(1, 4)),
        "count": draw(st.one_of(st.none(), st.integers(1, 40))),
        "until": draw(st.one_of(st.none(), st.dates(start.date(), date(2028, 3, 1)))),
        "gone": draw(st.sets(st.integers(0, 30), max_size=3)),
        "moved": draw(st.dictionaries(st.integers(0, 30), st.timedeltas(timedelta(0), 5 * DAY), max_size=3)),
    }


def starts(series: dict[str, Any]) -> list[datetime]:
    """The wall times of a series, by looking at each day."""
    start, weekly = series["start"], bool(series["weekdays"])
    found = []
    for wall in every_day(start, date(2028, 1, 1)):
        days_on = (wall.date() - start.date()).days
        monday = start.date() - start.weekday() * DAY
        weeks = ((wall.date() - monday).days) // 7
        fits = weeks % series["interval"] == 0 if weekly else days_on % series["interval"] == 0
        if fits and (not weekly or wall.weekday() in series["weekdays"]):
            found.append(wall)
    if series["count"] is not None:
        return found[: series["count"]]
    if series["until"] is not None:
        return [wall for wall in found if wall.date() <= series["until"]]
    return found


def rule_of(series: dict[str, Any]) -> str:
    parts = ["FREQ=WEEKLY" if series["weekdays"] else "FREQ=DAILY", f"INTERVAL={series['interval']}"]
    if series["weekdays"]:
        parts.append("BYDAY=" + ",".join(WEEKDAYS[day] for day in sorted(series["weekdays"])))
    if series["count"] is not None:
        parts.append(f"COUNT={series['count']}")
    elif series["until"] is not None:
        parts.append(f"UNTIL={instant(datetime.combine(series['until'], time(23, 59, 59))):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


@settings(max_examples=150, deadline=None)
@given(weekly_or_daily())
def test_series_with_exceptions_and_moves_over_both_clock_changes(series: dict[str, Any]) -> None:
    walls, length = starts(series), series["length"]
    gone = {walls[n] for n in series["gone"] if n < len(walls)}
    moved = {walls[n]: walls[n] + by for n, by in series["moved"].items() if n < len(walls) and walls[n] not in gone}
    start = series["start"]
    # A DTEND says how long each takes, exactly: the first one's time between its two wall times.
    end = start + length
    exact = instant(end) - instant(start)
    lines = [f"UID:s\nDTSTART{local(start)}\nDTEND{local(end)}\nRRULE:{rule_of(series)}"]
    lines[0] += "".join(f"\nEXDATE{local(wall)}" for wall in sorted(gone))
    lines += [
        f"UID:s\nRECURRENCE-ID{local(wall)}\nDTSTART{local(to)}\nDURATION:PT30M" for wall, to in sorted(moved.items())
    ]
    expected = [(instant(wall), instant(wall) + exact) for wall in walls if wall not in gone and wall not in moved]
    expected += [(instant(to), instant(to) + timedelta(minutes=30)) for to in moved.values()]
    assert minutes(busy(calendar(*reversed(lines)))) == minutes(expected)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(days, st.integers(1, 12), st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=6))
def test_whole_days_over_both_clock_changes(found: list[tuple[date, int, int, int]]) -> None:
    lines, expected = [], []
    for n, (day, long, interval, count) in enumerate(found):
        lines.append(
            f"UID:{n}\nDTSTART;VALUE=DATE:{day:%Y%m%d}\nDTEND;VALUE=DATE:{day + long * DAY:%Y%m%d}\n"
            f"RRULE:FREQ=DAILY;INTERVAL={interval};COUNT={count}"
        )
        for k in range(count):
            first = datetime.combine(day + k * interval * DAY, time())
            expected.append((instant(first), instant(first + long * DAY)))
    assert minutes(busy(calendar(*lines))) == minutes(expected)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(days, clocks, lengths), max_size=20))
@example([(date(2027, 3, 28), time(2, 30), timedelta(hours=1)), (date(2027, 10, 31), time(2, 30), timedelta(hours=1))])
def test_a_zone_reads_the_same_by_name_and_by_definition(found: list[tuple[date, time, timedelta]]) -> None:
    def lines(zone: str) -> list[str]:
        return [
            f"UID:{n}\nDTSTART;TZID={zone}:{datetime.combine(day, clock):%Y%m%dT%H%M%S}\n"
            f"DURATION:PT{length // timedelta(minutes=1)}M"
            for n, (day, clock, length) in enumerate(found)
        ]

    head = PARIS_ZONE % "Chez nous"
    expected = [(instant(datetime.combine(day, clock)), length) for day, clock, length in found]
    spans = [(start, start + length) for start, length in expected]
    for zone in ("Europe/Paris", "Romance Standard Time", "Chez nous"):
        assert minutes(busy(calendar(*lines(zone), head=head))) == minutes(spans)


RULES = (
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=2TU,-1FR",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=29,30,31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY;BYYEARDAY=100,200,300",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=WE",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
    "FREQ=DAILY;BYMONTH=4;COUNT=12",
    "FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=9,15",
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RULES), st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(0, 23))
def test_rules_read_as_another_program_reads_them(rule: str, day: date, hour: int) -> None:
    start = datetime.combine(day, time(hour))
    raw = calendar(f"UID:r\nDTSTART{local(start)}\nDURATION:PT45M\nRRULE:{rule}")
    theirs = [
        (event["DTSTART"].dt.astimezone(UTC), event["DTSTART"].dt.astimezone(UTC) + timedelta(minutes=45))
        for event in recurring_ical_events.of(Calendar.from_ical(raw)).between(*WINDOW)
    ]
    assert minutes(busy(raw)) == minutes(theirs)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    """Whatever is inside, it answers with times or refuses; what else is in the file stays."""
    whole = calendar(f"UID:r\nDTSTART{local(datetime(2027, 6, 1, 9))}\nDURATION:PT45M\nRRULE:FREQ=WEEKLY;COUNT=3")
    end = whole.rindex(b"END:VCALENDAR")
    event = b"BEGIN:VEVENT\r\n" + noise + b"\r\nEND:VEVENT\r\n"
    cut = min(at, len(noise))
    read(whole[:end] + event + whole[end:], WINDOW, NamedZone(PARIS))
    found = read(
        whole[:end] + b"BEGIN:VEVENT\r\n" + noise[cut:].replace(b"\0", b"") + b"\r\nEND:VEVENT\r\n" + whole[end:],
        WINDOW,
        NamedZone(PARIS),
    )
    assert found.events >= 1
