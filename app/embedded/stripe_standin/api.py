"""The API's door: authentication, routing, idempotency, one transaction per request, and faults on demand."""

import base64
import hashlib
import json
import time
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from . import accounts, charges, customers, payments, refunds, sessions
from . import banks as bank_transfers
from . import events as event_log
from .store import Json, Store
from .wire import API_VERSION, ApiError, Call, Route, decode_form, expand, new_id, public

# A new resource of the API is a module with ROUTES, named here.
ROUTES: list[Route] = [
    *accounts.ROUTES,
    *bank_transfers.ROUTES,
    *charges.ROUTES,
    *customers.ROUTES,
    *event_log.ROUTES,
    *payments.ROUTES,
    *refunds.ROUTES,
    *sessions.ROUTES,
]
URLS = Map([Rule(route.path, methods=[route.method], endpoint=route) for route in ROUTES])
KEY_SECONDS = 24 * 3600


def answer(store: Store, request: Request) -> Response:
    """One request of the API, answered in Stripe's shape whatever happens."""
    fault = take_fault(store, request)
    if fault and fault["when"] == "before":
        return faulty(fault)
    replayed = False
    try:
        check_key(request)
        with store.transaction():
            status, body, replayed = perform(store, request)
    except ApiError as error:
        status, body = error.status, json.dumps(public(error.body))
    if fault:
        return faulty(fault)
    reply = Response(body, status, content_type="application/json")
    reply.headers.update({"Request-Id": new_id("req", 14), "Stripe-Version": API_VERSION})
    if replayed:
        reply.headers["Idempotent-Replayed"] = "true"
    return reply


def check_key(request: Request) -> None:
    """Raises ApiError (401) unless a test key came along; a live key is told why."""
    header = request.headers.get("Authorization", "")
    key = header.removeprefix("Bearer ").strip()
    if header.startswith("Basic "):
        try:
            key = base64.b64decode(header[6:]).decode().partition(":")[0]
        except ValueError:
            key = ""
    if key.startswith(("sk_live_", "rk_live_", "pk_live_")):
        raise ApiError("This is a local stand-in for Stripe: it refuses live keys. Use sk_test_…", status=401)
    if not header:
        raise ApiError("You did not provide an API key.", status=401)
    if not key.startswith(("sk_test_", "rk_test_")) or len(key) < 10:
        raise ApiError(f"Invalid API Key provided: {key[:8]}****", status=401)


def perform(store: Store, request: Request) -> tuple[int, str, bool]:
    """Status and body, and whether they were remembered from an earlier request with the same key."""
    route, ids = match(request)
    pairs = (request.form if request.method == "POST" else request.args).items(multi=True)
    params = decode_form(pairs)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    print_of = fingerprint(request, params)
    known = remembered(store, key, print_of) if key else None
    if known:
        return known["status"], known["body"], True
    check_names(route, params)
    call = Call(store, params, request.host_url.rstrip("/"), request.headers.get("Stripe-Account"))
    try:
        obj = route.handler(call, **ids)
        status, result = 200, expand(store, json.loads(json.dumps(obj)), params.get("expand") or [])
    except payments.Refused as refused:
        status, result = refused.status, refused.body
    body = json.dumps(public(result))
    if key:
        remember(store, key, print_of, status, body)
    return status, body, False


def match(request: Request) -> tuple[Route, dict[str, Any]]:
    try:
        route, ids = URLS.bind("").match(request.path, request.method)
    except HTTPException:
        raise ApiError(
            f"Unrecognized request URL ({request.method}: {request.path}). This stand-in knows a part of Stripe's API "
            "only; see docs/stripe-stand-in.md.",
            status=404,
        ) from None
    return route, dict(ids)


def check_names(route: Route, params: Json) -> None:
    for name in params:
        if name not in route.accepts:
            raise ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


# -- idempotency -----------------------------------------------------------------------------------------------------


def fingerprint(request: Request, params: Json) -> str:
    text = json.dumps([request.method, request.path, request.headers.get("Stripe-Account"), params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(store: Store, key: str, print_of: str) -> Json | None:
    """The first reply to this key. Raises ApiError when the key came with other parameters."""
    store.db.execute("DELETE FROM replies WHERE created < ?", (store.now() - KEY_SECONDS,))
    row = store.db.execute("SELECT * FROM replies WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != print_of:
        raise ApiError(
            f"Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return dict(row)


def remember(store: Store, key: str, print_of: str, status: int, body: str) -> None:
    store.db.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?)", (key, print_of, status, body, store.now()))


# -- faults ----------------------------------------------------------------------------------------------------------


def take_fault(store: Store, request: Request) -> Json | None:
    """The fault that a test asked for on this request, counted down."""
    with store.transaction():
        faults: list[Json] = store.setting("faults", [])
        for fault in faults:
            if request.path.startswith(fault["path"]) and fault["method"] in ("", request.method):
                fault["times"] -= 1
                store.set("faults", [other for other in faults if other["times"] > 0])
                return fault
    return None


def faulty(fault: Json) -> Response:
    """A slow or a failing answer; with `when=after` the request has been carried out all the same."""
    time.sleep(fault["seconds"])
    body = {"error": {"type": "api_error", "message": "Something went wrong on the stand-in's end, as asked."}}
    return Response(json.dumps(body), fault["status"], content_type="application/json")
