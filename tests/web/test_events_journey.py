"""The organiser's way from an idea to three requests, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.accounts.models import Company, User
from app.accounts.roles import Role
from app.bookings.accepting import accept
from app.bookings.cancelling import Side, cancel
from app.core.db import session, transaction
from app.core.outbox import OutboxRow
from app.events.models import Event, EventState, Need, Pick
from app.payments.models import Instalment, InstalmentKind, InstalmentState
from app.quotes.models import QuoteRequest, RequestState
from app.search.service import index_offer
from tests.conftest import Browser
from tests.factories import Factories, in_days, now

PLAN = {
    "title": "Séminaire d’équipe",
    "starts": "",
    "ends": "",
    "zone": "Europe/Paris",
    "headcount": "40",
    "place": "Lyon",
    "budget": "20 000",
    "description": "Deux jours au vert.",
    "programme": "9 h 30 Café d’accueil\n12:00 Déjeuner — au bord de l’eau",
}


def plan(**changes: str) -> dict[str, str]:
    day = in_days(60)
    return {**PLAN, "starts": f"{day:%Y-%m-%d}T09:00", "ends": f"{day:%Y-%m-%d}T18:00", **changes}


@pytest.fixture
def people(factories: Factories) -> tuple[User, Company]:
    return factories.organiser()


@pytest.fixture
def organiser(client: Browser, people: tuple[User, Company]) -> Browser:
    return client.log_in(people[0])


def offers(factories: Factories, count: int) -> list[int]:
    ids = []
    for _each in range(count):
        offer = factories.offer()
        index_offer(offer.id, now())
        ids.append(offer.id)
    session().commit()
    return ids


def a_need(factories: Factories, people: tuple[User, Company], **values: Any) -> Need:
    event = factories.event(people[1], people[0])
    return factories.need(event, **values)


def test_from_idea_to_requests(organiser: Browser, factories: Factories, people: tuple[User, Company]) -> None:
    wanted = offers(factories, 3)
    response = organiser.post("/company/events/new", data=plan())
    assert response.status_code == 303
    event = session().query(Event).one()
    assert (event.title, event.headcount, event.budget_cents) == ("Séminaire d’équipe", 40, 2_000_000)
    assert event.place_name.startswith("Lyon") and event.lat == pytest.approx(45.75, abs=0.1)
    assert event.ical_uid.count("@") == 1 and event.state == EventState.DRAFT
    assert [line["title"] for line in event.programme] == ["Café d’accueil", "Déjeuner"]
    kinds = organiser.get(response.location)
    assert kinds.status_code == 200 and "Journée d’étude" in kinds.text

    url = f"/company/events/{event.slug}/needs/new?category=day_seminar"
    assert "Salle de réunion" in organiser.get(url).text
    data = {"codes": ["meeting_room", "lunch"], "others": "Une vue sur le lac\n", "must": "yes", "notes": "Au calme"}
    response = organiser.post(url, data=data)
    assert response.status_code == 303
    need = session().query(Need).one()
    assert [one["code"] for one in need.requirements] == ["meeting_room", "lunch", "other-1"]
    assert session().query(Event).one().state == EventState.PLANNING

    response = organiser.get(response.location)
    assert response.status_code == 302 and "headcount=40" in response.location
    results = organiser.get(response.location)
    assert results.status_code == 200 and results.text.count('<article class="offer">') == 3
    for offer_id in wanted:
        assert organiser.post(f"/company/needs/{need.id}/picks", data={"offer": offer_id}).status_code == 303
    results = organiser.get(response.location)
    assert "3 prestataires choisis" in results.text

    review = organiser.get(f"/company/needs/{need.id}/request")
    assert "Envoyer la demande à 3 prestataires" in review.text and "Une vue sur le lac" in review.text
    response = organiser.post(f"/company/needs/{need.id}/request", data=sending(review.text, message="Bonjour"))
    assert response.status_code == 303, response.text
    asked = session().query(QuoteRequest).order_by(QuoteRequest.id).all()
    assert [request.offer_id for request in asked] == wanted
    assert {(one.competitors, one.message, one.headcount, one.state) for one in asked} == {
        (3, "Bonjour", 40, RequestState.OPEN)
    }
    assert asked[0].requirements == need.requirements
    sent = session().query(OutboxRow).filter_by(signal="request.sent").all()
    assert {row.payload["request_id"] for row in sent} == {request.id for request in asked}
    cockpit = organiser.get(response.location)
    assert cockpit.status_code == 200 and "Réponse attendue" in cockpit.text


def sending(page: str, **changes: Any) -> dict[str, Any]:
    ids = re.findall(r'name="offers" value="(\d+)"', page)
    answer_by = re.search(r'name="answer_by"[^>]*value="([^"]*)"', page)
    assert answer_by is not None
    return {"offers": ids, "answer_by": answer_by[1], "message": "", **changes}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Donnez un nom"),
        ("title", "x" * 121, "Au plus 120"),
        ("starts", "2020-01-01T09:00", "Cette date est passée"),
        ("starts", "demain", "Indiquez un jour et une heure"),
        ("ends", "2027-01-01T09:00", "La fin doit venir après"),
        ("headcount", "0", "entre 1 et 5000"),
        ("headcount", "quarante", "nombre entier"),
        ("headcount", "99999999999999999999", "entre 1 et 5000"),
        ("place", "Xyzzyville", "Nous ne connaissons pas « Xyzzyville »"),
        ("budget", "beaucoup", "Écrivez un montant"),
        ("budget", "-5", "au-dessus de zéro"),
        ("zone", "Mars/Olympus", "Choisissez"),
        ("programme", "Café d’accueil", "Ligne 1"),
        ("programme", "9 h Café\n25 h Rien", "Ligne 2"),
    ],
)
def test_wrong_input_keeps_what_was_typed(organiser: Browser, field: str, value: str, sentence: str) -> None:
    later = in_days(400)
    base = plan(starts=f"{later:%Y-%m-%d}T09:00", ends=f"{later:%Y-%m-%d}T18:00")
    response = organiser.post("/company/events/new", data={**base, field: value})
    page = response.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert response.status_code == 422, response.status_code
    assert sentence in page, page
    if field != "zone":
        assert value.split("\n")[0] in page
    assert "Deux jours au vert." in page
    assert session().query(Event).count() == 0


def test_an_hour_that_does_not_exist_is_refused(organiser: Browser) -> None:
    year = now().year + 1
    last_sunday = next(day for day in range(31, 24, -1) if in_march(year, day).weekday() == 6)
    starts, ends = f"{year}-03-{last_sunday}T02:30", f"{year}-03-{last_sunday}T18:00"
    response = organiser.post("/company/events/new", data=plan(starts=starts, ends=ends))
    assert response.status_code == 422 and "n’existe pas" in response.text
    assert starts in response.text


def in_march(year: int, day: int) -> Any:
    return now().replace(year=year, month=3, day=day)


def test_a_sixth_pick_is_refused_and_said(organiser: Browser, factories: Factories, people: Any) -> None:
    need, ids = a_need(factories, people), offers(factories, 6)
    for offer_id in ids[:5]:
        organiser.post(f"/company/needs/{need.id}/picks", data={"offer": offer_id})
    response = organiser.post(f"/company/needs/{need.id}/picks", data={"offer": ids[5]})
    assert response.status_code == 422 and "Au plus 5 prestataires" in response.text
    assert session().query(Pick).count() == 5
    organiser.post(f"/company/needs/{need.id}/picks", data={"offer": ids[0]})
    assert session().query(Pick).count() == 4


def test_the_tray_comes_back_as_a_fragment(organiser: Browser, factories: Factories, people: Any) -> None:
    need, ids = a_need(factories, people), offers(factories, 1)
    headers = {"HX-Request": "true"}
    response = organiser.post(f"/company/needs/{need.id}/picks", data={"offer": ids[0]}, headers=headers)
    assert response.status_code == 200 and response.text.strip().startswith('<section id="tray"')
    assert f'data-picked="{ids[0]}"' in response.text
    response = organiser.post(f"/company/needs/{need.id}/picks", data={"offer": ids[0]}, headers=headers)
    assert 'data-picked=""' in response.text


def test_an_unknown_offer_is_refused(organiser: Browser, factories: Factories, people: Any) -> None:
    need = a_need(factories, people)
    for value in ("999", "abc", ""):
        response = organiser.post(f"/company/needs/{need.id}/picks", data={"offer": value})
        assert response.status_code == 422 and "plus proposée" in response.text


def test_sending_twice_sends_once(organiser: Browser, factories: Factories, people: Any) -> None:
    need, ids = a_need(factories, people), offers(factories, 2)
    for offer_id in ids:
        organiser.post(f"/company/needs/{need.id}/picks", data={"offer": offer_id})
    data = sending(organiser.get(f"/company/needs/{need.id}/request").text)
    assert organiser.post(f"/company/needs/{need.id}/request", data=data).status_code == 303
    again = organiser.post(f"/company/needs/{need.id}/request", data=data)
    assert again.status_code == 422 and "deux fois" in again.text
    assert session().query(QuoteRequest).count() == 2


def test_a_deadline_out_of_bounds_keeps_the_message(organiser: Browser, factories: Factories, people: Any) -> None:
    need, ids = a_need(factories, people), offers(factories, 1)
    organiser.post(f"/company/needs/{need.id}/picks", data={"offer": ids[0]})
    url = f"/company/needs/{need.id}/request"
    page = organiser.get(url).text
    for answer_by, sentence in (
        (f"{now():%Y-%m-%dT%H:%M}", "au moins deux heures"),
        (f"{in_days(89):%Y-%m-%dT%H:%M}", "trente jours"),
        ("bientôt", "Indiquez un jour et une heure"),
        ("", "Indiquez jusqu’à quand"),
    ):
        response = organiser.post(url, data=sending(page, answer_by=answer_by, message="Gardez-moi"))
        assert response.status_code == 422 and sentence in response.text, (answer_by, response.text)
        assert "Gardez-moi" in response.text and answer_by in response.text
    assert session().query(QuoteRequest).count() == 0


def test_an_offer_paused_meanwhile_stops_the_sending(organiser: Browser, factories: Factories, people: Any) -> None:
    need, provider = a_need(factories, people), factories.provider()
    offer = factories.offer(provider)
    index_offer(offer.id, now())
    session().commit()
    organiser.post(f"/company/needs/{need.id}/picks", data={"offer": offer.id})
    data = sending(organiser.get(f"/company/needs/{need.id}/request").text)
    provider.state = provider.state.SUSPENDED
    session().commit()
    response = organiser.post(f"/company/needs/{need.id}/request", data=data)
    assert response.status_code == 422 and "plus proposée" in response.text


def test_withdrawing_tells_the_provider_and_frees_nothing_for_another(
    organiser: Browser, factories: Factories, people: Any
) -> None:
    need = a_need(factories, people)
    request = factories.request(factories.offer(), need)
    response = organiser.post(f"/company/requests/{request.id}/withdraw")
    assert response.status_code == 303
    assert session().get_one(QuoteRequest, request.id).state == RequestState.WITHDRAWN
    assert session().query(OutboxRow).filter_by(signal="request.withdrawn").count() >= 1
    assert organiser.post(f"/company/requests/{request.id}/withdraw").status_code == 409


def test_the_dates_stay_once_providers_were_asked(organiser: Browser, factories: Factories, people: Any) -> None:
    need = a_need(factories, people)
    factories.request(factories.offer(), need)
    event = session().get_one(Event, need.event_id)
    event.zone, event.starts_local, event.ends_local = (
        "Europe/Paris",
        event.starts_at.replace(tzinfo=None),
        event.ends_at.replace(tzinfo=None),
    )
    session().commit()
    url = f"/company/events/{event.slug}/edit"
    same = plan(
        starts=f"{event.starts_local:%Y-%m-%dT%H:%M}", ends=f"{event.ends_local:%Y-%m-%dT%H:%M}", title="Autre nom"
    )
    moved = {**same, "ends": f"{event.ends_local + timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    refused = organiser.post(url, data=moved)
    assert refused.status_code == 422 and "déplacement" in refused.text
    assert organiser.post(url, data=same).status_code == 303
    assert session().get_one(Event, event.id).title == "Autre nom"


def test_an_anonymous_reader_comes_back_after_logging_in(client: Browser) -> None:
    response = client.get("/company/picks/new?offer=12")
    assert response.status_code == 302
    assert parse_qs(urlsplit(response.location).query) == {"next": ["/company/picks/new?offer=12"]}


def test_choosing_the_need_for_an_offer(organiser: Browser, factories: Factories, people: Any) -> None:
    ids = offers(factories, 1)
    assert "Décrivez d’abord votre évènement" in organiser.get(f"/company/picks/new?offer={ids[0]}").text
    need = a_need(factories, people)
    page = organiser.get(f"/company/picks/new?offer={ids[0]}")
    assert f"/company/needs/{need.id}/picks" in page.text
    assert "plus proposée" in organiser.get("/company/picks/new?offer=nonsense").text


def test_needs_of_the_offers_kind_come_first_and_booked_ones_not_at_all(
    organiser: Browser, factories: Factories, people: Any
) -> None:
    booked, other, fitting = (a_need(factories, people) for _each in range(3))
    other.category, (offer,) = "catering", offers(factories, 1)
    quote = factories.quote(factories.request(factories.offer(), booked))
    with transaction():
        booking = accept(quote.id, user=people[0], company_id=people[1].id, invites_domain="e.test", now=now())

    def proposed() -> list[int]:
        page = organiser.get(f"/company/picks/new?offer={offer}").text
        return [int(found) for found in re.findall(r"/company/needs/(\d+)/picks", page)]

    assert proposed() == [fitting.id, other.id]
    with transaction():
        cancel(booking, Side.COMPANY, "", user=people[0], now=now())
    assert proposed() == [booked.id, fitting.id, other.id]


def test_a_need_goes_until_someone_was_asked(organiser: Browser, factories: Factories, people: Any) -> None:
    need, asked = a_need(factories, people), a_need(factories, people)
    factories.request(factories.offer(), asked)
    assert organiser.post(f"/company/events/needs/{need.id}/remove").status_code == 303
    assert organiser.post(f"/company/events/needs/{asked.id}/remove").status_code == 409
    assert session().query(Need).count() == 1


def test_others_read_404_and_approvers_change_nothing(
    new_client: Any, factories: Factories, people: tuple[User, Company]
) -> None:
    need = a_need(factories, people)
    slug = session().get_one(Event, need.event_id).slug
    stranger = new_client().log_in(factories.organiser()[0])
    for path in (f"/company/events/{slug}", f"/company/events/{slug}/edit", f"/company/needs/{need.id}/request"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/offers?need={need.id}").status_code == 404
    approver = new_client().log_in(factories.member(people[1], Role.APPROVER))
    assert approver.get(f"/company/events/{slug}").status_code == 200
    assert approver.get(f"/company/events/{slug}/edit").status_code == 403


def test_the_cockpit_reads_a_bounded_number_of_times(
    organiser: Browser, factories: Factories, people: tuple[User, Company], count_statements: Any
) -> None:
    event = factories.event(people[1], people[0])
    counts = []
    for more in (1, 6):
        for _each in range(more):
            need = factories.need(event)
            factories.quote(factories.request(factories.offer(), need))
            factories.request(factories.offer(), need)
        with count_statements() as statements:
            assert organiser.get(f"/company/events/{event.slug}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] and counts[0] <= 12, statements


def test_lists(organiser: Browser, factories: Factories, people: tuple[User, Company], count_statements: Any) -> None:
    assert "Aucun évènement à venir" in organiser.get("/company/events").text
    counts = []
    for more in (1, 20):
        for _each in range(more):
            factories.event(people[1], people[0])
        with count_statements() as statements:
            page = organiser.get("/company/events")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
    past = factories.event(people[1], people[0], starts_at=in_days(-9), title="Fête d’avant")
    assert past.title not in page.text
    assert past.title in organiser.get("/company/events?when=past").text


def test_the_list_says_what_waits(organiser: Browser, factories: Factories, people: tuple[User, Company]) -> None:
    event = factories.event(people[1], people[0])
    need = factories.need(event)
    request = factories.request(factories.offer(), need)
    assert "1 réponse attendue" in organiser.get("/company/events").text
    quote = factories.quote(request)
    factories.quote(factories.request(factories.offer(), need))
    factories.quote(factories.request(factories.offer(), factories.need(event)))
    assert "3 devis à comparer" in organiser.get("/company/events").text
    with transaction():
        booking = accept(quote.id, user=people[0], company_id=people[1].id, invites_domain="e.test", now=now())
    assert "1 devis à comparer" in organiser.get("/company/events").text
    factories.add(
        Instalment(
            booking_id=booking.id, position=0, kind=InstalmentKind.DEPOSIT, amount_cents=12_345,
            state=InstalmentState.DUE, due_on=now().date(),
        )
    )  # fmt: skip
    assert "123,45" in organiser.get("/company/events").text
