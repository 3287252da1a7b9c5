"""Reading and fetching from outside the process that does it: see `child`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from app.availability.imports.fetching import SECONDS, Fetched, FetchFailed, Known, Problem
from app.availability.imports.intervals import Span
from app.availability.imports.notes import Note, Trouble, Unreadable
from app.availability.imports.reading import Reading

CHILD: Final = Path(__file__).with_name("child.py")
READ_SECONDS: Final = 45.0
GRACE: Final = 2.0
"""Starting a process takes a moment; the time is the fetch's own."""

log = structlog.get_logger()


def read(raw: bytes, window: Span, zone: str, *, own_domain: str = "", seconds: float = READ_SECONDS) -> Reading:
    """The busy times of a calendar file inside a window, computed in a process of its own.

    `zone` is the IANA name of where times without a zone are. Raises Unreadable.
    """
    first, last = (each.timestamp() for each in window)
    task = {"do": "read", "from": first, "to": last, "zone": zone, "own_domain": own_domain}
    try:
        answer, _body = _ask(task, raw, seconds)
        if "trouble" in answer:
            raise Unreadable(Trouble(answer["trouble"]))
        return _reading(answer)
    except (_Died, ValueError, KeyError, TypeError) as error:
        raise Unreadable(Trouble.TOO_HEAVY) from error


def fetch(url: str, known: Known, *, seconds: float = SECONDS) -> Fetched:
    """What lies at an address, fetched in a process of its own that ends after `seconds`. Raises FetchFailed.

    Nobody may hold a transaction meanwhile.
    """
    task = {"do": "fetch", "url": url, "etag": known.etag, "last_modified": known.last_modified, "seconds": seconds}
    try:
        answer, body = _ask(task, b"", seconds + GRACE)
        if "problem" in answer:
            raise FetchFailed(Problem(answer["problem"]), answer["status"], answer["retry_after"])
        return Fetched(int(answer["status"]), body, str(answer["etag"]), str(answer["last_modified"]))
    except (_Died, ValueError, KeyError, TypeError) as error:
        raise FetchFailed(Problem.TOO_SLOW) from error


class _Died(Exception):
    """The process didn't begin, ended without an answer, or didn't end in time."""


def _ask(task: dict[str, Any], raw: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-I", "-B", str(CHILD)]
    sent = json.dumps(task).encode() + b"\n" + raw
    try:
        done = subprocess.run(command, input=sent, capture_output=True, timeout=seconds, env={}, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _Died from error
    if done.returncode != 0:
        # What it wrote may hold a line of the calendar: the code alone is logged.
        log.warning("calendar process ended", do=task["do"], code=done.returncode)
        raise _Died
    line, _newline, body = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(line)
    return answer, body


def _reading(answer: dict[str, Any]) -> Reading:
    busy = [(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)) for first, last in answer["busy"]]
    return Reading(busy, [Note.of_json(note) for note in answer["notes"]], int(answer["events"]))
