"""A provider keeps an offer's calendar: opening days, closures, units; holds and bookings told apart."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app.availability import service
from app.availability.models import Blackout, OpeningRule, Unit
from app.core.db import session, transaction
from app.offers.models import Offer
from tests.conftest import Browser
from tests.factories import Factories, in_days, now


@pytest.fixture
def offer(factories: Factories) -> Offer:
    return factories.offer(units=2, title="Une journée au domaine")


@pytest.fixture
def seller(client: Browser, factories: Factories, offer: Offer) -> Browser:
    return client.log_in(factories.seller(offer.provider)[0])


def here(offer: Offer) -> str:
    return f"/provider/calendar/{offer.id}"


def test_the_calendar_opens_on_an_offer_or_says_what_to_do_first(
    seller: Browser, offer: Offer, factories: Factories
) -> None:
    assert seller.get("/provider/calendar").location == here(offer)
    seller.log_in(factories.seller()[0])
    assert "Pas encore de calendrier" in seller.get("/provider/calendar").text


def test_opening_days_and_hours(seller: Browser, offer: Offer) -> None:
    data = {"weekdays": ["0", "4"], "opens": "18h", "closes": "2:00"}
    assert seller.post(here(offer) + "/opening", data=data).status_code == 303
    rule = session().get_one(OpeningRule, offer.id)
    assert (rule.weekdays, rule.opens, rule.closes) == ([0, 4], time(18), time(2))
    refused = seller.post(here(offer) + "/opening", data={"weekdays": ["1"], "opens": "midi", "closes": "14:00"})
    assert refused.status_code == 422 and "Indiquez une heure" in refused.text and 'value="midi"' in refused.text
    refused = seller.post(here(offer) + "/opening", data={"opens": "", "closes": ""})
    assert refused.status_code == 422 and "au moins un jour" in refused.text


def test_closing_and_opening_again(seller: Browser, offer: Offer) -> None:
    day = now().date() + timedelta(days=20)
    data = {"first_day": day.isoformat(), "last_day": (day + timedelta(days=3)).isoformat(), "reason": "Travaux"}
    assert seller.post(here(offer) + "/closures", data=data).status_code == 303
    closure = session().scalars(select(Blackout)).one()
    assert (closure.first_day, closure.reason) == (day, "Travaux")
    page = seller.get(here(offer) + f"?month={day:%Y-%m}").text
    assert "Travaux" in page and "fermé" in page
    assert seller.post(here(offer) + f"/closures/{closure.id}/remove").status_code == 303
    assert session().scalars(select(Blackout)).all() == []
    wrong = data | {"last_day": (day - timedelta(days=3)).isoformat()}
    refused = seller.post(here(offer) + "/closures", data=wrong)
    assert refused.status_code == 422 and "avant le premier" in refused.text and "Travaux" in refused.text
    assert "Choisissez une date" in seller.post(here(offer) + "/closures", data={"reason": "x"}).text


def test_units_are_added_renamed_and_stopped_unless_something_is_booked(seller: Browser, offer: Offer) -> None:
    assert seller.post(here(offer) + "/units", data={"name": "Grange"}).status_code == 303
    units = session().scalars(select(Unit).where(Unit.offer_id == offer.id).order_by(Unit.position)).all()
    assert [unit.name for unit in units] == ["Salle 1", "Salle 2", "Grange"]
    first, last = units[0].id, units[-1].id
    assert seller.post(f"{here(offer)}/units/{last}", data={"do": "rename", "name": "La grange"}).status_code == 303
    refused = seller.post(f"{here(offer)}/units/{last}", data={"do": "rename", "name": " "})
    assert refused.status_code == 422 and "Donnez un nom" in refused.text
    assert seller.post(f"{here(offer)}/units/{last}", data={"do": "stop"}).status_code == 303
    assert "hors service" in seller.get(here(offer)).text
    with transaction():
        service.take(offer.id, in_days(30), in_days(30, 17), expires_at=None, now=now(), unit_ids=[first])
    refused = seller.post(f"{here(offer)}/units/{first}", data={"do": "stop"})
    assert refused.status_code == 409 and "réservations à venir" in refused.text


def test_holds_and_bookings_are_told_apart_with_who_is_behind(
    seller: Browser, offer: Offer, factories: Factories
) -> None:
    start = in_days(40)
    event = factories.event(starts_at=start, title="Séminaire produit")
    request = factories.request(offer, factories.need(event))
    with transaction():
        until = now() + timedelta(days=3)
        held = service.take(offer.id, start, start + timedelta(hours=8), expires_at=until, now=now())
        service.take(offer.id, start, start + timedelta(hours=8), expires_at=None, now=now())
        held_id = held.id
    factories.quote(request, reservation_id=held_id)
    page = seller.get(here(offer) + f"?month={start:%Y-%m}").text
    assert event.company.name in page and "Séminaire produit" in page
    assert f'chip wait">Option · {event.company.name}' in page and 'chip yes">Réservé · Salle 2' in page


def test_another_providers_unit_is_not_found(seller: Browser, offer: Offer, factories: Factories) -> None:
    other = session().scalars(select(Unit).where(Unit.offer_id == factories.offer().id)).one()
    assert seller.post(f"{here(offer)}/units/{other.id}", data={"do": "stop"}).status_code == 404
