"""People's names as lists write them: "Dupont, Jean", two columns, or only an address."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00a0\u2028\u2029\u202f\u200b-\u200f\u2060-\u2064\ud800-\udfff\ufeff]+"
)
_SPACES: Final = re.compile(r"\s+")
_BULLET: Final = re.compile(r"^(?:[-*•·–—>]+\s*|\d+[.)]\s+)+")
_AROUND: Final = " \t'\"‘“”«»<>()[]:;,="
_DIGITS: Final = re.compile(r"\d+")


def clean(text: str) -> str:
    """Text on one line without control characters, with single spaces."""
    return _SPACES.sub(" ", _UNSEEN.sub(" ", text)).strip()


def from_field(text: str) -> str:
    """The name in one field: without quotes and list marks, "Last, First" turned round. Empty without a letter."""
    bare = _BULLET.sub("", clean(text.replace('""', '"'))).strip(_AROUND)
    parts = [part.strip(_AROUND) for part in bare.split(",")]
    if len(parts) == 2 and all(parts):
        bare = f"{parts[1]} {parts[0]}"
    return bare if any(letter.isalpha() for letter in bare) else ""


def from_columns(fields: list[str]) -> str:
    """The name in columns that nothing names: the first that holds a whole name, else the first two joined."""
    names = [name for name in map(from_field, fields) if name and not _DIGITS.search(name) and "@" not in name]
    whole = names[0] if names and " " in names[0] else ""
    return whole or " ".join(names[:2])


def derive_name(local_part: str) -> str:
    """A name from what is before the @: "jean-pierre.martin+x" gives "Jean-Pierre Martin"."""
    words = re.split(r"[._]+", _DIGITS.sub("", local_part.partition("+")[0]))
    name = " ".join("-".join(part.capitalize() for part in word.split("-") if part) for word in words).strip()
    name = clean(name)
    return name or local_part
