"""Stripe's objects, as plain dictionaries, read into what the domain knows. No network here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.payments.gateways.base import (
    AccountStatus,
    IncomingTransfer,
    Method,
    PaymentSnapshot,
    PaymentState,
    RefundSnapshot,
    RefundState,
    TransferInstructions,
    WebhookEvent,
)

CAPABILITIES = {
    Method.CARD: "card_payments",
    Method.SEPA_DEBIT: "sepa_debit_payments",
    Method.BANK_TRANSFER: "sepa_bank_transfer_payments",
}
Object = Mapping[str, Any]


def read_time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read_id(value: Any) -> str | None:
    """The id of what may be an id, an expanded object, or nothing."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return str(value) if value else None


def read_metadata(obj: Object) -> dict[str, str]:
    return {str(name): str(value) for name, value in (obj.get("metadata") or {}).items()}


def read_account(obj: Object) -> AccountStatus:
    able = obj.get("capabilities") or {}
    requirements = obj.get("requirements") or {}
    return AccountStatus(
        account_id=obj["id"],
        charges_enabled=bool(obj.get("charges_enabled")),
        payouts_enabled=bool(obj.get("payouts_enabled")),
        details_submitted=bool(obj.get("details_submitted")),
        methods=frozenset(method for method, name in CAPABILITIES.items() if able.get(name) == "active"),
        requirements_due=tuple(requirements.get("currently_due") or ()),
        disabled_reason=requirements.get("disabled_reason"),
        metadata=read_metadata(obj),
    )


# -- payments --------------------------------------------------------------------------------------------------------


def read_transfer(intent: Object) -> TransferInstructions | None:
    """The instructions of a bank transfer that has not fully arrived."""
    details = (intent.get("next_action") or {}).get("display_bank_transfer_instructions")
    if not details:
        return None
    bank: Object = next((row["iban"] for row in details.get("financial_addresses") or [] if row["type"] == "iban"), {})
    return TransferInstructions(
        iban=bank.get("iban", ""),
        bic=bank.get("bic", ""),
        holder=bank.get("account_holder_name") or "",
        reference=details.get("reference") or "",
        remaining_cents=int(details["amount_remaining"]),
    )


def read_state(intent: Object, transfer: TransferInstructions | None) -> PaymentState:
    """What an intent's status means for one attempt."""
    status = intent["status"]
    if status == "succeeded":
        return PaymentState.SUCCEEDED
    if status == "canceled":
        return PaymentState.CANCELLED
    if transfer is not None:
        partial = transfer.remaining_cents < int(intent["amount"])
        return PaymentState.PARTIALLY_FUNDED if partial else PaymentState.PROCESSING
    if status == "processing":
        return PaymentState.PROCESSING
    return PaymentState.FAILED if intent.get("last_payment_error") else PaymentState.CREATED


def read_failure(intent: Object) -> tuple[str | None, str | None]:
    """Why it was refused, and Stripe's sentence (for the log: it is English)."""
    error = intent.get("last_payment_error") or {}
    return refusal_code(error), error.get("message")


def refusal_code(error: Object) -> str | None:
    """Stripe's decline code where it says more than its code."""
    decline = error.get("decline_code")
    return decline if decline and decline != "generic_decline" else error.get("code")


def read_method(intent: Object) -> Method | None:
    """How it is being paid: by the method attached, or by a transfer."""
    if (intent.get("next_action") or {}).get("type") == "display_bank_transfer_instructions":
        return Method.BANK_TRANSFER
    method = intent.get("payment_method")
    if isinstance(method, Mapping) and method.get("type") in set(Method):
        return Method(method["type"])
    if intent["status"] == "succeeded" and method is None:
        return Method.BANK_TRANSFER
    return None


def read_payment(intent: Object) -> PaymentSnapshot:
    transfer = read_transfer(intent)
    code, message = read_failure(intent)
    received = int(intent.get("amount_received") or 0)
    return PaymentSnapshot(
        state=read_state(intent, transfer),
        amount_cents=int(intent["amount"]),
        received_cents=int(intent["amount"]) - transfer.remaining_cents if transfer else received,
        currency=intent["currency"],
        metadata=read_metadata(intent),
        livemode=bool(intent["livemode"]),
        payment_id=intent["id"],
        customer_id=read_id(intent.get("customer")),
        charge_id=read_id(intent.get("latest_charge")),
        destination=read_id((intent.get("transfer_data") or {}).get("destination")),
        application_fee_cents=int(intent.get("application_fee_amount") or 0),
        method=read_method(intent),
        method_id=read_id(intent.get("payment_method")),
        failure_code=code,
        failure_message=message,
        transfer=transfer,
    )


def read_checkout_state(session: Object, paid: PaymentSnapshot | None) -> PaymentState:
    """A page that is open is an attempt not made yet, whatever card was refused on it."""
    if session["status"] == "open":
        return PaymentState.CREATED
    if session["status"] == "expired":
        return PaymentState.CANCELLED
    return paid.state if paid else PaymentState.PROCESSING


def read_checkout(session: Object) -> PaymentSnapshot:
    """The session with its payment, which must be expanded."""
    intent = session.get("payment_intent")
    paid = read_payment(intent) if isinstance(intent, Mapping) else None
    return PaymentSnapshot(
        state=read_checkout_state(session, paid),
        amount_cents=int(session["amount_total"]),
        received_cents=paid.received_cents if paid else 0,
        currency=session["currency"],
        metadata=read_metadata(session),
        livemode=bool(session["livemode"]),
        payment_id=read_id(intent),
        checkout_id=session["id"],
        checkout_url=session.get("url"),
        checkout_open=session["status"] == "open",
        expires_at=read_time(session["expires_at"]),
        customer_id=read_id(session.get("customer")),
        charge_id=paid.charge_id if paid else None,
        destination=paid.destination if paid else None,
        application_fee_cents=paid.application_fee_cents if paid else 0,
        method=paid.method if paid else None,
        method_id=paid.method_id if paid else None,
        failure_code=paid.failure_code if paid else None,
        failure_message=paid.failure_message if paid else None,
        transfer=paid.transfer if paid else None,
    )


def read_incoming(row: Object) -> IncomingTransfer:
    funded = (row.get("funded") or {}).get("bank_transfer") or {}
    return IncomingTransfer(
        transfer_id=row["id"],
        amount_cents=int(row["net_amount"]),
        currency=row["currency"],
        reference=funded.get("reference"),
        created_at=read_time(row["created"]),
    )


# -- refunds and events ----------------------------------------------------------------------------------------------

REFUND_STATES = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


def read_refund(obj: Object) -> RefundSnapshot:
    return RefundSnapshot(
        refund_id=obj["id"],
        state=REFUND_STATES.get(obj.get("status") or "", RefundState.REQUESTED),
        amount_cents=int(obj["amount"]),
        currency=obj["currency"],
        payment_id=read_id(obj.get("payment_intent")),
        charge_id=read_id(obj.get("charge")),
        transfer_reversal_id=read_id(obj.get("transfer_reversal")),
        failure_reason=obj.get("failure_reason"),
        metadata=read_metadata(obj),
    )


def read_event(event: Object) -> WebhookEvent:
    """Raises KeyError, TypeError or ValueError where it is no event."""
    obj = event["data"]["object"]
    kind = str(obj["object"])
    payment = obj["id"] if kind == "payment_intent" else obj.get("payment_intent")
    return WebhookEvent(
        event_id=str(event["id"]),
        type=str(event["type"]),
        created_at=read_time(int(event["created"])),
        livemode=bool(event["livemode"]),
        account=read_id(event.get("account")),
        object_id=read_id(obj.get("id")),
        object_type=kind,
        payment_id=read_id(payment),
        customer_id=read_id(obj.get("customer")),
        metadata=read_metadata(obj),
        payload=event,
    )
