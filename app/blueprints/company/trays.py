"""The tray: what is picked for a need, as the macro `tray` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.blueprints.public.cards import picture_url
from app.events import queries as events
from app.events.models import Need
from app.quotes import requests


@dataclass(frozen=True, slots=True)
class Tray:
    """The picks of a need, how many more may follow, and where they are asked."""

    picks: list[dict[str, Any]]
    left: int
    url: str
    event_title: str

    @property
    def offer_ids(self) -> set[int]:
        return {pick["id"] for pick in self.picks}


def tray_of(need: Need, now: datetime) -> Tray:
    """The tray of a need."""
    rows = events.picks_of([need.id]).get(need.id, [])
    picks = [
        {"id": row.offer_id, "title": row.title, "picture": picture_url(row.offer_id, row.photo_id)} for row in rows
    ]
    left = requests.places_left(need.id, now)
    return Tray(picks, left, url_for("picks.review", need_id=need.id), need.event.title)
