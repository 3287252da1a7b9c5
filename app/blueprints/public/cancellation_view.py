"""Cancellation terms as a picture: what share of the price cancelling costs, along the days before the event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.offers.models import OfferVersion
from app.offers.terms import Terms

WIDTH, BASELINE, TALLEST = 600, 120, 88
FREE, HALF = 0, 5_000


@dataclass(frozen=True, slots=True)
class FeeStep:
    """A stretch of days in which cancelling costs `fee_bps`: its place and height in the picture, and its words.

    `tick`: days before the event at which it begins; 0 for the first stretch, which begins at the acceptance.
    """

    x: int
    width: int
    y: int
    height: int
    tone: str
    fee_bps: int
    tick: int
    text: Any


def terms_of(version: OfferVersion) -> Terms | None:
    """A version's terms, or None while a draft's can't be read."""
    try:
        return Terms.from_json(version.terms)
    except InvalidInput:
        return None


def fee_steps(terms: Terms) -> list[FeeStep]:
    """The stretches from the acceptance to the event. Days near the event are drawn wider, since more changes there."""
    days = [step.days_before for step in terms.cancellation]
    farthest = max(days, default=30) * 1.6 or 1
    starts = [0, *(round(WIDTH * (1 - math.sqrt(day / farthest))) for day in days), WIDTH]
    fees = [terms.base_fee_bps, *(step.fee_bps for step in terms.cancellation)]
    texts = [
        _l("Jusqu’à %(days)s jours avant", days=days[0]) if days else _l("À tout moment"),
        *(_l("Moins de %(days)s jours avant", days=day) for day in days),
    ]
    return [
        _step(starts[index], starts[index + 1], fee, [0, *days][index], texts[index]) for index, fee in enumerate(fees)
    ]


def _step(start: int, end: int, fee_bps: int, tick: int, text: Any) -> FeeStep:
    height = max(4, TALLEST * fee_bps // 10_000)
    tone = "fir" if fee_bps == FREE else "saffron" if fee_bps < HALF else "brick"
    return FeeStep(start, max(1, end - start - 3), BASELINE - height, height, tone, fee_bps, tick, text)
