"""The arithmetic of quotes: totals, options taken, another headcount, VAT that is not recovered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core import shape
from app.core.money import EUR, Money, vat_by_rate
from app.offers.price_rule import MAX_LINES, Price, PricedLine, at_headcount, price_of, read_entries

__all__ = [
    "OptionPrice",
    "at_headcount",
    "included",
    "lines_from_json",
    "lines_to_json",
    "option_price",
    "options",
    "take_options",
    "totals",
    "unrecoverable_vat",
]


def lines_to_json(lines: Iterable[PricedLine]) -> list[dict[str, Any]]:
    """Lines as stored in JSON."""
    return [line.to_json() for line in lines]


def lines_from_json(data: Any) -> tuple[PricedLine, ...]:
    """Lines from JSON, checked: one at least. Raises InvalidInput; a wrong field reads `lines.<index>.<field>`."""
    found = shape.items({"lines": data}, "lines", least=1, most=MAX_LINES)
    return read_entries(PricedLine.from_json, "lines", found)


def included(lines: Iterable[PricedLine]) -> tuple[PricedLine, ...]:
    """The lines that the price contains."""
    return tuple(line for line in lines if not line.optional)


def options(lines: Iterable[PricedLine]) -> tuple[PricedLine, ...]:
    """The lines priced apart, that the company may add."""
    return tuple(line for line in lines if line.optional)


def take_options(lines: Sequence[PricedLine], indexes: Iterable[int]) -> tuple[PricedLine, ...]:
    """The lines with the options at `indexes` made part of the price."""
    chosen = set(indexes)
    return tuple(replace(line, optional=False) if i in chosen else line for i, line in enumerate(lines))


def totals(lines: Iterable[PricedLine], headcount: int, currency: str = EUR) -> Price:
    """What a quote costs without its options. Raises InvalidInput when discounts exceed the rest."""
    return price_of(lines, headcount, currency)


@dataclass(frozen=True, slots=True)
class OptionPrice:
    """What one option adds, in cents, shown alone."""

    net_cents: int
    gross_cents: int


def option_price(line: PricedLine) -> OptionPrice:
    """What an option shown alone costs."""
    total = vat_by_rate([(line.vat_bps, line.net_cents)])[0]
    return OptionPrice(total.net_cents, total.gross_cents)


def unrecoverable_vat(lines: Iterable[PricedLine], currency: str = EUR) -> Money:
    """The VAT of the price that the company, as a rule, can't deduct: indicative."""
    excluded = ((line.vat_bps, line.net_cents) for line in included(lines) if not line.recoverable)
    return Money(sum(total.vat_cents for total in vat_by_rate(excluded)), currency)
