"""Mails about offers: the operator is asked to read one, the provider is told what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries
from app.accounts.models import User
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from app.offers.address import words_of
from app.offers.models import OfferVersion, VersionState
from workers.context import post


def submitted(payload: dict[str, Any], now: datetime) -> None:
    """Tell every operator that an offer waits to be read; nothing when it has been taken back meanwhile."""
    version = session().get(OfferVersion, payload["version_id"])
    if version is None or version.state != VersionState.IN_REVIEW:
        return
    for user in queries.operators():
        _send(user, "offers/submitted", version, f"/operator/moderation/{version.id}", now)


def published(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people that their offer is on sale."""
    version = session().get_one(OfferVersion, payload["version_id"])
    for user in queries.people_of(version.offer.provider_id):
        _send(user, "offers/published", version, f"/offers/{version.offer_id}-{words_of(version.title)}", now)


def returned(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people what is to be changed."""
    version = session().get_one(OfferVersion, payload["version_id"])
    for user in queries.people_of(version.offer.provider_id):
        _send(user, "offers/returned", version, f"/provider/offers/{version.offer_id}/edit", now)


def _send(user: User, kind: str, version: OfferVersion, path: str, now: datetime) -> None:
    context = {
        "person": user,
        "version": version,
        "provider": version.offer.provider,
        "link": post().base_url + path,
        "base_url": post().base_url,
    }
    queue(post(), kind, Mailbox(user.name, user.email), context, locale=user.locale, now=now)
