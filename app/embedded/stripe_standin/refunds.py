"""Refunds: money back to the buyer; on request out of the provider's transfer and the platform's fee, in proportion."""

from . import charges, events
from .cards import TEST_CARDS
from .store import Json, Store
from .wire import ApiError, Call, Route, created_in, fetch, names, new_id, page_of


def create(call: Call) -> Json:
    store = call.store
    charge = charge_of(call)
    amount = checked_amount(call, charge)
    if call.flag("reverse_transfer") and not charge["transfer"]:
        raise ApiError("Cannot reverse a transfer: this charge has none.", param="reverse_transfer")
    if call.flag("refund_application_fee") and not charge["application_fee"]:
        raise ApiError("Cannot refund an application fee: this charge has none.", param="refund_application_fee")
    refund: Json = {
        "id": new_id("re" if charge["id"].startswith("ch") else "pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "destination_details": {"type": charge["payment_method_details"]["type"]},
        "metadata": call.params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "reason": call.params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": first_status(charge),
        "transfer_reversal": None,
    }
    before = charge["amount_refunded"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if call.flag("reverse_transfer"):
        refund["transfer_reversal"] = reverse_share(store, charge, before, refund["id"])
    if call.flag("refund_application_fee"):
        refund_fee_share(store, charge, before)
    store.save(charge)
    store.add(refund)
    events.emit(store, "charge.refunded", charge)
    events.emit(store, "refund.created", refund)
    return refund


def charge_of(call: Call) -> Json:
    """The charge to refund. Raises ApiError when there is none that was paid."""
    store, params = call.store, call.params
    if params.get("payment_intent"):
        intent = fetch(store, "payment_intent", params["payment_intent"], "payment_intent")
        charge_id = intent["latest_charge"] or ""
        if intent["status"] != "succeeded":
            raise ApiError(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    else:
        charge_id = call.need("charge")
    charge = fetch(store, "charge", charge_id, "charge")
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge_id} has not been paid.", code="charge_not_refundable", param="charge")
    return charge


def checked_amount(call: Call, charge: Json) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    amount = call.integer("amount", left)
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise ApiError(
            f"Refund amount (€{amount / 100:.2f}) is greater than unrefunded amount on charge (€{left / 100:.2f})",
            param="amount",
        )
    return amount


def first_status(charge: Json) -> str:
    """A card is refunded at once (one test card is not); a bank takes its time."""
    card = TEST_CARDS.get(charge["_behaves_as"])
    return card.refund if card else "pending"


def share(whole: int, charge: Json, before: int) -> int:
    """What this refund takes of a sum, so that refunds of the whole charge take exactly the whole sum."""
    refunded, amount = int(charge["amount_refunded"]), int(charge["amount"])
    return whole * refunded // amount - whole * before // amount


def reverse_share(store: Store, charge: Json, before: int, refund_id: str) -> str | None:
    transfer = fetch(store, "transfer", charge["transfer"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = min(share(transfer["amount"], charge, before), left)
    return str(charges.reverse(store, transfer, amount, refund_id)["id"]) if amount else None


def refund_fee_share(store: Store, charge: Json, before: int) -> None:
    fee = fetch(store, "application_fee", charge["application_fee"])
    amount = min(share(fee["amount"], charge, before), fee["amount"] - fee["amount_refunded"])
    if amount:
        charges.refund_fee(store, fee, amount)


def settle(store: Store, refund: Json) -> Json:
    """The bank took a pending refund. Raises ApiError when it is not pending."""
    if refund["status"] != "pending":
        raise ApiError(f"This refund has a status of {refund['status']}.")
    refund["status"] = "succeeded"
    store.save(refund)
    events.emit(store, "refund.updated", refund)
    return refund


def fail(store: Store, refund: Json, reason: str = "lost_or_stolen_card") -> Json:
    """The bank sent a refund back, even one that had succeeded: the sum is owed again."""
    if refund["status"] not in ("pending", "succeeded"):
        raise ApiError(f"This refund has a status of {refund['status']}.")
    refund.update(status="failed", failure_reason=reason)
    store.save(refund)
    charge = fetch(store, "charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    store.save(charge)
    for kind in ("refund.updated", "refund.failed"):
        events.emit(store, kind, refund)
    return refund


def retrieve(call: Call, refund_id: str) -> Json:
    return fetch(call.store, "refund", refund_id)


def update(call: Call, refund_id: str) -> Json:
    refund = fetch(call.store, "refund", refund_id)
    refund["metadata"] = {**refund["metadata"], **(call.params.get("metadata") or {})}
    events.emit(call.store, "refund.updated", call.store.save(refund))
    return refund


def listing(call: Call) -> Json:
    where = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    rows = created_in(call.store.all("refund", **where), call.params.get("created"))
    return page_of(call, rows, "/v1/refunds")


FIELDS = names(
    "charge payment_intent amount metadata reason refund_application_fee reverse_transfer instructions_email"
)
ROUTES = [
    Route("POST", "/v1/refunds", create, FIELDS),
    Route("GET", "/v1/refunds", listing, names("charge payment_intent created limit starting_after ending_before")),
    Route("GET", "/v1/refunds/<refund_id>", retrieve, names("")),
    Route("POST", "/v1/refunds/<refund_id>", update, names("metadata")),
]
