"""The company's side: comparing, reading, accepting, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Company, User
from app.accounts.roles import Role
from app.availability import service as availability
from app.bookings.models import Booking
from app.core.db import session, transaction
from app.events.models import Event, Need
from app.payments.models import Instalment
from app.quotes.models import Acceptance, QuoteState, RequestState
from tests.conftest import Browser
from tests.factories import Factories, now


@pytest.fixture
def office(factories: Factories, client: Browser) -> tuple[User, Company]:
    """An organiser, logged in, and her company."""
    user, company = factories.organiser()
    client.log_in(user, company.id)
    return user, company


@pytest.fixture
def need(factories: Factories, office: tuple[User, Company]) -> Need:
    user, company = office
    return factories.need(factories.event(company, user))


def url(need: Need, query: str = "") -> str:
    slug = session().get_one(Event, need.event_id).slug
    return f"/company/events/{slug}/needs/{need.id}/compare{query}"


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_any_number_of_quotes_stands_side_by_side(
    client: Browser, factories: Factories, need: Need, count: int
) -> None:
    quotes = [factories.quote(factories.request(need=need)) for _ in range(count)]
    page = client.get(url(need))
    assert page.status_code == 200, page.text[-2000:]
    for quote in quotes:
        assert quote.provider.name in page.text
        assert f"/company/quotes/{quote.id}/accept" in page.text
    assert plain(page.text).count("115 €") >= 2 * count  # in the table and in the cards: 73,20 + 41,80 of dinner


def test_an_asked_for_option_is_added_and_said(client: Browser, factories: Factories, need: Need) -> None:
    factories.quote(factories.request(need=need))
    text = plain(client.get(url(need)).text)
    assert "115 €" in text  # 73,20 + 41,80 of dinner
    assert "avec dîner" in text


def test_the_headcount_recomputes_and_nonsense_keeps_what_was_typed(
    client: Browser, factories: Factories, need: Need
) -> None:
    factories.quote(factories.request(need=need))
    text = plain(client.get(url(need, "?headcount=20")).text)
    assert "142 €" in text  # 1 080 € hire + 20 × (46,20 + 41,80) = 2 840 €
    for nonsense in ("0", "beaucoup", "999999"):
        refused = client.get(url(need, f"?headcount={nonsense}"))
        assert refused.status_code == 422
        assert f'value="{nonsense}"' in refused.text


def test_what_is_missing_and_who_is_silent_are_named(client: Browser, factories: Factories, need: Need) -> None:
    need.requirements = [*need.requirements, {"code": "other-1", "label": "Un poney"}]
    factories.add(need)
    factories.quote(factories.request(need=need))
    declined = factories.request(need=need, state=RequestState.DECLINED, decline_reason="full\nMariage.")
    waiting = factories.request(need=need)
    lapsed = factories.quote(factories.request(need=need), valid_until=now() - timedelta(hours=1))
    page = client.get(url(need)).text
    assert "Aucun devis ne propose" in page and "Un poney" in page
    assert "Mariage." in page and declined.provider.name in page
    assert waiting.provider.name in page
    assert "Plus valables" in page
    assert f"/company/quotes/{lapsed.id}/accept" not in page


def test_a_need_without_quotes_says_what_comes(client: Browser, need: Need) -> None:
    assert "Pas encore de devis" in client.get(url(need)).text


def test_the_quote_page_and_its_document_as_stored(client: Browser, factories: Factories, need: Need) -> None:
    quote = factories.quote(factories.request(need=need))
    page = client.get(f"/company/quotes/{quote.id}")
    assert page.status_code == 200
    assert "2 928,00 €" in plain(page.text)
    pdf = client.get(f"/company/quotes/{quote.id}/pdf")
    assert quote.document is not None
    assert (pdf.mimetype, pdf.data) == ("application/pdf", quote.document.content)


def test_accepting_signs_holds_and_opens_the_schedule(
    client: Browser, factories: Factories, need: Need, office: tuple[User, Company]
) -> None:
    quote = factories.quote(factories.request(need=need))
    loser = factories.quote(factories.request(need=need))
    page = client.get(f"/company/quotes/{quote.id}/accept").text
    assert quote.document is not None
    assert quote.document.sha256 in page
    assert "878,40 €" in plain(page)

    unticked = client.post(f"/company/quotes/{quote.id}/accept")
    assert unticked.status_code == 422
    assert "Cochez la case" in unticked.text

    answer = client.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"})
    assert answer.status_code == 303, answer.text[-2000:]
    booking = session().scalars(select(Booking)).one()
    assert answer.location == f"/company/bookings/{booking.id}"
    signed = session().scalars(select(Acceptance)).one()
    assert (signed.user_id, signed.document_sha256) == (office[0].id, quote.document.sha256)
    amounts = session().scalars(select(Instalment.amount_cents).order_by(Instalment.position)).all()
    assert amounts == [87_840, 204_960]
    assert loser.state == QuoteState.DECLINED

    again = client.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"})
    assert again.status_code == 409
    assert "déjà accepté" in plain(again.text)
    late = client.get(f"/company/quotes/{loser.id}/accept")
    assert late.status_code == 409
    assert "un autre a été retenu" in plain(late.text)
    assert "est retenu" in client.get(url(need)).text


def test_who_comes_second_to_the_last_slot_reads_why(client: Browser, factories: Factories, need: Need) -> None:
    quote = factories.quote(factories.request(need=need))
    with transaction():
        availability.take(quote.request.offer_id, quote.starts_at, quote.ends_at, expires_at=None, now=now())
    refused = client.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"})
    assert refused.status_code == 409
    assert "Le créneau vient d’être pris" in refused.text
    assert "Rien n’a été engagé" in refused.text
    assert quote.state == QuoteState.SENT
    assert session().scalars(select(Booking)).first() is None


def test_finance_reads_and_may_not_accept(
    client: Browser, factories: Factories, need: Need, office: tuple[User, Company]
) -> None:
    quote = factories.quote(factories.request(need=need))
    finance = factories.member(office[1], Role.FINANCE)
    client.log_in(finance, office[1].id)
    assert f"/company/quotes/{quote.id}/accept" not in client.get(url(need)).text
    assert client.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"}).status_code == 403


def test_a_stranger_and_another_provider_find_nothing(
    factories: Factories, need: Need, new_client: Callable[[], Browser]
) -> None:
    quote = factories.quote(factories.request(need=need))
    stranger, elsewhere = factories.organiser()
    other = new_client().log_in(stranger, elsewhere.id)
    for path in (url(need), f"/company/quotes/{quote.id}", f"/company/quotes/{quote.id}/pdf"):
        assert other.get(path).status_code == 404
    assert other.post(f"/company/quotes/{quote.id}/accept", data={"agreed": "y"}).status_code == 404
    seller, provider = factories.seller()
    rival = new_client().log_in(seller, provider.id)
    assert rival.get(f"/provider/quotes/{quote.id}/pdf").status_code == 404


def test_the_list_names_each_need_and_asks_as_much_for_many(
    client: Browser, factories: Factories, need: Need, office: tuple[User, Company], count_statements: Any
) -> None:
    factories.quote(factories.request(need=need))
    with count_statements() as one:
        page = client.get("/company/quotes").text
    assert "1 devis à comparer" in plain(page)
    event = factories.event(office[1], office[0])
    for _ in range(12):
        factories.request(need=factories.need(event))
    with count_statements() as many:
        client.get("/company/quotes")
    assert len(many) == len(one) <= 12


def test_five_quotes_cost_as_many_statements_as_one(
    client: Browser, factories: Factories, need: Need, count_statements: Any
) -> None:
    factories.quote(factories.request(need=need))
    with count_statements() as one:
        client.get(url(need))
    for _ in range(4):
        factories.quote(factories.request(need=need))
    with count_statements() as five:
        client.get(url(need))
    assert len(five) == len(one) <= 14
