"""Bank transfers: a virtual IBAN per customer in France, money that arrives on it, and what it is used for."""

import zlib

from stdnum import iban as iban_numbers

from . import events
from .store import Json, Store
from .wire import ApiError, Call, Route, fetch, names, new_id, page_of

BIC = "STDNFR2AXXX"
HOLDER = "Stripe Technology Europe Limited (test)"


def virtual_iban(seed: str) -> str:
    """A French IBAN, right in both of its check digits, the same for the same seed."""
    account = f"{zlib.crc32(seed.encode()) % 10**11:011d}"
    bank, branch = "19973", "00001"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    body = f"{bank}{branch}{account}{key:02d}"
    return f"FR{iban_numbers.calc_check_digits('FR00' + body)}{body}"


def instructions(seed: str, amount: int, currency: str) -> Json:
    """What Stripe tells the payer: where to, under which reference, and how much is still missing."""
    iban = virtual_iban(seed)
    return {
        "amount_remaining": amount,
        "currency": currency,
        "hosted_instructions_url": None,
        "reference": new_id("", 8).strip("_").upper(),
        "type": "eu_bank_transfer",
        "financial_addresses": [
            {
                "type": "iban",
                "supported_networks": ["sepa"],
                "iban": {"account_holder_name": HOLDER, "bic": BIC, "country": "FR", "iban": iban},
            }
        ],
    }


def receive(store: Store, customer: Json, amount: int, currency: str, reference: str | None) -> Json:
    """Money arrived on the virtual IBAN: it is the customer's until it is applied."""
    customer["_cash_cents"] += amount
    store.save(customer)
    funded = {
        "bank_transfer": {
            "type": "eu_bank_transfer",
            "reference": reference,
            "eu_bank_transfer": {"bic": "AGRIFRPP", "iban_last4": "2606", "sender_name": customer["name"]},
        }
    }
    row = note(store, customer, "funded", amount, currency, {"funded": funded})
    events.emit(store, "cash_balance.funds_available", cash_balance(customer))
    return row


def note(store: Store, customer: Json, kind: str, net: int, currency: str, more: Json) -> Json:
    """One line in the history of a customer's cash."""
    row: Json = {
        "id": new_id("ccsbtxn"),
        "object": "customer_cash_balance_transaction",
        "created": store.now(),
        "currency": currency,
        "customer": customer["id"],
        "ending_balance": customer["_cash_cents"],
        "livemode": False,
        "net_amount": net,
        "type": kind,
        **more,
    }
    store.add(row)
    events.emit(store, "customer_cash_balance_transaction.created", row)
    return row


def take(store: Store, customer: Json, amount: int, currency: str, intent_id: str) -> None:
    """Use part of the cash for an intent. Raises ApiError when there is too little."""
    if not 0 < amount <= customer["_cash_cents"]:
        raise ApiError(
            f"The customer's cash balance ({customer['_cash_cents']}) is less than the amount ({amount}).",
            code="customer_cash_balance_insufficient",
            param="amount",
        )
    customer["_cash_cents"] -= amount
    store.save(customer)
    more = {"applied_to_payment": {"payment_intent": intent_id}}
    note(store, customer, "applied_to_payment", -amount, currency, more)


def cash_balance(customer: Json) -> Json:
    return {
        "object": "cash_balance",
        "available": {"eur": customer["_cash_cents"]} if customer["_cash_cents"] else None,
        "customer": customer["id"],
        "livemode": False,
        "settings": {"reconciliation_mode": customer["_reconciliation"], "using_merchant_default": False},
    }


def retrieve(call: Call, customer_id: str) -> Json:
    return cash_balance(fetch(call.store, "customer", customer_id))


def update(call: Call, customer_id: str) -> Json:
    customer = fetch(call.store, "customer", customer_id)
    mode = (call.params.get("settings") or {}).get("reconciliation_mode")
    if mode not in ("automatic", "manual", "merchant_default"):
        raise ApiError("Invalid reconciliation_mode.", param="settings[reconciliation_mode]")
    customer["_reconciliation"] = "manual" if mode == "manual" else "automatic"
    call.store.save(customer)
    return cash_balance(customer)


def history(call: Call, customer_id: str) -> Json:
    fetch(call.store, "customer", customer_id)
    rows = call.store.all("customer_cash_balance_transaction", customer=customer_id)
    return page_of(call, rows, f"/v1/customers/{customer_id}/cash_balance_transactions")


PAGE = names("limit starting_after ending_before")
ROUTES = [
    Route("GET", "/v1/customers/<customer_id>/cash_balance", retrieve, names("")),
    Route("POST", "/v1/customers/<customer_id>/cash_balance", update, names("settings")),
    Route("GET", "/v1/customers/<customer_id>/cash_balance_transactions", history, PAGE),
]
