"""Stripe through its SDK: the only module that imports it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import stripe

from app.core.errors import GatewayError
from app.payments.gateways.base import (
    AccountStatus,
    CardRefused,
    IncomingTransfer,
    InvalidWebhook,
    Method,
    NewAccount,
    NewCharge,
    NewCheckout,
    NewCustomer,
    NewRefund,
    PaymentGateway,
    PaymentSnapshot,
    RefundSnapshot,
    WebhookEvent,
)
from app.payments.gateways.stripe_reading import (
    CAPABILITIES,
    read_account,
    read_checkout,
    read_event,
    read_incoming,
    read_payment,
    read_refund,
    refusal_code,
)

TOLERANCE_SECONDS = 300
EXPAND_PAYMENT = ["payment_method"]
EXPAND_CHECKOUT = ["payment_intent", "payment_intent.payment_method"]
# Errors that the same request may outlive: the network, too many requests, a lock, Stripe's own trouble.
PASSING = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)
PASSING_CODES = {"idempotency_key_in_use", "lock_timeout", "rate_limit"}
EXPRESS = {
    "fees": {"payer": "application"},
    "losses": {"payments": "application"},
    "requirement_collection": "stripe",
    "stripe_dashboard": {"type": "express"},
}
EU_TRANSFER = {
    "funding_type": "bank_transfer",
    "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
}


def no_check() -> None:
    """Where no database is near, such as in a contract test."""


class StripeGateway:
    """PaymentGateway on Stripe, or on the local stand-in with `api_base`.

    `timeout` is in seconds and holds for each try; `max_network_retries` more follow after a failure of the network,
    with the same idempotency key. `assert_no_transaction` is called before each call and raises when one is open.
    """

    def __init__(
        self,
        secret_key: str,
        *,
        api_base: str | None = None,
        timeout: float = 10,
        max_network_retries: int = 2,
        assert_no_transaction: Callable[[], None] = no_check,
    ) -> None:
        self._assert_no_transaction = assert_no_transaction
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else None,
            http_client=stripe.RequestsClient(timeout=timeout),
            max_network_retries=max_network_retries,
        )

    @contextmanager
    def _calling(self) -> Iterator[Any]:
        """The API's first version, its errors turned into ours. Untyped: parameters are built as plain dicts."""
        self._assert_no_transaction()
        try:
            yield self._client.v1
        except stripe.StripeError as error:
            raise gateway_error(error) from error

    # -- providers ---------------------------------------------------------------------------------------------------

    def create_provider_account(self, account: NewAccount, *, idempotency_key: str) -> AccountStatus:
        """Open an account that a provider is paid on; it can do nothing before onboarding. Raises GatewayError."""
        wanted = [CAPABILITIES[method] for method in account.methods]
        params = {
            "country": account.country,
            "email": account.email,
            "business_type": "company",
            "company": {"name": account.legal_name},
            "business_profile": {"name": account.legal_name} | ({"url": account.website} if account.website else {}),
            "capabilities": {name: {"requested": True} for name in [*wanted, "transfers"]},
            "controller": EXPRESS,
            "metadata": dict(account.metadata),
        }
        with self._calling() as api:
            return read_account(plain(api.accounts.create(params, {"idempotency_key": idempotency_key})))

    def onboarding_url(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """A link of a few minutes where the provider gives its details. Raises GatewayError."""
        params = {
            "account": account_id,
            "return_url": return_url,
            "refresh_url": refresh_url,
            "type": "account_onboarding",
        }
        with self._calling() as api:
            return str(api.account_links.create(params).url)

    def account_status(self, account_id: str) -> AccountStatus:
        """What the account may do now. Raises GatewayError."""
        with self._calling() as api:
            return read_account(plain(api.accounts.retrieve(account_id)))

    # -- paying ------------------------------------------------------------------------------------------------------

    def create_customer(self, customer: NewCustomer, *, idempotency_key: str) -> str:
        """Register a company that pays; returns its id. Raises GatewayError.

        Its transfers are reconciled by hand: automatic reconciliation lets money meant for one booking fund another.
        """
        params = {
            "name": customer.name,
            "email": customer.email,
            "preferred_locales": [customer.locale],
            "cash_balance": {"settings": {"reconciliation_mode": "manual"}},
            "metadata": dict(customer.metadata),
        }
        with self._calling() as api:
            return str(api.customers.create(params, {"idempotency_key": idempotency_key}).id)

    def create_checkout(self, checkout: NewCheckout, *, idempotency_key: str) -> PaymentSnapshot:
        """Open a hosted page; `checkout_url` is where the buyer goes. Raises GatewayError."""
        params = checkout_params(checkout)
        with self._calling() as api:
            return read_checkout(plain(api.checkout.sessions.create(params, {"idempotency_key": idempotency_key})))

    def expire_checkout(self, checkout_id: str) -> PaymentSnapshot:
        """Close the page and say what became of it: the buyer may have paid a moment before. Raises GatewayError."""
        try:
            with self._calling() as api:
                return read_checkout(plain(api.checkout.sessions.expire(checkout_id, {"expand": EXPAND_CHECKOUT})))
        except GatewayError as error:
            if not error.permanent:
                raise
        return self.fetch_checkout(checkout_id)

    def fetch_checkout(self, checkout_id: str) -> PaymentSnapshot:
        """The attempt made on a hosted page. Raises GatewayError."""
        with self._calling() as api:
            return read_checkout(plain(api.checkout.sessions.retrieve(checkout_id, {"expand": EXPAND_CHECKOUT})))

    def fetch_payment(self, payment_id: str) -> PaymentSnapshot:
        """The attempt by its payment's id. Raises GatewayError."""
        with self._calling() as api:
            return read_payment(plain(api.payment_intents.retrieve(payment_id, {"expand": EXPAND_PAYMENT})))

    def charge_saved_method(self, charge: NewCharge, *, idempotency_key: str) -> PaymentSnapshot:
        """Charge a saved method without the buyer. Raises CardRefused (the bank said no), GatewayError."""
        params = {
            "amount": charge.amount_cents,
            "currency": charge.currency,
            "customer": charge.customer_id,
            "payment_method": charge.method_id,
            "payment_method_types": [charge.method.value],
            "confirm": True,
            "off_session": True,
            "expand": EXPAND_PAYMENT,
            **split_params(charge),
        }
        with self._calling() as api:
            return read_payment(plain(api.payment_intents.create(params, {"idempotency_key": idempotency_key})))

    def cancel_payment(self, payment_id: str, *, idempotency_key: str) -> PaymentSnapshot:
        """Give up an unpaid attempt and say what became of it. Raises GatewayError."""
        params, options = {"expand": EXPAND_PAYMENT}, {"idempotency_key": idempotency_key}
        try:
            with self._calling() as api:
                return read_payment(plain(api.payment_intents.cancel(payment_id, params, options)))
        except GatewayError as error:
            if error.code != "payment_intent_unexpected_state":
                raise
        return self.fetch_payment(payment_id)

    def incoming_transfers(self, customer_id: str) -> list[IncomingTransfer]:
        """Every transfer that arrived for a company, oldest first, applied or not. Raises GatewayError."""
        with self._calling() as api:
            pages = api.customers.cash_balance_transactions.list(customer_id, {"limit": 100})
            rows = [plain(row) for row in pages.auto_paging_iter()]
        return [read_incoming(row) for row in reversed(rows) if row["type"] == "funded"]

    def apply_transfer(self, payment_id: str, amount_cents: int, *, idempotency_key: str) -> PaymentSnapshot:
        """Use that much of what the company transferred for this attempt. Raises GatewayError."""
        params = {"amount": amount_cents, "expand": EXPAND_PAYMENT}
        options = {"idempotency_key": idempotency_key}
        with self._calling() as api:
            return read_payment(plain(api.payment_intents.apply_customer_balance(payment_id, params, options)))

    # -- refunds -----------------------------------------------------------------------------------------------------

    def refund(self, refund: NewRefund, *, idempotency_key: str) -> RefundSnapshot:
        """Give money back, out of the provider's transfer and the platform's fee in proportion. Raises GatewayError."""
        params = {
            "payment_intent": refund.payment_id,
            "amount": refund.amount_cents,
            "reverse_transfer": refund.reverse_transfer,
            "refund_application_fee": refund.refund_application_fee,
            "metadata": dict(refund.metadata),
        }
        with self._calling() as api:
            return read_refund(plain(api.refunds.create(params, {"idempotency_key": idempotency_key})))

    def fetch_refund(self, refund_id: str) -> RefundSnapshot:
        """Where a refund stands. Raises GatewayError."""
        with self._calling() as api:
            return read_refund(plain(api.refunds.retrieve(refund_id)))

    # -- events ------------------------------------------------------------------------------------------------------

    def list_events(
        self, since: datetime, *, types: Sequence[str] = (), account: str | None = None, undelivered: bool = False
    ) -> list[WebhookEvent]:
        """Events since then (kept for 30 days), oldest first; of one provider's account with `account`.

        Raises GatewayError.
        """
        params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        params |= {"types": list(types)} if types else {}
        params |= {"delivery_success": False} if undelivered else {}
        options = {"stripe_account": account} if account else {}
        with self._calling() as api:
            rows = [plain(row) for row in api.events.list(params, options).auto_paging_iter()]
        return [read_event(row) for row in reversed(rows)]

    def parse_webhook(
        self, body: bytes, signature: str | None, secrets: Sequence[str], *, now: datetime
    ) -> WebhookEvent:
        """The event that a webhook carries, checked against each secret. Raises InvalidWebhook."""
        return parse_webhook(body, signature, secrets, now=now)


# -- what the calls are made of --------------------------------------------------------------------------------------


def plain(obj: stripe.StripeObject) -> dict[str, Any]:
    """A StripeObject is no dict; this is one, all the way down."""
    return obj.to_dict(recursive=True)


def split_params(payment: NewCheckout | NewCharge) -> dict[str, Any]:
    """Who gets what: the provider all of it, the platform its fee out of that."""
    fee = {"application_fee_amount": payment.application_fee_cents} if payment.application_fee_cents else {}
    merchant = {"on_behalf_of": payment.on_behalf_of} if payment.on_behalf_of else {}
    return {
        "description": payment.description,
        "metadata": dict(payment.metadata),
        "transfer_data": {"destination": payment.destination},
        **fee,
        **merchant,
    }


def checkout_params(checkout: NewCheckout) -> dict[str, Any]:
    price = {
        "currency": checkout.currency,
        "unit_amount": checkout.amount_cents,
        "product_data": {"name": checkout.description},
    }
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_method_types": [method.value for method in checkout.methods],
        "payment_method_options": method_options(checkout),
        "payment_intent_data": split_params(checkout),
        "metadata": dict(checkout.metadata),
        "success_url": checkout.success_url,
        "cancel_url": checkout.cancel_url,
        "expires_at": int(checkout.expires_at.timestamp()),
        "locale": checkout.locale,
        "expand": EXPAND_CHECKOUT,
        **buyer_params(checkout),
    }


def method_options(checkout: NewCheckout) -> dict[str, Any]:
    """Saving is asked per method: a session that offers a bank transfer refuses it for all."""
    saved = checkout.save_methods - {Method.BANK_TRANSFER}
    options: dict[str, Any] = {
        method.value: {"setup_future_usage": "off_session"} for method in checkout.methods if method in saved
    }
    if Method.BANK_TRANSFER in checkout.methods:
        options[Method.BANK_TRANSFER.value] = EU_TRANSFER
    return options


def buyer_params(checkout: NewCheckout) -> dict[str, str]:
    if checkout.customer_id:
        return {"customer": checkout.customer_id}
    return {"customer_email": checkout.customer_email} if checkout.customer_email else {}


def gateway_error(error: stripe.StripeError) -> GatewayError:
    """Ours for theirs; `permanent` unless the same request may succeed later."""
    message = error.user_message or str(error)
    if isinstance(error, stripe.CardError):
        body: Any = error.json_body
        details: Mapping[str, Any] = (body or {}).get("error") or {}
        payment = details.get("payment_intent") or {}
        return CardRefused(message, code=refusal_code(details) or error.code, payment_id=payment.get("id"))
    passing = isinstance(error, PASSING) or error.code in PASSING_CODES
    return GatewayError(message, permanent=not passing, code=error.code)


def parse_webhook(body: bytes, signature: str | None, secrets: Sequence[str], *, now: datetime) -> WebhookEvent:
    """The event that a webhook carries: signed with one of the secrets, at most 300 s away from `now` on either side.

    Raises InvalidWebhook for anything else.
    """
    stamp = re.search(r"(?:^|,)t=(\d{1,11})(?:,|$)", signature or "", re.ASCII)
    if signature is None or stamp is None or not signature.isascii():
        raise InvalidWebhook("The Stripe-Signature header is missing or malformed.")
    if abs(now.timestamp() - int(stamp[1])) > TOLERANCE_SECONDS:
        raise InvalidWebhook("The webhook's time is more than five minutes away from ours.")
    if not any(signed(body, signature, secret) for secret in secrets):
        raise InvalidWebhook("The webhook's signature fits none of the secrets.")
    try:
        return read_event(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidWebhook("The webhook's body is no event.") from error


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether this secret signed this body. Freshness is checked elsewhere: the SDK's check lets the future pass."""
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


CONFORMS: type[PaymentGateway] = StripeGateway  # held by the type checker
