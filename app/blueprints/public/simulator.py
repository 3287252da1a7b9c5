"""The price simulator: what a headcount and the options ticked cost, by the very rule that a quote starts from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.offers.models import OfferVersion
from app.offers.price_rule import Price, PricedLine, PriceRule, price_for, quote_lines

USUAL_HEADCOUNT = 30


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was typed, and the price it gives. No `lines`: the rule gives no price, the offer is on quote.

    `error`: the sentence about the headcount; then there is no price. `added_cents` is the gross that each line adds.
    """

    typed: str
    headcount: int
    error: Any
    lines: tuple[PricedLine, ...]
    chosen: frozenset[int]
    price: Price | None

    @property
    def options(self) -> list[tuple[int, PricedLine]]:
        """The optional lines with their place in the rule."""
        return [(index, line) for index, line in enumerate(self.lines) if line.optional]

    @property
    def taken(self) -> list[PricedLine]:
        """The lines that the price is made of."""
        return [line for index, line in enumerate(self.lines) if not line.optional or index in self.chosen]


def simulate(
    version: OfferVersion, args: Mapping[str, str], options: list[str], *, franchise: bool, on: date
) -> Simulation:
    """Price a version for the `headcount` and `options` of a query, with the VAT rates of the day `on`."""
    typed = args.get("headcount", "").strip()[:12]
    usual = min(max(USUAL_HEADCOUNT, version.capacity_min), version.capacity_max)
    headcount = int(typed) if typed.isascii() and typed.isdigit() else usual
    error = _refused(typed, headcount, version)
    chosen = frozenset(int(index) for index in options if index.isascii() and index.isdigit() and len(index) < 4)
    lines, price = _priced(version, usual if error else headcount, chosen, franchise=franchise, on=on)
    return Simulation(
        typed or str(usual), usual if error else headcount, error, lines, chosen, None if error else price
    )


def _refused(typed: str, headcount: int, version: OfferVersion) -> Any:
    if typed and not (typed.isascii() and typed.isdigit()):
        return _l("Indiquez un nombre de personnes.")
    if headcount > version.capacity_max:
        return _l("Cette offre accueille au plus %(most)s personnes.", most=version.capacity_max)
    if headcount < version.capacity_min:
        return _l("Cette offre demande au moins %(least)s personnes.", least=version.capacity_min)
    return ""


def _priced(
    version: OfferVersion, headcount: int, chosen: frozenset[int], *, franchise: bool, on: date
) -> tuple[tuple[PricedLine, ...], Price | None]:
    return _price_of(json.dumps(version.price_rule), headcount, chosen, franchise, on)


@lru_cache(maxsize=4_096)  # by what the rule says, so that it is never out of date
def _price_of(
    rule_text: str, headcount: int, chosen: frozenset[int], franchise: bool, on: date
) -> tuple[tuple[PricedLine, ...], Price | None]:
    try:
        rule = PriceRule.from_json(json.loads(rule_text))
        lines = tuple(quote_lines(rule, headcount, on=on, franchise=franchise))
        return lines, price_for(rule, headcount, on=on, franchise=franchise, options=chosen)
    except InvalidInput:
        return (), None
