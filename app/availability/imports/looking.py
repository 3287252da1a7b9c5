"""One look at a provider's calendar: fetched, compared with what is known, read. No transaction is open meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from app.availability.imports import sandbox
from app.availability.imports.fetching import SECONDS, Fetched, FetchFailed, Known
from app.availability.imports.intervals import Span
from app.availability.imports.notes import Trouble, Unreadable
from app.availability.imports.reading import Reading

AHEAD: Final = timedelta(days=1_096)
BEHIND: Final = timedelta(days=1)
KEPT_AHEAD: Final = timedelta(days=1_000)
"""What is stored reaches this far at least: else the calendar is read again although nothing in it has changed."""
AT_ONCE: Final = 4
UNKNOWN: Final = Known()
_STAMPS: Final = re.compile(rb"^DTSTAMP[^\n]*\n?", re.M | re.I)

Fetch = Callable[..., Fetched]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask of a calendar. `digest` is that of what is stored; empty to read it whatever it says."""

    feed_id: int
    url: str
    zone: str
    window: Span
    own_domain: str
    known: Known = UNKNOWN
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """It was read: this replaces what is stored."""

    reading: Reading
    digest: str
    covers_until: datetime
    known: Known = UNKNOWN


@dataclass(frozen=True, slots=True)
class Unchanged:
    """It still says what is stored."""

    known: Known


@dataclass(frozen=True, slots=True)
class Unfetched:
    """Its address gave nothing."""

    error: FetchFailed


@dataclass(frozen=True, slots=True)
class Unusable:
    """What lies there can't be read."""

    trouble: Trouble


Outcome = Read | Unchanged | Unfetched | Unusable


def window(now: datetime) -> Span:
    """The time that is stored of a calendar."""
    return now - BEHIND, now + AHEAD


def look(question: Question, *, seconds: float = SECONDS, fetch: Fetch = sandbox.fetch) -> Outcome:
    """Fetch a calendar and read it if it has changed. `seconds` is for the fetch."""
    try:
        got = fetch(question.url, question.known, seconds=seconds)
    except FetchFailed as error:
        return Unfetched(error)
    known = Known(got.etag, got.last_modified)
    found = digest(got.body)
    if got.status == 304 or found == question.digest:
        return Unchanged(known if got.status != 304 else question.known)
    try:
        reading = sandbox.read(got.body, question.window, question.zone, own_domain=question.own_domain)
    except Unreadable as error:
        return Unusable(error.trouble)
    return Read(reading, found, question.window[1], known)


def look_at_all(
    questions: Sequence[Question], *, seconds: float = SECONDS, fetch: Fetch = sandbox.fetch
) -> list[tuple[Question, Outcome]]:
    """Several looks, some at once."""
    if not questions:
        return []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda question: look(question, seconds=seconds, fetch=fetch), questions))
    return list(zip(questions, outcomes, strict=True))


def read_file(raw: bytes, zone: str, own_domain: str, now: datetime) -> Read:
    """Read an uploaded calendar. Raises Unreadable."""
    reading = sandbox.read(raw, window(now), zone, own_domain=own_domain)
    return Read(reading, digest(raw), window(now)[1])


def digest(raw: bytes) -> str:
    """Of a calendar's content, without the lines that change at each export."""
    return sha256(_STAMPS.sub(b"", raw)).hexdigest()
