"""`flask availability preview`, and the process with limits behind it. No database is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from app.availability import cli
from app.availability.imports import sandbox
from app.availability.imports.notes import Code, Trouble, Unreadable
from tests.support import calendars as samples
from tests.support.calendars import POISONED_ZONE, calendar

YEAR = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
NEVER = "UID:never\nDTSTART:20270105T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
SIBLING = "UID:sibling\nDTSTART:20270601T100000Z\nDURATION:PT1H"


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    """An application with these commands and nothing else: a second whole one would take the others' extensions."""
    app = Flask("app")  # whose translations it reads
    Babel(app, default_locale="fr")
    cli.register(app)
    return app


@pytest.fixture
def preview(bare_app: Flask, tmp_path: Path) -> Any:
    def run(raw: bytes | str, *options: str) -> Any:
        source = raw if isinstance(raw, str) else str(tmp_path / "calendar.ics")
        if isinstance(raw, bytes):
            Path(source).write_bytes(raw)
        given = list(options) or ["--from", "2027-01-01", "--to", "2028-01-01", "--json"]
        return bare_app.test_cli_runner().invoke(args=["availability", "preview", source, *given])

    return run


def test_busy_times_as_json(preview: Any) -> None:
    result = preview(samples.GOOGLE)
    assert result.exit_code == 0
    expected = [
        {"start": f"20{start.replace(' ', 'T')}:00Z", "end": f"20{end.replace(' ', 'T')}:00Z"}
        for start, end in samples.GOOGLE_BUSY
    ]
    assert json.loads(result.stdout) == expected
    assert result.stderr == ""


def test_the_window_is_dates_in_the_zone_or_instants(preview: Any) -> None:
    days = calendar("UID:1\nDTSTART;VALUE=DATE:20270105\nDTEND;VALUE=DATE:20270110")

    def edges(first: str, last: str, zone: str) -> tuple[str, str]:
        (row,) = json.loads(preview(days, "--from", first, "--to", last, "--tz", zone, "--json").stdout)
        return row["start"], row["end"]

    assert edges("2027-01-06", "2027-01-07", "Europe/Paris") == ("2027-01-05T23:00:00Z", "2027-01-06T23:00:00Z")
    assert edges("2027-01-06T00:00:00Z", "2027-01-07T00:00:00+02:00", "Europe/Paris") == (
        "2027-01-06T00:00:00Z",
        "2027-01-06T22:00:00Z",
    )
    assert edges("2027-01-06T12:00", "2027-01-07", "America/New_York") == (
        "2027-01-06T17:00:00Z",
        "2027-01-07T05:00:00Z",
    )


def test_warnings_go_to_standard_error_and_siblings_stay(preview: Any) -> None:
    result = preview(calendar(SIBLING, "UID:b\nDTSTART:20270101T000000Z\nRRULE:FREQ=SECONDLY", "UID:c\nDTSTART:no"))
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [{"start": "2027-06-01T10:00:00Z", "end": "2027-06-01T11:00:00Z"}]
    assert sorted(result.stderr.splitlines()) == [
        "Warning: A series (beginning 1 January 2027) is not imported: it repeats several times a day.",
        "Warning: An event that cannot be read (beginning no) is not imported.",
    ]


def test_nothing_busy_is_an_empty_list(preview: Any) -> None:
    assert json.loads(preview(calendar()).stdout) == []


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("/nowhere/calendar.ics", "Error: /nowhere/calendar.ics can’t be read: No such file or directory."),
        ("/", "Error: / can’t be read: Is a directory."),
        ("http://127.0.0.1/x.ics", "Error: This address is refused: it is not on the public internet."),
        ("webcal://[::1]/x.ics", "Error: This address is refused: it is not on the public internet."),
        (b"<html>Sign in</html>", "Error: This is a web page, not a calendar: use the secret address in iCal format."),
        (samples.GOOGLE[:700], "Error: The calendar is incomplete: its end is missing."),
        (b"\0\1\2", "Error: This is not a calendar in the iCal format (.ics)."),
    ],
)
def test_one_sentence_for_what_cannot_be_read(preview: Any, source: bytes | str, sentence: str) -> None:
    result = preview(source)
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (1, "", sentence)


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "tomorrow", "--to", "2028-01-01"),
        ("--from", "2027-01-01", "--to", "2027-01-01"),
        ("--from", "2028-01-01", "--to", "2027-01-01"),
        ("--from", "0001-01-01", "--to", "2027-01-01"),
        ("--from", "2027-01-01", "--to", "2028-01-01", "--tz", "Mars/Olympus"),
        ("--from", "2027-01-01"),
    ],
)
def test_wrong_options(preview: Any, options: tuple[str, ...]) -> None:
    result = preview(calendar(), *options)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_command_needs_no_database(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(samples.VRBO)
    command = [sys.executable, "-m", "flask", "availability", "preview", str(file), "--from", "2027-07-01"]
    done = subprocess.run(
        [*command, "--to", "2027-07-03", "--tz", "Europe/Paris", "--json"],
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", "INSTANCE_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(done.stdout) == [{"start": "2027-06-30T22:00:00Z", "end": "2027-07-02T22:00:00Z"}]


def test_a_series_that_never_ends_computing_costs_itself() -> None:
    begun = time.monotonic()
    reading = sandbox.read(calendar(NEVER, SIBLING), YEAR, "Europe/Paris")
    assert [note.code for note in reading.notes] == [Code.OUT_OF_TIME]
    assert (datetime(2027, 6, 1, 10, tzinfo=UTC), datetime(2027, 6, 1, 11, tzinfo=UTC)) in reading.busy
    assert time.monotonic() - begun < 30


def test_a_process_that_does_not_answer_in_time_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        sandbox.read(calendar(*(NEVER.replace("never", str(n)) for n in range(20))), YEAR, "Europe/Paris", seconds=1.5)
    assert caught.value.trouble == Trouble.TOO_HEAVY
    assert time.monotonic() - begun < 10


def test_the_process_has_limits_and_nothing_of_ours(tmp_path: Path) -> None:
    """What it is started with: its memory, its time and its files are bounded, and no setting reaches it."""
    probe = tmp_path / "child.py"
    source = sandbox.CHILD.read_text().replace('TASKS[task["do"]](task)', "(_probe(), b'')")
    source = source.replace("ROOT = Path(__file__).resolve().parents[3]", f"ROOT = Path({str(Path.cwd())!r})")
    source = source.replace(
        'if __name__ == "__main__"',
        "def _probe() -> dict:\n    import os\n    from app.availability.imports import reading\n"
        "    names = ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_FSIZE')\n"
        "    return {'limits': [resource.getrlimit(getattr(resource, n))[0] for n in names],\n"
        "        'env': sorted(k for k in os.environ if k != 'LC_CTYPE'),\n"
        "        'flask': 'flask' in sys.modules}\n\n\nif __name__ == \"__main__\"",
    )
    probe.write_text(source)
    done = subprocess.run(
        [sys.executable, "-I", "-B", str(probe)], input=b"{}\n", capture_output=True, env={}, check=True, timeout=60
    )
    assert json.loads(done.stdout) == {"limits": [1024**3, 25, 0], "env": [], "flask": False}


def test_a_zone_of_one_file_does_not_reach_the_next() -> None:
    event = "UID:1\nDTSTART;TZID=Chez nous:20270105T090000\nDURATION:PT1H"
    poisoned = sandbox.read(calendar(event, head=POISONED_ZONE % "Chez nous"), YEAR, "Europe/Paris")
    plain = sandbox.read(calendar(event), YEAR, "Europe/Paris")
    assert (poisoned.busy[0][0].hour, plain.busy[0][0].hour) == (16, 8)
