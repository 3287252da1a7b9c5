"""Checkout Sessions: what is to be paid, until when, and where the buyer goes afterwards."""

from . import events
from .intents import cancel, check_parties, kinds_of, new_intent
from .store import Json, Store
from .wire import ApiError, Call, Route, created_in, envelope, fetch, names, new_id, page_of

SHORTEST, LONGEST = 30 * 60, 24 * 3600
SLACK = 60  # a clock may differ, and a request takes time


def create(call: Call) -> Json:
    store, params = call.store, call.params
    if call.need("mode") != "payment":
        raise ApiError("This stand-in knows mode=payment only.", param="mode")
    amount, currency = total(params)
    data, kinds = params.get("payment_intent_data") or {}, kinds_of(params)
    check_parties(store, data, amount, kinds)
    check_methods(params, kinds)
    customer = fetch(store, "customer", params["customer"], "customer") if params.get("customer") else None
    session_id = new_id("cs_test", 58)
    session: Json = {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": call.address("cancel_url", required=False),
        "client_reference_id": params.get("client_reference_id"),
        "created": store.now(),
        "currency": currency,
        "customer": customer["id"] if customer else None,
        "customer_creation": None if customer else "if_required",
        "customer_details": {"email": customer["email"], "name": customer["name"]} if customer else None,
        "customer_email": params.get("customer_email"),
        "expires_at": expiry(call),
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_intent": None,
        "payment_method_options": params.get("payment_method_options") or {},
        "payment_method_types": kinds,
        "payment_status": "unpaid",
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": call.address("success_url"),
        "ui_mode": "hosted",
        "url": f"{call.base_url}/c/pay/{session_id}",
        "_intent_data": data,
        "_items": [item["price_data"] | {"quantity": item.get("quantity", 1)} for item in params["line_items"]],
    }
    return store.add(session)


def total(params: Json) -> tuple[int, str]:
    """Amount in cents and currency of the lines. Raises ApiError where they are missing or mixed."""
    lines = params.get("line_items")
    if not isinstance(lines, list) or not lines:
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    cents, currencies = 0, set()
    for place, line in enumerate(lines):
        price, param = line.get("price_data") or {}, f"line_items[{place}][price_data]"
        if not price.get("currency") or not (price.get("product_data") or {}).get("name"):
            raise ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)
        if not str(price.get("unit_amount")).isdigit() or not str(line.get("quantity", 1)).isdigit():
            name = f"{param}[unit_amount]"
            raise ApiError("Invalid integer.", code="parameter_invalid_integer", param=name)
        cents += int(price["unit_amount"]) * int(line.get("quantity", 1))
        currencies.add(price["currency"].lower())
    if len(currencies) > 1:
        raise ApiError("All prices on a Checkout Session must be in the same currency.", param="line_items")
    return cents, currencies.pop()


def check_methods(params: Json, kinds: list[str]) -> None:
    """A bank transfer needs a customer, its options, and saves nothing."""
    if "customer_balance" not in kinds:
        return
    options = (params.get("payment_method_options") or {}).get("customer_balance") or {}
    if not params.get("customer"):
        raise ApiError("You must provide `customer` when using `customer_balance`.", param="customer")
    if options.get("funding_type") != "bank_transfer":
        name = "payment_method_options[customer_balance][funding_type]"
        raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if (params.get("payment_intent_data") or {}).get("setup_future_usage"):
        raise ApiError(
            "`customer_balance` cannot be used with setup_future_usage; set it per method in payment_method_options.",
            param="payment_intent_data[setup_future_usage]",
        )


def expiry(call: Call) -> int:
    now = call.store.now()
    at = call.integer("expires_at", now + LONGEST)
    if not now + SHORTEST - SLACK <= at <= now + LONGEST + SLACK:
        raise ApiError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return at


def retrieve(call: Call, session_id: str) -> Json:
    session = fetch(call.store, "checkout.session", session_id)
    return expire_if_over(call.store, session)


def listing(call: Call) -> Json:
    where = {name: call.params[name] for name in ("payment_intent", "customer", "status") if name in call.params}
    rows = created_in(call.store.all("checkout.session", **where), call.params.get("created"))
    return page_of(call, rows, "/v1/checkout/sessions")


def lines(call: Call, session_id: str) -> Json:
    session = fetch(call.store, "checkout.session", session_id)
    rows = [line_item(session, place, item) for place, item in enumerate(session["_items"])]
    return envelope(rows, f"/v1/checkout/sessions/{session_id}/line_items")


def line_item(session: Json, place: int, item: Json) -> Json:
    amount = int(item["unit_amount"]) * int(item["quantity"])
    return {
        "id": f"li_{session['id'][-20:]}{place}",
        "object": "item",
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": session["currency"],
        "description": item["product_data"]["name"],
        "quantity": int(item["quantity"]),
    }


def expire_call(call: Call, session_id: str) -> Json:
    session = retrieve(call, session_id)
    if session["status"] != "open":
        raise ApiError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Session has a status of '
            f"{session['status']}."
        )
    return expire(call.store, session)


def expire(store: Store, session: Json) -> Json:
    """Nobody can pay on it any more; an attempt on it is cancelled with it."""
    session.update(status="expired", url=None)
    store.save(session)
    intent = store.find(session["payment_intent"] or "", "payment_intent")
    if intent is not None:
        cancel(store, intent, "expired")
    events.emit(store, "checkout.session.expired", session)
    return session


def expire_if_over(store: Store, session: Json) -> Json:
    over = session["status"] == "open" and session["expires_at"] <= store.now()
    return expire(store, session) if over else session


def sweep(store: Store) -> None:
    """Expire the sessions whose time has come; the server calls it every second."""
    with store.transaction():
        for session in store.all("checkout.session", status="open"):
            expire_if_over(store, session)


def intent_of(call: Call, session: Json) -> Json:
    """The session's PaymentIntent, made when the buyer first tries to pay."""
    store = call.store
    found = store.find(session["payment_intent"] or "", "payment_intent")
    if found is not None:
        return found
    params = {**session["_intent_data"], "payment_method_options": session["payment_method_options"]}
    kinds = session["payment_method_types"]
    intent = new_intent(call, params, session["amount_total"], session["currency"], session["customer"], kinds)
    session["payment_intent"] = intent["id"]
    store.save(session)
    return intent


def session_of(store: Store, intent_id: str) -> Json | None:
    """The session that an intent belongs to, if one does."""
    found = store.all("checkout.session", payment_intent=intent_id)
    return found[0] if found else None


def complete(store: Store, session: Json, intent: Json) -> Json:
    """The buyer is done: paid, or the money is on its way."""
    paid = intent["status"] == "succeeded"
    session.update(status="complete", url=None, payment_status="paid" if paid else "unpaid")
    store.save(session)
    events.emit(store, "checkout.session.completed", session)
    return session


def announce_later(store: Store, intent: Json) -> None:
    """What was on its way when the session completed has arrived, or has failed."""
    session = session_of(store, intent["id"])
    if session is None or session["status"] != "complete":
        return
    paid = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if paid else "unpaid"
    store.save(session)
    events.emit(store, f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)


FIELDS = names(
    "mode line_items success_url cancel_url customer customer_email customer_update client_reference_id currency "
    "expires_at locale metadata payment_intent_data payment_method_types payment_method_options submit_type "
    "billing_address_collection saved_payment_method_options"
)
PATH = "/v1/checkout/sessions/<session_id>"
ROUTES = [
    Route("POST", "/v1/checkout/sessions", create, FIELDS),
    Route(
        "GET",
        "/v1/checkout/sessions",
        listing,
        names("payment_intent customer status created limit starting_after ending_before"),
    ),
    Route("GET", PATH, retrieve, names("")),
    Route("GET", f"{PATH}/line_items", lines, names("limit starting_after ending_before")),
    Route("POST", f"{PATH}/expire", expire_call, names("")),
]
