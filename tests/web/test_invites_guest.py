"""The guest's page: opening it changes nothing, one button answers, and it always says how things stand."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.bookings.cancelling import cancel_event
from app.bookings.moving import propose
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.invites import attendees
from app.invites.models import Answer
from tests.conftest import Browser
from tests.factories import now
from tests.invite_parts import BY, Party

ANNE = "anne@example.org"


@pytest.fixture
def link(party: Party) -> str:
    party.event.venue_name, party.event.venue_address = "Domaine de la Fontaine", "12 chemin des Sources, Chaponost"
    party.event.venue_lat, party.event.venue_lon = 45.71, 4.74
    party.event.programme = [{"at": f"{party.event.starts_local:%Y-%m-%dT%H:%M}", "title": "Café d’accueil"}]
    party.list(ANNE)
    party.send()
    return f"/i/{party.invitation(ANNE).token}"


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.get_data(as_text=True).replace("\u202f", " ").replace("\u00a0", " "))


def answer_of(party: Party) -> Answer:
    session().rollback()
    return party.invitation(ANNE).answer


def move(party: Party) -> None:
    later = timedelta(days=7)
    starts, ends = party.event.starts_local + later, party.event.ends_local + later
    with transaction():
        propose(party.event.id, starts, ends, "", company_id=party.company.id, user=party.organiser, now=utcnow())


def test_the_page_says_who_when_where_and_what(party: Party, client: Browser, link: str) -> None:
    response = client.get(link)
    page = plain(response)
    assert response.status_code == 200
    for words in ("Claire Martin vous invite", "Séminaire produit", "Domaine de la Fontaine", "Café d’accueil"):
        assert words in page
    assert "https://www.openstreetmap.org/?mlat=45.71" in page
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"] and "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?answer=accepted", "?answer=declined", "?answer=nonsense"])
def test_opening_the_link_changes_nothing(party: Party, client: Browser, link: str, query: str) -> None:
    for method in ("GET", "HEAD"):
        assert client.open(link + query, method=method).status_code == 200
    assert answer_of(party) == Answer.NEEDS_ACTION
    page = client.get(link + query).get_data(as_text=True)
    assert ("suggested" in page) == (query in ("?answer=accepted", "?answer=declined"))


def test_answering_and_changing_her_mind(party: Party, client: Browser, link: str) -> None:
    for said, word in (("accepted", "Oui"), ("tentative", "Peut-être"), ("declined", "Non")):
        data = {"answer": said, "comment": "J’arrive à 10 h", "dates": "0"}
        page = plain(client.post(link, data=data, follow_redirects=True))
        assert "Merci, votre réponse est enregistrée" in page and f"Vous avez répondu « {word} »" in page
        assert "J’arrive à 10 h" in page
        assert answer_of(party) == Answer(said)


def test_a_wrong_answer_keeps_what_was_typed(party: Party, client: Browser, link: str) -> None:
    response = client.post(link, data={"answer": "maybe", "comment": "Un mot", "dates": "0"})
    page = plain(response)
    assert response.status_code == 422 and "Choisissez oui, peut-être ou non" in page and "Un mot" in page
    long = client.post(link, data={"answer": "accepted", "comment": "x" * 1001, "dates": "0"})
    assert long.status_code == 422 and "x" * 1001 in long.get_data(as_text=True)
    assert answer_of(party) == Answer.NEEDS_ACTION


def test_an_answer_for_dates_that_have_changed_is_asked_again(party: Party, client: Browser, link: str) -> None:
    move(party)
    response = client.post(link, data={"answer": "accepted", "comment": "", "dates": "0"})
    assert response.status_code == 409 and "Les dates ont changé" in plain(response)
    assert answer_of(party) == Answer.NEEDS_ACTION
    assert client.post(link, data={"answer": "accepted", "comment": "", "dates": "1"}).status_code == 303


def test_a_moved_event_says_so(party: Party, client: Browser, link: str) -> None:
    client.post(link, data={"answer": "accepted", "comment": "", "dates": "0"})
    move(party)
    party.work()
    assert "Les dates ont changé : votre réponse d’avant ne compte plus" in plain(client.get(link))


def test_a_cancelled_event_says_so_and_takes_no_answer(party: Party, client: Browser, link: str) -> None:
    with transaction():
        cancel_event(party.event.id, "", company_id=party.company.id, user=party.organiser, now=now())
    page = plain(client.get(link))
    assert "L’évènement est annulé" in page and 'name="answer"' not in page
    response = client.post(link, data={"answer": "accepted", "comment": "", "dates": "0"})
    assert response.status_code == 409 and answer_of(party) == Answer.NEEDS_ACTION


def test_someone_removed_reads_it(party: Party, client: Browser, link: str) -> None:
    with transaction():
        attendees.remove(party.attendees()[0], by=BY, now=now())
    assert "Votre invitation a été retirée" in plain(client.get(link))


def test_after_the_deadline_the_page_is_to_read(party: Party, client: Browser, link: str) -> None:
    party.event.answer_by = now() - timedelta(hours=1)
    session().commit()
    page = plain(client.get(link))
    assert "Les réponses sont closes" in page and 'name="answer"' not in page
    assert client.post(link, data={"answer": "accepted", "comment": "", "dates": "0"}).status_code == 409


def test_an_unknown_link_is_a_page_of_ours(client: Browser) -> None:
    response = client.get("/i/unknown")
    assert response.status_code == 404 and "Ce lien n’est pas celui d’une invitation" in plain(response)
    assert client.post("/i/unknown", data={"answer": "accepted"}).status_code == 404


def test_the_file_for_a_calendar_names_nobody(party: Party, client: Browser, link: str) -> None:
    response = client.get(f"{link}/event.ics")
    calendar = Calendar.from_ical(response.data)
    (event,) = calendar.walk("VEVENT")
    assert response.mimetype == "text/calendar" and str(calendar["METHOD"]) == "PUBLISH"
    assert "ATTENDEE" not in event and "ORGANIZER" not in event
    assert (str(event["UID"]), event["DTSTART"].dt) == (party.event.ical_uid, party.event.starts_at)
    assert party.invitation(ANNE).token.encode() not in response.data


def test_the_page_speaks_english(client: Browser, link: str) -> None:
    response = client.get(link, headers={"Accept-Language": "en"})
    assert '<html lang="en"' in response.get_data(as_text=True)


def test_the_public_page_names_nobody_and_takes_no_answer(party: Party, client: Browser, link: str) -> None:
    party.event.ical_uid = "0123456789abcdef@invites.ensemble.test"
    session().commit()
    response = client.get("/e/0123456789abcdef")
    page = plain(response)
    assert response.status_code == 200 and "Séminaire produit" in page and "Domaine de la Fontaine" in page
    assert "Lea" not in page and "anne" not in page.lower() and "Claire Martin" not in page
    assert "<form" not in page and "noindex" in response.headers["X-Robots-Tag"]
    assert client.get("/e/unknown").status_code == 404
