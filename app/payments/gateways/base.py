"""What the domain asks of a payment gateway, in plain values: cents, lower-case ISO currencies, aware UTC times.

Each verb is one call over the network (or two), so none may run inside a database transaction; an implementation
asserts it. A verb with an `idempotency_key` may be repeated with the same key and the same values after a timeout: it
takes effect once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from app.core.errors import DomainError, GatewayError


class InvalidWebhook(DomainError):
    """What came in is no event of ours: bad signature, too old, from the future, or malformed (400)."""


class CardRefused(GatewayError):
    """A bank said no to a charge without the buyer. `code` is Stripe's decline code or else its code."""

    def __init__(self, message: str, *, code: str | None, payment_id: str | None) -> None:
        super().__init__(message, permanent=True, code=code)
        self.payment_id = payment_id


class Method(StrEnum):
    """How a company pays."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    BANK_TRANSFER = "customer_balance"


class PaymentState(StrEnum):
    """Where an attempt to pay stands. PROCESSING covers a debit under way and a transfer that is awaited."""

    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTIALLY_FUNDED = "partially_funded"


class RefundState(StrEnum):
    """Where a refund stands; a succeeded one may still fail later."""

    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A provider that will be paid. `metadata` should carry its id."""

    legal_name: str
    email: str
    country: str = "FR"
    website: str | None = None
    methods: tuple[Method, ...] = tuple(Method)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What a provider's account may do now, and what it still owes."""

    account_id: str
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    methods: frozenset[Method]
    requirements_due: tuple[str, ...]
    disabled_reason: str | None
    metadata: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """May be paid, by card at least."""
        return self.charges_enabled and self.payouts_enabled and Method.CARD in self.methods


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A company that pays. One per company (or per company and provider): the domain keeps the id."""

    name: str
    email: str
    locale: str = "fr"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """One attempt to pay one instalment on the hosted page.

    `expires_at` lies 30 minutes to 24 hours ahead. `success_url` may hold {CHECKOUT_SESSION_ID}. `destination` is the
    provider's account; `on_behalf_of` the same, or None where the platform stays the merchant. Methods in
    `save_methods` may be charged again later; a bank transfer saves nothing and needs a `customer_id`.
    """

    amount_cents: int
    currency: str
    description: str
    destination: str
    application_fee_cents: int
    metadata: Mapping[str, str]
    success_url: str
    cancel_url: str
    expires_at: datetime
    on_behalf_of: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    locale: str = "fr"
    methods: tuple[Method, ...] = (Method.CARD,)
    save_methods: frozenset[Method] = frozenset()


@dataclass(frozen=True, slots=True)
class NewCharge:
    """One attempt to pay one instalment with a saved method, the buyer being away."""

    amount_cents: int
    currency: str
    description: str
    destination: str
    application_fee_cents: int
    metadata: Mapping[str, str]
    customer_id: str
    method_id: str
    method: Method = Method.CARD
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class TransferInstructions:
    """What a payer by bank transfer needs, and what has not arrived yet."""

    iban: str
    bic: str
    holder: str
    reference: str
    remaining_cents: int


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """An attempt as the gateway sees it now.

    `checkout_open` is true while the hosted page can still be used: state CREATED then, with the last refusal in
    `failure_code` and `failure_message`. `payment_id` is None until the buyer first tried.
    """

    state: PaymentState
    amount_cents: int
    received_cents: int
    currency: str
    metadata: Mapping[str, str]
    livemode: bool
    payment_id: str | None = None
    checkout_id: str | None = None
    checkout_url: str | None = None
    checkout_open: bool = False
    expires_at: datetime | None = None
    customer_id: str | None = None
    charge_id: str | None = None
    destination: str | None = None
    application_fee_cents: int = 0
    method: Method | None = None
    method_id: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    transfer: TransferInstructions | None = None


@dataclass(frozen=True, slots=True)
class NewRefund:
    """Money back to the buyer, out of the provider's transfer and the platform's fee in proportion."""

    payment_id: str
    amount_cents: int
    reverse_transfer: bool = True
    refund_application_fee: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """A refund as the gateway sees it now."""

    refund_id: str
    state: RefundState
    amount_cents: int
    currency: str
    payment_id: str | None
    charge_id: str | None
    transfer_reversal_id: str | None
    failure_reason: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IncomingTransfer:
    """Money that arrived on a company's virtual IBAN and waits to be applied. `reference` is what the payer wrote."""

    transfer_id: str
    amount_cents: int
    currency: str
    reference: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """That something happened to an object: a trigger to fetch it again, never a source of truth.

    `account` is set for what happened on a provider's account. `metadata` is the object's, to match an unknown one.
    """

    event_id: str
    type: str
    created_at: datetime
    livemode: bool
    account: str | None
    object_id: str | None
    object_type: str
    payment_id: str | None
    customer_id: str | None
    metadata: Mapping[str, str]
    payload: Mapping[str, Any]


class PaymentGateway(Protocol):
    """Few verbs. Each raises GatewayError: `permanent` when asking again can't help."""

    def create_provider_account(self, account: NewAccount, *, idempotency_key: str) -> AccountStatus:
        """Open an account that a provider is paid on; it can do nothing before onboarding."""

    def onboarding_url(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """A link of a few minutes where the provider gives its details. Used or too old, it leads to `refresh_url`."""

    def account_status(self, account_id: str) -> AccountStatus:
        """What the account may do now."""

    def create_customer(self, customer: NewCustomer, *, idempotency_key: str) -> str:
        """Register a company that pays; returns its id. Its transfers are reconciled by hand, never automatically."""

    def create_checkout(self, checkout: NewCheckout, *, idempotency_key: str) -> PaymentSnapshot:
        """Open a hosted page; `checkout_url` is where the buyer goes."""

    def expire_checkout(self, checkout_id: str) -> PaymentSnapshot:
        """Close the page; one that is over already stays as it is. Returns what became of it: it may have been paid."""

    def fetch_checkout(self, checkout_id: str) -> PaymentSnapshot:
        """The attempt made on a hosted page."""

    def fetch_payment(self, payment_id: str) -> PaymentSnapshot:
        """The attempt by its payment's id. FAILED may be retried on a page still open: see `fetch_checkout`."""

    def charge_saved_method(self, charge: NewCharge, *, idempotency_key: str) -> PaymentSnapshot:
        """Charge a saved method without the buyer. Raises CardRefused when the bank says no or wants to see her."""

    def cancel_payment(self, payment_id: str, *, idempotency_key: str) -> PaymentSnapshot:
        """Give up an unpaid attempt, such as a transfer that never came. One that is over stays as it is."""

    def incoming_transfers(self, customer_id: str) -> list[IncomingTransfer]:
        """Every transfer that arrived for a company, oldest first, applied or not."""

    def apply_transfer(self, payment_id: str, amount_cents: int, *, idempotency_key: str) -> PaymentSnapshot:
        """Use that much of what the company transferred for this attempt."""

    def refund(self, refund: NewRefund, *, idempotency_key: str) -> RefundSnapshot:
        """Give money back."""

    def fetch_refund(self, refund_id: str) -> RefundSnapshot:
        """Where a refund stands."""

    def list_events(
        self, since: datetime, *, types: Sequence[str] = (), account: str | None = None, undelivered: bool = False
    ) -> list[WebhookEvent]:
        """Events since then (kept for 30 days), oldest first; of one provider's account with `account`."""

    def parse_webhook(
        self, body: bytes, signature: str | None, secrets: Sequence[str], *, now: datetime
    ) -> WebhookEvent:
        """The event that a webhook carries, checked against each secret. Raises InvalidWebhook."""
