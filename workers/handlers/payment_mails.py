"""Mails about money: received, refused, due, too late, given back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.roles import Role
from app.bookings.models import Booking
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from app.payments.failure_words import failure_sentence
from app.payments.models import Attempt, Instalment, Refund
from app.payments.queries import statement
from workers.context import post, settings

Person = tuple[str, str, str]
"""Name, address, language."""


def received(payload: dict[str, Any], now: datetime) -> None:
    """Both sides: this much has arrived, and what is due next."""
    attempt = session().get_one(Attempt, payload["attempt_id"])
    booking = attempt.instalment.booking
    next_due = statement(booking.id).next
    more = {"attempt": attempt, "instalment": attempt.instalment, "next": next_due.instalment if next_due else None}
    _tell_both("payments/received", booking, more, now)


def failed(payload: dict[str, Any], now: datetime) -> None:
    """Both sides: the bank refused a debit after all, and the amount is due again."""
    attempt = session().get_one(Attempt, payload["attempt_id"])
    more = {"attempt": attempt, "instalment": attempt.instalment}
    _tell_both("payments/failed", attempt.instalment.booking, more, now, reason=attempt.failure_code)


def expired(payload: dict[str, Any], now: datetime) -> None:
    """Both sides: no payment came in time, and the slot is free again."""
    _tell_both("payments/expired", session().get_one(Booking, payload["booking_id"]), {}, now)


def due(payload: dict[str, Any], now: datetime) -> None:
    """The company: this is due, with the way to pay it; nothing when it was paid or cancelled meanwhile."""
    instalment = session().get_one(Instalment, payload["instalment_id"])
    if instalment.state not in ("due", "overdue"):
        return
    late = instalment.state == "overdue"
    _tell_company("payments/due", instalment.booking, {"instalment": instalment, "late": late}, now)


def too_late(payload: dict[str, Any], now: datetime) -> None:
    """The company: its money came when the booking could not be had any more, and all of it goes back."""
    attempt = session().get_one(Attempt, payload["attempt_id"])
    _tell_company("payments/too_late", attempt.instalment.booking, {"attempt": attempt}, now)


def blocked(payload: dict[str, Any], now: datetime) -> None:
    """The provider: a company wants to pay and can't, because the account is not open."""
    booking = session().get_one(Booking, payload["booking_id"])
    link = url_for("provider_payouts.index", _external=True)
    _send(_sellers(booking), "payments/blocked", booking, {"link": link, "to_provider": True}, now)


def refunded(payload: dict[str, Any], now: datetime) -> None:
    """Both sides: this much has gone back."""
    refund = session().get_one(Refund, payload["refund_id"])
    _tell_both("payments/refunded", refund.booking, {"refund": refund}, now)


def refund_failed(payload: dict[str, Any], now: datetime) -> None:
    """Every operator: a refund that is owed did not go through."""
    refund = session().get_one(Refund, payload["refund_id"])
    more = {"refund": refund, "link": url_for("operator_payments.index", _external=True)}
    _send(_operators(), "payments/refund_failed", refund.booking, more, now)


def mismatched(payload: dict[str, Any], now: datetime) -> None:
    """Every operator: a payment at the gateway is not what was asked for."""
    attempt = session().get_one(Attempt, payload["attempt_id"])
    more = {"attempt": attempt, "link": url_for("operator_payments.index", _external=True)}
    _send(_operators(), "payments/mismatched", attempt.instalment.booking, more, now)


def _tell_both(kind: str, booking: Booking, more: dict[str, Any], now: datetime, *, reason: str = "") -> None:
    _tell_company(kind, booking, more, now, reason=reason)
    link = url_for("provider_bookings.show", booking_id=booking.id, _external=True)
    _send(_sellers(booking), kind, booking, {**more, "link": link, "to_provider": True}, now, reason=reason)


def _tell_company(kind: str, booking: Booking, more: dict[str, Any], now: datetime, *, reason: str = "") -> None:
    link = url_for("payments.booking", booking_id=booking.id, _external=True)
    _send(_buyers(booking), kind, booking, {**more, "link": link, "to_provider": False}, now, reason=reason)


def _send(
    people: Iterable[Person], kind: str, booking: Booking, more: dict[str, Any], now: datetime, *, reason: str = ""
) -> None:
    offer = booking.quote.request.offer_version.title
    for name, email, locale in people:
        context = {"booking": booking, "offer": offer, "name": name, "reason_code": reason, **more}
        queue(post(), kind, Mailbox(name, email), context | {"failure": failure_sentence}, locale=locale, now=now)


def _buyers(booking: Booking) -> list[Person]:
    """The organiser, and whoever looks after the company's money."""
    people = [booking.event.organiser, *accounts.people_of(booking.company_id, Role.FINANCE)]
    return _persons(people)


def _sellers(booking: Booking) -> list[Person]:
    provider = booking.provider
    people = _persons(accounts.people_of(provider.id))
    return people or [(provider.name, provider.email, settings().default_locale)]


def _operators() -> list[Person]:
    return _persons(accounts.operators())


def _persons(users: Iterable[User]) -> list[Person]:
    return list({user.id: (user.name, user.email, user.locale) for user in users}.values())
