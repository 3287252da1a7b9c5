"""Asking: the tray of a need, sending one request to each provider picked, withdrawing one.

At most so many providers compete for a need. Picking and sending both lock the need first, so the limit holds whoever
clicks at once. A provider that declined or let the time pass frees its place; a request withdrawn doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.accounts.models import Provider, ProviderState
from app.availability import service as availability
from app.core.clock import french_date
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.core.outbox import publish
from app.core.states import advance, audit
from app.events.models import Event, EventState, Need, Pick
from app.offers.models import Offer, OfferState
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from app.rules.thresholds import answer_due, limits

FREES_ITS_PLACE = (RequestState.DECLINED, RequestState.EXPIRED)
CLOSED_EVENTS = (EventState.CANCELLED, EventState.COMPLETED)
MESSAGE_LENGTH = 4_000
SOONEST_ANSWER = timedelta(hours=2)
LATEST_ANSWER = timedelta(days=30)
WITHDRAWN = _l("La demande a été retirée.")


def pick(need_id: int, offer_id: int, *, by: str, now: datetime) -> None:
    """Put an offer into the tray of a need; nothing happens when it is there already.

    Raises InvalidInput when the tray is full, the offer isn't on sale, or was asked already; InvalidTransition when the
    event is over, cancelled or has begun; NotFound.
    """
    need = _lock_need(need_id, now)
    if session().scalar(select(Pick.id).where(Pick.need_id == need_id, Pick.offer_id == offer_id)) is not None:
        return
    offer = _on_sale([offer_id]).get(offer_id)
    if offer is None:
        raise InvalidInput(_l("Cette offre n’est plus proposée."), field="offer")
    already = select(QuoteRequest.id).where(QuoteRequest.need_id == need_id, QuoteRequest.offer_id == offer_id)
    if session().scalar(already):
        raise InvalidInput(_l("Vous avez déjà demandé un devis pour cette offre."), field="offer")
    if places_left(need_id, now) < 1:
        raise InvalidInput(full_sentence(now), field="offer")
    row = Pick(need_id=need_id, offer_id=offer_id, created_at=now)
    session().add(row)
    audit(need, "pick", by=by, now=now, reason=str(offer_id))
    session().flush()


def unpick(need_id: int, offer_id: int, *, by: str, now: datetime) -> None:
    """Take an offer out of a need's tray; nothing happens when it isn't there."""
    session().execute(delete(Pick).where(Pick.need_id == need_id, Pick.offer_id == offer_id))


def places_left(need_id: int, now: datetime) -> int:
    """How many more offers may be picked for a need: those picked and those that compete already count."""
    picked = select(func.count(Pick.id)).where(Pick.need_id == need_id).scalar_subquery()
    asked = select(func.count(QuoteRequest.id)).where(*_competing(need_id)).scalar_subquery()
    taken = session().execute(select(picked + asked)).scalar_one()
    return max(0, most_providers(now) - int(taken))


def most_providers(now: datetime) -> int:
    """How many providers may compete for one need."""
    return limits(french_date(now)).max_providers_per_need


def full_sentence(now: datetime) -> Any:
    """Why no further offer can be picked."""
    most = most_providers(now)
    return _l("Au plus %(most)s prestataires par besoin\u00a0: retirez-en un pour en choisir un autre.", most=most)


def answer_bounds(event: Event, now: datetime) -> tuple[datetime, datetime, datetime]:
    """The earliest, the usual and the latest moment until which providers may be asked to answer."""
    latest = min(now + LATEST_ANSWER, event.starts_at)
    usual = min(max(answer_due(now, event.starts_at), now + SOONEST_ANSWER), latest)
    return min(now + SOONEST_ANSWER, latest), usual, latest


def send(
    need_id: int, offer_ids: Sequence[int], *, message: str, answer_by: datetime, by: str, now: datetime
) -> list[QuoteRequest]:
    """Send one request for each of these offers, which lie in the need's tray, and take them out of it.

    Each keeps a copy of the brief; all who compete are told how many they are. Publishes `request.sent` for each.
    Raises InvalidInput: nothing picked, offers that changed meanwhile, too many, a deadline out of bounds.
    """
    need = _lock_need(need_id, now)
    offers = _checked_offers(need, offer_ids, now)
    _check_words(need.event, message, answer_by, now)
    competing = list(session().scalars(select(QuoteRequest).where(*_competing(need_id))))
    if len(competing) + len(offers) > most_providers(now):
        raise InvalidInput(full_sentence(now), field="offers")
    count = len(competing) + len(offers)
    requests = [_request(need, offer, message.strip(), answer_by, count, now) for offer in offers]
    session().add_all(requests)
    for asked in competing:
        asked.competitors = count
    session().execute(delete(Pick).where(Pick.need_id == need_id, Pick.offer_id.in_(offer_ids)))
    session().flush()
    if need.event.state == EventState.DRAFT:
        advance(need.event, "plan", by=by, now=now)
    for request in requests:
        audit(request, "send", by=by, now=now, to_state=str(request.state))
        publish("request.sent", {"request_id": request.id}, now=now)
    return requests


def withdraw(request: QuoteRequest, *, by: str, now: datetime, reason: str = "") -> None:
    """Withdraw a request; a quote that answers it is declined and its option given back.

    Publishes `request.withdrawn`. Raises InvalidTransition when it is closed already, or its quote was accepted.
    """
    session().execute(select(Event.id).where(Event.id == request.event_id).with_for_update())
    session().refresh(request, with_for_update={"of": QuoteRequest})
    quotes = select(Quote).where(Quote.request_id == request.id).order_by(Quote.id).with_for_update(of=Quote)
    found = session().scalars(quotes, execution_options={"populate_existing": True}).all()
    if any(quote.state == QuoteState.ACCEPTED for quote in found):
        raise InvalidTransition(_l("Un devis de cette demande est accepté : annulez la réservation."))
    advance(request, "withdraw", by=by, now=now, reason=reason)
    for quote in found:
        if quote.state == QuoteState.SENT:
            advance(quote, "decline", by=by, now=now, reason=str(WITHDRAWN))
            if quote.reservation is not None:
                availability.release(quote.reservation, now=now, by=by, reason="request withdrawn")
    publish("request.withdrawn", {"request_id": request.id}, now=now)


def _competing(need_id: int) -> tuple[Any, ...]:
    return (QuoteRequest.need_id == need_id, QuoteRequest.state.not_in(FREES_ITS_PLACE))


def _lock_need(need_id: int, now: datetime) -> Need:
    """Lock the event and the need. Raises NotFound, or InvalidTransition when the event can't ask any more."""
    event_id = session().scalar(select(Need.event_id).where(Need.id == need_id))
    if event_id is None:
        raise NotFound(_l("Ce besoin n’existe pas."))
    fresh = {"populate_existing": True}
    lock_event = select(Event).where(Event.id == event_id).with_for_update(of=Event)
    event = session().scalars(lock_event, execution_options=fresh).one()
    lock_need = select(Need).where(Need.id == need_id).with_for_update(of=Need)
    need = session().scalars(lock_need, execution_options=fresh).one()
    if event.state in CLOSED_EVENTS:
        raise InvalidTransition(_l("Cet évènement est terminé ou annulé : il ne change plus."))
    if event.starts_at <= now:
        raise InvalidTransition(_l("Cet évènement a déjà commencé."))
    return need


def _on_sale(offer_ids: Sequence[int]) -> dict[int, Offer]:
    query = (
        select(Offer)
        .join(Provider, Provider.id == Offer.provider_id)
        .where(
            Offer.id.in_(offer_ids),
            Offer.state == OfferState.PUBLISHED,
            Offer.published_version_id.is_not(None),
            Provider.state == ProviderState.APPROVED,
        )
    )
    return {offer.id: offer for offer in session().scalars(query)}


def _checked_offers(need: Need, offer_ids: Sequence[int], now: datetime) -> list[Offer]:
    wanted = list(dict.fromkeys(offer_ids))
    if not wanted:
        raise InvalidInput(_l("Choisissez au moins une offre à qui demander un devis."), field="offers")
    picked = set(session().scalars(select(Pick.offer_id).where(Pick.need_id == need.id)))
    asked = select(QuoteRequest.offer_id).where(QuoteRequest.need_id == need.id, QuoteRequest.offer_id.in_(wanted))
    if session().scalars(asked).first() is not None:
        raise InvalidInput(_l("Cette demande est déjà partie : elle ne part pas deux fois."), field="offers")
    if not picked.issuperset(wanted):
        raise InvalidInput(_l("Votre sélection a changé entre-temps : vérifiez-la et renvoyez."), field="offers")
    found = _on_sale(wanted)
    if len(found) < len(wanted):
        message = _l("Une offre n’est plus proposée : retirez-la pour envoyer la demande aux autres.")
        raise InvalidInput(message, field="offers")
    return [found[offer_id] for offer_id in wanted]


def _check_words(event: Event, message: str, answer_by: datetime, now: datetime) -> None:
    if len(message) > MESSAGE_LENGTH:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=MESSAGE_LENGTH), field="message")
    earliest, _usual, latest = answer_bounds(event, now)
    if answer_by < earliest - timedelta(minutes=5):
        raise InvalidInput(_l("Laissez au moins deux heures pour répondre."), field="answer_by")
    if answer_by > latest:
        sentence = _l("Demandez une réponse avant l’évènement, et dans les trente jours.")
        raise InvalidInput(sentence, field="answer_by")


def _request(need: Need, offer: Offer, message: str, answer_by: datetime, count: int, now: datetime) -> QuoteRequest:
    event = need.event
    return QuoteRequest(
        need_id=need.id,
        event_id=event.id,
        provider_id=offer.provider_id,
        offer_id=offer.id,
        offer_version_id=offer.published_version_id,
        state=RequestState.OPEN,
        message=message,
        headcount=event.headcount,
        children=event.children,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        requirements=list(need.requirements),
        competitors=count,
        answer_by=answer_by,
        sent_at=now,
    )
