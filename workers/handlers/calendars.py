"""Mails about providers' own calendars: one can't be read any more, or not all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries
from app.availability.imports import wording
from app.availability.imports.models import CalendarFeed
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from workers.context import post

PATH = "/provider/calendar/feeds"


def broken(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people that a calendar can't be read; nothing when it can again."""
    feed = session().get(CalendarFeed, payload["feed_id"])
    if feed is not None and feed.told_at is not None:
        _send("calendars/broken", feed, {"why": wording.problem(feed.problem, feed.problem_status)}, now)


def incomplete(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people what of a calendar was not imported; nothing when all of it is by now."""
    feed = session().get(CalendarFeed, payload["feed_id"])
    if feed is not None and feed.incomplete:
        missing = [wording.note(note) for note in feed.remarks if note.leaves_out]
        _send("calendars/incomplete", feed, {"missing": missing[:10], "more": max(len(missing) - 10, 0)}, now)


def _send(kind: str, feed: CalendarFeed, context: dict[str, Any], now: datetime) -> None:
    for person in queries.people_of(feed.provider_id):
        given = {"person": person, "feed": feed, "link": post().base_url + PATH, "base_url": post().base_url}
        queue(post(), kind, Mailbox(person.name, person.email), given | context, locale=person.locale, now=now)
