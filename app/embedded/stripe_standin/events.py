"""Events: a snapshot of an object when something happened to it, and one delivery for the webhook."""

import copy
from typing import Any

from . import deliveries
from .store import Json, Store
from .wire import API_VERSION, Call, Route, created_in, fetch, names, new_id, page_of, public


def emit(store: Store, kind: str, obj: Json, *, account: str | None = None, before: Json | None = None) -> Json:
    """Record the event and queue its delivery, in the transaction of what caused it."""
    data: Json = {"object": public(copy.deepcopy(obj))}
    if before is not None:
        data["previous_attributes"] = before
    event: Json = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": store.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if store.setting("webhook_url") else 0,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    if account is not None:
        event["account"] = account
    store.add(event)
    deliveries.enqueue(store, event)
    return event


def retrieve(call: Call, event_id: str) -> Json:
    return fetch(call.store, "event", event_id)


def listing(call: Call) -> Json:
    """The platform's own events, or with Stripe-Account those of that connected account."""
    rows = [row for row in call.store.all("event") if row.get("account") == call.account]
    rows = created_in(rows, call.params.get("created"))
    wanted = set(call.params.get("types") or []) | ({call.params["type"]} if "type" in call.params else set())
    if wanted:
        rows = [row for row in rows if any(fits(row["type"], pattern) for pattern in wanted)]
    if "delivery_success" in call.params:
        delivered = call.flag("delivery_success")
        rows = [row for row in rows if deliveries.delivered(call.store, row["id"]) is delivered]
    return page_of(call, rows, "/v1/events")


def fits(kind: str, pattern: Any) -> bool:
    """`charge.*` is every event of charges."""
    return kind == pattern or (str(pattern).endswith(".*") and kind.startswith(str(pattern)[:-1]))


ROUTES = [
    Route(
        "GET", "/v1/events", listing, names("created type types delivery_success limit starting_after ending_before")
    ),
    Route("GET", "/v1/events/<event_id>", retrieve, names("")),
]
