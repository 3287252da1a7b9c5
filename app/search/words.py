"""Words as the index holds them: without accents, case and apostrophes, the same way on both sides of a search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MOST_WORDS: Final = 12
FOLDS: Final = {
    ord(letter): plain
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x2C7, 0x370), *range(0x1E00, 0x1F00)))
    if (plain := "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one)))
    != letter
} | {ord("œ"): "oe", ord("æ"): "ae"}


def fold(text: str) -> str:
    """« L’Été à Évian » as `l ete a evian`: what `words` are made of, and what is searched in them."""
    plain = text.lower()
    if not plain.isascii():
        plain = plain.translate(FOLDS)
    if not plain.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def typed(text: str) -> list[str]:
    """The folded words of what was typed, at most twelve."""
    return fold(text).split()[:MOST_WORDS]


def tsquery(lexemes: Iterable[tuple[str, bool]], *, any_word: bool = False) -> str:
    """A tsquery of lexemes, each whole or the beginning of one; empty without any."""
    found = [f"'{lexeme}'{':*' if unfinished else ''}" for lexeme, unfinished in lexemes]
    return ("|" if any_word else "&").join(found)
