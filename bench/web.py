"""Home, results and an offer's page at sixteen connections, as a share of a plain Flask and ORM page.

Everything is measured in turns, round by round, so that whatever else the machine does meets all of them; the share is
the median of the rounds' own ratios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from urllib.parse import urlencode

import psycopg

from app.embedded.prepare import libpq_url
from app.offers.address import words_of
from bench import client, plain_app
from bench.client import Counted
from bench.instance import Instance
from bench.report import Figure
from bench.servers import serving

CONNECTIONS = 16
WARM_UPS, TIMES_WARMED = 10, 6
WORDS = ("salle", "équipe", "soirée", "traiteur", "journée")
TOWNS = ("Lyon", "Paris", "Annecy", "Marseille")
HEADCOUNTS = (15, 25, 40)
OFFERS = (
    "select o.id, v.title, v.capacity_min from offer o join offer_version v on v.id = o.published_version_id"
    " where o.state = 'published' order by o.id limit 60"
)


@dataclass(slots=True)
class Target:
    """One page, or several of a kind in turn."""

    name: str
    port: int
    paths: list[str]
    rounds: list[Counted] = field(default_factory=list)

    def warm_up(self) -> None:
        """Have every process answer every path, so that caches are as full as on any day but the first."""
        answered = 0
        for _ in range(WARM_UPS):
            answered += len(client.run(self.port, self.paths, connections=CONNECTIONS, seconds=2.0).took)
            if answered >= TIMES_WARMED * len(self.paths):
                return

    def measure(self, seconds: float) -> None:
        self.rounds.append(client.run(self.port, self.paths, connections=CONNECTIONS, seconds=seconds))


def measure(instance: Instance, *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    """Figures of each page: requests a second, its share of the plain page, times, size."""
    rounds, seconds = (3, 1.5) if quick else (7, 4.0)
    with ExitStack() as stack:
        targets = _targets(instance, stack)
        for target in targets:
            target.warm_up()
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for target in targets:
                target.measure(seconds)
    plain = next(target for target in targets if target.name.startswith("plain"))
    return (_figure(target, plain) for target in targets)


def _figure(target: Target, plain: Target) -> Figure:
    every = [took for counted in target.rounds for took in counted.took]
    together = Counted(took=every)
    shares = [ours.per_second / theirs.per_second for ours, theirs in zip(target.rounds, plain.rounds, strict=True)]
    return Figure(
        f"Pages at {CONNECTIONS} connections, as a share of the plain page",
        target.name,
        {
            "req/s": median(counted.per_second for counted in target.rounds),
            "share": median(shares),
            "p50 ms": together.percentile(0.50),
            "p99 ms": together.percentile(0.99),
            "KB": target.rounds[0].size / 1000,
            "not 200": sum(counted.refused for counted in target.rounds),
        },
    )


def _targets(instance: Instance, stack: ExitStack) -> list[Target]:
    with psycopg.connect(libpq_url(instance.database_url)) as connection:
        known = connection.execute("select to_regclass('plain_listing')").fetchone() != (None,)
        offers = [(f"/offers/{number}-{words_of(title)}", least) for number, title, least in connection.execute(OFFERS)]
    if not known:
        plain_app.fill(instance.database_url, instance.offers)
    plain = stack.enter_context(serving(instance, target="bench.plain_app:app", ready="/hello"))
    ours = stack.enter_context(serving(instance))
    return [
        Target("plain page, 20 rows through the ORM", plain, [f"/?page={page}" for page in range(1, 9)]),
        Target("home", ours, ["/"]),
        Target("results: words, place, headcount, date", ours, searches()),
        Target(
            "results: browsing a category", ours, [f"/offers?category={code}" for code in ("day_seminar", "catering")]
        ),
        Target("offer", ours, [page for page, _least in offers]),
        Target("offer, priced for a headcount", ours, [f"{page}?headcount={n}" for page, n in offers]),
        Target("nothing but Flask (hello)", plain, ["/hello"]),
    ]


def searches() -> list[str]:
    """Addresses of searches as people make them: words, a place, a headcount and a date."""
    day = date.today() + timedelta(days=60)
    every = enumerate((words, town, people) for words in WORDS for town in TOWNS for people in HEADCOUNTS)
    return [
        "/offers?" + urlencode({"q": q, "place": place, "headcount": people, "date": day + timedelta(days=number % 21)})
        for number, (q, place, people) in every
    ]
