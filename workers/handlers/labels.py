"""Mails about labels: an operator is asked to read a certificate, the provider is told what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries
from app.accounts.models import User
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from app.offers.labels import LABELS
from app.offers.models import LabelState, OfferLabel
from app.offers.service import latest_version
from workers.context import post


def claimed(payload: dict[str, Any], now: datetime) -> None:
    """Ask the operators to read the certificate; nothing when it was taken back meanwhile."""
    row = session().get(OfferLabel, payload["label_id"])
    if row is not None and row.state == LabelState.PENDING:
        _send(queries.operators(), "label_claimed", row, "/operator/labels", now)


def refused(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider why its label isn't shown."""
    _tell_provider("label_refused", payload, now)


def expiring(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider that a certificate is about to expire."""
    _tell_provider("label_expiring", payload, now)


def _tell_provider(kind: str, payload: dict[str, Any], now: datetime) -> None:
    row = session().get(OfferLabel, payload["label_id"])
    if row is not None:
        people = queries.people_of(row.offer.provider_id)
        _send(people, kind, row, f"/provider/offers/{row.offer_id}/labels", now)


def _send(people: list[User], kind: str, row: OfferLabel, path: str, now: datetime) -> None:
    for user in people:
        context = {
            "person_name": user.name or user.email,
            "row": row,
            "label_words": LABELS.get(row.code, row.code),
            "title": latest_version(row.offer).title,
            "provider": row.offer.provider,
            "link": post().base_url + path,
            "base_url": post().base_url,
        }
        queue(post(), f"offers/{kind}", Mailbox(user.name, user.email), context, locale=user.locale, now=now)
