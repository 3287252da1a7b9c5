"""Searches by eight clients at once while offers are being changed and booked."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, current_app

from app.availability import service as availability
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import Unavailable
from app.search import engine
from app.search.criteria import Criteria
from app.search.service import index_offer
from app.search.statements import run
from bench.instance import Instance
from bench.report import Figure

CLIENTS = 8
PAUSE = 0.02


def mixed(instance: Instance, asked: Sequence[Criteria], seconds: float) -> Iterator[Figure]:
    """Figures of eight searching clients, alone and beside one that changes offers and one that books them."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    ids = [row[0] for row in run("select offer_id from search_document order by random() limit 2000", {})]
    for name, others in (("searching alone", ()), ("while offers change and are booked", (_change, _book))):
        yield _together(app, name, asked, ids, others, seconds, instance.offers)


def _together(
    app: Flask,
    name: str,
    asked: Sequence[Criteria],
    ids: Sequence[int],
    others: Sequence[Any],
    seconds: float,
    size: int,
) -> Figure:
    done: dict[str, list[float]] = {"search": [], "_change": [], "_book": []}
    until = time.monotonic() + seconds
    works: list[tuple[str, Callable[[], None]]] = [("search", lambda: _search(asked)) for _ in range(CLIENTS)]
    works += [(other.__name__, lambda other=other: other(ids)) for other in others]
    threads = [threading.Thread(target=_client, args=(app, work, done[kind], until, kind)) for kind, work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = sorted(done["search"])
    return Figure(
        f"Eight clients, {size:,} offers (one process, 8 threads)",
        name,
        {
            "searches/s": len(took) / seconds,
            "p50": took[len(took) // 2],
            "p99": took[int(len(took) * 0.99)],
            "worst": took[-1],
            "changes/s": len(done["_change"]) / seconds,
            "bookings/s": len(done["_book"]) / seconds,
        },
    )


def _client(app: Flask, work: Callable[[], None], took: list[float], until: float, kind: str) -> None:
    while time.monotonic() < until:
        with app.app_context():
            begun = time.perf_counter()
            work()
            took.append((time.perf_counter() - begun) * 1000)
        if kind != "search":
            time.sleep(PAUSE)


def _search(asked: Sequence[Criteria]) -> None:
    with transaction():
        engine.find(engine.ask(random.choice(asked), utcnow()))


def _change(ids: Sequence[int]) -> None:
    """What the worker does after an offer was edited, with a title of its own."""
    offer_id = random.choice(ids)
    with transaction():
        run(
            "update offer_version v set title = left(title, 60) || %(mark)s from offer o"
            " where o.id = %(id)s and v.id = o.published_version_id",
            {"id": offer_id, "mark": f" {random.randrange(1000)}"},
        )
        index_offer(offer_id, utcnow())


def _book(ids: Sequence[int]) -> None:
    now = utcnow()
    start = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=random.randrange(30, 300))
    try:
        with transaction():
            availability.take(random.choice(ids), start, start + timedelta(hours=8), expires_at=None, now=now)
    except Unavailable:
        pass
