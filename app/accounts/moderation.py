"""The operator's decisions about providers. Each is in the audit log and told to the provider, with its reason."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.models import Provider
from app.core.errors import InvalidInput
from app.core.outbox import publish
from app.core.states import advance

REASON_MIN = 10


def approve_provider(provider: Provider, *, by: str, now: datetime) -> None:
    """Let a provider sell, for the first time or again after a suspension. Raises InvalidTransition."""
    advance(provider, "approve", by=by, now=now)
    provider.state_reason = ""
    publish("provider.approved", {"provider_id": provider.id}, now=now)


def suspend_provider(provider: Provider, reason: str, *, by: str, now: datetime) -> None:
    """Stop a provider from selling. `reason` is a sentence that the provider reads.

    Raises InvalidInput without a reason, InvalidTransition when it is suspended already.
    """
    reason = reason.strip()
    if len(reason) < REASON_MIN:
        raise InvalidInput(_l("Expliquez en une phrase pourquoi : le prestataire la lira."), field="reason")
    advance(provider, "suspend", by=by, now=now, reason=reason)
    provider.state_reason = reason
    publish("provider.suspended", {"provider_id": provider.id, "reason": reason}, now=now)
