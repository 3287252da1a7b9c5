"""Paying an instalment on the gateway's hosted page: the attempt is stored with its key before the gateway is called.

A door goes: `meet` (network) → `start` (transaction) → `open_page` (network) → `settle` (transaction) → redirect.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.bookings import service as bookings
from app.bookings.locks import lock_booking
from app.bookings.models import Booking, BookingState
from app.core.clock import french_date
from app.core.db import session
from app.core.errors import GatewayError, InvalidTransition
from app.core.money import share
from app.core.outbox import publish
from app.core.states import AuditEntry, advance, audit
from app.payments.gateways.base import (
    AccountStatus,
    Method,
    NewCheckout,
    NewCustomer,
    PaymentGateway,
    PaymentSnapshot,
)
from app.payments.keys import key_of
from app.payments.models import Attempt, AttemptState, GatewayCustomer, Instalment, InstalmentKind
from app.payments.schedule import next_payable, of_booking
from app.rules.thresholds import limits

PAGE = timedelta(minutes=31)
"""The gateway wants half an hour at least; a minute more, for the time the request takes."""
LONGEST_PAGE = timedelta(hours=23)
AFTER_PAGE = timedelta(minutes=10)
"""The hold outlives the page by this, so that what was paid in the last second finds it."""
DEBIT_DAYS = 14
BLOCKED_HOURS = 48
UNKNOWN_ACCOUNT = frozenset({"account_invalid", "resource_missing"})
UNDER_WAY = (AttemptState.PROCESSING, AttemptState.PARTIALLY_FUNDED, AttemptState.DISPUTED)


@dataclass(frozen=True, slots=True)
class Links:
    """Where the hosted page leads back to. `success` may hold {CHECKOUT_SESSION_ID}."""

    success: str
    cancel: str


@dataclass(frozen=True, slots=True)
class Parties:
    """What the gateway says of the two who pay and are paid. `account` is None for a provider it doesn't know."""

    account: AccountStatus | None
    customer: str

    @property
    def ready(self) -> bool:
        """Whether the provider can be paid now."""
        return self.account is not None and self.account.ready


def meet(booking: Booking, gateway: PaymentGateway, *, locale: str) -> Parties:
    """Ask the gateway what the provider may receive, and for the company's customer. Raises GatewayError.

    Talks to the outside: no transaction may be open.
    """
    company, provider = booking.company, booking.provider
    account_id = provider.gateway_account
    buyer = NewCustomer(
        name=company.name,
        email=company.email,
        locale=locale,
        metadata={"company": str(company.id), "provider": str(provider.id)},
    )
    known = session().get(GatewayCustomer, (company.id, provider.id))
    customer, key = known.customer if known else "", key_of("customer", buyer)
    account = _account(account_id, gateway)
    if account is None or not account.ready:
        return Parties(account, customer)
    return Parties(account, customer or gateway.create_customer(buyer, idempotency_key=key))


def _account(account_id: str | None, gateway: PaymentGateway) -> AccountStatus | None:
    if account_id is None:
        return None
    try:
        return gateway.account_status(account_id)
    except GatewayError as error:
        if error.code not in UNKNOWN_ACCOUNT:
            raise
        return None


def start(booking_id: int, parties: Parties, links: Links, *, locale: str, by: str, now: datetime) -> Attempt:
    """The attempt to pay what a booking owes next: the one that is open, or a new one with a key of its own.

    Extends a hold that would end before the page does. Raises InvalidTransition when nothing can be paid now.
    """
    _, booking = lock_booking(booking_id)
    _check_payable(booking, now)
    instalment = next_payable(of_booking(booking_id, lock=True))
    if instalment is None:
        raise InvalidTransition(_l("Tout est payé pour cette réservation."))
    last = _last_attempt(instalment)
    if last is not None and last.state in UNDER_WAY:
        raise InvalidTransition(_l("Un paiement est déjà en cours\u00a0: n’en faites pas un second."))
    if last is not None and last.state == AttemptState.CREATED and not _never_opened(last, now):
        return last
    if last is not None and last.state == AttemptState.CREATED:
        advance(last, "cancel", by=by, now=now, reason="its page was never opened")
    _keep_customer(booking, parties.customer, now)
    return _new_attempt(booking, instalment, last.number + 1 if last else 1, parties, links, locale, by, now)


def block(booking_id: int, *, by: str, now: datetime) -> None:
    """The provider can't be paid yet: it is told once a day, and the booking held two days for it.

    Publishes `payment.blocked`.
    """
    _, booking = lock_booking(booking_id)
    _check_payable(booking, now)
    told = select(AuditEntry.id).where(
        AuditEntry.entity == Booking.__tablename__,
        AuditEntry.entity_id == booking_id,
        AuditEntry.action == "payment_blocked",
        AuditEntry.at > now - timedelta(hours=24),
    )
    if session().scalar(told.limit(1)):
        return
    first = select(AuditEntry.id).where(
        AuditEntry.entity == Booking.__tablename__,
        AuditEntry.entity_id == booking_id,
        AuditEntry.action == "payment_blocked",
    )
    if booking.state == BookingState.HELD and session().scalar(first.limit(1)) is None:
        bookings.extend(booking, now + timedelta(hours=BLOCKED_HOURS), by=by, now=now)
    audit(booking, "payment_blocked", by=by, now=now)
    publish("payment.blocked", {"booking_id": booking_id}, now=now)


def open_page(attempt_id: int, gateway: PaymentGateway) -> PaymentSnapshot:
    """The attempt's hosted page: opened now, or as it stands. Raises GatewayError; nothing was charged then.

    Talks to the outside: no transaction may be open. The same key and the same values, however often it is called.
    """
    attempt = session().get_one(Attempt, attempt_id)
    page, key, wanted = attempt.gateway_session, attempt.idempotency_key, checkout_of(attempt)
    if page is not None:
        return gateway.fetch_checkout(page)
    return gateway.create_checkout(wanted, idempotency_key=key)


def refuse(attempt_id: int, code: str, message: str, *, now: datetime) -> None:
    """The gateway will not open this page, whatever we repeat: the attempt ends, the next one has a new key."""
    booking_id = session().scalars(select(Instalment.booking_id).join(Attempt).where(Attempt.id == attempt_id)).one()
    lock_booking(booking_id)
    attempt = session().get_one(Attempt, attempt_id, with_for_update=True, populate_existing=True)
    if attempt.state == AttemptState.CREATED and attempt.gateway_session is None:
        advance(attempt, "fail", by="stripe", now=now, reason=message[:500])
        attempt.failure_code, attempt.failure_message = code or "page_refused", message[:500]


def checkout_of(attempt: Attempt) -> NewCheckout:
    """What was asked, as it was stored."""
    values: dict[str, Any] = dict(attempt.request)
    values["expires_at"] = datetime.fromisoformat(values["expires_at"])
    values["methods"] = tuple(Method(method) for method in values["methods"])
    values["save_methods"] = frozenset(Method(method) for method in values["save_methods"])
    return NewCheckout(**values)


def _check_payable(booking: Booking, now: datetime) -> None:
    if booking.state == BookingState.HELD and booking.expires_at is not None and booking.expires_at > now:
        return
    if booking.state in (BookingState.HELD, BookingState.EXPIRED):
        raise InvalidTransition(
            _l("Le délai de paiement est passé\u00a0: le créneau n’est plus réservé. Demandez un nouveau devis.")
        )
    if booking.state == BookingState.CANCELLED:
        raise InvalidTransition(_l("Cette réservation est annulée\u00a0: il n’y a rien à payer."))


def _last_attempt(instalment: Instalment) -> Attempt | None:
    query = select(Attempt).where(Attempt.instalment_id == instalment.id).order_by(Attempt.number.desc()).limit(1)
    locked = query.with_for_update(of=Attempt)
    return session().scalars(locked, execution_options={"populate_existing": True}).one_or_none()


def _never_opened(attempt: Attempt, now: datetime) -> bool:
    """Whether its page can't be opened any more and never was: nobody ever had its address."""
    return attempt.gateway_session is None and (attempt.expires_at or now) < now + PAGE - timedelta(minutes=1)


def _keep_customer(booking: Booking, customer: str, now: datetime) -> None:
    pair = (booking.company_id, booking.provider_id)
    if session().get(GatewayCustomer, pair) is None:
        session().add(GatewayCustomer(company_id=pair[0], provider_id=pair[1], customer=customer, created_at=now))


def _new_attempt(
    booking: Booking,
    instalment: Instalment,
    number: int,
    parties: Parties,
    links: Links,
    locale: str,
    by: str,
    now: datetime,
) -> Attempt:
    attempt = Attempt(
        instalment_id=instalment.id,
        number=number,
        idempotency_key=f"attempt-{booking.company_ical_uid[:16]}-{instalment.position}-{number}",
        amount_cents=instalment.amount_cents,
        fee_cents=share(instalment.amount_cents, booking.provider.commission_bps),
        currency=instalment.currency,
        state=AttemptState.CREATED,
        created_at=now,
        expires_at=_page_ends(booking, by, now),
    )
    session().add(attempt)
    session().flush()
    attempt.request = _request(booking, instalment, attempt, parties, links, locale, now)
    audit(attempt, "create", by=by, now=now, to_state=str(attempt.state))
    session().flush()
    return attempt


def _page_ends(booking: Booking, by: str, now: datetime) -> datetime:
    """When the page ends: before the hold does. A hold too short for one is extended."""
    if booking.state != BookingState.HELD or booking.expires_at is None:
        return now + LONGEST_PAGE
    ends = min(booking.expires_at - AFTER_PAGE, now + LONGEST_PAGE)
    if ends >= now + PAGE:
        return ends
    ends = now + PAGE
    if bookings.extend(booking, ends + AFTER_PAGE, by=by, now=now) <= ends:
        raise InvalidTransition(
            _l("L’évènement commence dans moins d’une heure\u00a0: il est trop tard pour payer en ligne.")
        )
    return ends


def _request(
    booking: Booking,
    instalment: Instalment,
    attempt: Attempt,
    parties: Parties,
    links: Links,
    locale: str,
    now: datetime,
) -> dict[str, Any]:
    account = parties.account
    assert account is not None
    methods = methods_for(account, instalment.amount_cents, booking.starts_at, now)
    saved = {Method.CARD, Method.SEPA_DEBIT} if instalment.kind == InstalmentKind.DEPOSIT else set()
    checkout = NewCheckout(
        amount_cents=instalment.amount_cents,
        currency=instalment.currency.lower(),
        description=f"{_kind_in_words(instalment.kind)} – {booking.event.title} – {booking.provider.name}"[:240],
        destination=account.account_id,
        on_behalf_of=account.account_id,
        application_fee_cents=attempt.fee_cents,
        metadata={"booking": str(booking.id), "instalment": str(instalment.id), "attempt": str(attempt.id)},
        success_url=links.success,
        cancel_url=links.cancel,
        expires_at=attempt.expires_at or now,
        customer_id=parties.customer,
        locale=locale,
        methods=methods,
    )
    found = {name: value for name, value in asdict(checkout).items() if name != "customer_email"}
    return found | {
        "expires_at": checkout.expires_at.isoformat(),
        "methods": [method.value for method in methods],
        "save_methods": [method.value for method in methods if method in saved],
    }


def methods_for(account: AccountStatus, amount_cents: int, starts_at: datetime, now: datetime) -> tuple[Method, ...]:
    """How this amount may be paid now: slow methods only while there is time for them before the booking starts."""
    rules, days = limits(french_date(now)), (starts_at - now).days
    possible = {
        Method.CARD: True,
        Method.SEPA_DEBIT: amount_cents <= rules.sepa_max_cents and days > DEBIT_DAYS,
        Method.BANK_TRANSFER: days > rules.transfer_days,
    }
    return tuple(method for method, fits in possible.items() if fits and method in account.methods)


def _kind_in_words(kind: InstalmentKind) -> str:
    words = {
        InstalmentKind.DEPOSIT: _l("Acompte"),
        InstalmentKind.BALANCE: _l("Solde"),
        InstalmentKind.FULL: _l("Paiement"),
    }
    return str(words[kind])
