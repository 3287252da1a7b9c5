"""Moving and cancelling over HTTP: nothing changes without everyone's agreement, and the cost is read before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.availability.models import Reservation, ReservationState
from app.bookings.models import Booking, Move, MoveState
from app.core.db import session
from app.events.models import EventState
from app.invites.models import Answer
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.invite_parts import Party

WEEK = timedelta(days=7)


class Trip:
    """A booked and paid event with two guests, its organiser's browser and its provider's."""

    def __init__(self, party: Party, factories: Factories, new_client: Callable[[], Browser]) -> None:
        self.party, self.factories = party, factories
        self.booking = self.book()
        self.organiser = new_client().log_in(party.organiser)
        self.seller: User = factories.member(self.booking.provider, Role.SELLER)
        self.provider = new_client().log_in(self.seller)
        party.list("anne@example.org", "bob@example.org")
        party.send()
        party.deliver()

    def book(self) -> Booking:
        return self.factories.booking(self.party.event, offer=self.factories.offer())

    @property
    def slug(self) -> str:
        return self.party.event.slug

    def propose(self, starts: datetime, ends: datetime | None = None, **more: str) -> Any:
        ends = ends or starts + timedelta(hours=8)
        typed = {"starts_local": f"{starts:%Y-%m-%dT%H:%M}", "ends_local": f"{ends:%Y-%m-%dT%H:%M}"}
        return self.organiser.post(f"/company/events/{self.slug}/move", data=typed | more)

    def move(self) -> Move | None:
        session().rollback()
        return session().scalars(select(Move).order_by(Move.id.desc())).first()

    def cancel_form(self, url: str, **typed: str) -> Any:
        fee = re.search(r'name="fee_cents"[^>]*value="(\d+)"', self.organiser.get(url).get_data(as_text=True))
        assert fee is not None
        return self.organiser.post(url, data={"fee_cents": fee[1], "reason": "", **typed})


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", page.get_data(as_text=True).replace("\u202f", " ").replace("\u00a0", " "))


@pytest.fixture
def trip(party: Party, factories: Factories, new_client: Callable[[], Browser]) -> Trip:
    return Trip(party, factories, new_client)


def test_a_move_that_is_agreed_changes_everything_at_once(trip: Trip) -> None:
    event, old = trip.party.event, trip.party.event.starts_local
    token = trip.party.invitation("anne@example.org").token
    trip.organiser.post(f"/i/{token}", data={"answer": "accepted", "comment": "", "dates": "0"})
    first = {letter.row.recipient: letter for letter in trip.party.letters("invites/invitation")}
    assert trip.propose(old + WEEK, reason="Salle en travaux").status_code == 303
    assert "Réponse attendue" in plain(trip.organiser.get(f"/company/events/{trip.slug}/move"))
    trip.party.work()
    (asked,) = trip.party.letters("bookings/move_proposed", to=trip.seller.email)
    answer = session().scalars(select(Move)).one().answers[0].id
    assert f"/provider/moves/{answer}" in asked.text and "Salle en travaux" in asked.text
    assert event.starts_local == old
    assert "Salle en travaux" in plain(trip.provider.get(f"/provider/moves/{answer}"))
    assert trip.provider.post(f"/provider/moves/{answer}/agree", data={"reason": ""}).status_code == 303
    trip.party.work()
    assert (event.starts_local, trip.booking.starts_at) == (old + WEEK, event.starts_at)
    for email, letter in first.items():
        update = trip.party.letters("invites/moved", to=email)[0]
        assert (update.event["UID"], update.event["SEQUENCE"]) == (letter.event["UID"], 1)
        assert update.event["DTSTART"].dt == event.starts_at
    assert trip.party.invitation("anne@example.org").answer == Answer.NEEDS_ACTION
    for kind, uid in (
        ("bookings/moved_company", trip.booking.company_ical_uid),
        ("bookings/moved_provider", trip.booking.provider_ical_uid),
    ):
        (letter,) = trip.party.letters(kind)
        assert (letter.method, str(letter.event["UID"]), letter.event["SEQUENCE"]) == ("REQUEST", uid, 1)


def test_a_move_that_is_declined_changes_nothing(trip: Trip) -> None:
    old = trip.party.event.starts_local
    trip.propose(old + WEEK)
    move = trip.move()
    assert move is not None
    answer = move.answers[0].id
    data = {"reason": "Nous sommes fermés cette semaine-là"}
    assert trip.provider.post(f"/provider/moves/{answer}/decline", data=data).status_code == 303
    trip.party.work()
    assert (trip.party.event.starts_local, trip.booking.ical_sequence) == (old, 0)
    (letter,) = trip.party.letters("bookings/move_answered")
    assert "fermés cette semaine-là" in letter.text and letter.row.recipient == trip.party.organiser.email
    assert "fermés cette semaine-là" in plain(trip.organiser.get(f"/company/events/{trip.slug}/move"))
    again = trip.provider.post(f"/provider/moves/{answer}/agree", data={"reason": ""})
    assert again.status_code == 409 and "déjà reçu sa réponse" in plain(again)


def test_a_slot_that_is_taken_is_said_at_once(trip: Trip) -> None:
    event, offer = trip.party.event, trip.booking.quote.request.offer
    other = trip.factories.event(starts_at=event.starts_at + WEEK, ends_at=event.ends_at + WEEK)
    trip.factories.booking(other, offer=offer)
    response = trip.propose(event.starts_local + WEEK, reason="Un mot")
    page = plain(response)
    assert response.status_code == 422 and f"n’est pas libre chez {trip.booking.provider.name}" in page
    assert "Un mot" in page and f"{event.starts_local + WEEK:%Y-%m-%dT%H:%M}" in response.get_data(as_text=True)
    assert trip.move() is None


def test_an_hour_later_is_no_clash_with_itself(trip: Trip) -> None:
    assert trip.propose(trip.party.event.starts_local + timedelta(hours=1)).status_code == 303


def test_a_slot_taken_before_the_agreement_changes_nothing(trip: Trip) -> None:
    event, offer = trip.party.event, trip.booking.quote.request.offer
    trip.propose(event.starts_local + WEEK)
    other = trip.factories.event(starts_at=event.starts_at + WEEK, ends_at=event.ends_at + WEEK)
    trip.factories.booking(other, offer=offer)
    move = trip.move()
    assert move is not None
    response = trip.provider.post(f"/provider/moves/{move.answers[0].id}/agree", data={"reason": ""})
    assert response.status_code == 409 and "rien n’a changé" in plain(response)
    move = trip.move()
    assert move is not None and move.state == MoveState.PROPOSED and move.answers[0].agreed_at is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts_local": "", "ends_local": ""}, "Indiquez le jour et l’heure"),
        ({"starts_local": "demain", "ends_local": "après"}, "Indiquez un jour et une heure"),
        ({"starts_local": "2020-01-01T09:00", "ends_local": "2020-01-01T17:00"}, "Cette date est passée"),
        ({"starts_local": "2028-03-01T17:00", "ends_local": "2028-03-01T09:00"}, "La fin est avant le début"),
        ({"starts_local": "2028-03-26T02:30", "ends_local": "2028-03-26T09:00"}, "n’existe pas ce jour-là"),
    ],
)
def test_times_that_cannot_be_are_refused_beside_the_field(trip: Trip, typed: dict[str, str], sentence: str) -> None:
    response = trip.organiser.post(f"/company/events/{trip.slug}/move", data={**typed, "reason": "Mon mot"})
    page = plain(response)
    assert response.status_code == 422 and sentence in page and "Mon mot" in page
    assert typed["starts_local"] in page


def test_a_proposal_can_be_withdrawn(trip: Trip) -> None:
    trip.propose(trip.party.event.starts_local + WEEK)
    move = trip.move()
    assert move is not None
    assert trip.organiser.post(f"/company/moves/{move.id}/withdraw").status_code == 303
    trip.party.work()
    assert len(trip.party.letters("bookings/move_withdrawn", to=trip.seller.email)) == 1
    assert "retiré sa proposition" in plain(trip.provider.get(f"/provider/moves/{move.answers[0].id}"))


def test_without_bookings_the_event_moves_at_once(party: Party, client: Browser) -> None:
    client.log_in(party.organiser)
    starts = party.event.starts_local + WEEK
    data = {"starts_local": f"{starts:%Y-%m-%dT%H:%M}", "ends_local": f"{starts + timedelta(hours=3):%Y-%m-%dT%H:%M}"}
    assert client.post(f"/company/events/{party.event.slug}/move", data=data).status_code == 303
    session().expire_all()
    assert party.event.starts_local == starts


def test_cancelling_a_booking_says_what_it_costs(trip: Trip) -> None:
    url = f"/company/bookings/{trip.booking.id}/cancel"
    assert "Frais d’annulation" in plain(trip.organiser.get(url))
    refused = trip.cancel_form(url, reason="Budget coupé")
    assert refused.status_code == 422 and "Cochez pour confirmer" in plain(refused) and "Budget coupé" in plain(refused)
    assert trip.cancel_form(url, reason="Budget coupé", agreed="y").status_code == 303
    trip.party.work()
    for kind in ("bookings/cancelled_company", "bookings/cancelled_provider"):
        (letter,) = trip.party.letters(kind)
        assert (letter.method, letter.event["SEQUENCE"]) == ("CANCEL", 1)
        assert "Budget coupé" in letter.text
    reservation = session().get_one(Reservation, trip.booking.reservation_id)
    assert reservation.state == ReservationState.RELEASED


def test_a_cost_that_has_risen_since_is_read_again(trip: Trip) -> None:
    url = f"/company/bookings/{trip.booking.id}/cancel"
    trip.booking.starts_at, trip.booking.ends_at = now() + timedelta(days=20), now() + timedelta(days=21)
    session().commit()
    response = trip.organiser.post(url, data={"fee_cents": "0", "reason": "", "agreed": "y"})
    assert response.status_code == 422 and "Le coût a changé" in plain(response)


def test_a_provider_who_cancels_says_why(trip: Trip) -> None:
    url = f"/provider/bookings/{trip.booking.id}/cancel"
    refused = trip.provider.post(url, data={"reason": " ", "agreed": "y"})
    assert refused.status_code == 422 and "le client le lira" in plain(refused)
    assert trip.provider.post(url, data={"reason": "Dégât des eaux", "agreed": "y"}).status_code == 303
    trip.party.work()
    (letter,) = trip.party.letters("bookings/cancelled_company")
    assert "Dégât des eaux" in letter.text and "Tout ce que vous avez versé vous est rendu" in letter.text


def test_cancelling_the_event_cancels_all(trip: Trip) -> None:
    url = f"/company/events/{trip.slug}/cancel"
    page = plain(trip.organiser.get(url))
    assert trip.booking.provider.name in page and "2 personnes invitées" in page
    assert trip.cancel_form(url, agreed="y").status_code == 303
    trip.party.work()
    assert trip.party.event.state == EventState.CANCELLED
    methods = [trip.party.letters(to=email)[-1].method for email in ("anne@example.org", "bob@example.org")]
    assert methods == ["CANCEL", "CANCEL"]
    assert len(trip.party.letters("bookings/cancelled_provider")) == 1
    assert "déjà annulé" in plain(trip.organiser.get(url))
    again = trip.organiser.post(url, data={"fee_cents": "0", "reason": "", "agreed": "y"}, follow_redirects=True)
    assert "déjà annulé ou terminé" in plain(again)


def test_a_confirmation_for_each_sides_own_calendar(trip: Trip) -> None:
    (company,), (provider,) = (trip.party.letters(f"bookings/confirmed_{side}") for side in ("company", "provider"))
    booking = trip.booking
    for letter, uid, to in (
        (company, booking.company_ical_uid, trip.party.organiser.email),
        (provider, booking.provider_ical_uid, trip.seller.email),
    ):
        event = letter.event
        assert (letter.method, str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", uid, 0)
        assert (letter.row.recipient, str(event["ATTENDEE"])) == (to, f"mailto:{to}")
        assert letter.mail["Cc"] is None and letter.mail["Bcc"] is None
        names = [part.get_filename() for part in letter.mail.iter_attachments()]
        assert names == ["invite.ics", "devis.pdf"]
        assert event["DTSTART"].dt == booking.starts_at
    assert company.event["UID"] != provider.event["UID"]
