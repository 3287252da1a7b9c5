"""The product with its search's results kept in memory: the results page's own template, without a database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.search import queries
from app.search.criteria import Criteria

_kept: dict[Any, Any] = {}
_search_wider, _count_without = queries.search_wider, queries.count_without


def search_wider(criteria: Criteria, now: datetime, **more: Any) -> Any:
    """The first answer to each question, again and again."""
    key = (criteria, tuple(more.items()))
    if key not in _kept:
        _kept[key] = _search_wider(criteria, now, **more)
    return _kept[key]


def count_without(criteria: Criteria, now: datetime) -> Any:
    """The same for what to loosen."""
    key = ("without", criteria)
    if key not in _kept:
        _kept[key] = _count_without(criteria, now)
    return _kept[key]


queries.search_wider, queries.count_without = search_wider, count_without  # type: ignore[assignment]

from app.wsgi import app  # noqa: E402

__all__ = ["app"]
