"""Words for what is stored as codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.offers import categories
from app.rules import requirements


def requirement_words(need: Mapping[str, Any]) -> Any:
    """A brief's requirement {"code", "label"}: the list's own words, or hers for an `other-…`."""
    code = need["code"]
    return requirements.label(code) if code in requirements.REQUIREMENTS else need["label"]


def category_words(code: str) -> Any:
    """A category's name."""
    return categories.get(code).label
