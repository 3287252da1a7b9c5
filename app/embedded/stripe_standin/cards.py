"""Stripe's test cards and what they do here, and the checks a card form makes."""

import datetime as dt
import re
from dataclasses import dataclass

from stdnum import luhn


@dataclass(frozen=True)
class Decline:
    """Why a bank said no: Stripe's `code` and `decline_code`, and its sentence."""

    code: str
    decline_code: str | None
    message: str


DECLINED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
EXPIRED = Decline("expired_card", None, "Your card has expired.")
BAD_CVC = Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
)
NEEDS_PERSON = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
NOT_A_PERSON = Decline(
    "payment_intent_authentication_failure",
    None,
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this PaymentIntent again.",
)


@dataclass(frozen=True)
class Card:
    """`now` and `later`: the bank's answer with the buyer there and without; `ask`: when 3-D Secure is asked for."""

    brand: str = "visa"
    now: Decline | None = None
    later: Decline | None = None
    ask: str = "never"  # never | first (until a mandate is set up) | always
    refund: str = "succeeded"
    country: str = "US"


TEST_CARDS = {
    "4242424242424242": Card(),
    "4000002500000003": Card(country="FR"),
    "5555555555554444": Card(brand="mastercard"),
    "378282246310005": Card(brand="amex"),
    "4000000000000002": Card(now=DECLINED, later=DECLINED),
    "4000000000009995": Card(now=NO_FUNDS, later=NO_FUNDS),
    "4000000000009987": Card(now=LOST, later=LOST),
    "4000000000000069": Card(now=EXPIRED, later=EXPIRED),
    "4000000000000127": Card(now=BAD_CVC, later=BAD_CVC),
    "4000000000000119": Card(now=PROCESSING, later=PROCESSING),
    "4000000000000341": Card(later=DECLINED),
    "4000000000007726": Card(refund="pending"),
    "4000002500003155": Card(ask="first"),
    "4000002760003184": Card(ask="always"),
    "4000000000003220": Card(ask="always"),
}
# Stripe's ready-made payment methods, for tests that have no page to type a number in.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_fr": "4000002500000003",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_pendingRefund": "4000000000007726",
}


def digits(text: str) -> str:
    return re.sub(r"[\s.-]", "", text)


def number_problem(text: str) -> str | None:
    """The key of the sentence that says what is wrong with a card number, or None."""
    number = digits(text)
    if not number:
        return "number_missing"
    if not number.isascii() or not number.isdigit():
        return "number_letters"
    if not 14 <= len(number) <= 19:
        return "number_length"
    if not luhn.is_valid(number):
        return "number_luhn"
    return None if number in TEST_CARDS else "number_real"


def parse_expiry(text: str) -> tuple[int, int] | None:
    """Month and year of `12/30`, `12 / 2030` or `1230`."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/-]?\s*(\d{4}|\d{2})\s*", text, re.ASCII)
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    year = int(found[2])
    return int(found[1]), year + 2000 if year < 100 else year


def expiry_problem(text: str, today: dt.date) -> str | None:
    if not text.strip():
        return "expiry_missing"
    parsed = parse_expiry(text)
    if parsed is None:
        return "expiry_shape"
    month, year = parsed
    if (year, month) < (today.year, today.month):
        return "expiry_past"
    return "expiry_far" if year > today.year + 50 else None


def cvc_problem(text: str, number: str) -> str | None:
    wanted = 4 if digits(number).startswith(("34", "37")) else 3
    if not text.strip():
        return "cvc_missing"
    good = text.strip().isascii() and text.strip().isdigit() and len(text.strip()) == wanted
    return None if good else "cvc_length_amex" if wanted == 4 else "cvc_length"
