"""Acceptances a second: clients on slots of their own, and all of them after the same slot.

Eight clients are two processes of four threads, as the web server has them. On the hot slot all clients ask for the
same time of the same unit; when it is won they go on to the next, so the refused measure what losing costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from app.embedded.prepare import libpq_url
from bench.client import Counted
from bench.instance import ROOT, Instance, application
from bench.report import Figure
from bench.world import Rows, acceptable

SECTION = "Acceptances (quote accepted, slot reserved, schedule opened: one transaction each)"
PROCESSES = 2
WARM_UP = 4
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"
Ids = tuple[int, int, int]


def measure(instance: Instance, *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    """Figures for 1 and 8 clients, on slots of their own and on one."""
    each = 15 if quick else 60
    rows = Rows()
    for clients in (1, 8):
        say(f"{clients} on slots of their own")
        with application(instance):
            quotes = acceptable(rows, each * clients)
            warm = acceptable(rows, WARM_UP * PROCESSES)
        shares = [quotes[number::clients] for number in range(clients)]
        yield _figure(f"own slots, clients: {clients}", *_run(instance, shares, warm))
    for clients in (1, 8):
        say(f"{clients} after the same slot")
        with application(instance):
            quotes = acceptable(rows, each * clients, hot=2 * clients)
            warm = acceptable(rows, WARM_UP * PROCESSES)
        shares = [quotes[number::clients] for number in range(clients)]
        yield _figure(f"one hot slot, clients: {clients}", *_run(instance, shares, warm))


def _run(instance: Instance, shares: list[list[Ids]], warm: list[Ids]) -> tuple[float, list[dict[str, Any]], int]:
    """Let the clients work. Returns seconds, what happened, and how many deadlocks the database saw."""
    before = _deadlocks(instance)
    count = min(PROCESSES, len(shares))
    jobs = [
        {"clients": shares[n::count], "warm_up": warm[n::count], "environment": dict(instance.environment)}
        for n in range(count)
    ]
    workers = [_worker(job) for job in jobs]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    results = [json.loads(worker.communicate(timeout=300)[0]) for worker in workers]
    done = [one for result in results for one in result["done"]]
    seconds = max(one["at"] for one in done) - min(result["begun"] for result in results)
    return seconds, done, _deadlocks(instance) - before


def _worker(job: dict[str, Any]) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.acceptors"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(job) + "\n")
    worker.stdin.flush()
    return worker


def _deadlocks(instance: Instance) -> int:
    with psycopg.connect(libpq_url(instance.database_url)) as connection:
        row = connection.execute(DEADLOCKS).fetchone()
    return int(row[0]) if row else 0


def _figure(name: str, seconds: float, done: list[dict[str, Any]], deadlocks: int) -> Figure:
    outcomes = Counter(one["outcome"] for one in done)
    won, refused = outcomes.pop("won", 0), outcomes.pop("refused", 0)
    took = Counted(took=[one["ms"] for one in done])
    return Figure(
        SECTION,
        name,
        {
            "won/s": won / seconds,
            "refused/s": refused / seconds,
            "won": won,
            "refused": refused,
            "deadlocks": deadlocks,
            "other errors": ", ".join(f"{count} {kind}" for kind, count in outcomes.items()) or 0,
            "p50 ms": took.percentile(0.50),
            "p99 ms": took.percentile(0.99),
            "worst ms": max(took.took),
        },
    )
