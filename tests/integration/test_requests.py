"""Asking: who counts among the five, what a request keeps, what withdrawing gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.availability.models import Reservation, ReservationState, Unit, span
from app.core.db import session, transaction
from app.core.errors import InvalidInput, InvalidTransition
from app.events.models import Event, EventState, Need, Pick
from app.offers.models import OfferState
from app.quotes import requests
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from tests.factories import Factories, in_days, now

BY = "user:1"


def pick(need: Need, *offer_ids: int) -> None:
    for offer_id in offer_ids:
        with transaction():
            requests.pick(need.id, offer_id, by=BY, now=now())


def send(need: Need, *offer_ids: int) -> list[QuoteRequest]:
    with transaction():
        return requests.send(
            need.id, offer_ids, message=" Bonjour ", answer_by=now() + timedelta(days=3), by=BY, now=now()
        )


def ids(factories: Factories, count: int) -> list[int]:
    return [factories.offer().id for _each in range(count)]


def test_a_provider_that_declined_frees_its_place_a_withdrawn_request_does_not(factories: Factories) -> None:
    need, offers = factories.need(factories.event()), ids(factories, 7)
    pick(need, *offers[:5])
    first, second, *_rest = send(need, *offers[:5])
    assert requests.places_left(need.id, now()) == 0
    with pytest.raises(InvalidInput, match="Au plus 5"):
        pick(need, offers[5])
    with transaction():
        requests.withdraw(first, by=BY, now=now())
    assert requests.places_left(need.id, now()) == 0
    second.state = RequestState.DECLINED
    session().commit()
    assert requests.places_left(need.id, now()) == 1
    pick(need, offers[5])
    send(need, offers[5])
    assert session().query(QuoteRequest).count() == 6


def test_all_who_compete_are_told_how_many(factories: Factories) -> None:
    need, offers = factories.need(factories.event()), ids(factories, 3)
    pick(need, *offers[:2])
    send(need, *offers[:2])
    pick(need, offers[2])
    send(need, offers[2])
    assert {request.competitors for request in session().query(QuoteRequest)} == {3}


def test_a_request_keeps_what_was_asked(factories: Factories) -> None:
    event = factories.event(state=EventState.DRAFT)
    need, (offer,) = factories.need(event), ids(factories, 1)
    pick(need, offer)
    (request,) = send(need, offer)
    assert session().get_one(Event, event.id).state == EventState.PLANNING
    session().get_one(Need, need.id).requirements = []
    session().get_one(Event, event.id).headcount = 12
    session().commit()
    request = session().get_one(QuoteRequest, request.id)
    assert len(request.requirements) == 3 and request.headcount == 40
    assert (request.message, request.starts_at) == ("Bonjour", event.starts_at)
    assert session().query(Pick).count() == 0


def test_only_what_lies_in_the_tray_is_sent(factories: Factories) -> None:
    need, offers = factories.need(factories.event()), ids(factories, 2)
    pick(need, offers[0])
    with pytest.raises(InvalidInput, match="sélection a changé"):
        send(need, *offers)
    with pytest.raises(InvalidInput, match="au moins une offre"):
        send(need)
    assert session().query(QuoteRequest).count() == 0


def test_what_is_not_on_sale_is_not_picked(factories: Factories) -> None:
    need, offer = factories.need(factories.event()), factories.offer()
    offer.state = OfferState.PAUSED
    session().commit()
    with pytest.raises(InvalidInput, match="plus proposée"):
        pick(need, offer.id)


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.COMPLETED])
def test_an_event_that_is_over_asks_nobody(factories: Factories, state: EventState) -> None:
    need, (offer,) = factories.need(factories.event(state=state)), ids(factories, 1)
    with pytest.raises(InvalidTransition):
        pick(need, offer)


def test_an_event_that_has_begun_asks_nobody(factories: Factories) -> None:
    need, (offer,) = factories.need(factories.event(starts_at=in_days(-1), ends_at=in_days(2))), ids(factories, 1)
    with pytest.raises(InvalidTransition, match="commencé"):
        pick(need, offer)


def test_withdrawing_declines_the_quote_and_gives_its_option_back(factories: Factories) -> None:
    offer = factories.offer()
    request = factories.request(offer)
    unit = session().query(Unit).filter_by(offer_id=offer.id).one()
    hold = Reservation(
        unit_id=unit.id,
        during=span(request.starts_at, request.ends_at),
        state=ReservationState.ACTIVE,
        expires_at=now() + timedelta(days=5),
    )
    factories.add(hold)
    quote = factories.quote(request, reservation_id=hold.id)
    with transaction():
        requests.withdraw(session().get_one(QuoteRequest, request.id), by=BY, now=now())
    assert session().get_one(Quote, quote.id).state == QuoteState.DECLINED
    assert session().get_one(Reservation, hold.id).state == ReservationState.RELEASED


def test_an_accepted_quote_is_not_withdrawn_this_way(factories: Factories) -> None:
    quote = factories.quote()
    quote.state = QuoteState.ACCEPTED
    session().commit()
    with pytest.raises(InvalidTransition, match="annulez la réservation"), transaction():
        requests.withdraw(session().get_one(QuoteRequest, quote.request_id), by=BY, now=now())


def test_deadlines_come_nearer_with_the_event(factories: Factories) -> None:
    far, near = factories.event(), factories.event(starts_at=now() + timedelta(hours=5))
    earliest, usual, latest = requests.answer_bounds(far, now())
    assert (earliest, usual, latest) == tuple(now() + timedelta(hours=h) for h in (2, 40, 720))
    earliest, usual, latest = requests.answer_bounds(near, now())
    assert earliest == now() + timedelta(hours=2) and usual == latest == near.starts_at
