"""Before something is booked: look once more at calendars that were read too long ago, in a short time.

A calendar that doesn't answer stops nobody: what was known of it last counts.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app

from app.availability.imports import keeping, sandbox
from app.availability.imports.looking import Read, Unchanged, look_at_all
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import close_read, transaction

SECONDS = 3.0


def freshen(offer_ids: Collection[int]) -> None:
    """Read anew the calendars of some offers that are older than five minutes. No transaction may be open.

    What was read before in this request is read again by whoever uses it afterwards.
    """
    settings: Settings = current_app.extensions["settings"]
    now = utcnow()
    old = keeping.stale(offer_ids, now)
    if not old:
        return
    asked = keeping.questions(old, settings.secret_key, settings.invites_domain, now)
    close_read()
    fetch = current_app.extensions.get("fetch_calendar", sandbox.fetch)
    for question, outcome in look_at_all(asked, seconds=SECONDS, fetch=fetch):
        if isinstance(outcome, Read | Unchanged):  # a failure in so short a time says nothing: the workers count them
            with transaction():
                keeping.keep(question.feed_id, outcome, now=utcnow())
