"""PaymentIntents: what is owed, how it is being paid, and every step between."""

from . import charges, customers, events
from .accounts import need_capability
from .banks import instructions
from .cards import NEEDS_PERSON, NOT_A_PERSON, TEST_CARDS, Decline
from .store import Json, Store
from .wire import ApiError, Call, new_id, whole

CAPABILITIES = {
    "card": "card_payments",
    "sepa_debit": "sepa_debit_payments",
    "customer_balance": "sepa_bank_transfer_payments",
}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")
SMALLEST_CENTS = 50


def new_intent(call: Call, params: Json, amount: int, currency: str, customer: str | None, kinds: list[str]) -> Json:
    """Record an intent to be paid later. `params` are those of payment_intent_data or of the endpoint itself."""
    store, intent_id = call.store, new_id("pi")
    destination = check_parties(store, params, amount, kinds)
    intent: Json = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": fee_of(params) or None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{intent_id}_secret_{new_id('x', 20)}",
        "confirmation_method": "automatic",
        "created": store.now(),
        "currency": currency,
        "customer": customer,
        "description": params.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": params.get("on_behalf_of"),
        "payment_method": None,
        "payment_method_options": params.get("payment_method_options") or {},
        "payment_method_types": kinds,
        "processing": None,
        "receipt_email": None,
        "setup_future_usage": params.get("setup_future_usage"),
        "status": "requires_payment_method",
        "transfer_data": {"destination": destination} if destination else None,
        "transfer_group": None,
    }
    store.add(intent)
    events.emit(store, "payment_intent.created", intent)
    return intent


def check_parties(store: Store, params: Json, amount: int, kinds: list[str]) -> str | None:
    """The account the money goes to. Raises ApiError where Stripe would refuse the split."""
    if amount < SMALLEST_CENTS:
        raise ApiError("Amount must be at least €0.50 eur", code="amount_too_small", param="amount")
    destination = (params.get("transfer_data") or {}).get("destination")
    if fee_of(params) and not destination:
        raise ApiError("You cannot set application_fee_amount without transfer_data.", param="application_fee_amount")
    if fee_of(params) > amount:
        raise ApiError("application_fee_amount must be less than or equal to amount.", param="application_fee_amount")
    if destination:
        need_capability(store, destination, "transfers", "transfer_data[destination]")
    if params.get("on_behalf_of"):
        for kind in kinds:
            need_capability(store, params["on_behalf_of"], CAPABILITIES[kind], "on_behalf_of")
    return str(destination) if destination else None


def fee_of(params: Json) -> int:
    """The platform's fee in cents, 0 without one."""
    return whole(params.get("application_fee_amount") or 0, "application_fee_amount")


def kinds_of(params: Json) -> list[str]:
    """The methods asked for. Raises ApiError for one the stand-in doesn't know."""
    kinds = list(params.get("payment_method_types") or ["card"])
    for kind in kinds:
        if kind not in CAPABILITIES:
            raise ApiError(f"The payment method type provided: {kind} is invalid.", param="payment_method_types")
    return kinds


def confirm(store: Store, intent: Json, method: Json | None, *, off_session: bool = False) -> Json:
    """Try to pay with a method (None: a bank transfer). The intent's new status says what came of it."""
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise unexpected_state(intent, "confirmed")
    intent["last_payment_error"] = None
    if method is None:
        return await_transfer(store, intent)
    intent["payment_method"] = method["id"]
    if method["type"] == "sepa_debit":
        return process_debit(store, intent, method)
    return try_card(store, intent, method, off_session)


def try_card(store: Store, intent: Json, method: Json, off_session: bool) -> Json:
    card = TEST_CARDS[method["_behaves_as"]]
    asks = card.ask == "always" or (card.ask == "first" and not method["_authenticated"])
    decline = card.later if off_session else card.now
    if asks and off_session:
        decline = NEEDS_PERSON
    if decline is not None:
        return refuse(store, intent, method, decline)
    return ask_person(store, intent) if asks else succeed(store, intent, method)


def ask_person(store: Store, intent: Json) -> Json:
    """3-D Secure: the bank wants to see the buyer."""
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    store.save(intent)
    events.emit(store, "payment_intent.requires_action", intent)
    return intent


def answer_person(store: Store, intent: Json, passed: bool) -> Json:
    """The buyer came back from the bank's page. Raises ApiError when none was awaited."""
    if intent["status"] != "requires_action" or intent["next_action"]["type"] != "use_stripe_sdk":
        raise unexpected_state(intent, "authenticated")
    method = customers.method_of(store, intent["payment_method"])
    intent["next_action"] = None
    if not passed:
        return refuse(store, intent, method, NOT_A_PERSON)
    method["_authenticated"] = True
    store.save(method)
    return succeed(store, intent, method)


def process_debit(store: Store, intent: Json, method: Json) -> Json:
    """A SEPA debit is on its way: neither paid nor failed until the bank answers."""
    charge = charges.new_charge(store, intent, method, "pending")
    intent.update(status="processing", latest_charge=charge["id"], processing={"type": "sepa_debit"})
    keep_method(store, intent, method)
    store.save(intent)
    events.emit(store, "payment_intent.processing", intent)
    return intent


def await_transfer(store: Store, intent: Json) -> Json:
    if intent["customer"] is None:
        raise ApiError("A customer is required to pay by bank transfer.", param="customer")
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": instructions(intent["customer"], intent["amount"], intent["currency"]),
    }
    store.save(intent)
    events.emit(store, "payment_intent.requires_action", intent)
    return intent


def refuse(store: Store, intent: Json, method: Json, decline: Decline) -> Json:
    """The attempt failed; the intent waits for another method."""
    charge = charges.new_charge(store, intent, method, "failed", decline)
    return mark_failed(store, intent, method, decline, charge["id"])


def mark_failed(store: Store, intent: Json, method: Json, decline: Decline, charge_id: str) -> Json:
    error = {
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
        "code": decline.code,
        "message": decline.message,
        "charge": charge_id,
        "payment_method": method,
    }
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    intent.update(status="requires_payment_method", latest_charge=charge_id, last_payment_error=error)
    intent.update(payment_method=None, next_action=None, processing=None)
    store.save(intent)
    events.emit(store, "payment_intent.payment_failed", intent)
    return intent


def succeed(store: Store, intent: Json, method: Json | None) -> Json:
    """The money is in. A pending charge settles; else a new one is made."""
    pending = store.find(intent["latest_charge"] or "", "charge")
    if pending is None or pending["status"] != "pending":
        pending = charges.new_charge(store, intent, method, "succeeded")
    charge = charges.finish(store, pending)
    intent.update(status="succeeded", latest_charge=charge["id"], amount_received=intent["amount"])
    intent.update(next_action=None, processing=None)
    if method is not None:
        keep_method(store, intent, method)
    store.save(intent)
    events.emit(store, "payment_intent.succeeded", intent)
    return intent


def keep_method(store: Store, intent: Json, method: Json) -> None:
    """Save the method on the customer where that was asked for."""
    options = intent["payment_method_options"].get(method["type"]) or {}
    wanted = options.get("setup_future_usage") or intent["setup_future_usage"]
    if wanted and wanted != "none" and intent["customer"]:
        customers.attach(store, method, intent["customer"])


def cancel(store: Store, intent: Json, reason: str | None) -> Json:
    """Give an unpaid intent up. Raises ApiError when it is paid, processing or cancelled."""
    if intent["status"] not in OPEN or intent["status"] == "processing":
        raise unexpected_state(intent, "canceled")
    intent.update(status="canceled", canceled_at=store.now(), cancellation_reason=reason, next_action=None)
    store.save(intent)
    events.emit(store, "payment_intent.canceled", intent)
    return intent


def unexpected_state(intent: Json, verb: str) -> ApiError:
    return ApiError(
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        more={"payment_intent": intent},
    )
