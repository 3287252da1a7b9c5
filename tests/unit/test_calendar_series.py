"""Series in other people's calendars: their ends, exceptions, further dates and changes."""

from __future__ import annotations

import pytest

from tests.support.reading import busy


def test_a_series_keeps_its_wall_clock_over_the_change() -> None:
    for zone in ("Europe/Paris", "Romance Standard Time"):
        event = f"UID:1\nDTSTART;TZID={zone}:20270326T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
        assert [start for start, _end in busy(event)] == [
            "27-03-26 08:00",
            "27-03-27 08:00",
            "27-03-28 07:00",
            "27-03-29 07:00",
        ]
    days = busy("UID:1\nDTSTART;VALUE=DATE:20271030\nRRULE:FREQ=WEEKLY;COUNT=2")
    assert days == [("27-10-29 22:00", "27-10-30 22:00"), ("27-11-05 23:00", "27-11-06 23:00")]


SERIES = "UID:1\nDTSTART;TZID=Europe/Paris:20270104T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
FOUR = [(f"27-01-0{day} 08:00", f"27-01-0{day} 09:00") for day in (4, 5, 6, 7)]


@pytest.mark.parametrize(
    "until",
    ["20270107T080000Z", "20270107", "20270107T090000", "20270107T235959Z"],
    ids=["instant", "day", "wall", "late"],
)
def test_until_in_all_its_forms(until: str) -> None:
    assert busy(SERIES.replace("COUNT=4", f"UNTIL={until}")) == FOUR


@pytest.mark.parametrize("until", ["20270119", "20270119T000000Z", "20270118T230000Z", "20270119T000000"])
def test_until_of_whole_days(until: str) -> None:
    found = busy(f"UID:1\nDTSTART;VALUE=DATE:20270105\nRRULE:FREQ=WEEKLY;UNTIL={until}")
    assert [end for _start, end in found] == ["27-01-05 23:00", "27-01-12 23:00", "27-01-19 23:00"]


def test_a_series_that_ends_before_it_begins_is_nothing() -> None:
    assert busy(SERIES.replace("COUNT=4", "UNTIL=20270103T000000Z")) == []


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Paris:20270105T090000,20270106T090000",
        "EXDATE:20270105T080000Z\nEXDATE:20270106T080000Z",
        "EXDATE;VALUE=DATE:20270105,20270106",
        "EXDATE:20270105T090000\nEXDATE:20270106T090000",
        "EXDATE;TZID=Romance Standard Time:20270105T090000,20270106T090000",
    ],
)
def test_exceptions_in_all_their_forms(line: str) -> None:
    assert busy(SERIES + line) == [FOUR[0], FOUR[3]]


def test_an_exception_to_whole_days() -> None:
    for line in ("EXDATE;VALUE=DATE:20270105", "EXDATE:20270105T000000Z"):
        found = busy("UID:1\nDTSTART;VALUE=DATE:20270104\nRRULE:FREQ=DAILY;COUNT=3\n" + line)
        assert found == [("27-01-03 23:00", "27-01-04 23:00"), ("27-01-05 23:00", "27-01-06 23:00")]


def test_further_dates_and_periods() -> None:
    single = "UID:1\nDTSTART;TZID=Europe/Paris:20270104T090000\nDURATION:PT1H\n"
    assert busy(
        single + "RDATE;TZID=Europe/Paris:20270110T090000,20270111T090000\n"
        "RDATE;VALUE=PERIOD:20270120T100000Z/20270120T130000Z,20270121T100000Z/PT2H\nRDATE;VALUE=DATE:20270130"
    ) == [
        ("27-01-04 08:00", "27-01-04 09:00"),
        ("27-01-10 08:00", "27-01-10 09:00"),
        ("27-01-11 08:00", "27-01-11 09:00"),
        ("27-01-20 10:00", "27-01-20 13:00"),
        ("27-01-21 10:00", "27-01-21 12:00"),
        ("27-01-30 08:00", "27-01-30 09:00"),
    ]


def test_changed_occurrences() -> None:
    moved = "UID:1\nRECURRENCE-ID%s\nDTSTART;TZID=Europe/Paris:20270105T150000\nDURATION:PT2H\n%s"
    after = [FOUR[0], ("27-01-05 14:00", "27-01-05 16:00"), *FOUR[2:]]
    for which in (";TZID=Europe/Paris:20270105T090000", ":20270105T080000Z", ";VALUE=DATE:20270105"):
        change = moved % (which, "")
        assert busy(SERIES, change) == busy(change, SERIES) == after
        for free in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT"):
            assert busy(moved % (which, free), SERIES) == [FOUR[0], *FOUR[2:]]


def test_of_two_changes_the_higher_sequence_wins() -> None:
    change = "UID:1\nRECURRENCE-ID:20270105T080000Z\nDTSTART:20270105T%s0000Z\nDURATION:PT1H\nSEQUENCE:%d"
    expected = [FOUR[0], ("27-01-05 20:00", "27-01-05 21:00"), *FOUR[2:]]
    assert busy(change % (20, 10), SERIES, change % (12, 9)) == expected
    assert busy(change % (12, 9), SERIES, change % (20, 10)) == expected
    assert busy(SERIES + "SEQUENCE:1", SERIES.replace("T09", "T12") + "SEQUENCE:2")[0][0] == "27-01-04 11:00"


def test_a_change_without_its_series_counts() -> None:
    orphan = "UID:9\nRECURRENCE-ID:20270105T080000Z\nDTSTART:20270105T120000Z\nDURATION:PT1H"
    assert busy(orphan) == [("27-01-05 12:00", "27-01-05 13:00")]


def test_busy_changes_of_a_free_series_count() -> None:
    orphan = "UID:1\nRECURRENCE-ID:20270105T080000Z\nDTSTART:20270105T120000Z\nDURATION:PT1H"
    for free in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED"):
        assert busy(SERIES + free, orphan) == [("27-01-05 12:00", "27-01-05 13:00")]


def test_a_change_of_this_and_all_that_follow() -> None:
    change = (
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20270106T090000\n"
        "DTSTART;TZID=Europe/Paris:20270106T140000\nDURATION:PT2H\n"
    )
    shifted = [("27-01-06 13:00", "27-01-06 15:00"), ("27-01-07 13:00", "27-01-07 15:00")]
    assert busy(SERIES, change) == [*FOUR[:2], *shifted]
    assert busy(SERIES, change + "STATUS:CANCELLED") == FOUR[:2]
    again = "UID:1\nRECURRENCE-ID:20270107T080000Z\nDTSTART:20270107T200000Z\nDURATION:PT1H"
    assert busy(SERIES, change, again) == [*FOUR[:2], shifted[0], ("27-01-07 20:00", "27-01-07 21:00")]
