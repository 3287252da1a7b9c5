"""Looking at providers' own calendars: every quarter of an hour while somebody asks for their time, else every hour."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from celery import shared_task

from app.availability.imports import keeping, sandbox
from app.availability.imports.looking import Fetch, look_at_all
from app.core.clock import utcnow
from app.core.db import transaction
from app.quotes import queries as quotes
from workers.context import settings

BATCH = 8
SECONDS = 50.0
"""A run begins no new batch after this: the next one goes on."""

log = structlog.get_logger()


@shared_task(name="availability.poll_calendars")  # type: ignore[untyped-decorator]
def poll_task() -> None:
    """Look at the calendars that are due."""
    poll()


def poll(now: Callable[[], datetime] = utcnow, *, fetch: Fetch = sandbox.fetch) -> int:
    """Look at all calendars that are due, a few at once. Returns how many; what a look meets stops no other."""
    until, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        with transaction():
            found = keeping.claim_due(now(), eager=quotes.offers_waited_for(now()), limit=BATCH)
            asked = keeping.questions(found, settings().secret_key, settings().invites_domain, now())
        if not found:
            break
        for question, outcome in look_at_all(asked, fetch=fetch):
            with transaction():
                keeping.keep(question.feed_id, outcome, now=now())
        count += len(found)
    if count:
        log.info("calendars read", count=count)
    return count
