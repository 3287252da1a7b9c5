"""How common words and tokens are, as PostgreSQL's own statistics say: what decides how a search is looked for.

Kept for a few minutes: they choose a way, never a result.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

from app.core.db import session
from app.search.statements import run

KEPT_SECONDS: Final = 300.0
STATISTICS = """
select c.reltuples::float8, s.attname, s.most_common_elems::text::text[], s.most_common_elem_freqs::float8[]
from pg_class c left join pg_stats s on s.schemaname = current_schema() and s.tablename = c.relname
  and s.attname in ('words', 'head')
where c.oid = 'search_document'::regclass"""
RARE: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Number of documents, and the share of them that has a lexeme, of those that are common."""

    documents: float
    words: Mapping[str, float]
    head: Mapping[str, float]

    def share(self, lexeme: str, *, head: bool = False) -> float:
        """The share of the documents that has a lexeme; of a rare one, a guess."""
        known = self.head if head else self.words
        return known.get(lexeme, RARE if known else 0.0)

    def all_of(self, lexemes: Iterable[str], *, head: bool = False) -> float:
        """The share that has all of them, as if they had nothing to do with each other."""
        return prod(self.share(lexeme, head=head) for lexeme in lexemes)

    def any_of(self, lexemes: Iterable[str], *, head: bool = False) -> float:
        """The share that has at least one of them, at most."""
        return min(1.0, sum(self.share(lexeme, head=head) for lexeme in lexemes))


_kept: dict[str, tuple[float, Frequencies]] = {}


def frequencies() -> Frequencies:
    """The statistics of this database's documents."""
    name = str(session().connection().engine.url)
    until, found = _kept.get(name, (0.0, None))
    if found is None or until < time.monotonic():
        found = _read()
        _kept[name] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def forget() -> None:
    """Read the statistics anew at the next search."""
    _kept.clear()


def _read() -> Frequencies:
    shares: dict[str, dict[str, float]] = {"words": {}, "head": {}}
    documents = 0.0
    for count, name, elements, share in run(STATISTICS, {}):
        documents = max(0.0, count)
        if name and elements:
            shares[name] = dict(zip(elements, share, strict=False))  # three figures more than elements
    return Frequencies(documents, shares["words"], shares["head"])
