"""A provider keeps an offer's calendar: opening days, closures, units; holds and bookings told apart."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.availability import queries, service
from app.availability.calendars import openings_of
from app.availability.models import Blackout, OpeningException, Season, Unit
from app.availability.openings import Hours
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


def test_usual_hours_take_several_lines_and_keep_what_was_typed(seller: Browser, offer: Offer) -> None:
    page = here(offer) + "/opening"
    lines = {"days-0": ["0", "4"], "opens-0": "18h", "closes-0": "2:00", "days-2": ["5"], "horizon_days": "400"}
    assert seller.post(page, data=lines).status_code == 303
    openings = openings_of(offer.id)
    assert openings.usual == (Hours(frozenset({0, 4}), time(18), time(2)), Hours(frozenset({5})))
    assert openings.horizon_days == 400
    shown = seller.get(page).text
    assert 'value="18:00"' in shown and 'value="400"' in shown
    refused = seller.post(page, data={"days-0": ["1"], "days-2": ["2"], "opens-2": "midi", "closes-2": "14:00"})
    assert refused.status_code == 422 and "Indiquez une heure" in refused.text and 'value="midi"' in refused.text
    refused = seller.post(page, data={"days-0": ["1"], "opens-3": "9:00", "closes-3": "10:00"})
    assert refused.status_code == 422 and 'id="weekdays-3-error"' in refused.text
    assert seller.post(page, data={"horizon_days": "0", "days-0": ["1"]}).status_code == 422
    assert "au moins un jour" in seller.post(page, data={}).text


def test_seasons_are_made_changed_and_removed(seller: Browser, offer: Offer) -> None:
    data = {"name": "Hiver", "first_day": "2026-12-01", "last_day": "2027-03-31", "yearly": "y", "days-0": ["5", "6"]}
    assert seller.post(here(offer) + "/seasons/new", data=data).status_code == 303
    season = session().scalars(select(Season)).one()
    assert openings_of(offer.id).closed_on(date(2031, 1, 6)) and not openings_of(offer.id).closed_on(date(2031, 1, 5))
    page = f"{here(offer)}/seasons/{season.id}"
    assert "Hiver" in seller.get(page).text and "chaque année" in seller.get(here(offer) + "/opening").text
    wrong = seller.post(page, data=data | {"last_day": "2026-11-01"})
    assert wrong.status_code == 422 and "avant le premier" in wrong.text and 'value="Hiver"' in wrong.text
    assert "un an au plus" in seller.post(page, data=data | {"last_day": "2028-03-31"}).text
    assert seller.post(page, data=data | {"name": "Neige"}).status_code == 303
    assert seller.post(page + "/remove").status_code == 303
    assert session().scalars(select(Season)).all() == []
    assert seller.get(page).status_code == 404


def test_days_chosen_in_the_grid_are_closed_opened_and_undone(seller: Browser, offer: Offer) -> None:
    first = now().date() + timedelta(days=20)
    days = [(first + timedelta(days=n)).isoformat() for n in (0, 1, 4)]
    month = f"?month={first:%Y-%m}"
    assert (
        seller.post(here(offer) + "/days" + month, data={"cell": days, "do": "close"}).location == here(offer) + month
    )
    assert [row.first_day.isoformat() for row in queries.blackouts_of(offer.id)] == [days[0], days[2]]
    assert seller.post(here(offer) + "/days", data={"cell": days[1], "do": "open"}).status_code == 303
    assert [openings_of(offer.id).closed_on(date.fromisoformat(day)) for day in days] == [True, False, True]
    part = seller.post(here(offer) + "/undo", headers={"HX-Request": "true"})
    assert part.status_code == 200 and "La dernière modification est annulée" in part.text
    assert [openings_of(offer.id).closed_on(date.fromisoformat(day)) for day in days] == [True, True, True]
    refused = seller.post(here(offer) + "/days", data={"cell": "bientôt", "do": "close"})
    assert refused.status_code == 422 and "Choisissez d’abord" in refused.text


def test_hours_chosen_in_the_week_are_closed_and_opened(seller: Browser, offer: Offer) -> None:
    day = now().date() + timedelta(days=20)
    cells = [f"{day}T{hour:02d}" for hour in (9, 10, 22, 23)]
    week = f"?week={day}"
    assert seller.post(here(offer) + "/hours" + week, data={"cell": cells, "do": "close"}).status_code == 303
    clocks = [(f"{one:%H}", f"{two:%H}") for one, two in openings_of(offer.id).walls(day)]
    assert clocks == [("00", "09"), ("11", "22")]
    page = seller.get(here(offer) + week).text
    assert 'value="' + cells[0] + '"' in page and "10 h, fermé" in page and "11 h, ouvert" in page
    exception = session().scalars(select(OpeningException).order_by(OpeningException.opens)).first()
    assert exception is not None
    assert seller.post(f"{here(offer)}/exceptions/{exception.id}/remove").status_code == 303
    assert seller.post(here(offer) + "/hours" + week, data={"cell": cells, "do": "open"}).status_code == 303
    assert not openings_of(offer.id).closed_between(at(day, 9), at(day, 23))


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo("Europe/Paris"))


def test_the_time_between_two_is_set_for_a_unit(seller: Browser, offer: Offer) -> None:
    unit = session().scalars(select(Unit).where(Unit.offer_id == offer.id)).first()
    assert unit is not None
    page, data = f"{here(offer)}/units/{unit.id}", {"name": unit.name, "before_minutes": "45", "after_minutes": "90"}
    assert seller.post(page, data=data).status_code == 303
    session().refresh(unit)
    assert (unit.before_minutes, unit.after_minutes) == (45, 90)
    for wrong in ("-1", "3000", "demi-heure"):
        refused = seller.post(page, data=data | {"after_minutes": wrong})
        assert refused.status_code == 422 and f'value="{wrong}"' in refused.text and "minutes" in refused.text


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
    hours = {"first_day": day.isoformat(), "opens": "9h", "closes": "12:30"}
    assert seller.post(here(offer) + "/closures", data=hours).status_code == 303
    assert openings_of(offer.id).closed_between(at(day, 10), at(day, 11))


def test_units_are_added_renamed_and_stopped_unless_something_is_booked(seller: Browser, offer: Offer) -> None:
    assert seller.post(here(offer) + "/units", data={"name": "Grange"}).status_code == 303
    units = session().scalars(select(Unit).where(Unit.offer_id == offer.id).order_by(Unit.position)).all()
    assert [unit.name for unit in units] == ["Salle 1", "Salle 2", "Grange"]
    first, last = units[0].id, units[-1].id
    assert seller.post(f"{here(offer)}/units/{last}", data={"name": "La grange"}).status_code == 303
    refused = seller.post(f"{here(offer)}/units/{last}", data={"name": " "})
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
    assert f"Option </span>{event.company.name}" in page and "Réservé </span>Salle 2" in page


def test_another_providers_unit_is_not_found(seller: Browser, offer: Offer, factories: Factories) -> None:
    other = session().scalars(select(Unit).where(Unit.offer_id == factories.offer().id)).one()
    assert seller.post(f"{here(offer)}/units/{other.id}", data={"do": "stop"}).status_code == 404
