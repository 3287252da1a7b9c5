"""Charges and what follows one: the transfer to the provider, its reversals, the application fee and its refunds."""

from . import events
from .cards import Decline
from .store import Json, Store
from .wire import ApiError, Call, Route, created_in, envelope, fetch, names, new_id, page_of


def new_charge(store: Store, intent: Json, method: Json | None, status: str, decline: Decline | None = None) -> Json:
    """Record an attempt to take an intent's money: succeeded, pending or failed."""
    kind = method["type"] if method else "customer_balance"
    details = {"type": kind, kind: dict(method[kind]) if method else {}}
    charge: Json = {
        "id": new_id("py" if kind != "card" else "ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": method["billing_details"] if method else {},
        "captured": status != "failed",
        "created": store.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": intent["on_behalf_of"],
        "outcome": outcome(status, decline),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"] if method else None,
        "payment_method_details": details,
        "receipt_url": None,
        "refunded": False,
        "status": status,
        "transfer": None,
        "transfer_data": intent["transfer_data"],
        "transfer_group": None,
        "_behaves_as": method["_behaves_as"] if method else "",
    }
    store.add(charge)
    events.emit(store, f"charge.{status}", charge)
    return charge


def outcome(status: str, decline: Decline | None) -> Json:
    if decline is None:
        return {"type": "authorized", "network_status": "approved_by_network", "seller_message": "Payment complete."}
    return {
        "type": "issuer_declined",
        "network_status": "declined_by_network",
        "reason": decline.decline_code or decline.code,
        "seller_message": "The bank did not return any further details with this decline.",
    }


def finish(store: Store, charge: Json) -> Json:
    """The money is in: share it between the provider (transfer) and the platform (application fee)."""
    first = charge["status"] != "succeeded"
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    destination = (charge["transfer_data"] or {}).get("destination")
    if destination:
        charge["transfer"] = new_transfer(store, charge, destination)["id"]
    if destination and charge["application_fee_amount"]:
        charge["application_fee"] = new_fee(store, charge, destination)["id"]
    store.save(charge)
    if first:
        events.emit(store, "charge.succeeded", charge)
    return charge


def fail(store: Store, charge: Json, decline: Decline) -> Json:
    charge.update(status="failed", paid=False, failure_code=decline.code, failure_message=decline.message)
    charge["outcome"] = outcome("failed", decline)
    store.save(charge)
    events.emit(store, "charge.failed", charge)
    return charge


def new_transfer(store: Store, charge: Json, destination: str) -> Json:
    transfer: Json = {
        "id": new_id("tr"),
        "object": "transfer",
        "amount": charge["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": store.now(),
        "currency": charge["currency"],
        "description": None,
        "destination": destination,
        "destination_payment": new_id("py"),
        "livemode": False,
        "metadata": {},
        "reversals": envelope([], ""),
        "reversed": False,
        "source_transaction": charge["id"],
        "source_type": "card",
        "transfer_group": f"group_{charge['payment_intent']}",
    }
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    store.add(transfer)
    events.emit(store, "transfer.created", transfer)
    return transfer


def new_fee(store: Store, charge: Json, account: str) -> Json:
    fee: Json = {
        "id": new_id("fee"),
        "object": "application_fee",
        "account": account,
        "amount": charge["application_fee_amount"],
        "amount_refunded": 0,
        "application": "ca_stand_in",
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "livemode": False,
        "originating_transaction": charge["id"],
        "refunded": False,
        "refunds": envelope([], ""),
    }
    fee["refunds"]["url"] = f"/v1/application_fees/{fee['id']}/refunds"
    store.add(fee)
    events.emit(store, "application_fee.created", fee)
    return fee


def reverse(store: Store, transfer: Json, amount: int, refund_id: str | None, metadata: Json | None = None) -> Json:
    """Take money back from the provider. Raises ApiError when that is more than is left of the transfer."""
    left = transfer["amount"] - transfer["amount_reversed"]
    if not 0 < amount <= left:
        raise ApiError(f"Reversal amount ({amount}) is greater than the unreversed amount ({left}).", param="amount")
    reversal: Json = {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": store.now(),
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": metadata or {},
        "source_refund": refund_id,
        "transfer": transfer["id"],
    }
    store.add(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, reversal)
    store.save(transfer)
    events.emit(store, "transfer.reversed", transfer)
    return reversal


def refund_fee(store: Store, fee: Json, amount: int) -> Json:
    """Give part of the application fee back to the provider."""
    given: Json = {
        "id": new_id("fr"),
        "object": "fee_refund",
        "amount": amount,
        "balance_transaction": None,
        "created": store.now(),
        "currency": fee["currency"],
        "fee": fee["id"],
        "metadata": {},
    }
    store.add(given)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    fee["refunds"]["data"].insert(0, given)
    store.save(fee)
    events.emit(store, "application_fee.refunded", fee)
    return given


# -- endpoints -------------------------------------------------------------------------------------------------------


def retrieve(call: Call, charge_id: str) -> Json:
    return fetch(call.store, "charge", charge_id)


def filtered(kind: str, url: str, *filters: str) -> "Route":
    """A list endpoint of one kind of object, with equality filters."""

    def listing(call: Call) -> Json:
        where = {name: call.params[name] for name in filters if name in call.params}
        return page_of(call, created_in(call.store.all(kind, **where), call.params.get("created")), url)

    return Route("GET", url, listing, names(" ".join([*filters, "created limit starting_after ending_before"])))


def retrieve_transfer(call: Call, transfer_id: str) -> Json:
    return fetch(call.store, "transfer", transfer_id)


def reverse_call(call: Call, transfer_id: str) -> Json:
    transfer = fetch(call.store, "transfer", transfer_id)
    amount = call.integer("amount", transfer["amount"] - transfer["amount_reversed"])
    return reverse(call.store, transfer, amount, None, call.params.get("metadata"))


def reversals(call: Call, transfer_id: str) -> Json:
    fetch(call.store, "transfer", transfer_id)
    rows = call.store.all("transfer_reversal", transfer=transfer_id)
    return page_of(call, rows, f"/v1/transfers/{transfer_id}/reversals")


def retrieve_fee(call: Call, fee_id: str) -> Json:
    return fetch(call.store, "application_fee", fee_id)


ROUTES = [
    filtered("charge", "/v1/charges", "customer", "payment_intent"),
    Route("GET", "/v1/charges/<charge_id>", retrieve, names("")),
    filtered("transfer", "/v1/transfers", "destination", "transfer_group"),
    Route("GET", "/v1/transfers/<transfer_id>", retrieve_transfer, names("")),
    Route("POST", "/v1/transfers/<transfer_id>/reversals", reverse_call, names("amount metadata description")),
    Route("GET", "/v1/transfers/<transfer_id>/reversals", reversals, names("limit starting_after ending_before")),
    filtered("application_fee", "/v1/application_fees", "charge"),
    Route("GET", "/v1/application_fees/<fee_id>", retrieve_fee, names("")),
]
