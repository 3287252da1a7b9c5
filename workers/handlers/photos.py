"""Photos that were sent: the widths and formats that take their time, drawn after the page has been answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from app.core.db import close_read, transaction
from app.core.errors import NotFound
from app.offers import media, photos, queries
from workers.context import settings
from workers.outbox import outside

log = structlog.get_logger()


@outside
def draw(payload: dict[str, Any], now: datetime) -> None:
    """Draw the rest of a picture and note it. A second call finds it drawn; one that was removed is left."""
    key, place = payload["media_key"], media.place_of(settings().media_url, settings().instance_dir)
    if _was_removed(key, place):
        return
    try:
        there = media.complete(place, key)
    except NotFound:
        log.info("photo has nothing to draw from", media_key=key)
        return
    with transaction():
        photos.drawn(key, there)
    media.forget_master(place, key)
    _was_removed(key, place)  # perhaps meanwhile


def _was_removed(key: str, place: str) -> bool:
    """Whether nobody shows the picture any more; its files are then gone too."""
    wanted = queries.media_in_use(key)
    close_read()
    if not wanted:
        media.delete(place, key)
    return not wanted
