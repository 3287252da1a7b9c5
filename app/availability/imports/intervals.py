"""Times as intervals: in order, inside a window, those that overlap or touch made one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Intervals in order, none of which overlap or touch. Empty ones and those that end before they begin vanish."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def clipped(span: Span, window: Span) -> Span | None:
    """What of an interval lies in a window."""
    start, end = max(span[0], window[0]), min(span[1], window[1])
    return (start, end) if start < end else None
