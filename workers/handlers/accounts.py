"""Mails about people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import members, queries
from app.accounts.models import Provider, User
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from workers.context import post, settings


def provider_registered(payload: dict[str, Any], now: datetime) -> None:
    """Tell every operator that a provider waits for a decision."""
    provider = session().get_one(Provider, payload["provider_id"])
    for user in queries.operators():
        link = f"{post().base_url}/operator/providers/{provider.id}"
        _send(user, "account/provider_registered", {"provider": provider, "link": link}, now)


def provider_approved(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people that they may sell."""
    _tell_sellers(payload["provider_id"], "account/provider_approved", {"link": f"{post().base_url}/account/home"}, now)


def provider_suspended(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider's people that they may not sell, and why."""
    context = {"reason": payload["reason"], "contact": settings().operator.email}
    _tell_sellers(payload["provider_id"], "account/provider_suspended", context, now)


def member_invited(payload: dict[str, Any], now: datetime) -> None:
    """Send a colleague the link by which she joins; nothing when it was taken back meanwhile."""
    invite = queries.invite_by_id(payload["invite_id"])
    if not members.is_pending(invite, now=now):
        return
    token = members.invite_token(invite.id, settings().secret_key)
    context = {"invite": invite, "link": f"{post().base_url}/account/join/{token}"}
    locale = invite.invited_by.locale if invite.invited_by else "fr"
    queue(post(), "account/member_invited", Mailbox("", invite.email), _with_base(context), locale=locale, now=now)


def _tell_sellers(provider_id: int, kind: str, context: dict[str, Any], now: datetime) -> None:
    provider = session().get_one(Provider, provider_id)
    for user in queries.people_of(provider.id):
        _send(user, kind, {"provider": provider, **context}, now)


def _send(user: User, kind: str, context: dict[str, Any], now: datetime) -> None:
    to = Mailbox(user.name, user.email)
    queue(post(), kind, to, _with_base({"person": user, **context}), locale=user.locale, now=now)


def _with_base(context: dict[str, Any]) -> dict[str, Any]:
    return context | {"base_url": post().base_url}
