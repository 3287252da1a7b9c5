"""The ledger: double entry, append-only, in cents; each object of the gateway once; every posting sums to zero.

Accounts: `company:ID` (minus: what it gave), `provider:ID`, `platform:fees`, and `platform:refunds`: what was taken
back for a refund that the company's bank then returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from app.bookings.models import Booking
from app.core.db import session
from app.core.money import round_half_up
from app.payments.models import Attempt, LedgerEntry, Refund, RefundState

FEES = "platform:fees"
OWED = "platform:refunds"


def post(
    posting: str, gateway_object: str, sides: Mapping[str, int], *, booking_id: int, currency: str, now: datetime
) -> bool:
    """Append one posting. Returns False when this object of the gateway was posted before: then nothing changes.

    `sides`: account → cents. Raises ValueError when they don't sum to zero.
    """
    if sum(sides.values()) != 0:
        raise ValueError(f"{posting} does not sum to zero: {dict(sides)}")
    if session().scalar(select(LedgerEntry.id).where(LedgerEntry.gateway_object == gateway_object).limit(1)):
        return False
    session().add_all(
        LedgerEntry(
            posting=posting,
            account=account,
            amount_cents=cents,
            currency=currency,
            booking_id=booking_id,
            gateway_object=gateway_object,
            at=now,
        )
        for account, cents in sides.items()
        if cents
    )
    session().flush()
    return True


def charge(attempt: Attempt, booking: Booking, gateway_object: str, now: datetime) -> bool:
    """What a company paid: the provider's, but for the platform's fee."""
    sides = {
        f"company:{booking.company_id}": -attempt.amount_cents,
        f"provider:{booking.provider_id}": attempt.amount_cents - attempt.fee_cents,
        FEES: attempt.fee_cents,
    }
    return post(
        f"charge:{attempt.id}", gateway_object, sides, booking_id=booking.id, currency=attempt.currency, now=now
    )


def refund(row: Refund, booking: Booking, now: datetime) -> bool:
    """What went back: out of the provider's share and the fee in proportion, or out of what was taken back before."""
    company = f"company:{booking.company_id}"
    if taken_back(row):
        sides = {company: row.amount_cents, OWED: -row.amount_cents}
    else:
        sides = {company: row.amount_cents, **_taken(row, booking)}
    return _post_refund(f"refund:{row.id}", str(row.gateway_refund), sides, row, now)


def refund_failed(row: Refund, booking: Booking, now: datetime, *, had_succeeded: bool) -> bool:
    """What a bank returned: the platform has it now, and owes it to the company."""
    given = {f"company:{booking.company_id}": -row.amount_cents} if had_succeeded else _taken(row, booking)
    if not had_succeeded and taken_back(row):
        return False
    sides = {**given, OWED: row.amount_cents}
    return _post_refund(f"refund_failed:{row.id}", f"{row.gateway_refund}#failed", sides, row, now)


def taken_back(row: Refund) -> bool:
    """Whether an earlier try of this refund took its money from the provider already."""
    query = select(LedgerEntry.id).where(LedgerEntry.posting == f"refund_failed:{row.id}").limit(1)
    return session().scalar(query) is not None


def balance(account: str) -> int:
    """The sum of an account, in cents."""
    query = select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(LedgerEntry.account == account)
    return int(session().scalar(query) or 0)


def unbalanced() -> list[str]:
    """Postings that don't sum to zero: there must be none."""
    object_, sum_ = LedgerEntry.gateway_object, func.sum(LedgerEntry.amount_cents)
    return list(session().scalars(select(object_).group_by(object_).having(sum_ != 0)))


def fee_share(attempt: Attempt, before_cents: int, amount_cents: int) -> int:
    """The part of the fee inside a refund of `amount_cents` after `before_cents`, rounded on the running total."""
    return _fee_until(attempt, before_cents + amount_cents) - _fee_until(attempt, before_cents)


def _fee_until(attempt: Attempt, refunded_cents: int) -> int:
    return round_half_up(attempt.fee_cents * refunded_cents, attempt.amount_cents)


def _taken(row: Refund, booking: Booking) -> dict[str, int]:
    fee = fee_share(row.attempt, _refunded_before(row), row.amount_cents)
    return {f"provider:{booking.provider_id}": fee - row.amount_cents, FEES: -fee}


def _refunded_before(row: Refund) -> int:
    """What went back for the same attempt before this refund."""
    query = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.attempt_id == row.attempt_id, Refund.id != row.id, Refund.state == RefundState.SUCCEEDED
    )
    return int(session().scalar(query) or 0)


def _post_refund(posting: str, gateway_object: str, sides: Mapping[str, int], row: Refund, now: datetime) -> bool:
    return post(posting, gateway_object, sides, booking_id=row.booking_id, currency=row.currency, now=now)
