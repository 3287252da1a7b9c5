"""Organisers who accept quotes, in a process of their own: `python -m bench.acceptors`, its job as JSON on its input.

Each thread is one client; all start at the same moment. What a client does is what the page's button does: accept the
quote and open the payment schedule, in one transaction.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from flask import Flask

from app import create_app
from app.accounts.models import User
from app.bookings.service import accept
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.errors import InvalidTransition, Unavailable
from app.payments.schedule import open_schedule


def attempt(quote_id: int, user_id: int, company_id: int) -> str:
    """Accept one quote: "won", "refused", or the name of an error that must not happen."""
    try:
        with transaction():
            now, user = utcnow(), session().get_one(User, user_id)
            booking = accept(quote_id, user=user, company_id=company_id, invites_domain="bench.test", now=now)
            open_schedule(booking, now)
    except (InvalidTransition, Unavailable):
        return "refused"
    except Exception as error:  # noqa: BLE001  # counted and shown
        return type(getattr(error, "orig", None) or error).__name__
    return "won"


def client(app: Flask, quotes: list[list[int]], start: threading.Barrier, done: list[dict[str, Any]]) -> None:
    """One client's quotes, one after another."""
    start.wait()
    for ids in quotes:
        with app.app_context():
            begun = time.perf_counter()
            outcome = attempt(*ids)
            done.append({"outcome": outcome, "ms": (time.perf_counter() - begun) * 1000, "at": time.time()})


def main() -> None:
    """Read the job, say "ready", wait for a line, work, print what happened."""
    job = json.loads(sys.stdin.readline())
    app = create_app(Settings.from_env(job["environment"]))
    for ids in job["warm_up"]:
        with app.app_context():
            attempt(*ids)
    done: list[dict[str, Any]] = []
    start = threading.Barrier(len(job["clients"]) + 1)
    threads = [threading.Thread(target=client, args=(app, quotes, start, done)) for quotes in job["clients"]]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.time()
    start.wait()
    for thread in threads:
        thread.join()
    print(json.dumps({"begun": begun, "done": done}), flush=True)


if __name__ == "__main__":
    main()
