"""Customers and the payment methods saved on them."""

from . import cards, events
from .store import Json, Store
from .wire import ApiError, Call, Route, created_in, envelope, fetch, names, new_id, page_of


def create(call: Call) -> Json:
    params = call.params
    cash = ((params.get("cash_balance") or {}).get("settings") or {}).get("reconciliation_mode", "automatic")
    customer: Json = {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": params.get("address"),
        "balance": 0,
        "created": call.store.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params.get("name"),
        "phone": params.get("phone"),
        "preferred_locales": params.get("preferred_locales") or [],
        "shipping": None,
        "_cash_cents": 0,
        "_reconciliation": cash if cash == "manual" else "automatic",
    }
    call.store.add(customer)
    events.emit(call.store, "customer.created", customer)
    return customer


def retrieve(call: Call, customer_id: str) -> Json:
    return fetch(call.store, "customer", customer_id)


def update(call: Call, customer_id: str) -> Json:
    customer = fetch(call.store, "customer", customer_id)
    for name in ("email", "name", "phone", "description", "address", "preferred_locales"):
        customer[name] = call.params.get(name, customer[name])
    customer["metadata"] = {**customer["metadata"], **(call.params.get("metadata") or {})}
    call.store.save(customer)
    events.emit(call.store, "customer.updated", customer)
    return customer


def listing(call: Call) -> Json:
    where = {"email": call.params["email"]} if "email" in call.params else {}
    rows = created_in(call.store.all("customer", **where), call.params.get("created"))
    return page_of(call, rows, "/v1/customers")


# -- payment methods -------------------------------------------------------------------------------------------------


def new_card(store: Store, number: str, expiry: tuple[int, int], name: str = "", email: str | None = None) -> Json:
    """A payment method for one of the test cards. The number itself is one of a public list; only that is kept."""
    card = cards.TEST_CARDS[number]
    return new_method(
        store,
        "card",
        {
            "brand": card.brand,
            "country": card.country,
            "exp_month": expiry[0],
            "exp_year": expiry[1],
            "funding": "credit",
            "last4": number[-4:],
            "three_d_secure_usage": {"supported": True},
        },
        {"name": name or None, "email": email},
        number,
    )


def new_sepa(store: Store, iban: str, name: str, email: str | None) -> Json:
    details = {"bank_code": iban[4:9], "country": iban[:2], "last4": iban[-4:], "fingerprint": new_id("fp", 12)}
    return new_method(store, "sepa_debit", details, {"name": name, "email": email}, iban)


def new_method(store: Store, kind: str, details: Json, billing: Json, behaves_as: str) -> Json:
    method: Json = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {"address": {}, "phone": None, **billing},
        "created": store.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details,
        "_behaves_as": behaves_as,
        "_authenticated": False,
    }
    return store.add(method)


def method_of(store: Store, method_id: str) -> Json:
    """The payment method, made on the spot for one of Stripe's ready-made test tokens."""
    if method_id in cards.TOKENS:
        return new_card(store, cards.TOKENS[method_id], (12, 2040))
    return fetch(store, "payment_method", method_id, "payment_method")


def attach(store: Store, method: Json, customer_id: str) -> Json:
    if method["customer"] not in (None, customer_id):
        raise ApiError("The payment method you provided has already been attached to a customer.")
    if method["customer"] is None:
        method["customer"] = customer_id
        store.save(method)
        events.emit(store, "payment_method.attached", method)
    return method


def attach_call(call: Call, method_id: str) -> Json:
    customer = fetch(call.store, "customer", call.need("customer"), "customer")
    return attach(call.store, method_of(call.store, method_id), customer["id"])


def detach_call(call: Call, method_id: str) -> Json:
    method = fetch(call.store, "payment_method", method_id)
    method["customer"] = None
    call.store.save(method)
    events.emit(call.store, "payment_method.detached", method)
    return method


def retrieve_method(call: Call, method_id: str) -> Json:
    return fetch(call.store, "payment_method", method_id)


def methods(call: Call, customer_id: str) -> Json:
    fetch(call.store, "customer", customer_id)
    where = {"customer": customer_id} | ({"type": call.params["type"]} if "type" in call.params else {})
    return page_of(call, call.store.all("payment_method", **where), f"/v1/customers/{customer_id}/payment_methods")


def listed_methods(call: Call) -> Json:
    if "customer" not in call.params:
        return envelope([], "/v1/payment_methods")
    return methods(call, call.params["customer"])


FIELDS = names("email name phone description address metadata preferred_locales cash_balance shipping tax_exempt")
PAGE = "limit starting_after ending_before"
ROUTES = [
    Route("POST", "/v1/customers", create, FIELDS),
    Route("GET", "/v1/customers", listing, names(f"email created {PAGE}")),
    Route("GET", "/v1/customers/<customer_id>", retrieve, names("")),
    Route("POST", "/v1/customers/<customer_id>", update, FIELDS),
    Route("GET", "/v1/customers/<customer_id>/payment_methods", methods, names(f"type {PAGE}")),
    Route("GET", "/v1/payment_methods", listed_methods, names(f"customer type {PAGE}")),
    Route("GET", "/v1/payment_methods/<method_id>", retrieve_method, names("")),
    Route("POST", "/v1/payment_methods/<method_id>/attach", attach_call, names("customer")),
    Route("POST", "/v1/payment_methods/<method_id>/detach", detach_call, names("")),
]
