"""The fee inside refunds: whatever the parts, they sum to the fee, and none is below zero."""

from __future__ import annotations

import random
from itertools import pairwise

from app.payments.ledger import fee_share
from app.payments.models import Attempt


def test_fee_shares_of_parts_sum_to_the_fee() -> None:
    dice = random.Random(7)
    for _ in range(500):
        amount = dice.randint(1, 3_000_000)
        attempt = Attempt(amount_cents=amount, fee_cents=dice.randint(0, amount))
        cuts = sorted({dice.randint(0, amount) for _ in range(dice.randint(0, 6))} | {0, amount})
        shares = [fee_share(attempt, low, high - low) for low, high in pairwise(cuts)]
        assert sum(shares) == attempt.fee_cents
        assert all(0 <= share <= high - low for share, (low, high) in zip(shares, pairwise(cuts), strict=True))
