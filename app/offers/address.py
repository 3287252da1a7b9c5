"""The address of an offer's page: its number, which stays, and its title in words, which may change.

The number alone finds the offer, so every former title still leads to it: the page sends to the present one (301).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LENGTH = 80
JOINED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "€": " euros "})


@lru_cache(maxsize=65_536)
def words_of(title: str) -> str:
    """« Deux jours à l’Alpe d’Huez » as `deux-jours-a-l-alpe-d-huez`, cut at a word; `offre` when no letter is left."""
    folded = unicodedata.normalize("NFKD", title.lower().translate(JOINED))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(words) > LENGTH:
        words = words[: LENGTH + 1].rpartition("-")[0] or words[:LENGTH]
    return words or "offre"
