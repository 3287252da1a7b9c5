"""Controls for tests and for people: bend deliveries, make the API fail, and play the banks' part. Under /_control."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from . import accounts, deliveries, payments, refunds, sessions
from .pages import leave, render, with_headers, words_for
from .store import Json, Store
from .wire import ApiError, Call, fetch, new_id, public

ACTIONS = ("drop", "delay", "repeat", "reorder")
Control = Callable[[Store, Json], Any]


def given(request: Request) -> Json:
    """The parameters, from a form or from JSON."""
    if request.mimetype == "application/json":
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}
    return request.form.to_dict()


def number(values: Json, name: str, default: float) -> float:
    try:
        return float(values.get(name, default))
    except (TypeError, ValueError):
        raise ApiError(f"Invalid number: {name}", param=name) from None


def add_rule(store: Store, values: Json) -> Json:
    """A rule for the deliveries to come. Raises ApiError for an unknown action."""
    if values.get("action") not in ACTIONS:
        raise ApiError(f"action must be one of {', '.join(ACTIONS)}.", param="action")
    rule = {
        "id": new_id("rule", 8),
        "action": values["action"],
        "type": values.get("type") or "*",
        "seconds": number(values, "seconds", 5),
        "copies": int(number(values, "copies", 1)),
        "size": int(number(values, "size", 2)),
    }
    rule["times"] = int(number(values, "times", rule["size"] if rule["action"] == "reorder" else 1))
    store.set("rules", [*store.setting("rules", []), rule])
    return rule


def clear_rules(store: Store, values: Json) -> Json:
    store.set("rules", [])
    store.set("faults", [])
    return {"released": deliveries.release_held(store)}


def add_fault(store: Store, values: Json) -> Json:
    """The next calls of the API fail or are slow: before they are carried out, or after (the answer is lost)."""
    fault = {
        "path": values.get("path") or "/v1/",
        "method": str(values.get("method") or "").upper(),
        "when": "after" if values.get("when") == "after" else "before",
        "status": int(number(values, "status", 500)),
        "seconds": number(values, "seconds", 0),
        "times": int(number(values, "times", 1)),
    }
    store.set("faults", [*store.setting("faults", []), fault])
    return fault


def set_webhook(store: Store, values: Json) -> Json:
    store.set("webhook_url", values.get("url") or None)
    store.set("webhook_secret", values.get("secret") or store.setting("webhook_secret"))
    return {"url": store.setting("webhook_url")}


def pause(store: Store, values: Json) -> Json:
    store.set("paused", True)
    return {"paused": True}


def resume(store: Store, values: Json) -> Json:
    store.set("paused", False)
    return {"paused": False}


def release(store: Store, values: Json) -> Json:
    return {"released": deliveries.release_held(store)}


def deliver_again(store: Store, values: Json) -> Json:
    event = fetch(store, "event", str(values.get("event")))
    return {"delivery": deliveries.again(store, event)}


def fund(store: Store, values: Json) -> Json:
    """A bank transfer arrives for an intent: all that remains, or the amount given (cents)."""
    intent = fetch(store, "payment_intent", str(values.get("payment_intent")))
    details = (intent["next_action"] or {}).get("display_bank_transfer_instructions") or {}
    amount = int(number(values, "amount", payments.remaining(intent)))
    customer = fetch(store, "customer", intent["customer"])
    return payments.fund(store, customer, amount, intent["currency"], details.get("reference"))


def settle(store: Store, values: Json) -> Json:
    return payments.settle_debit(store, fetch(store, "payment_intent", str(values.get("payment_intent"))))


def fail(store: Store, values: Json) -> Json:
    return payments.fail_debit(store, fetch(store, "payment_intent", str(values.get("payment_intent"))))


def settle_refund(store: Store, values: Json) -> Json:
    return refunds.settle(store, fetch(store, "refund", str(values.get("refund"))))


def fail_refund(store: Store, values: Json) -> Json:
    return refunds.fail(store, fetch(store, "refund", str(values.get("refund"))))


def finish_account(store: Store, values: Json) -> Json:
    """Onboarding without the page."""
    return accounts.finish(store, fetch(store, "account", str(values.get("account"))))


def restrict_account(store: Store, values: Json) -> Json:
    return accounts.leave_incomplete(store, fetch(store, "account", str(values.get("account"))))


def expire_session(store: Store, values: Json) -> Json:
    """As if its time had come."""
    call = Call(store, {}, "")
    return sessions.expire_call(call, str(values.get("session")))


CONTROLS: dict[str, Control] = {
    "rules": add_rule,
    "rules/clear": clear_rules,
    "faults": add_fault,
    "webhook": set_webhook,
    "pause": pause,
    "resume": resume,
    "release": release,
    "deliver": deliver_again,
    "fund": fund,
    "settle": settle,
    "fail": fail,
    "refunds/settle": settle_refund,
    "refunds/fail": fail_refund,
    "accounts/finish": finish_account,
    "accounts/restrict": restrict_account,
    "sessions/expire": expire_session,
}


def listing(store: Store, request: Request) -> Response:
    """Deliveries as JSON, newest first; `type` is a glob, `state` a word."""
    rows = deliveries.rows(store, request.args.get("type", "*"), request.args.get("state", ""))
    return reply({"deliveries": rows, "rules": store.setting("rules", []), "paused": store.setting("paused", False)})


def act(store: Store, request: Request, name: str) -> Response:
    """One control: JSON in, JSON out; a form comes back to the page."""
    control = CONTROLS.get(name)
    if control is None:
        raise ApiError(f"No such control: {name}", status=404)
    done = control(store, given(request))
    return leave("/_control") if request.form.get("page") else reply(public(done))


def reply(body: Any, status: int = 200) -> Response:
    return with_headers(Response(json.dumps(body), status, content_type="application/json"))


def page(store: Store, request: Request) -> Response:
    """What waits for a bank, and the last deliveries."""
    intents = store.all("payment_intent")[:200]
    return render(
        "control.html",
        words_for(request),
        debits=[row for row in intents if row["status"] == "processing"],
        transfers=[row for row in intents if (row["next_action"] or {}).get("type", "").startswith("display_bank")],
        refunds=[row for row in store.all("refund") if row["status"] == "pending"][:50],
        deliveries=deliveries.rows(store)[:50],
        rules=store.setting("rules", []),
        actions=ACTIONS,
        paused=store.setting("paused", False),
        webhook=store.setting("webhook_url"),
    )
