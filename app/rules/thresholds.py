"""Limits and deadlines of the trade and of the house, dated, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.rules.dated import Dated, value_on

OPENED = date(2020, 1, 1)
HOUSE = "House rule, published in the terms of use"

# All amounts due at once when fewer than so many days separate the acceptance from the event.
ALL_DUE_WITHIN_DAYS = (Dated(14, OPENED, HOUSE),)
MAX_PROVIDERS_PER_NEED = (Dated(5, OPENED, HOUSE),)
# The balance is charged so many days before the event.
CARD_BALANCE_DAYS_BEFORE = (Dated(14, OPENED, HOUSE),)
SEPA_BALANCE_DAYS_BEFORE = (Dated(21, OPENED, "House rule: a debit settles after some six business days"),)
SEPA_MAX_CENTS = (Dated(1_000_000, OPENED, "Stripe: default limit of one SEPA debit, 10,000 EUR"),)
# A provider answers within so many hours, less when the event is near.
ANSWER_HOURS = (Dated(40, OPENED, HOUSE),)
ANSWER_HOURS_SOON = (Dated(12, OPENED, HOUSE),)
SOON_DAYS = (Dated(10, OPENED, HOUSE),)
# A hold given with a quote, by default; and the time to pay the first instalment after accepting.
HOLD_DAYS = (Dated(7, OPENED, HOUSE),)
QUOTE_VALID_DAYS = (Dated(14, OPENED, HOUSE),)
PAYMENT_MINUTES = (Dated(120, OPENED, "House rule; a Checkout Session lives at least 30 minutes and ends before"),)
TRANSFER_DAYS = (Dated(5, OPENED, "House rule: days a bank transfer may take"),)
MAX_HEADCOUNT = (Dated(5_000, OPENED, HOUSE),)
RETENTION_YEARS = (Dated(10, OPENED, "C. com., art. L. 123-22"),)
INVOICE_TERM_DAYS = (Dated(30, OPENED, "C. com., art. L. 441-10, I"),)
INVOICE_TERM_MAX_DAYS = (Dated(60, OPENED, "C. com., art. L. 441-10, I"),)


@dataclass(frozen=True, slots=True)
class Limits:
    """Every threshold as it stands on one day. Units in the names."""

    all_due_within_days: int
    max_providers_per_need: int
    card_balance_days_before: int
    sepa_balance_days_before: int
    sepa_max_cents: int
    answer_hours: int
    answer_hours_soon: int
    soon_days: int
    hold_days: int
    quote_valid_days: int
    payment_minutes: int
    transfer_days: int
    max_headcount: int


def limits(on: date) -> Limits:
    """The thresholds in force on a day."""
    return Limits(
        all_due_within_days=value_on(ALL_DUE_WITHIN_DAYS, on),
        max_providers_per_need=value_on(MAX_PROVIDERS_PER_NEED, on),
        card_balance_days_before=value_on(CARD_BALANCE_DAYS_BEFORE, on),
        sepa_balance_days_before=value_on(SEPA_BALANCE_DAYS_BEFORE, on),
        sepa_max_cents=value_on(SEPA_MAX_CENTS, on),
        answer_hours=value_on(ANSWER_HOURS, on),
        answer_hours_soon=value_on(ANSWER_HOURS_SOON, on),
        soon_days=value_on(SOON_DAYS, on),
        hold_days=value_on(HOLD_DAYS, on),
        quote_valid_days=value_on(QUOTE_VALID_DAYS, on),
        payment_minutes=value_on(PAYMENT_MINUTES, on),
        transfer_days=value_on(TRANSFER_DAYS, on),
        max_headcount=value_on(MAX_HEADCOUNT, on),
    )


def answer_due(asked_at: datetime, starts_at: datetime) -> datetime:
    """Until when a provider may answer a request: hours from the asking, fewer near the event, never after it."""
    rules = limits(asked_at.date())
    soon = starts_at - asked_at < timedelta(days=rules.soon_days)
    hours = rules.answer_hours_soon if soon else rules.answer_hours
    return min(asked_at + timedelta(hours=hours), starts_at)


def hold_expires(given_at: datetime, starts_at: datetime) -> datetime:
    """Until when a hold given with a quote stands by default: never past the event's start."""
    return min(given_at + timedelta(days=limits(given_at.date()).hold_days), starts_at)


def payment_expires(held_at: datetime, starts_at: datetime) -> datetime:
    """Until when the first payment of an accepted quote is awaited, by card or debit."""
    return min(held_at + timedelta(minutes=limits(held_at.date()).payment_minutes), starts_at)
