"""A fact that holds from a day on, with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """`value` holds from `valid_from` until a later fact of the same series replaces it; `source` names the text."""

    value: Value
    valid_from: date
    source: str


class NoFact(LookupError):
    """Nothing is known for that day: the series starts later."""


def fact_on(series: Sequence[Dated[Value]], on: date) -> Dated[Value]:
    """The fact of the series in force on a day. Raises NoFact before its first day."""
    known = [fact for fact in series if fact.valid_from <= on]
    if not known:
        raise NoFact(f"no fact on {on.isoformat()}")
    return max(known, key=lambda fact: fact.valid_from)


def value_on(series: Sequence[Dated[Value]], on: date) -> Value:
    """The value in force on a day. Raises NoFact before the series' first day."""
    return fact_on(series, on).value
