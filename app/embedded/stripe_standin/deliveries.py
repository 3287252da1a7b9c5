"""Webhook deliveries: a persisted queue, signed, retried with back-off, and bent by rules that a test sets.

A rule is {id, action: drop|delay|repeat|reorder, type: glob, times, seconds, copies, size}; the first that fits an
event is used up once. `times` 0 holds until it is removed.
"""

import fnmatch
import hashlib
import hmac
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from .store import Json, Store

log = logging.getLogger("stripe-standin")
GIVE_UP_SECONDS = 3 * 24 * 3600
LONGEST_PAUSE = 300.0
ANSWER_SECONDS = 10


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is a failed delivery, as with Stripe."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def enqueue(store: Store, event: Json) -> None:
    """One delivery for the event, or what the rule that fits it makes of that."""
    if not store.setting("webhook_url"):
        return
    rule = use_rule(store, event["type"])
    action = rule["action"] if rule else ""
    state = {"drop": "dropped", "reorder": "held"}.get(action, "waiting")
    due = time.time() + (float(rule["seconds"]) if rule and action == "delay" else 0)
    copies = 1 + (int(rule["copies"]) if rule and action == "repeat" else 0)
    for _ in range(copies):
        insert(store, event, state, due)
    if rule and action == "reorder":
        release_when_full(store, int(rule["size"]))


def insert(store: Store, event: Json, state: str, due: float) -> int:
    cursor = store.db.execute(
        "INSERT INTO deliveries (event_id, type, state, next_at, created) VALUES (?, ?, ?, ?, ?)",
        (event["id"], event["type"], state, due, time.time()),
    )
    return int(cursor.lastrowid or 0)


def use_rule(store: Store, kind: str) -> Json | None:
    """The first rule that fits this type of event, counted down."""
    rules: list[Json] = store.setting("rules", [])
    for rule in rules:
        if fnmatch.fnmatchcase(kind, rule["type"]):
            if rule["times"]:
                rule["times"] -= 1
                rules = [other for other in rules if other is not rule or rule["times"]]
            store.set("rules", rules)
            return rule
    return None


def release_when_full(store: Store, size: int) -> None:
    held = store.db.execute("SELECT count(*) FROM deliveries WHERE state = 'held'").fetchone()[0]
    if held >= size:
        release_held(store)


def release_held(store: Store) -> int:
    """What was held goes out, last one first. Returns how many."""
    rows = store.db.execute("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id DESC").fetchall()
    start = time.time()
    for place, row in enumerate(rows):
        store.db.execute(
            "UPDATE deliveries SET state = 'waiting', next_at = ? WHERE id = ?", (start + place * 0.001, row["id"])
        )
    return len(rows)


def delivered(store: Store, event_id: str) -> bool:
    """Whether the event reached the webhook (or there was none to reach)."""
    with store.lock:
        rows = store.db.execute("SELECT state FROM deliveries WHERE event_id = ?", (event_id,)).fetchall()
    return not rows or any(row["state"] == "delivered" for row in rows)


def hurry(store: Store) -> None:
    """After a start, what failed before is tried at once: the application has most likely started again too."""
    with store.transaction():
        store.db.execute(
            "UPDATE deliveries SET next_at = ? WHERE state = 'waiting' AND attempts > 0 AND next_at > ?",
            (time.time(), time.time()),
        )


def again(store: Store, event: Json) -> int:
    """Queue another delivery of an event. Returns its number."""
    return insert(store, event, "waiting", time.time())


def rows(store: Store, kind: str = "*", state: str = "") -> list[Json]:
    """Deliveries, newest first, at most 200."""
    with store.lock:
        found = store.db.execute("SELECT * FROM deliveries ORDER BY id DESC LIMIT 5000").fetchall()
    listed = [dict(row) for row in found if fnmatch.fnmatchcase(row["type"], kind) and state in ("", row["state"])]
    return listed[:200]


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The Stripe-Signature header."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


def post(url: str, body: bytes, header: str) -> tuple[bool, str]:
    """Whether the webhook answered 2xx, and its answer in a few words."""
    request = urllib.request.Request(
        url, data=body, method="POST", headers={"Content-Type": "application/json", "Stripe-Signature": header}
    )
    try:
        with OPENER.open(request, timeout=ANSWER_SECONDS) as answer:
            return 200 <= answer.status < 300, str(answer.status)
    except urllib.error.HTTPError as error:
        return False, str(error.code)
    except (OSError, ValueError) as error:
        return False, f"{type(error).__name__}: {error}"[:200]


class Courier(threading.Thread):
    """Carries deliveries one at a time, oldest due first, so that their order is the queue's."""

    def __init__(self, store: Store, retry_seconds: float = 2.0) -> None:
        super().__init__(name="courier", daemon=True)
        self.store = store
        self.retry_seconds = retry_seconds
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                carried = self.carry_one()
            except Exception:
                log.exception("a delivery could not be handled")
                carried = False
            if not carried:
                self.stopping.wait(0.05)

    def stop(self) -> None:
        self.stopping.set()

    def carry_one(self) -> bool:
        """Send the delivery that is due. Returns False when there is none."""
        due = self.next_due()
        url = self.store.setting("webhook_url")
        if due is None or not url:
            return False
        event = self.store.find(due["event_id"], "event")
        body = json.dumps(event, ensure_ascii=False, indent=2).encode()
        header = signature(self.store.setting("webhook_secret") or "", body, int(time.time()))
        good, answer = post(url, body, header)
        self.record(due, good, answer)
        return True

    def next_due(self) -> Json | None:
        if self.store.setting("paused", False):
            return None
        with self.store.lock:
            row = self.store.db.execute(
                "SELECT * FROM deliveries WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT 1",
                (time.time(),),
            ).fetchone()
        return dict(row) if row else None

    def record(self, due: Json, good: bool, answer: str) -> None:
        attempts, now = due["attempts"] + 1, time.time()
        pause = min(self.retry_seconds * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
        over = now - due["created"] > GIVE_UP_SECONDS
        state = "delivered" if good else "failed" if over else "waiting"
        with self.store.transaction():
            self.store.db.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, last_answer = ? WHERE id = ?",
                (state, attempts, now + pause, answer, due["id"]),
            )
            self.mark_event(due["event_id"], good)

    def mark_event(self, event_id: str, good: bool) -> None:
        event = self.store.find(event_id, "event")
        if good and event is not None and event["pending_webhooks"]:
            self.store.save({**event, "pending_webhooks": 0})
