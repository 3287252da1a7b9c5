"""The organiser's list: adding people, inviting them, correcting and removing; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import session
from app.events.models import Attendee, EventState
from app.invites.models import Answer, DeliveryState, Invitation
from tests.conftest import Browser
from tests.invite_parts import Party


@pytest.fixture
def organiser(party: Party, client: Browser) -> Browser:
    return client.log_in(party.organiser)


def address(party: Party, tail: str = "") -> str:
    return f"/company/events/{party.event.slug}/attendees{tail}"


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.get_data(as_text=True).replace("\u202f", " ").replace("\u00a0", " "))


def emails(party: Party) -> list[str]:
    return [row.email for row in party.attendees() if row.removed_at is None]


def test_a_pasted_list_is_read(party: Party, organiser: Browser) -> None:
    people = "Éloïse Nguyễn <eloise@example.org>\nDupont, Jean <jean@example.org>\nzoe@example.org"
    response = organiser.post(address(party), data={"people": people}, follow_redirects=True)
    assert response.status_code == 200
    page = plain(response)
    assert "3 personnes sont ajoutées" in page and "Éloïse Nguyễn" in page and "Jean Dupont" in page
    assert "Envoyer les invitations à 3 personnes" in page


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_file_is_read(party: Party, organiser: Browser, separator: str, encoding: str) -> None:
    rows = [["Prénom", "Nom", "E-mail"], ["Zoé", "Lefèvre", "zoe@example.org"]]
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    data = {"people": "", "file": (BytesIO(content), "liste.csv")}
    assert organiser.post(address(party), data=data).status_code == 303
    assert [(row.name, row.email) for row in party.attendees()] == [("Zoé Lefèvre", "zoe@example.org")]


def test_bad_lines_stay_in_the_field_and_are_named(party: Party, organiser: Browser) -> None:
    people = "anne@example.org\nbob@nulle part\nanne@example.org\n\nCarole sans adresse\ndan@example.org"
    response = organiser.post(address(party), data={"people": people})
    page = plain(response)
    assert response.status_code == 422
    assert emails(party) == ["anne@example.org", "dan@example.org"]
    field = re.search(r"<textarea[^>]*name=\"people\"[^>]*>(.*?)</textarea>", response.get_data(as_text=True), re.S)
    assert field is not None
    assert field[1].split("\n")[-1].strip() == "Carole sans adresse" and "bob@nulle part" in field[1]
    assert "Ligne 2 :" in page and "Ligne 5 :" in page
    assert "Ligne 3 : anne@example.org, déjà à la ligne 1" in page


def test_a_huge_file_is_refused_and_not_repeated(party: Party, organiser: Browser) -> None:
    fields = b'--x\r\nContent-Disposition: form-data; name="people"\r\n\r\nanne@example.org\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="liste.csv"\r\n\r\n'
    body = fields + file + b"zoe@example.org\n" * 100_000 + b"\r\n--x--\r\n"
    response = organiser.post(address(party), data=body, content_type="multipart/form-data; boundary=x")
    page = plain(response)
    assert response.status_code == 422
    assert "anne@example.org" in page and "1 Mo" in page
    assert len(page) < 100_000 and emails(party) == []


def test_who_is_on_the_list_stays_once(party: Party, organiser: Browser) -> None:
    party.list("anne@example.org")
    response = organiser.post(
        address(party), data={"people": "ANNE@example.org\nbob@example.org\nBob <bob@example.org>"}
    )
    assert response.status_code == 303
    assert emails(party) == ["anne@example.org", "bob@example.org"]
    page = plain(organiser.get(address(party)))
    assert "Déjà sur la liste, gardées une fois : ligne 1, ANNE@example.org ; ligne 3, bob@example.org" in page


def test_who_was_on_the_list_is_named_by_line_beside_bad_lines_too(party: Party, organiser: Browser) -> None:
    party.list("anne@example.org")
    page = plain(organiser.post(address(party), data={"people": "bob\nanne@example.org"}))
    assert "Ligne 2 : anne@example.org" in page


def test_who_is_pasted_and_in_the_file_is_named_by_both_lines(party: Party, organiser: Browser) -> None:
    content = b"E-mail\nzoe@example.org\nanne@example.org\n"
    data = {"people": "bob\nanne@example.org", "file": (BytesIO(content), "liste.csv")}
    page = plain(organiser.post(address(party), data=data))
    assert "Ligne 3 : anne@example.org, déjà à la ligne 2" in page
    assert emails(party) == ["anne@example.org", "zoe@example.org"]


def test_nothing_to_add_says_so(party: Party, organiser: Browser) -> None:
    response = organiser.post(address(party), data={"people": " "})
    assert response.status_code == 422 and "Collez des adresses" in plain(response)


def test_sending_twice_invites_once(party: Party, organiser: Browser) -> None:
    party.list("anne@example.org", "bob@example.org")
    for _ in range(2):
        assert organiser.post(address(party, "/send")).status_code == 303
    party.work()
    assert sorted(letter.row.recipient for letter in party.letters()) == ["anne@example.org", "bob@example.org"]
    page = plain(organiser.get(address(party)))
    assert "En file" in page and "Envoyer les invitations à" not in page


def test_without_a_venue_the_page_warns(party: Party, organiser: Browser) -> None:
    party.list("anne@example.org")
    assert "Aucun lieu n’est réservé" in plain(organiser.get(address(party)))
    party.event.venue_name = "Domaine"
    session().commit()
    assert "Aucun lieu n’est réservé pour l’instant : les invitations" not in plain(organiser.get(address(party)))


def test_a_draft_can_be_filled_and_not_sent(party: Party, organiser: Browser) -> None:
    party.event.state = EventState.DRAFT
    session().commit()
    assert organiser.post(address(party), data={"people": "anne@example.org"}).status_code == 303
    response = organiser.post(address(party, "/send"), follow_redirects=True)
    assert "encore un brouillon" in plain(response)
    assert session().scalar(select(Invitation.id)) is None


def test_answers_are_seen_at_once(party: Party, organiser: Browser, new_client: Callable[[], Browser]) -> None:
    party.list("anne@example.org", "bob@example.org")
    party.send()
    token = party.invitation("anne@example.org").token
    assert new_client().post(f"/i/{token}", data={"answer": "accepted", "comment": "Végétarienne", "dates": "0"})
    page = plain(organiser.get(address(party)))
    assert "Végétarienne" in page and "1 oui" in page and "1 sans réponse" in page
    only = plain(organiser.get(address(party, "?show=yes")))
    assert "anne@example.org" in only and "bob@example.org" not in only


def test_correcting_a_name_and_an_address(party: Party, organiser: Browser) -> None:
    (attendee,) = party.list("anne@example.org")
    edit = f"/company/events/attendees/{attendee.id}/edit"
    response = organiser.post(edit, data={"name": "Anne Leroy", "email": "anne@nulle part"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422 and "Anne Leroy" in page and "anne@nulle part" in page
    assert "Corrigez-la" in page
    assert organiser.post(edit, data={"name": "Anne Leroy", "email": "anne.leroy@example.org"}).status_code == 303
    row = session().get_one(Attendee, attendee.id)
    assert (row.name, row.email) == ("Anne Leroy", "anne.leroy@example.org")


def test_removing_and_sending_again(party: Party, organiser: Browser) -> None:
    anne, bob = party.list("anne@example.org", "bob@example.org")
    party.send()
    party.deliver()
    assert organiser.post(f"/company/events/attendees/{anne.id}/remove").status_code == 303
    assert organiser.post(f"/company/events/attendees/{bob.id}/resend").status_code == 303
    party.work()
    assert [letter.method for letter in party.letters(to="anne@example.org")] == ["REQUEST", "CANCEL"]
    assert [letter.method for letter in party.letters(to="bob@example.org")] == ["REQUEST", "REQUEST"]
    assert "anne@example.org" not in plain(organiser.get(address(party)))


def test_a_cancelled_event_keeps_its_list(party: Party, organiser: Browser) -> None:
    (attendee,) = party.list("anne@example.org")
    party.event.state = EventState.CANCELLED
    session().commit()
    page = plain(organiser.get(address(party)))
    assert "anne@example.org" in page and "Ajouter des participants" not in page
    response = organiser.post(address(party), data={"people": "bob@example.org"})
    assert response.status_code == 422
    organiser.post(f"/company/events/attendees/{attendee.id}/remove")
    assert emails(party) == ["anne@example.org"]


def test_one_row_and_many_cost_the_same(party: Party, organiser: Browser, count_statements: Callable[[], Any]) -> None:
    url = address(party)

    def cost() -> int:
        with count_statements() as statements:
            assert organiser.get(url).status_code == 200
        return len(statements)

    party.list("anne@example.org")
    few = cost()
    party.list(*(f"invite{n}@example.org" for n in range(60)))
    party.send()
    rows = session().scalars(select(Invitation)).all()
    for number, row in enumerate(rows):
        row.state, row.answer = DeliveryState.SENT, list(Answer)[number % 4]
    session().commit()
    assert cost() == few <= 12


def test_after_an_edit_the_guests_can_be_told(party: Party, organiser: Browser) -> None:
    party.list("anne@example.org")
    party.send()
    event = party.event
    typed = {
        "title": "Séminaire produit et design",
        "starts": f"{event.starts_local:%Y-%m-%dT%H:%M}",
        "ends": f"{event.ends_local:%Y-%m-%dT%H:%M}",
        "zone": event.zone,
        "headcount": "40",
    }
    edit = f"/company/events/{event.slug}/edit"
    assert "Prévenez les invités" in plain(organiser.post(edit, data=typed, follow_redirects=True))
    moved = organiser.post(edit, data=typed | {"starts": f"{event.starts_local:%Y-%m-%d}T07:00"})
    assert moved.status_code == 422 and "elles seront prévenues" in plain(moved)
    assert "Une personne est prévenue" in plain(organiser.post(address(party, "/notify"), follow_redirects=True))
    party.work()
    assert str(party.letters()[-1].event["SUMMARY"]) == "Séminaire produit et design"
