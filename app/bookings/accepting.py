"""Accepting a quote: the agreement, the slot, and what it means for those who were not chosen."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from app.accounts.models import ProviderState, User
from app.availability import service as availability
from app.availability.busy import is_overtaken
from app.availability.models import Reservation
from app.bookings.locks import lock_event
from app.bookings.models import Booking, BookingState, Move, MoveState
from app.core.db import session
from app.core.errors import InvalidTransition, NotFound
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.models import Event, EventState
from app.quotes.models import Acceptance, Quote, QuoteRequest, QuoteState, RequestState
from app.rules.thresholds import payment_expires

NOT_CHOSEN = "another was chosen"
CLOSED_EVENTS = (EventState.CANCELLED, EventState.COMPLETED)
STATE_SENTENCES = {
    QuoteState.DRAFT: _l("Ce devis n’existe pas."),
    QuoteState.ACCEPTED: _l("Ce devis est déjà accepté."),
    QuoteState.DECLINED: _l("Ce devis n’est plus ouvert\u00a0: un autre a été retenu."),
    QuoteState.EXPIRED: _l("La validité de ce devis est passée\u00a0: demandez au prestataire de le renouveler."),
    QuoteState.WITHDRAWN: _l("Le prestataire a retiré ce devis."),
    QuoteState.SUPERSEDED: _l("Le prestataire a remplacé ce devis par une nouvelle version\u00a0: ouvrez celle-ci."),
}


def accept(quote_id: int, *, user: User, company_id: int, invites_domain: str, now: datetime) -> Booking:
    """Accept a quote for a company: store who and when, reserve the slot, tell those who were not chosen.

    `user` acts for the company (the door has checked that she may). `invites_domain` ends the calendar UIDs. The
    booking is held until its first payment is due; the caller opens the payment schedule in the same transaction.
    Publishes `quote.accepted`, `booking.held`, and `quote.not_chosen` for each other provider.
    Raises NotFound for a quote that isn't the company's, InvalidTransition when it can't be accepted any more,
    Unavailable when the slot is taken.
    """
    event = lock_event(_event_of(quote_id, company_id))
    requests, quotes = _lock_siblings(quote_id)
    quote = next(quote for quote in quotes if quote.id == quote_id)
    _check(quote, event, now)
    by = f"user:{user.id}"
    reservation = _slot(quote, quotes, by=by, now=now)
    advance(quote, "accept", by=by, now=now)
    _sign(quote, user, now)
    booking = _booking(quote, event, reservation, invites_domain, now)
    audit(booking, "hold", by=by, now=now, to_state=str(booking.state))
    _tell_others(quote, requests, quotes, by=by, now=now)
    if event.state == EventState.DRAFT:
        advance(event, "plan", by=by, now=now)
    publish("quote.accepted", {"quote_id": quote.id, "booking_id": booking.id}, now=now)
    publish("booking.held", {"booking_id": booking.id}, now=now)
    return booking


def _event_of(quote_id: int, company_id: int) -> int:
    query = (
        select(Event.id)
        .join(QuoteRequest, QuoteRequest.event_id == Event.id)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .where(Quote.id == quote_id, Event.company_id == company_id)
    )
    event_id = session().scalar(query)
    if event_id is None:
        raise NotFound(STATE_SENTENCES[QuoteState.DRAFT])
    return event_id


def _lock_siblings(quote_id: int) -> tuple[list[QuoteRequest], list[Quote]]:
    """Lock and reread the requests of the quote's need, then their quotes, each in id order."""
    need = select(QuoteRequest.need_id).join(Quote).where(Quote.id == quote_id).scalar_subquery()
    fresh = {"populate_existing": True}
    ask = select(QuoteRequest).where(QuoteRequest.need_id == need).order_by(QuoteRequest.id)
    requests = session().scalars(ask.with_for_update(of=QuoteRequest), execution_options=fresh).all()
    sent = select(Quote).where(Quote.request_id.in_([request.id for request in requests])).order_by(Quote.id)
    quotes = session().scalars(sent.with_for_update(of=Quote), execution_options=fresh).all()
    return list(requests), list(quotes)


def _check(quote: Quote, event: Event, now: datetime) -> None:
    """Raise InvalidTransition with the sentence that says why this quote can't be accepted now."""
    if quote.state != QuoteState.SENT:
        raise InvalidTransition(STATE_SENTENCES[quote.state])
    if quote.valid_until <= now:
        raise InvalidTransition(STATE_SENTENCES[QuoteState.EXPIRED])
    if event.state in CLOSED_EVENTS:
        raise InvalidTransition(_l("Cet évènement est annulé ou terminé."))
    if quote.starts_at <= now:
        raise InvalidTransition(_l("La date de ce devis est passée."))
    if not during_event(event, quote.starts_at, quote.ends_at):
        raise InvalidTransition(
            _l("L’évènement a changé de date depuis ce devis\u00a0: demandez au prestataire une nouvelle version.")
        )
    if quote.provider.state != ProviderState.APPROVED:
        raise InvalidTransition(_l("Ce prestataire ne prend plus de réservations pour le moment."))
    if need_is_booked(quote.request.need_id, now=now):
        raise InvalidTransition(_l("Ce besoin est déjà couvert par une autre réservation."))
    if open_move(event) is not None:
        raise InvalidTransition(
            _l("Un changement de date attend la réponse d’un prestataire\u00a0: acceptez ce devis ensuite.")
        )


def need_is_booked(need_id: int, *, now: datetime, but_for: int | None = None) -> bool:
    """Whether a need has a booking that stands, other than the one with the id `but_for`. An overdue one is none."""
    stands = or_(
        Booking.state.in_((BookingState.CONFIRMED, BookingState.COMPLETED)),
        and_(Booking.state == BookingState.HELD, Booking.expires_at > now),
    )
    query = (
        select(Booking.id)
        .join(Quote, Quote.id == Booking.quote_id)
        .join(QuoteRequest, QuoteRequest.id == Quote.request_id)
        .where(QuoteRequest.need_id == need_id, stands, Booking.id.is_distinct_from(but_for))
    )
    return session().scalar(query.limit(1)) is not None


def during_event(event: Event, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a time has a moment in common with the event."""
    return starts_at < event.ends_at and ends_at > event.starts_at


def open_move(event: Event) -> Move | None:
    """The proposal to move the event that waits for answers, if any."""
    query = select(Move).where(Move.event_id == event.id, Move.state == MoveState.PROPOSED)
    return session().scalars(query).one_or_none()


def _slot(quote: Quote, quotes: Iterable[Quote], *, by: str, now: datetime) -> Reservation:
    """The quote's own hold if it stands, else the time taken now. Locks every unit that this acceptance may touch."""
    offer_id, times = quote.request.offer_id, (quote.starts_at, quote.ends_at)
    held = [other.reservation.unit_id for other in quotes if other.reservation is not None]
    availability.lock_offers([offer_id, *availability.offers_of(held)])
    until, hold = payment_expires(now, quote.starts_at), quote.reservation
    if hold is not None:
        availability.tidy([offer_id], now=now)
        session().refresh(hold)
        stands = availability.holds(hold, now) and availability.times(hold) == times
        if stands and not is_overtaken(hold.unit_id, *times):
            availability.convert(hold, max(until, min(hold.expires_at or until, times[0])), now=now, by=by)
            return hold
        availability.release(hold, now=now, by=by, reason="accepted")
    return availability.take(offer_id, *times, expires_at=until, now=now, by=by)


def _sign(quote: Quote, user: User, now: datetime) -> None:
    """Store the acceptance with the hash of the bytes that were sent. Raises InvalidTransition if they changed."""
    document = quote.document
    found = hashlib.sha256(document.content).hexdigest() if document else ""
    if document is None or found != document.sha256:
        raise InvalidTransition(
            _l("Le document de ce devis n’est plus celui qui a été envoyé\u00a0: demandez-en une nouvelle version.")
        )
    session().add(Acceptance(quote_id=quote.id, user_id=user.id, at=now, document_sha256=found))


def _booking(quote: Quote, event: Event, reservation: Reservation, domain: str, now: datetime) -> Booking:
    booking = Booking(
        event_id=event.id,
        quote_id=quote.id,
        company_id=event.company_id,
        provider_id=quote.provider_id,
        reservation_id=reservation.id,
        state=BookingState.HELD,
        starts_at=quote.starts_at,
        ends_at=quote.ends_at,
        headcount=quote.headcount,
        currency=quote.currency,
        net_cents=quote.net_cents,
        gross_cents=quote.gross_cents,
        terms=quote.terms,
        expires_at=reservation.expires_at,
        company_ical_uid=f"{secrets.token_hex(16)}@{domain}",
        provider_ical_uid=f"{secrets.token_hex(16)}@{domain}",
        created_at=now,
    )
    session().add(booking)
    session().flush()
    return booking


def _tell_others(
    chosen: Quote, requests: Iterable[QuoteRequest], quotes: Iterable[Quote], *, by: str, now: datetime
) -> None:
    for quote in quotes:
        if quote.state == QuoteState.SENT:
            close_quote(quote, by=by, now=now, reason=NOT_CHOSEN)
    for request in requests:
        if request.state == RequestState.OPEN and request.id != chosen.request_id:
            close_request(request, by=by, now=now, reason=NOT_CHOSEN)


def close_quote(quote: Quote, *, by: str, now: datetime, reason: str) -> None:
    """Decline a sent quote, release its hold and tell its provider. The units are locked."""
    advance(quote, "decline", by=by, now=now, reason=reason)
    if quote.reservation is not None:
        availability.release(quote.reservation, now=now, by=by, reason=reason)
    publish("quote.not_chosen", {"request_id": quote.request_id, "quote_id": quote.id, "reason": reason}, now=now)


def close_request(request: QuoteRequest, *, by: str, now: datetime, reason: str) -> None:
    """Withdraw a request that has no answer yet and tell its provider."""
    advance(request, "withdraw", by=by, now=now, reason=reason)
    publish("quote.not_chosen", {"request_id": request.id, "quote_id": None, "reason": reason}, now=now)
