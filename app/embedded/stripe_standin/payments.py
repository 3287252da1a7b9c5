"""The endpoints of PaymentIntents, and bank transfers applied to them."""

from . import banks, charges, customers, events, sessions
from .cards import Decline
from .intents import OPEN, cancel, confirm, kinds_of, mark_failed, new_intent, succeed, unexpected_state
from .store import Json, Store
from .wire import ApiError, Call, Route, created_in, fetch, names, page_of

BANK_REFUSED = Decline("debit_not_authorized", None, "The customer's bank refused the debit: it was not authorised.")


def create(call: Call) -> Json:
    params, customer = call.params, call.params.get("customer")
    if customer:
        fetch(call.store, "customer", customer, "customer")
    amount, currency = call.integer("amount"), str(call.need("currency")).lower()
    intent = new_intent(call, params, amount, currency, customer, kinds_of(params))
    if params.get("payment_method"):
        intent["payment_method"] = customers.method_of(call.store, params["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
        call.store.save(intent)
    return confirm_with(call, intent) if call.flag("confirm") else intent


def confirm_with(call: Call, intent: Json) -> Json:
    """Confirm as the parameters say. Raises ApiError (402) where the card is refused."""
    store, given = call.store, call.params.get("payment_method") or intent["payment_method"]
    if not given and intent["payment_method_types"] != ["customer_balance"]:
        raise ApiError("You must provide a payment method to confirm.", code="payment_intent_unexpected_state")
    method = customers.method_of(store, intent["payment_method"] or given) if given else None
    if method and method["customer"] not in (None, intent["customer"]):
        raise ApiError("The payment method belongs to another customer.", param="payment_method")
    off_session = call.flag("off_session")
    done = confirm(store, intent, method, off_session=off_session)
    if done["last_payment_error"]:
        raise Refused(done)
    return done


class Refused(ApiError):
    """A bank's no is an answer (402) that keeps what it changed: the server commits it."""

    def __init__(self, intent: Json) -> None:
        error = intent["last_payment_error"]
        super().__init__(
            error["message"],
            status=402,
            kind=error["type"],
            code=error["code"],
            more={"decline_code": error.get("decline_code"), "charge": error["charge"], "payment_intent": intent},
        )


def confirm_call(call: Call, intent_id: str) -> Json:
    return confirm_with(call, fetch(call.store, "payment_intent", intent_id))


def retrieve(call: Call, intent_id: str) -> Json:
    return fetch(call.store, "payment_intent", intent_id)


def update(call: Call, intent_id: str) -> Json:
    intent = fetch(call.store, "payment_intent", intent_id)
    if intent["status"] not in OPEN and set(call.params) - {"metadata", "description", "expand"}:
        raise unexpected_state(intent, "updated")
    intent["metadata"] = {**intent["metadata"], **(call.params.get("metadata") or {})}
    intent["description"] = call.params.get("description", intent["description"])
    return call.store.save(intent)


def listing(call: Call) -> Json:
    where = {"customer": call.params["customer"]} if "customer" in call.params else {}
    rows = created_in(call.store.all("payment_intent", **where), call.params.get("created"))
    return page_of(call, rows, "/v1/payment_intents")


def cancel_call(call: Call, intent_id: str) -> Json:
    intent = fetch(call.store, "payment_intent", intent_id)
    open_session = sessions.session_of(call.store, intent_id)
    if open_session and open_session["status"] == "open":
        raise ApiError("You cannot cancel the PaymentIntent of an open Checkout Session: expire the session instead.")
    return cancel(call.store, intent, call.params.get("cancellation_reason"))


# -- money that arrives later ----------------------------------------------------------------------------------------


def settle_debit(store: Store, intent: Json) -> Json:
    """The bank paid a SEPA debit."""
    if intent["status"] != "processing":
        raise unexpected_state(intent, "settled")
    done = succeed(store, intent, customers.method_of(store, intent["payment_method"]))
    sessions.announce_later(store, done)
    return done


def fail_debit(store: Store, intent: Json) -> Json:
    """The bank refused a SEPA debit, days after the buyer left."""
    if intent["status"] != "processing":
        raise unexpected_state(intent, "failed")
    method = customers.method_of(store, intent["payment_method"])
    charge = charges.fail(store, fetch(store, "charge", intent["latest_charge"]), BANK_REFUSED)
    done = mark_failed(store, intent, method, BANK_REFUSED, charge["id"])
    sessions.announce_later(store, done)
    return done


def remaining(intent: Json) -> int:
    """What a bank transfer still owes. Raises ApiError when none is awaited."""
    action = intent["next_action"] or {}
    if action.get("type") != "display_bank_transfer_instructions":
        raise unexpected_state(intent, "funded")
    return int(action["display_bank_transfer_instructions"]["amount_remaining"])


def apply_cash(store: Store, intent: Json, amount: int) -> Json:
    """Use a customer's cash for an intent, wholly or in part. Raises ApiError when that can't be."""
    left = remaining(intent)
    if amount > left:
        raise ApiError(f"The amount ({amount}) is more than what remains ({left}).", param="amount")
    customer = fetch(store, "customer", intent["customer"])
    banks.take(store, customer, amount, intent["currency"], intent["id"])
    intent["next_action"]["display_bank_transfer_instructions"]["amount_remaining"] = left - amount
    if amount < left:
        store.save(intent)
        events.emit(store, "payment_intent.partially_funded", intent)
        return intent
    done = succeed(store, intent, None)
    sessions.announce_later(store, done)
    return done


def apply_call(call: Call, intent_id: str) -> Json:
    intent = fetch(call.store, "payment_intent", intent_id)
    held = fetch(call.store, "customer", intent["customer"] or "")["_cash_cents"]
    amount = call.integer("amount", min(remaining(intent), held))
    return apply_cash(call.store, intent, amount)


def fund(store: Store, customer: Json, amount: int, currency: str, reference: str | None) -> Json:
    """A transfer arrives. With automatic reconciliation the oldest intent that waits (or the one named) is funded."""
    if amount <= 0:
        raise ApiError("Amount must be greater than 0.", code="parameter_invalid_integer", param="amount")
    row = banks.receive(store, customer, amount, currency, reference)
    if customer["_reconciliation"] == "automatic":
        reconcile(store, customer, reference)
    return row


def reconcile(store: Store, customer: Json, reference: str | None) -> None:
    kind = "display_bank_transfer_instructions"
    rows = store.all("payment_intent", customer=customer["id"], status="requires_action")
    waiting = [row for row in reversed(rows) if row["next_action"]["type"] == kind]
    waiting.sort(key=lambda row: row["next_action"][kind]["reference"] != reference)
    for intent in waiting:
        held = fetch(store, "customer", customer["id"])["_cash_cents"]
        if held:
            apply_cash(store, intent, min(held, remaining(intent)))


def fund_call(call: Call, customer_id: str) -> Json:
    customer = fetch(call.store, "customer", customer_id)
    currency = str(call.need("currency")).lower()
    return fund(call.store, customer, call.integer("amount"), currency, call.params.get("reference"))


FIELDS = names(
    "amount currency customer payment_method payment_method_types payment_method_options confirm off_session metadata "
    "description application_fee_amount transfer_data on_behalf_of setup_future_usage mandate mandate_data return_url "
    "error_on_requires_action automatic_payment_methods receipt_email statement_descriptor_suffix transfer_group"
)
PATH = "/v1/payment_intents/<intent_id>"
ROUTES = [
    Route("POST", "/v1/payment_intents", create, FIELDS),
    Route("GET", "/v1/payment_intents", listing, names("customer created limit starting_after ending_before")),
    Route("GET", PATH, retrieve, names("client_secret")),
    Route("POST", PATH, update, names("metadata description amount")),
    Route("POST", f"{PATH}/confirm", confirm_call, names("payment_method off_session return_url mandate_data")),
    Route("POST", f"{PATH}/cancel", cancel_call, names("cancellation_reason")),
    Route("POST", f"{PATH}/apply_customer_balance", apply_call, names("amount currency")),
    Route(
        "POST",
        "/v1/test_helpers/customers/<customer_id>/fund_cash_balance",
        fund_call,
        names("amount currency reference"),
    ),
]
