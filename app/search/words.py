"""Words as the index holds them: without accents, case and apostrophes, the same way on both sides of a search."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

from sqlalchemy import ColumnElement, Function, func, literal, literal_column
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

MOST_WORDS = 12
FRENCH = literal("french", REGCONFIG)


def fold(text: str) -> str:
    """« L’Été à Évian » as `l ete a evian`: what `words` are made of, and what is searched in them."""
    spelled = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def vector(text: Any, weight: Literal["A", "B", "C", "D"]) -> Function[Any]:
    """The tsvector of folded text with one weight, A to D."""
    return func.setweight(func.to_tsvector(FRENCH, text), literal_column(f"'{weight}'"))


def query(text: str, *, any_word: bool = False) -> ColumnElement[Any] | None:
    """The tsquery for typed words: all of them (or any), the last one possibly unfinished. None without a word."""
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return None
    parts = [*words[:-1], f"{words[-1]}:*"]
    joined = (" | " if any_word else " & ").join(parts)
    return func.to_tsquery(FRENCH, joined, type_=TSQUERY())
