"""The catalogue's own words: typing errors forgiven, words completed.

Each word is kept with what it looks like when up to two of its first letters are left out (SymSpell's idea): two words
that share such a key are near each other, and an index finds them; their distance is then worked out exactly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Final

from app.search.statements import run
from app.search.words import fold

WORD: Final = re.compile(r"[^\W\d_]{3,30}")
KEYED: Final = 8
BATCH: Final = 2000
MOST_SUGGESTED: Final = 8
UNDERSTAND = """
select typed, tsvector_to_array(to_tsvector('french', typed)) as lexemes,
  exists (select from search_word w where w.lexeme = any(tsvector_to_array(to_tsvector('french', typed)))) as known,
  exists (select from search_word w where w.word >= typed and w.word < typed || '{') as begins,
  set_config('enable_seqscan', 'off', true)
from unnest(%(typed)s::text[]) with ordinality as t(typed, place) order by place"""
NEAR = """
select distinct w.word, w.written, w.offers, w.lexeme
from search_typo t join search_word w using (word) where t.key = any(%(keys)s::text[])"""
UNKNOWN = """
select t.word from unnest(%(words)s::text[]) as t(word)
where not exists (select from search_word w where w.word = t.word)"""
ADD = """
insert into search_word (word, lexeme, written, offers)
select word, coalesce((tsvector_to_array(to_tsvector('french', word)))[1], word), written, offers
from unnest(%(words)s::text[], %(written)s::text[], %(offers)s::int[]) as t(word, written, offers)
order by word on conflict (word) do update set written = excluded.written, offers = excluded.offers"""
ADD_NEW = ADD[: ADD.index("do update")] + "do nothing"
KEYS = """
insert into search_typo (key, word)
select key, word from unnest(%(keys)s::text[], %(words)s::text[]) as t(key, word) on conflict do nothing"""
BEGINNING = """
select written from search_word where word >= %(begin)s and word < %(begin)s || '{'
order by offers desc, word limit %(most)s"""


@dataclass(slots=True)
class Heard:
    """Words of texts, folded, with the number of texts that have them and how they are written."""

    offers: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)

    def hear(self, *texts: str) -> None:
        """Note the words of one offer."""
        self.offers.update(set(self.spell(*texts)))

    def spell(self, *texts: str) -> Iterator[str]:
        """The words of texts, folded; how they are written is noted, with accents if any has them."""
        for word in set(WORD.findall(" ".join(texts).lower())):
            plain = _plain(word)
            if len(word) == len(plain) and (plain not in self.written or self.written[plain] == plain):
                self.written[plain] = word
            yield plain


@lru_cache(maxsize=200_000)
def _plain(word: str) -> str:
    return fold(word).replace(" ", "")


def learn(heard: Heard) -> None:
    """Add the words that the dictionary lacks."""
    for words in _batches(sorted(heard.offers)):
        unknown = [word for (word,) in run(UNKNOWN, {"words": words})]
        if unknown:
            _add(unknown, heard, ADD_NEW)


def replace(heard: Heard) -> None:
    """Make the dictionary hold these words with their numbers, and no others."""
    for words in _batches(sorted(heard.offers)):
        _add(words, heard, ADD)
    run("delete from search_word where not (word = any(%(words)s::text[]))", {"words": list(heard.offers)})


def _batches(words: Sequence[str]) -> Iterable[Sequence[str]]:
    return (words[at : at + BATCH] for at in range(0, len(words), BATCH))


def _add(words: Sequence[str], heard: Heard, statement: str) -> None:
    written = [heard.written.get(word, word) for word in words]
    run(statement, {"words": list(words), "written": written, "offers": [heard.offers[word] for word in words]})
    pairs = [(key, word) for word in words for key in sorted(keys(word))]
    run(KEYS, {"keys": [key for key, _word in pairs], "words": [word for _key, word in pairs]})


def errors_in(word: str) -> int:
    """How many typing errors are forgiven in a word: none in short ones."""
    return 0 if len(word) < 4 else 1 if len(word) < 6 else 2


def keys(word: str) -> set[str]:
    """What a word looks like with letters of its beginning left out."""
    begin = word[:KEYED]
    return {
        "".join(letter for place, letter in enumerate(begin) if place not in out)
        for count in range(errors_in(word) + 1)
        for out in map(set, combinations(range(len(begin)), count))
    }


@dataclass(frozen=True, slots=True)
class Term:
    """One word that was typed. `lexeme`: what is looked for; None for a word without meaning (« le »).

    `unfinished`: as the beginning of a word. `meant`: the word it was taken for when nothing has it, as it is written.
    """

    typed: str
    lexeme: str | None
    unfinished: bool = False
    meant: str = ""


def understand(words: Sequence[str]) -> list[Term]:
    """What each folded word stands for in this catalogue; unknown ones stand for the nearest word there is.

    The rest of the transaction asks indexes rather than read whole tables: see `engine.fetch`.
    """
    if not words:
        return []
    rows = run(UNDERSTAND, {"typed": list(words)})
    return [_term(*row[:4], last=place == len(rows) - 1) for place, row in enumerate(rows)]


def _term(word: str, lexemes: Sequence[str], known: bool, begins: bool, *, last: bool) -> Term:
    if not lexemes or (len(word) == 1 and not known and not word.isdigit()):
        return Term(word, None)
    if known or word.isdigit():
        return Term(word, lexemes[0])
    if begins and last:
        return Term(word, word, unfinished=True)
    near = nearest(word)
    return Term(word, near[2], meant=near[1]) if near else Term(word, lexemes[0])


def nearest(word: str) -> tuple[str, str, str] | None:
    """The word meant by one with typing errors: folded, as written, its lexeme; the commonest of the nearest."""
    most = errors_in(word)
    if not most:
        return None
    best: tuple[int, int, str, str, str] | None = None
    for other, written, offers, lexeme in run(NEAR, {"keys": sorted(keys(word))}):
        if abs(len(other) - len(word)) > most:
            continue
        far = distance(word, other, most)
        if far <= most and (best is None or (far, -offers, other) < best[:3]):
            best = (far, -offers, other, written, lexeme)
    return best[2:] if best else None


def distance(one: str, other: str, most: int) -> int:
    """Letters added, left out, changed or exchanged with their neighbour between two words; `most` + 1 when more."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        last, line, older = line, [row], before
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, older[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before = last
    return line[-1]


def completed(begin: str, most: int = MOST_SUGGESTED) -> list[str]:
    """The words that begin so, the commonest first, as they are written; nothing before two letters."""
    if len(begin) < 2:
        return []
    return [written for (written,) in run(BEGINNING, {"begin": begin, "most": most})]
