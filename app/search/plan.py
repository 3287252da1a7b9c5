"""How a search is looked for: which words and tokens the index is asked for, and which of two ways is the shorter.

*By index*: whatever has the words and tokens, then the exact columns, then the order. *By walking*: the best
documents by their own score, one after another, until enough of them fit: for what so many offers have that an index
doesn't help.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.search import tokens
from app.search.criteria import Criteria, Sort
from app.search.dictionary import Term, understand
from app.search.frequencies import Frequencies, frequencies
from app.search.words import tsquery, typed

BEST: Final = 1000
"""Of a very common word, so many are ranked: the best by their own score."""
FEW: Final = 4000
"""Up to so many expected matches, all are ranked."""
FARTHEST: Final = 40_000
"""So many documents are walked past at most."""
FITTING: Final = 0.5
"""The share that is expected to pass the conditions without a token: days, exact figures."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a statement needs to know beside the criteria. `questions`: what the index is asked, all of them true."""

    terms: tuple[Term, ...]
    words: str
    questions: tuple[str, ...]
    expected: float
    """Share of the documents that the questions let through, as a guess."""
    in_head: float
    """Share that has the words in title, place, category or provider."""
    of_category: float
    documents: float

    @property
    def meant(self) -> str:
        """The words as they were understood, when that is not as they were typed; empty otherwise."""
        if not any(term.meant for term in self.terms):
            return ""
        return " ".join(term.meant or term.typed for term in self.terms)

    def steps(self, wanted: int) -> float:
        """How many documents a walk passes until so many fit."""
        share = self.expected / max(self.of_category, 1e-9) * FITTING
        return wanted / max(share, 1e-9)

    def walks(self, wanted: int, *, own: bool = False) -> bool:
        """Whether walking to so many is shorter than asking the index. `own`: the order is the walk's anyway."""
        matches = self.expected * self.documents
        if matches <= FEW and not own:
            return False
        return self.steps(wanted) <= min(FARTHEST, 3 * matches)


def plan(criteria: Criteria) -> Plan:
    """Understand the words, and weigh what is asked for."""
    terms = tuple(understand(typed(criteria.words)))
    known = frequencies()
    lexemes = [(term.lexeme, term.unfinished) for term in terms if term.lexeme]
    words = tsquery(lexemes, any_word=criteria.any_word)
    asked = [lexeme for lexeme, _unfinished in lexemes]
    share, in_head = (_share(known, asked, criteria.any_word, head=head) for head in (False, True))
    fine = list(_tokens(criteria))
    cells = _cells(criteria)
    questions = (words, tokens.all_of(fine), tokens.any_of(cells))
    others = known.all_of(fine) * (known.any_of(cells) if cells else 1.0)
    return Plan(
        terms=terms,
        words=words,
        questions=tuple(question for question in questions if question),
        expected=share * others,
        in_head=in_head * others,
        of_category=known.share(f"c:{criteria.category}") if criteria.category else 1.0,
        documents=known.documents,
    )


def _share(known: Frequencies, lexemes: list[str], any_word: bool, *, head: bool) -> float:
    if not lexemes:
        return 1.0
    return known.any_of(lexemes, head=head) if any_word else known.all_of(lexemes, head=head)


def _tokens(criteria: Criteria) -> Iterator[str]:
    """What all offers that fit have among their words."""
    if criteria.category:
        yield f"c:{criteria.category}"
    if criteria.headcount:
        yield tokens.head(criteria.headcount)
    if criteria.budget_cents is not None and (within := tokens.price(criteria.budget_cents)):
        yield within
    if criteria.rating and (rated := tokens.rating(criteria.rating)):
        yield rated
    yield from (f"t:{code}" for code in (*criteria.tags, *criteria.covers))


def _cells(criteria: Criteria) -> list[str]:
    """One of these, when a place is searched: the cells of the circle, and of those who come to its middle."""
    near = criteria.near
    if near is None:
        return []
    around = tokens.around(near.lat, near.lon, near.radius_km)
    return [*around, tokens.comes(near.lat, near.lon)] if around else []


def by_score(criteria: Criteria, found: Plan) -> bool:
    """Whether the order is the documents' own."""
    if criteria.sort != Sort.RELEVANCE:
        return False
    return not (found.words or criteria.near or (criteria.also_taken and criteria.first_day))


def parameters(found: Plan) -> dict[str, Any]:
    """The questions as parameters."""
    return {"asked": found.words} | {f"question_{place}": one for place, one in enumerate(found.questions)}
