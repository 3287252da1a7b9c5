"""Keeping what a look at a calendar brought: a new state, or the last good one and when to look again.

Whoever writes busy times holds the locks of the offer's units, as whoever takes them does: an acceptance that waits for
a reading sees what it said.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import Range, insert

from app.availability.imports.fetching import Known, Problem
from app.availability.imports.looking import KEPT_AHEAD, Outcome, Question, Read, Unchanged, Unfetched, Unusable, window
from app.availability.imports.models import CalendarFeed, ImportedBusy
from app.availability.models import span
from app.availability.service import lock_offers
from app.core.db import session
from app.core.outbox import publish
from app.core.sealed import Unsealable, unseal

OFTEN: Final = timedelta(minutes=15)
SELDOM: Final = timedelta(hours=1)
STALE: Final = timedelta(minutes=5)
SOON: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=10)
GONE: Final = (404, 410)
GONE_TIMES: Final = 3
TOLD_AFTER: Final = 3
EMPTIED: Final = "emptied"
SEALED: Final = "sealed"


def claim_due(now: datetime, *, eager: Collection[int] = (), limit: int = 8) -> list[int]:
    """Take the calendars that are due for a look, for one worker, oldest first. Returns their ids.

    Those of `eager` offers are due more often. Who claims and dies leaves them due again after a while.
    """
    hurried = and_(
        CalendarFeed.offer_id.in_(eager),
        CalendarFeed.failures == 0,
        CalendarFeed.read_at <= now - OFTEN,
        CalendarFeed.next_at > now + LEASE,  # not one that another worker has just claimed
        CalendarFeed.next_at <= now + 2 * SELDOM,  # nor one that is told to wait
    )
    query = (
        select(CalendarFeed)
        .where(CalendarFeed.next_at.is_not(None), or_(CalendarFeed.next_at <= now, hurried))
        .order_by(CalendarFeed.next_at, CalendarFeed.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(session().scalars(query))
    for feed in found:
        feed.next_at = now + LEASE
    session().flush()
    return [feed.id for feed in found]


def stale(offer_ids: Collection[int], now: datetime) -> list[int]:
    """The calendars of some offers that were read too long ago to book by; not those that wait after a failure."""
    query = select(CalendarFeed.id).where(
        CalendarFeed.offer_id.in_(offer_ids),
        CalendarFeed.next_at.is_not(None),
        or_(CalendarFeed.failures == 0, CalendarFeed.next_at <= now),
        or_(CalendarFeed.read_at.is_(None), CalendarFeed.read_at < now - STALE),
    )
    return list(session().scalars(query.order_by(CalendarFeed.id)))


def questions(feed_ids: Sequence[int], secret_key: str, own_domain: str, now: datetime) -> list[Question]:
    """What to ask of each of these calendars. One whose address can't be decrypted is left out and says so."""
    feeds = session().scalars(select(CalendarFeed).where(CalendarFeed.id.in_(feed_ids)).order_by(CalendarFeed.id))
    found = []
    for feed in feeds:
        try:
            url = unseal(feed.sealed_url or b"", secret_key)
        except Unsealable:
            feed.problem, feed.stopped_at, feed.next_at = SEALED, now, None
            _tell(feed, now)
            continue
        found.append(_question(feed, url, own_domain, now))
    return found


def _question(feed: CalendarFeed, url: str, own_domain: str, now: datetime) -> Question:
    first = Question(feed.id, url, feed.zone, window(now), own_domain)
    far = feed.covers_until is not None and feed.covers_until >= now + KEPT_AHEAD
    if not far or feed.doubted_digest:
        return first
    known = Known(feed.etag, feed.last_modified)
    return Question(first.feed_id, url, feed.zone, first.window, own_domain, known, feed.digest)


def keep(feed_id: int, outcome: Outcome, *, now: datetime) -> None:
    """Keep what a look brought. Does nothing for a calendar that was removed meanwhile."""
    offer_id = session().scalar(select(CalendarFeed.offer_id).where(CalendarFeed.id == feed_id))
    if offer_id is None:
        return
    lock_offers([offer_id])
    fresh = {"populate_existing": True}
    feed = session().get(CalendarFeed, feed_id, with_for_update={"of": CalendarFeed}, execution_options=fresh)
    if feed is None:
        return
    if isinstance(outcome, Read):
        _keep_reading(feed, outcome, now)
    elif isinstance(outcome, Unchanged):
        feed.etag, feed.last_modified = outcome.known.etag, outcome.known.last_modified
        _good(feed, now)
    elif isinstance(outcome, Unfetched):
        _unfetched(feed, outcome, now)
    else:
        _unusable(feed, outcome, now)
    session().flush()


def _keep_reading(feed: CalendarFeed, found: Read, now: datetime) -> None:
    stored = session().get(ImportedBusy, feed.id)
    if not found.reading.busy and stored is not None and stored.during and feed.doubted_digest != found.digest:
        # Suddenly empty: many a site answers like that while it is ill. A second look decides.
        feed.doubted_digest, feed.problem = found.digest, EMPTIED
        feed.next_at = now + SOON
        return
    notes = [note.to_json() for note in found.reading.notes]
    fewer = feed.notes != notes and any(note.leaves_out for note in found.reading.notes)
    _replace(feed, found, now)
    feed.notes, feed.events, feed.digest = notes, found.reading.events, found.digest
    feed.covers_until, feed.etag, feed.last_modified = found.covers_until, found.known.etag, found.known.last_modified
    _good(feed, now)
    if fewer:
        publish("calendar.incomplete", {"feed_id": feed.id}, now=now)


def _replace(feed: CalendarFeed, found: Read, now: datetime) -> None:
    """The whole of what was stored by the whole of what was read."""
    during: list[Range[Any]] = [span(start, end) for start, end in found.reading.busy]
    before = session().scalar(select(ImportedBusy.during).where(ImportedBusy.feed_id == feed.id))
    if before is not None and list(before) == during:
        return
    values = {"feed_id": feed.id, "offer_id": feed.offer_id, "unit_id": feed.unit_id, "during": during}
    statement = insert(ImportedBusy).values(**values)
    session().execute(
        statement.on_conflict_do_update(index_elements=["feed_id"], set_={"during": statement.excluded.during})
    )
    publish("offer.changed", {"offer_id": feed.offer_id}, now=now)


def _good(feed: CalendarFeed, now: datetime) -> None:
    feed.read_at, feed.failures, feed.gone, feed.problem, feed.problem_status = now, 0, 0, "", 0
    feed.doubted_digest, feed.stopped_at, feed.told_at = "", None, None
    feed.next_at = now + _with_jitter(SELDOM) if feed.sealed_url is not None else None


def _unfetched(feed: CalendarFeed, outcome: Unfetched, now: datetime) -> None:
    error = outcome.error
    feed.problem, feed.problem_status = error.problem, error.status
    feed.failures += 1
    feed.gone += error.problem == Problem.STATUS and error.status in GONE
    if feed.gone >= GONE_TIMES:
        _tell(feed, now, again=feed.stopped_at is None)
        feed.stopped_at, feed.next_at = now, None
        return
    wait = timedelta(seconds=error.retry_after) if error.status in (429, 503) else timedelta(0)
    feed.next_at = now + (min(wait, LONGEST) if wait else _backed_off(feed.failures))
    if feed.failures >= TOLD_AFTER:
        _tell(feed, now)


def _unusable(feed: CalendarFeed, outcome: Unusable, now: datetime) -> None:
    """A web page, or half a calendar: looked at again soon, and told once that confirms it."""
    feed.problem, feed.problem_status = outcome.trouble, 0
    feed.failures += 1
    feed.next_at = now + (SOON if feed.failures == 1 else _backed_off(feed.failures))
    if feed.failures > 1:
        _tell(feed, now)


def _tell(feed: CalendarFeed, now: datetime, *, again: bool = False) -> None:
    """Once for each time that it breaks; `again` when it is given up."""
    if feed.told_at is None or again:
        feed.told_at = now
        publish("calendar.broken", {"feed_id": feed.id}, now=now)


def _backed_off(failures: int) -> timedelta:
    return min(OFTEN * (1 << min(failures - 1, 10)), LONGEST)


def _with_jitter(interval: timedelta) -> timedelta:
    return interval * random.uniform(0.9, 1.1)  # noqa: S311 - spreads the load, keeps no secret
