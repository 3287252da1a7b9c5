"""Opening a provider's account at the gateway, and what it may do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Provider
from app.core.db import session
from app.core.states import audit
from app.payments.gateways.base import AccountStatus, NewAccount, PaymentGateway
from app.payments.keys import key_of

GATEWAY = "stripe"


def open_account(provider: Provider, gateway: PaymentGateway) -> AccountStatus:
    """The provider's account: opened now, or as it stands. Raises GatewayError. Talks to the outside."""
    account_id = provider.gateway_account
    wanted = NewAccount(legal_name=provider.name, email=provider.email, metadata={"provider": str(provider.id)})
    if account_id is not None:
        return gateway.account_status(account_id)
    return gateway.create_provider_account(wanted, idempotency_key=key_of("account", wanted))


def note_account(provider_id: int, seen: AccountStatus, *, now: datetime) -> Provider:
    """Keep what the gateway says a provider's account may do. Another account than the one known changes nothing."""
    provider = session().get_one(Provider, provider_id, with_for_update={"of": Provider}, populate_existing=True)
    if provider.gateway_account is None:
        provider.gateway_account = seen.account_id
        audit(provider, "account_opened", by=GATEWAY, now=now, reason=seen.account_id)
    if provider.gateway_account != seen.account_id:
        return provider
    able = (seen.ready, seen.payouts_enabled)
    if (provider.charges_enabled, provider.payouts_enabled) != able:
        provider.charges_enabled, provider.payouts_enabled = able
        audit(provider, "account_changed", by=GATEWAY, now=now, reason=f"charges {able[0]}, payouts {able[1]}")
    session().flush()
    return provider


def provider_with(account_id: str) -> int | None:
    """Id of the provider with this account; None for an account that isn't ours."""
    return session().scalar(select(Provider.id).where(Provider.gateway_account == account_id))
