"""The search against a specialised engine: the same questions on the same data, in turns, in one run.

Ours are the application's own functions (`app.search.engine`), Python and PostgreSQL together; the other engine is
tantivy in this very process. A catalogue is made for each size, with five taken times an offer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from app.core.clock import utcnow
from app.core.db import session
from app.search import dictionary, engine, frequencies
from app.search.criteria import Criteria, Near
from app.search.places import lookup
from app.search.statements import run
from bench.instance import Instance, application, fresh
from bench.report import Figure
from bench.search_mix import mixed
from bench.search_pages import shares
from bench.tantivy_index import Tantivy

BUSY = 5
WORDS = ("séminaire", "salle", "cocktail", "dégustation", "atelier cuisine", "randonnée", "soirée", "château")
TOWNS = ("Lyon", "Paris", "Bordeaux", "Annecy", "Lille", "Nantes", "Marseille")
HEADCOUNTS = (15, 25, 40, 60)
BUDGETS = (4_000, 9_000, 15_000)
CATEGORIES = ("evening", "activity", "catering", "ski_trip", "day_seminar", "team_day")
COMMON = ("salle", "équipe", "journée", "cocktail", "soirée")
MISSPELT = ("seminere", "degustasion", "cocktal", "restaurent", "animasion", "traitteur", "hebergemant", "terasse")
KINDS = {
    "words + headcount + budget + date + 30 km": "4 / 4",
    "category + headcount + budget + date": "1 / 0.3",
    "one very common word": "6 / 2",
    "facets of the first": "3 / 4",
    "facets of a category page": "1.5 / 0.5",
    "typing error": "5 / 5",
}
SIZES = "Sizes and growth"


@dataclass(slots=True)
class Took:
    """Milliseconds of each question, asked of both."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


def measure(sizes: Sequence[int], *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    """Figures of each size, then how they grow from the smallest to the largest."""
    grown: dict[str, list[float]] = {}
    for size in sizes:
        begun = time.monotonic()
        with fresh(size, say, busy=BUSY) as instance:
            yield Figure(
                SIZES,
                f"{size:,} offers: seeded (a second, with its start)",
                {"value": size / (time.monotonic() - begun)},
            )
            for figure in _of_size(instance, quick=quick, say=say):
                yield figure
                if "p50 ms" in figure.values:
                    grown.setdefault(figure.name, []).append(float(figure.values["p50 ms"]))
    if len(sizes) > 1:
        for name, found in grown.items():
            yield Figure(
                "Growth",
                name,
                {f"p50 at {size:,}": at for size, at in zip(sizes, found, strict=False)}
                | {"times": found[-1] / found[0]},
            )


def _of_size(instance: Instance, *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    rounds = 2 if quick else 10
    title = f"Search, {instance.offers:,} offers: ours against tantivy"
    with application(instance):
        frequencies.forget()
        say("Indexing for tantivy")
        theirs = Tantivy(instance.places.instance / "tantivy", HEADCOUNTS)
        session().rollback()
        asked = questions()
        took = {kind: Took() for kind in KINDS}
        for number in range(rounds + 1):
            say(f"round {number} of {rounds}")
            for kind, question in asked:
                ours, other = _timed(ask, kind, question), _timed(theirs.ask, kind, question)
                if number:  # the first round warms both up
                    took[kind].ours.append(ours)
                    took[kind].theirs.append(other)
            session().rollback()
        for kind, found in took.items():
            yield Figure(title, kind, _compared(found) | {"aim 100k / 1M": KINDS[kind]})
        yield from _sizes(instance, theirs)
        say("Eight clients while offers change")
        yield from mixed(
            instance, [criteria for kind, criteria in asked if isinstance(criteria, Criteria)], 2.0 if quick else 15.0
        )
    say("Results page against its own template")
    yield from shares(instance, quick=quick)


def questions() -> list[tuple[str, Criteria | str]]:
    """What is asked, by kind: as people ask, with every word, town, headcount and budget in turn."""
    first, category, common, facets, browse, typing = KINDS
    day = utcnow().date() + timedelta(days=60)
    found: list[tuple[str, Criteria | str]] = []
    for number in range(len(WORDS) * len(TOWNS)):
        criteria = _first(number, day)
        found += ((first, criteria), (facets, criteria))
    for number in range(24):
        on = day + timedelta(days=number)
        people, budget = HEADCOUNTS[number % 4], BUDGETS[number % 3] * (4 if number % 6 == 3 else 1)
        chosen = CATEGORIES[number % 6]
        found.append(
            (category, Criteria(category=chosen, headcount=people, budget_cents=budget, first_day=on, last_day=on))
        )
    found += ((common, Criteria(words=word)) for word in COMMON)
    found += ((browse, Criteria(category=chosen)) for chosen in CATEGORIES)
    found += ((typing, word) for word in MISSPELT)
    return found


def _first(number: int, day: date) -> Criteria:
    place = lookup(TOWNS[number % len(TOWNS)])[0]
    on = day + timedelta(days=number % 28)
    return Criteria(
        words=WORDS[number % len(WORDS)],
        near=Near(place.name, place.lat, place.lon, 30),
        headcount=HEADCOUNTS[number % len(HEADCOUNTS)],
        budget_cents=BUDGETS[number % len(BUDGETS)],
        first_day=on,
        last_day=on,
    )


def ask(kind: str, question: Criteria | str) -> object:
    """The application's answer."""
    if isinstance(question, str):
        return dictionary.understand([question])[0].meant
    asked = engine.ask(question, utcnow())
    return engine.count(asked) if kind.startswith("facets") else engine.find(asked)


def _timed(answer: Callable[[str, Criteria | str], object], kind: str, question: Criteria | str) -> float:
    begun = time.perf_counter()
    answer(kind, question)
    return (time.perf_counter() - begun) * 1000


def _compared(found: Took) -> dict[str, float]:
    ours, theirs = sorted(found.ours), sorted(found.theirs)
    p50, p99 = median(ours), ours[min(len(ours) - 1, int(len(ours) * 0.99))]
    other = median(theirs)
    return {
        "p50 ms": p50,
        "p99 ms": p99,
        "p99/p50": p99 / p50,
        "tantivy p50": other,
        "tantivy p99": theirs[min(len(theirs) - 1, int(len(theirs) * 0.99))],
        "ratio": p50 / other,
    }


def _sizes(instance: Instance, theirs: Tantivy) -> Iterator[Figure]:
    rows = run(
        "select 'table', pg_relation_size('search_document') union all"
        " select 'outside rows', pg_table_size('search_document') - pg_relation_size('search_document') union all"
        " select indexrelid::regclass::text, pg_relation_size(indexrelid) from pg_index"
        " where indrelid = 'search_document'::regclass union all"
        " select 'whole database', pg_database_size(current_database())",
        {},
    )
    for name, size in [*rows, ("tantivy", theirs.size())]:
        yield Figure(SIZES, f"{instance.offers:,} offers: {name} (MB)", {"value": size / 1e6})
