"""Questions on the page of an offer: asked by a company, answered by the provider, read by all, and nobody's name."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Company, Provider
from app.accounts.roles import Role
from app.core.db import session
from app.offers.models import Offer, OfferQuestion, OfferState, QuestionState
from app.offers.questions import OPEN_MOST
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.web.test_accounts_registration import mails
from workers.outbox import drain

TEXT = "Peut-on garer un autocar devant la maison ?"
ANSWER = "Oui, un autocar de 50 places tient dans la cour."


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider()


@pytest.fixture
def offer(factories: Factories, provider: Provider) -> Offer:
    return factories.offer(provider, title="Moulin")


@pytest.fixture
def company(factories: Factories) -> Company:
    return factories.company(name="Halage et fils")


@pytest.fixture
def organiser(new_client: Any, factories: Factories, company: Company) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.member(company, Role.ORGANISER))


@pytest.fixture
def seller(new_client: Any, factories: Factories, provider: Provider) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.seller(provider)[0])


@pytest.fixture
def operator(new_client: Any, factories: Factories) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.operator())


def ask(organiser: Browser, offer: Offer, text: str = TEXT) -> Any:
    return organiser.post(f"/offers/{offer.id}/questions", data={"text": text})


def page(client: Browser, offer: Offer) -> str:
    return client.get(f"/offers/{offer.id}-moulin").text


def only() -> OfferQuestion:
    return session().scalars(select(OfferQuestion)).one()


def subjects() -> list[tuple[str, str]]:
    drain()
    return [(recipient, subject) for recipient, subject, _ in mails()]


def test_a_question_is_answered_and_published_without_saying_who_asked(
    client: Browser, organiser: Browser, seller: Browser, offer: Offer
) -> None:
    assert "Poser la question" in page(organiser, offer)
    assert "Connectez-vous" in page(client, offer) and "Poser la question" not in page(seller, offer)
    assert ask(organiser, offer).location == f"/offers/{offer.id}-moulin"
    assert TEXT not in page(client, offer) and "attend une réponse" in page(organiser, offer)
    assert any("Une question sur" in subject for _, subject in subjects())
    waiting = seller.get("/provider/questions").text
    assert TEXT in waiting and "Halage" not in waiting
    assert seller.post(f"/provider/questions/{only().id}", data={"answer": ANSWER}).status_code == 303
    assert any("Réponse à votre question" in subject for _, subject in subjects())
    for reader in (client, organiser, seller):
        assert TEXT in page(reader, offer) and ANSWER in page(reader, offer)
    assert "Halage" not in page(client, offer) and "attend une réponse" not in page(organiser, offer)
    before = len(subjects())
    assert seller.post(f"/provider/questions/{only().id}", data={"answer": ANSWER + " Deux, même."}).status_code == 303
    assert "Deux, même." in page(client, offer) and len(subjects()) == before, "a correction tells nobody"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Parking ?", "phrase entière"),
        ("a" * 1001, "Au plus"),
        ("Écrivez-nous à camille@halage.example pour la suite", "Sans adresse"),
        ("Appelez-moi au 06 12 34 56 78 demain matin", "Sans adresse"),
        ("Nous sommes HALAGE ET FILS, pouvons-nous venir ?", "Ne nommez pas"),
    ],
)
def test_a_question_that_cannot_be_published_is_kept_and_explained(
    organiser: Browser, offer: Offer, text: str, words: str
) -> None:
    response = ask(organiser, offer, text)
    assert response.status_code == 422 and words in response.text and text in response.text
    assert session().scalars(select(OfferQuestion)).all() == []


def test_an_answer_may_not_name_who_asked(organiser: Browser, seller: Browser, offer: Offer) -> None:
    ask(organiser, offer)
    refused = seller.post(f"/provider/questions/{only().id}", data={"answer": "Bien sûr, chers Halage et fils."})
    assert refused.status_code == 422 and "Ne nommez pas" in refused.text and "chers Halage" in refused.text
    assert only().state == QuestionState.OPEN


def test_a_company_waits_for_answers_before_it_asks_more(organiser: Browser, offer: Offer) -> None:
    for number in range(OPEN_MOST):
        assert ask(organiser, offer, f"{TEXT} ({number})").status_code == 303
    refused = ask(organiser, offer)
    assert refused.status_code == 422 and "Attendez une réponse" in refused.text


def test_what_the_operator_hides_is_gone_and_both_are_told(
    client: Browser, organiser: Browser, seller: Browser, operator: Browser, offer: Offer
) -> None:
    ask(organiser, offer)
    seller.post(f"/provider/questions/{only().id}", data={"answer": ANSWER})
    assert "Halage et fils" in operator.get("/operator/questions").text, "the operator reads who asked"
    drain()
    here = f"/operator/questions/{only().id}"
    assert operator.post(here + "/hide", data={"reason": "non"}).status_code == 422
    already = len(subjects())
    assert operator.post(here + "/hide", data={"reason": "Ce n’est pas une question."}).status_code == 303
    assert TEXT not in page(client, offer) and TEXT not in seller.get("/provider/questions").text
    assert len([one for one in subjects()[already:] if "ne paraît plus" in one[1]]) == 2
    assert operator.post(here + "/restore").status_code == 303
    assert TEXT in page(client, offer)
    assert operator.post(here + "/restore").status_code == 409


def test_questions_are_about_offers_on_sale_only(organiser: Browser, offer: Offer) -> None:
    offer.state = OfferState.PAUSED
    session().commit()
    assert ask(organiser, offer).status_code == 404


def test_the_list_asks_the_database_a_bounded_number_of_times(
    seller: Browser, operator: Browser, offer: Offer, company: Company, factories: Factories, count_statements: Any
) -> None:
    counts = []
    for number in (1, 30):
        for each in range(number):
            said = {"text": f"{TEXT} {each}", "asked_at": now()}
            factories.add(OfferQuestion(offer_id=offer.id, company_id=company.id, **said))
        with count_statements() as statements:
            assert seller.get("/provider/questions").status_code == 200
            assert operator.get("/operator/questions").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, counts
