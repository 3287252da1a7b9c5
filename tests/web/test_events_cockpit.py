"""The cockpit says what was decided, what is next, and what must not be missed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Company, User
from app.accounts.roles import Role
from app.availability.models import Reservation, ReservationState, Unit, span
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.events.models import Event, Need, Pick
from app.invites.models import Answer
from app.payments.models import (
    Attempt,
    AttemptState,
    Instalment,
    InstalmentKind,
    InstalmentState,
    Refund,
    RefundState,
)
from app.quotes.models import Quote, QuoteState, RequestState
from tests.conftest import Browser
from tests.factories import Factories, in_days, now


@pytest.fixture
def people(factories: Factories) -> tuple[User, Company]:
    return factories.organiser()


@pytest.fixture
def event(factories: Factories, people: tuple[User, Company]) -> Event:
    return factories.event(people[1], people[0], budget_cents=1_000_000)


@pytest.fixture
def organiser(client: Browser, people: tuple[User, Company]) -> Browser:
    return client.log_in(people[0])


def read(client: Browser, event: Event) -> str:
    page = client.get(f"/company/events/{event.slug}")
    assert page.status_code == 200
    return page.text.replace("\u202f", " ").replace("\u00a0", " ")


def step(page: str) -> str:
    """What the one primary button of the page's head says."""
    head = page.split('class="page-head"')[1].split('class="cockpit"')[0]
    found = re.search(r'class="button go"[^>]*>([^<]*)<', head)
    return found[1] if found else ""


def book(factories: Factories, event: Event, need: Need, **values: Any) -> Booking:
    offer = factories.offer()
    quote = factories.quote(factories.request(offer, need))
    quote.state = QuoteState.ACCEPTED
    unit = session().query(Unit).filter_by(offer_id=offer.id).one()
    taken = Reservation(unit_id=unit.id, during=span(event.starts_at, event.ends_at), state=ReservationState.BOOKED)
    factories.add(taken)
    booking = Booking(
        **{
            "event_id": event.id,
            "quote_id": quote.id,
            "company_id": event.company_id,
            "provider_id": quote.provider_id,
            "reservation_id": taken.id,
            "state": BookingState.CONFIRMED,
            "confirmed_at": now(),
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
            "headcount": 40,
            "net_cents": quote.net_cents,
            "gross_cents": quote.gross_cents,
            "terms": quote.terms,
            "company_ical_uid": f"c{quote.id}@e.test",
            "provider_ical_uid": f"p{quote.id}@e.test",
        }
        | values
    )
    factories.add(booking)
    return booking


def test_the_next_step_follows_what_is_there(organiser: Browser, factories: Factories, event: Event) -> None:
    assert step(read(organiser, event)) == "Dire ce qu’il vous faut"
    need = factories.need(event)
    assert step(read(organiser, event)) == "Choisir des offres : Journée d’étude"
    offer = factories.offer()
    factories.add(Pick(need_id=need.id, offer_id=offer.id))
    assert step(read(organiser, event)) == "Demander 1 devis"
    session().query(Pick).delete()
    request = factories.request(offer, need)
    assert step(read(organiser, event)) == ""
    factories.quote(request)
    assert step(read(organiser, event)) == "Examiner le devis reçu"
    factories.quote(factories.request(factories.offer(), need))
    assert step(read(organiser, event)) == "Comparer 2 devis"
    book(factories, event, need)
    assert step(read(organiser, event)) == "Ajouter les participants"
    factories.attendee(event)
    assert step(read(organiser, event)) == "Envoyer les invitations"


def test_an_unpaid_booking_comes_first(organiser: Browser, factories: Factories, event: Event) -> None:
    until = now() + timedelta(hours=2)
    book(factories, event, factories.need(event), state=BookingState.HELD, confirmed_at=None, expires_at=until)
    page = read(organiser, event)
    assert step(page).startswith("Payer l’acompte à") and "Sans paiement d’ici là" in page


def test_an_overdue_booking_counts_no_more(organiser: Browser, factories: Factories, event: Event) -> None:
    late = now() - timedelta(minutes=1)
    book(factories, event, factories.need(event), state=BookingState.HELD, confirmed_at=None, expires_at=late)
    page = read(organiser, event)
    assert "Sans paiement" not in page and "engagé 0 €" in page


def test_budget_against_commitments(organiser: Browser, factories: Factories, event: Event) -> None:
    book(factories, event, factories.need(event))
    open_need = factories.need(event)
    dear = factories.quote(factories.request(factories.offer(), open_need))
    dear.net_cents, dear.vat_cents, dear.gross_cents = 400_000, 80_000, 480_000
    session().commit()
    factories.quote(factories.request(factories.offer(), open_need))
    page = read(organiser, event)
    each = session().query(Quote).order_by(Quote.id).first()
    assert each is not None and each.gross_cents == 292_800
    assert "engagé 2 928 €" in page and "à choisir, dès 2 928 €" in page
    assert "4 144 €" in page and "103 € par personne" in page


def test_replies_and_the_free_reduction(organiser: Browser, factories: Factories, event: Event) -> None:
    soon = in_days(14)
    event.starts_at, event.ends_at = soon, soon + timedelta(hours=8)
    session().commit()
    book(factories, event, factories.need(event))
    for answer in (Answer.ACCEPTED, Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED, Answer.NEEDS_ACTION):
        factories.invitation(factories.attendee(event), answer=answer)
    page = read(organiser, event)
    assert "Encore 4 jours" in page and "jusqu’à 36 : 2 oui sur 40" in page
    assert "2 oui, 1 peut-être, 1 non, 1 sans réponse" in page


def test_quotes_that_expire_and_needs_nobody_can_meet(organiser: Browser, factories: Factories, event: Event) -> None:
    soon = factories.quote(factories.request(factories.offer(), factories.need(event)), valid_until=in_days(2))
    refused = factories.request(factories.offer(), factories.need(event, category="catering"))
    refused.state = RequestState.DECLINED
    session().commit()
    page = read(organiser, event)
    assert f"Le devis de {soon.provider.name} expire bientôt" in page
    assert "Traiteur : personne ne peut" in page


def test_payments_in_one_calendar(organiser: Browser, factories: Factories, event: Event) -> None:
    booking = book(factories, event, factories.need(event))
    paid = {"kind": InstalmentKind.DEPOSIT, "state": InstalmentState.PAID, "paid_at": now(), "amount_cents": 87_840}
    late = {"kind": InstalmentKind.BALANCE, "state": InstalmentState.OVERDUE, "amount_cents": 204_960}
    for position, values in enumerate((paid, late), 1):
        row = Instalment(booking_id=booking.id, position=position, due_on=in_days(-1 + position).date(), **values)
        factories.add(row)
    page = read(organiser, event)
    assert "878,40 €" in page and "2 049,60 €" in page and "Paiement en retard" in page
    assert step(page).startswith("Régler")


def test_an_approver_sees_but_is_offered_nothing_to_change(
    new_client: Any, factories: Factories, event: Event, people: tuple[User, Company]
) -> None:
    factories.need(event)
    page = read(new_client().log_in(factories.member(people[1], Role.APPROVER)), event)
    assert "Journée d’étude" in page
    assert "Ajouter un besoin" not in page and "Modifier" not in page and step(page) == ""


def test_what_people_type_is_never_markup(organiser: Browser, factories: Factories, event: Event) -> None:
    event.title = event.description = "<script>alert(1)</script>"
    event.programme = [{"at": "2027-03-11T09:00", "title": "<b>x</b>", "note": ""}]
    session().commit()
    factories.need(event, requirements=[{"code": "other-1", "label": "<i>vue</i>"}])
    page = read(organiser, event)
    assert "<script>alert" not in page and "<b>x</b>" not in page and "<i>vue" not in page


def test_a_cancelled_booking_says_so_and_what_went_back(organiser: Browser, factories: Factories, event: Event) -> None:
    need = factories.need(event)
    booking = book(factories, event, need)
    paid = Instalment(
        booking_id=booking.id, position=0, kind=InstalmentKind.DEPOSIT, amount_cents=30_000,
        state=InstalmentState.PAID, due_on=now().date(), paid_at=now(),
    )  # fmt: skip
    factories.add(paid)
    attempt = Attempt(
        instalment_id=paid.id,
        number=1,
        idempotency_key="a",
        amount_cents=30_000,
        state=AttemptState.SUCCEEDED,
        created_at=now(),
    )
    factories.add(attempt)
    assert "Accepté" in organiser.get(f"/company/events/{event.slug}").text
    booking.state, booking.cancelled_at = BookingState.CANCELLED, now()
    back = Refund(
        booking_id=booking.id, attempt_id=attempt.id, amount_cents=12_000, state=RefundState.SUCCEEDED,
        idempotency_key="r", created_at=now(),
    )  # fmt: skip
    factories.add(back)
    page = read(organiser, event)
    assert "Annulée" in page and "Accepté" not in page
    assert "dont 120,00 € TTC remboursés" in page
    back.amount_cents = 30_000
    session().commit()
    page = read(organiser, event)
    assert "Remboursé" in page and "Payé" not in page
