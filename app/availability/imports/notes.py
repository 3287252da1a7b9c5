"""What reading a calendar can say besides busy times: why a whole file can't be used, and what was left out of one.

Codes, not sentences: a process without the application writes them, `wording` says them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """Why nothing of a file can be used."""

    NOT_A_CALENDAR = "not_a_calendar"
    WEB_PAGE = "web_page"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    TOO_MANY_EVENTS = "too_many_events"
    TOO_HEAVY = "too_heavy"


class Unreadable(Exception):
    """Nothing of this file can be used."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Code(StrEnum):
    """What was left out, or had to be guessed."""

    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_CALENDAR_ZONE = "unknown_calendar_zone"
    BROKEN_EVENT = "broken_event"
    REFUSED_RULE = "refused_rule"
    OUT_OF_TIME = "out_of_time"
    TOO_MANY_TIMES = "too_many_times"


GUESSED = frozenset({Code.UNKNOWN_ZONE, Code.UNKNOWN_CALENDAR_ZONE})


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know. `detail` is a zone's name or a reason's code, `start` the event's DTSTART as written."""

    code: Code
    detail: str = ""
    start: str = ""

    @property
    def leaves_out(self) -> bool:
        """Whether some busy time may be missing."""
        return self.code not in GUESSED

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Note:
        """As `to_json` wrote it. Raises ValueError, TypeError, KeyError for anything else."""
        detail, start = str(stored.get("detail", ""))[:120], str(stored.get("start", ""))[:40]
        return cls(Code(stored["code"]), detail, start)
