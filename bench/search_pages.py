"""The results page over HTTP, as a share of its own template without a database: the same, its results kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from bench import client
from bench.instance import Instance
from bench.report import Figure
from bench.servers import serving
from bench.web import CONNECTIONS, searches

AIMS = {100_000: "0.6", 1_000_000: "0.4"}


def shares(instance: Instance, *, quick: bool) -> Iterator[Figure]:
    """Requests a second of both, and the median share of the rounds."""
    rounds, seconds = (1, 1.5) if quick else (5, 4.0)
    pages = {"words, place, headcount, date": searches()[:24], "a category": ["/offers?category=day_seminar"]}
    with ExitStack() as stack:
        kept = stack.enter_context(serving(instance, target="bench.kept_app:app"))
        ours = stack.enter_context(serving(instance))
        for name, paths in pages.items():
            for port in (ours, kept):
                for _ in range(1 if quick else 3):
                    client.run(port, paths, connections=CONNECTIONS, seconds=seconds)
            found = [
                [client.run(port, paths, connections=CONNECTIONS, seconds=seconds).per_second for port in (ours, kept)]
                for _ in range(rounds)
            ]
            yield Figure(
                f"Results page over HTTP, {instance.offers:,} offers, {CONNECTIONS} connections",
                name,
                {
                    "req/s": median(one for one, _other in found),
                    "without database": median(other for _one, other in found),
                    "share": median(one / other for one, other in found if other),
                    "aim": AIMS.get(instance.offers, ""),
                },
            )
