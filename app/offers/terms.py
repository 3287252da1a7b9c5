"""The terms of an offer, snapshot on the quote: deposit and balance, cancellation, lowering the headcount.

Days are calendar days in the event's own time zone: callers pass dates of that zone. `days_before` is the number of
nights between a day and the first day of the event. A day exactly on a threshold favours the customer: with a step
at 30 days, cancelling 30 days before still costs what it cost until then, 29 days before costs the step's fee. Once
the event has begun, the last step holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.core.money import WHOLE_BPS, share
from app.rules.thresholds import limits

MAX_DAYS = 730
MAX_STEPS = 8
TEXT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class CancellationStep:
    """Fewer than `days_before` days before the event, cancelling costs `fee_bps` of the gross price."""

    days_before: int
    fee_bps: int


@dataclass(frozen=True, slots=True)
class HeadcountReduction:
    """The headcount may fall by `bps` of itself for free until `days_before` days before the event (that day too)."""

    bps: int
    days_before: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Deposit, balance, cancellation, headcount reduction and the two texts that the quote prints.

    `base_fee_bps`: what cancelling costs from the acceptance on, before the first step. Steps run from the earliest
    (most days before) to the latest, and their fees never fall.
    """

    deposit_bps: int = 3000
    balance_days_before: int = 14
    cancellation: tuple[CancellationStep, ...] = ()
    base_fee_bps: int = 0
    headcount_reduction: HeadcountReduction | None = None
    payment_terms: str = ""
    performance_terms: str = ""

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        reduction = self.headcount_reduction
        return {
            "deposit_bps": self.deposit_bps,
            "balance_days_before": self.balance_days_before,
            "base_fee_bps": self.base_fee_bps,
            "cancellation": [{"days_before": s.days_before, "fee_bps": s.fee_bps} for s in self.cancellation],
            "headcount_reduction": reduction and {"bps": reduction.bps, "days_before": reduction.days_before},
            "payment_terms": self.payment_terms,
            "performance_terms": self.performance_terms,
        }

    @classmethod
    def from_json(cls, data: Any) -> Terms:
        """From JSON, checked; steps may come in any order. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        base_fee_bps = shape.integer(data, "base_fee_bps", minimum=0, maximum=WHOLE_BPS, default=0)
        return cls(
            deposit_bps=shape.integer(data, "deposit_bps", minimum=0, maximum=WHOLE_BPS),
            balance_days_before=shape.integer(data, "balance_days_before", minimum=0, maximum=MAX_DAYS),
            base_fee_bps=base_fee_bps,
            cancellation=_steps(shape.items(data, "cancellation", most=MAX_STEPS), base_fee_bps),
            headcount_reduction=_reduction(data.get("headcount_reduction")),
            payment_terms=shape.text(data, "payment_terms", most=TEXT_LENGTH),
            performance_terms=shape.text(data, "performance_terms", most=TEXT_LENGTH),
        )


def _steps(found: Iterable[Any], base_fee_bps: int) -> tuple[CancellationStep, ...]:
    steps = sorted((_step(shape.mapping(one, field="cancellation")) for one in found), key=lambda s: -s.days_before)
    if any(early.days_before == late.days_before for early, late in pairwise(steps)):
        raise InvalidInput(_l("Deux paliers d’annulation portent le même nombre de jours."), field="cancellation")
    fees = [base_fee_bps, *(step.fee_bps for step in steps)]
    if any(early > late for early, late in pairwise(fees)):
        raise InvalidInput(_l("Annuler plus tard ne peut pas coûter moins cher."), field="cancellation")
    return tuple(steps)


def _step(data: Any) -> CancellationStep:
    return CancellationStep(
        days_before=shape.integer(data, "days_before", minimum=0, maximum=MAX_DAYS),
        fee_bps=shape.integer(data, "fee_bps", minimum=0, maximum=WHOLE_BPS),
    )


def _reduction(data: Any) -> HeadcountReduction | None:
    if data is None:
        return None
    data = shape.mapping(data, field="headcount_reduction")
    return HeadcountReduction(
        bps=shape.integer(data, "bps", minimum=1, maximum=WHOLE_BPS),
        days_before=shape.integer(data, "days_before", minimum=0, maximum=MAX_DAYS),
    )


PRESETS: dict[str, tuple[Any, Terms]] = {
    "souple": (
        _l("Souple"),
        Terms(
            deposit_bps=2000,
            balance_days_before=14,
            cancellation=(CancellationStep(30, 2000), CancellationStep(14, 5000), CancellationStep(3, 10_000)),
            headcount_reduction=HeadcountReduction(2000, 7),
        ),
    ),
    "standard": (
        _l("Standard"),
        Terms(
            deposit_bps=3000,
            balance_days_before=14,
            cancellation=(CancellationStep(60, 3000), CancellationStep(30, 5000), CancellationStep(14, 10_000)),
            headcount_reduction=HeadcountReduction(1000, 14),
        ),
    ),
    "stricte": (
        _l("Stricte"),
        Terms(
            deposit_bps=5000,
            balance_days_before=30,
            base_fee_bps=3000,
            cancellation=(CancellationStep(90, 5000), CancellationStep(30, 10_000)),
            headcount_reduction=None,
        ),
    ),
}


def preset(code: str) -> Terms:
    """One of the three sets of terms offered to providers. Raises InvalidInput for another code."""
    if code not in PRESETS:
        raise InvalidInput(_l("Choisissez dans la liste."), field="terms")
    return PRESETS[code][1]


def fee_bps(terms: Terms, starts_on: date, on: date) -> int:
    """The share of the gross price that cancelling costs on a day, in basis points."""
    days_left = (starts_on - on).days
    passed = [step.fee_bps for step in terms.cancellation if days_left < step.days_before]
    return passed[-1] if passed else terms.base_fee_bps


def cancellation_fee(terms: Terms, gross_cents: int, starts_on: date, on: date) -> int:
    """What cancelling costs on a day, in cents of the gross price, half-up."""
    return share(gross_cents, fee_bps(terms, starts_on, on))


def thresholds(terms: Terms, gross_cents: int, starts_on: date, today: date) -> list[tuple[date, int]]:
    """What cancelling costs today and from each later day on which that changes: (first day, fee in cents).

    A step at `days_before` first costs on the day after: `starts_on - days_before + 1`.
    """
    turns = (starts_on - timedelta(days=step.days_before - 1) for step in terms.cancellation)
    days = [today, *sorted(day for day in turns if day > today)]
    fees = [(day, cancellation_fee(terms, gross_cents, starts_on, day)) for day in days]
    return [fees[0], *(late for early, late in pairwise(fees) if late[1] != early[1])]


def free_until(terms: Terms, starts_on: date) -> date | None:
    """The last day on which cancelling costs nothing; None when it never does, or when there is no such last day."""
    if terms.base_fee_bps:
        return None
    return next((starts_on - timedelta(days=s.days_before) for s in terms.cancellation if s.fee_bps), None)


def refund_due(paid_cents: int, fee_cents: int) -> int:
    """What goes back to the customer who paid `paid_cents` and owes `fee_cents`: never below zero."""
    return max(0, paid_cents - fee_cents)


def reduced_headcount(terms: Terms, headcount: int) -> int:
    """The lowest headcount that costs nothing to fall to; `headcount` itself when the terms allow none."""
    reduction = terms.headcount_reduction
    return max(1, headcount - headcount * reduction.bps // WHOLE_BPS) if reduction else headcount


def reduction_until(terms: Terms, starts_on: date) -> date | None:
    """The last day on which the headcount may fall for free, or None when it never may."""
    reduction = terms.headcount_reduction
    return starts_on - timedelta(days=reduction.days_before) if reduction else None


class InstalmentKind(StrEnum):
    DEPOSIT = "deposit"
    BALANCE = "balance"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class ScheduledInstalment:
    """A part of the price, in cents, and the day it is due."""

    kind: InstalmentKind
    due_on: date
    amount_cents: int


def schedule(gross_cents: int, terms: Terms, starts_on: date, accepted_on: date) -> list[ScheduledInstalment]:
    """The instalments of a price accepted on a day; they sum to it, none is of zero.

    The deposit is due at once, the balance `balance_days_before` days before the event. Fewer than fourteen days before
    the event (exactly fourteen keeps both), or when the balance would be due by then, everything is due at once.
    """
    balance_on = starts_on - timedelta(days=terms.balance_days_before)
    deposit_cents = share(gross_cents, terms.deposit_bps)
    at_once = (starts_on - accepted_on).days < limits(accepted_on).all_due_within_days or balance_on <= accepted_on
    if at_once or deposit_cents == gross_cents:
        return [ScheduledInstalment(InstalmentKind.FULL, accepted_on, gross_cents)]
    parts = [
        ScheduledInstalment(InstalmentKind.DEPOSIT, accepted_on, deposit_cents),
        ScheduledInstalment(InstalmentKind.BALANCE, balance_on, gross_cents - deposit_cents),
    ]
    return [part for part in parts if part.amount_cents]
