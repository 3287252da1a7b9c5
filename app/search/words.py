"""Words as the index holds them: without accents, case and apostrophes, the same way on both sides of a search."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

from sqlalchemy import Function, func, literal, literal_column
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


def typed(text: str, *, any_word: bool = False) -> str:
    """Typed words as `to_tsquery` takes them: all (or any) of them, the last possibly unfinished. Empty without one."""
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return ""
    return (" | " if any_word else " & ").join([*words[:-1], f"{words[-1]}:*"])


def query(text: Any) -> Function[Any]:
    """The tsquery of what `typed` returned."""
    return func.to_tsquery(FRENCH, text, type_=TSQUERY())
