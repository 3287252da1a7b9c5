"""Money: integer cents and a currency, rates in basis points, one rounding function.

1 basis point (bps) is a hundredth of a percent: 20 % is 2000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

EUR = "EUR"
WHOLE_BPS = 10_000
MAX_CENTS = 2_000_000_000  # 20 million euros: far above any quote, and inside a 32-bit column

LONGEST_AMOUNT = 15  # digits: int() refuses some thousands of them
TYPED_AMOUNT = re.compile(r"(?P<sign>[-−]?)(?P<units>\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](?P<cents>\d{1,2}))?", re.ASCII)
TYPED_BLANKS = str.maketrans("", "", " \t\u00a0\u202f\u2009€")


class CurrencyMismatch(ValueError):
    """Two currencies in one sum: a mistake of the program, never of a person."""


def round_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves away from zero. The only rounding of money there is."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def share(cents: int, rate_bps: int) -> int:
    """`rate_bps` of `cents`, in cents, half-up."""
    return round_half_up(cents * rate_bps, WHOLE_BPS)


def net_from_gross(gross_cents: int, rate_bps: int) -> int:
    """The net price, in cents, that comes closest to a gross one."""
    return round_half_up(gross_cents * WHOLE_BPS, WHOLE_BPS + rate_bps)


def gross_from_net(net_cents: int, rate_bps: int) -> int:
    """Net plus its VAT, in cents, for one price shown alone. Totals add their bases up first: see `vat_by_rate`."""
    return net_cents + share(net_cents, rate_bps)


def parse_cents(text: str, *, field: str | None = None) -> int:
    """Cents of an amount as people type it: « 1 234,5 », « 64.50 € », « 1.234,56 ». Raises InvalidInput."""
    match = TYPED_AMOUNT.fullmatch(text.translate(TYPED_BLANKS))
    if match is None:
        raise InvalidInput(_l("Écrivez un montant comme 64,50."), field=field)
    digits = match["units"].replace(".", "").lstrip("0")
    if len(digits) > LONGEST_AMOUNT:
        raise InvalidInput(_l("Ce montant est trop grand."), field=field)
    units = int(digits or "0") * 100
    cents = units + int((match["cents"] or "0").ljust(2, "0"))
    if cents > MAX_CENTS:
        raise InvalidInput(_l("Ce montant est trop grand."), field=field)
    return -cents if match["sign"] else cents


def split(cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide `cents` in proportion to `weights`; the parts sum exactly (largest remainder, earlier first).

    Raises ValueError without a positive weight, or with a negative one.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign, amount = (1, cents) if cents >= 0 else (-1, -cents)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return tuple(sign * part for part in parts)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in the smallest unit of a currency (ISO 4217). Mixing currencies raises CurrencyMismatch."""

    cents: int
    currency: str = EUR

    def __post_init__(self) -> None:
        if isinstance(self.cents, bool) or not isinstance(self.cents, int):
            raise TypeError("cents must be an integer")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.cents

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.cents * quantity, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.cents >= self._same(other)

    def __bool__(self) -> bool:
        return self.cents != 0

    def share(self, rate_bps: int) -> Money:
        """`rate_bps` of this amount, half-up."""
        return Money(share(self.cents, rate_bps), self.currency)

    def per(self, count: int) -> Money:
        """This amount for one of `count`, half-up: a figure to read. To pay in parts, use `split`."""
        return Money(round_half_up(self.cents, count), self.currency)

    def split(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Parts in proportion to `weights` that sum exactly to this amount."""
        return tuple(Money(part, self.currency) for part in split(self.cents, weights))

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        return {"cents": self.cents, "currency": self.currency}

    @classmethod
    def from_json(cls, data: Any) -> Money:
        """From stored JSON. Raises InvalidInput."""
        try:
            return cls(data["cents"], data["currency"])
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(_l("Ce montant n’est pas lisible.")) from error


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What one VAT rate adds up to, in cents."""

    rate_bps: int
    net_cents: int
    vat_cents: int

    @property
    def gross_cents(self) -> int:
        return self.net_cents + self.vat_cents


def vat_by_rate(bases: Iterable[tuple[int, int]]) -> tuple[RateTotal, ...]:
    """VAT of `(rate_bps, net_cents)` pairs: the bases are summed per rate, then each sum is rounded once, half-up.

    Returns one total per rate, highest rate first.
    """
    sums: dict[int, int] = {}
    for rate_bps, net_cents in bases:
        sums[rate_bps] = sums.get(rate_bps, 0) + net_cents
    return tuple(RateTotal(rate, sums[rate], share(sums[rate], rate)) for rate in sorted(sums, reverse=True))
