"""What becomes of a request: a quote is sent, replaced, withdrawn, or expires; or the provider declines.

Locks in the house's order: the event, the request, its quotes, then the offer's units, last the provider's counter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Provider, ProviderState
from app.availability import service as availability
from app.availability.models import Reservation, ReservationState
from app.core.clock import local_date
from app.core.db import session
from app.core.documents import store
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.core.outbox import publish
from app.core.states import advance
from app.events.models import Event, EventState
from app.quotes.document import render_quote
from app.quotes.models import Quote, QuoteCounter, QuoteRequest, QuoteState, RequestState
from app.quotes.pricing import totals
from app.quotes.printing import document_of
from app.quotes.proposal import Proposal, check, rows_of

SYSTEM = "system"
CLOSED_EVENTS = (EventState.CANCELLED, EventState.COMPLETED)
SETTLED = (QuoteState.ACCEPTED, QuoteState.DECLINED)
REASON_LENGTH = 1000
DECLINE_REASONS = {
    "full": _l("Nous sommes complets à cette date"),
    "capacity": _l("L’effectif ne convient pas à notre capacité"),
    "budget": _l("Le budget est trop bas"),
    "needs": _l("Nous ne proposons pas ce qui est demandé"),
    "notice": _l("Le délai est trop court"),
    "other": _l("Autre raison"),
}
OVERTAKEN = _l("Un devis vient d’être envoyé pour cette demande\u00a0: revoyez-le avant d’en envoyer un autre.")
NO_REQUEST = _l("Cette demande n’existe pas.")
CLOSED = {
    RequestState.DECLINED: _l("Vous avez décliné cette demande\u00a0: elle n’attend plus de devis."),
    RequestState.EXPIRED: _l("Le délai de réponse est passé\u00a0: cette demande n’attend plus de devis."),
    RequestState.WITHDRAWN: _l("L’entreprise a retiré cette demande\u00a0: elle n’attend plus de devis."),
}


def why_closed(
    request: QuoteRequest, event: Event, latest: Quote | None, *, now: datetime, renewable: bool = False
) -> Any | None:
    """The sentence that says why no quote can be sent any more; None when one can.

    `latest`: the request's newest quote. `renewable`: the need has no booking that stands, so a settled quote may be
    followed by a new one.
    """
    if event.state in CLOSED_EVENTS:
        return _l("Cet évènement est annulé ou terminé\u00a0: il n’attend plus de devis.")
    if request.state in CLOSED:
        return CLOSED[request.state]
    if request.starts_at <= now:
        return _l("La date de cet évènement est passée.")
    if request.state == RequestState.OPEN and request.answer_by <= now:
        return CLOSED[RequestState.EXPIRED]
    if latest is not None and latest.state in SETTLED and not renewable:
        return _l("Cette demande est close\u00a0: un devis a été retenu.")
    if request.provider.state != ProviderState.APPROVED:
        return _l("Votre compte ne permet pas d’envoyer de devis pour le moment.")
    return None


def send_quote(
    request_id: int,
    proposal: Proposal,
    *,
    by: str,
    now: datetime,
    platform_name: str,
    renewable: bool = False,
    follows: int | None = None,
) -> Quote:
    """Answer a request: number, print and store the quote, put the option on the date, replace the version before.

    `follows`: how many versions the sender has seen; another one since then, or a second click, is refused.
    Immutable from here on. Publishes `quote.sent`. Raises NotFound, InvalidTransition with a sentence when the request
    takes no quote any more, InvalidInput with the wrong field, Unavailable when the time for an option is taken.
    """
    event, request, quotes = _lock(request_id)
    latest = quotes[-1] if quotes else None
    sentence = why_closed(request, event, latest, now=now, renewable=renewable)
    if sentence is not None:
        raise InvalidTransition(sentence)
    if follows is not None and follows != len(quotes):
        raise InvalidTransition(OVERTAKEN)
    check(proposal, request, now=now)
    hold = _hold(request, quotes, proposal, by=by, now=now)
    for old in quotes:
        if old.state == QuoteState.SENT:
            old.reservation = None
            advance(old, "supersede", by=by, now=now)
    quote = _draft(request, proposal, version=len(quotes) + 1, hold=hold, now=now)
    _print_and_send(quote, proposal, by=by, now=now, platform_name=platform_name)
    if request.state == RequestState.OPEN:
        request.answered_at = now
    advance(request, "answer", by=by, now=now, reason=quote.number or "")
    publish("quote.sent", {"quote_id": quote.id}, now=now)
    return quote


def preview(request: QuoteRequest, proposal: Proposal, *, version: int, now: datetime, platform_name: str) -> bytes:
    """The PDF as it would be sent, without a number. Nothing is stored. Raises InvalidInput."""
    check(proposal, request, now=now)
    shown = document_of(
        request,
        proposal,
        number=str(_l("PROJET")),
        version=version,
        platform_name=platform_name,
        now=now,
        hold_until=None if proposal.may_queue else proposal.hold_until,
    )
    return render_quote(shown)


def decline_request(request_id: int, code: str, text: str, *, by: str, now: datetime) -> QuoteRequest:
    """Say no to a request, with a reason from DECLINE_REASONS and words of one's own. Publishes `request.declined`.

    Raises InvalidInput for an unknown reason, or `other` without words; InvalidTransition when it is not open.
    """
    event, request, _ = _lock(request_id)
    text = text.strip()
    if code not in DECLINE_REASONS:
        raise InvalidInput(_l("Choisissez une raison dans la liste."), field="reason")
    if code == "other" and not text:
        raise InvalidInput(_l("Dites en une phrase pourquoi vous déclinez."), field="text")
    if len(text) > REASON_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=REASON_LENGTH), field="text")
    if request.state == RequestState.ANSWERED:
        raise InvalidTransition(_l("Vous avez déjà envoyé un devis\u00a0: retirez-le plutôt."))
    if event.state in CLOSED_EVENTS or request.state != RequestState.OPEN or request.answer_by <= now:
        raise InvalidTransition(why_closed(request, event, None, now=now) or CLOSED[RequestState.EXPIRED])
    request.decline_reason, request.answered_at = f"{code}\n{text}", now
    advance(request, "decline", by=by, now=now, reason=code)
    publish("request.declined", {"request_id": request.id}, now=now)
    return request


def decline_words(stored: str) -> tuple[Any, str]:
    """A stored reason as its label and the provider's own words."""
    code, _, text = stored.partition("\n")
    return DECLINE_REASONS.get(code, code), text


def withdraw_quote(quote_id: int, *, by: str, now: datetime) -> Quote:
    """Take back a sent quote and its option; the request may be answered anew. Publishes `quote.withdrawn`.

    Raises InvalidTransition when it is not open any more.
    """
    quote = _lock_quote(quote_id)
    if quote.state != QuoteState.SENT:
        raise InvalidTransition(_l("Ce devis n’est plus ouvert\u00a0: il ne peut pas être retiré."))
    advance(quote, "withdraw", by=by, now=now)
    _let_go(quote, by=by, now=now, reason="withdrawn")
    publish("quote.withdrawn", {"quote_id": quote.id}, now=now)
    return quote


def expire_quote(quote_id: int, *, now: datetime) -> bool:
    """Expire a sent quote past its validity, and its option. Publishes `quote.expired`. False: nothing to do."""
    quote = _lock_quote(quote_id)
    if quote.state != QuoteState.SENT or quote.valid_until > now:
        return False
    advance(quote, "expire", by=SYSTEM, now=now)
    _let_go(quote, by=SYSTEM, now=now, reason="expired")
    publish("quote.expired", {"quote_id": quote.id}, now=now)
    return True


def expire_request(request_id: int, *, now: datetime) -> bool:
    """Expire an open request that was not answered in time. Publishes `request.expired`. False: nothing to do."""
    _, request, _ = _lock(request_id)
    if request.state != RequestState.OPEN or request.answer_by > now:
        return False
    advance(request, "expire", by=SYSTEM, now=now)
    publish("request.expired", {"request_id": request.id}, now=now)
    return True


def keep_answer_time(provider_id: int) -> None:
    """Bring a provider's median time to answer up to date: minutes, over all requests it answered or declined."""
    minutes = func.extract("epoch", QuoteRequest.answered_at - QuoteRequest.sent_at) / 60
    median = (
        select(func.percentile_cont(0.5).within_group(minutes))
        .where(QuoteRequest.provider_id == provider_id, QuoteRequest.answered_at.is_not(None))
        .scalar_subquery()
    )
    session().execute(update(Provider).where(Provider.id == provider_id).values(answer_minutes=func.round(median)))


def _lock(request_id: int) -> tuple[Event, QuoteRequest, list[Quote]]:
    """Lock and reread the event, the request and its quotes (oldest first). Raises NotFound."""
    fresh = {"populate_existing": True}
    found = session().scalar(select(QuoteRequest.event_id).where(QuoteRequest.id == request_id))
    if found is None:
        raise NotFound(NO_REQUEST)
    one = select(Event).where(Event.id == found).with_for_update(of=Event)
    event = session().scalars(one, execution_options=fresh).one()
    asked = select(QuoteRequest).where(QuoteRequest.id == request_id).with_for_update(of=QuoteRequest)
    request = session().scalars(asked, execution_options=fresh).one()
    sent = select(Quote).where(Quote.request_id == request_id).order_by(Quote.id).with_for_update(of=Quote)
    return event, request, list(session().scalars(sent, execution_options=fresh))


def _lock_quote(quote_id: int) -> Quote:
    request_id = session().scalar(select(Quote.request_id).where(Quote.id == quote_id))
    if request_id is None:
        raise NotFound(NO_REQUEST)
    _, _, quotes = _lock(request_id)
    return next(quote for quote in quotes if quote.id == quote_id)


def _hold(
    request: QuoteRequest, quotes: Sequence[Quote], proposal: Proposal, *, by: str, now: datetime
) -> Reservation | None:
    """The option of the new version: the one of the version before if it still waits, else a new one, else none."""
    sent = (quote for quote in quotes if quote.state == QuoteState.SENT)
    until, before = proposal.hold_until, next((quote.reservation for quote in sent if quote.reservation), None)
    if before is not None and _waits(before, request, now):
        if until is not None and availability.times(before) == (request.starts_at, request.ends_at):
            availability.keep(before, until, now=now, by=by)
            return before
        availability.release(before, now=now, by=by, reason="replaced")
    if until is None:
        return None
    put = availability.queue if proposal.may_queue else availability.take
    return put(request.offer_id, request.starts_at, request.ends_at, expires_at=until, now=now, by=by)


def _waits(reservation: Reservation, request: QuoteRequest, now: datetime) -> bool:
    availability.lock_offers([request.offer_id])
    session().refresh(reservation)
    waiting = reservation.state in (ReservationState.ACTIVE, ReservationState.QUEUED)
    return waiting and reservation.expires_at is not None and reservation.expires_at > now


def _draft(
    request: QuoteRequest, proposal: Proposal, *, version: int, hold: Reservation | None, now: datetime
) -> Quote:
    price = totals(proposal.lines, request.headcount)
    quote = Quote(
        request_id=request.id,
        provider_id=request.provider_id,
        version=version,
        headcount=request.headcount,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        valid_until=proposal.valid_until,
        terms=proposal.terms.to_json(),
        vat_franchise=request.provider.vat_franchise,
        message=proposal.message,
        net_cents=price.net.cents,
        vat_cents=price.vat.cents,
        gross_cents=price.gross.cents,
        reservation_id=hold.id if hold else None,
        created_at=now,
        lines=rows_of(proposal.lines),
    )
    session().add(quote)
    session().flush()
    return quote


def _print_and_send(quote: Quote, proposal: Proposal, *, by: str, now: datetime, platform_name: str) -> None:
    number, hold = _next_number(quote.provider_id, now), quote.reservation
    stands = hold is not None and hold.state == ReservationState.ACTIVE
    printed = document_of(
        quote.request,
        proposal,
        number=number,
        version=quote.version,
        platform_name=platform_name,
        now=now,
        hold_until=hold.expires_at if hold and stands else None,
    )
    document = store("quote", f"{number}.pdf", "application/pdf", render_quote(printed), now=now)
    advance(quote, "send", by=by, now=now, also={"number": number, "document_id": document.id, "sent_at": now})


def _next_number(provider_id: int, now: datetime) -> str:
    """The next of the provider's own series in this year; the counter stays locked, so no number is left out."""
    year = local_date(now, "Europe/Paris").year
    count = insert(QuoteCounter).values(provider_id=provider_id, year=year, last=1)
    step = count.on_conflict_do_update(
        index_elements=[QuoteCounter.provider_id, QuoteCounter.year], set_={"last": QuoteCounter.last + 1}
    )
    last = session().execute(step.returning(QuoteCounter.last)).scalar_one()
    return f"D-{year}-{last:04d}"


def _let_go(quote: Quote, *, by: str, now: datetime, reason: str) -> None:
    if quote.reservation is not None:
        availability.release(quote.reservation, now=now, by=by, reason=reason)
