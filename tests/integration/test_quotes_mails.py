"""Who is told what about requests and quotes: through the real drain, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.roles import Role
from app.core.db import session, transaction
from app.core.outbox import OutboxRow, OutboxState, publish
from app.mail.models import OutgoingMail
from app.quotes import service
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from app.quotes.proposal import Proposal, starting_lines
from tests.factories import TERMS, Factories, now
from workers.outbox import drain
from workers.periodic import expire_quotes

KINDS = Path(__file__).parents[2] / "app" / "templates" / "mail" / "quotes"


@pytest.fixture(autouse=True)
def in_request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def mails() -> dict[str, EmailMessage]:
    """What the drain wrote, by kind."""
    assert drain() > 0
    stuck = session().scalars(select(OutboxRow).where(OutboxRow.state != OutboxState.DONE)).all()
    assert [row.last_error for row in stuck] == []
    rows = session().scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    return {row.kind: message_from_bytes(row.content, policy=policy.default) for row in rows}


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\u202f", " ").replace("\u00a0", " ")


def signal(name: str, **payload: object) -> None:
    with transaction():
        publish(name, dict(payload), now=now())


def sent(factories: Factories) -> Quote:
    """A quote that a provider with a seller has sent, its signal waiting."""
    _, provider = factories.seller()
    request = factories.request(factories.offer(provider))
    proposal = Proposal(
        starting_lines(request), TERMS, now() + timedelta(days=9), "Avec joie.", now() + timedelta(days=3)
    )
    with transaction():
        return service.send_quote(request.id, proposal, by="user:1", now=now(), platform_name="Ensemble")


def test_a_request_reaches_every_seller_with_its_deadline(factories: Factories) -> None:
    seller, provider = factories.seller()
    factories.member(provider, Role.SELLER, factories.user(locale="en"))
    request = factories.request(factories.offer(provider), competitors=3, message="Nous aimons le calme.")
    signal("request.sent", request_id=request.id)
    mails()
    rows = session().scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    french, english = (message_from_bytes(row.content, policy=policy.default) for row in rows)
    assert rows[0].recipient == seller.email
    text = body(french)
    assert "3 prestataires sont consultés" in text
    assert "Nous aimons le calme." in text
    assert f"/provider/requests/{request.id}" in text
    assert "Répondez avant le" in body(french, "html")
    assert english["Subject"]


def test_the_organiser_gets_the_quote_with_its_document(factories: Factories) -> None:
    quote = sent(factories)
    mail = mails()["quotes/received"]
    (attached,) = mail.iter_attachments()
    assert quote.document is not None
    assert attached.get_content() == quote.document.content
    assert "2 928,00 €" in body(mail)
    assert "La date est gardée pour vous" in body(mail)
    assert mail["To"].addresses[0].addr_spec == quote.request.event.organiser.email
    assert session().get_one(QuoteRequest, quote.request_id).provider.answer_minutes == 0


def test_a_newer_version_silences_the_mail_of_the_older(factories: Factories) -> None:
    first = sent(factories)
    proposal = Proposal(starting_lines(first.request), TERMS, now() + timedelta(days=8))
    with transaction():
        service.send_quote(first.request_id, proposal, by="user:1", now=now(), platform_name="Ensemble")
    mails()
    found = session().scalars(select(OutgoingMail).where(OutgoingMail.kind == "quotes/received")).all()
    assert len(found) == 1
    assert "nouvelle version" in body(message_from_bytes(found[0].content, policy=policy.default))


def test_declining_withdrawing_and_not_being_chosen_are_told(factories: Factories) -> None:
    declined = factories.request(state=RequestState.DECLINED, decline_reason="full\nMariage.")
    signal("request.declined", request_id=declined.id)
    quote = factories.quote()
    signal("quote.withdrawn", quote_id=quote.id)
    signal("quote.accepted", quote_id=quote.id, booking_id=1)
    signal("request.withdrawn", request_id=quote.request_id)
    signal("quote.not_chosen", request_id=quote.request_id, quote_id=quote.id, reason="another was chosen")
    found = mails()
    assert "Nous sommes complets à cette date" in body(found["quotes/request_declined"])
    assert "Mariage." in body(found["quotes/request_declined"])
    assert quote.number is not None
    assert quote.number in body(found["quotes/withdrawn"])
    assert quote.number in body(found["quotes/accepted"])
    assert "a retenu un autre prestataire" in body(found["quotes/not_chosen"])
    assert "a retiré sa demande" in body(found["quotes/request_withdrawn"])


def test_the_periodic_job_expires_and_both_sides_are_told(factories: Factories) -> None:
    silent = factories.request(answer_by=now() - timedelta(minutes=1))
    lapsed = factories.quote(valid_until=now() - timedelta(minutes=1))
    fresh = factories.quote()
    expire_quotes()
    expire_quotes()
    session().expire_all()
    assert (silent.state, lapsed.state, fresh.state) == (RequestState.EXPIRED, QuoteState.EXPIRED, QuoteState.SENT)
    found = mails()
    assert set(found) == {
        "quotes/request_unanswered",
        "quotes/request_missed",
        "quotes/expired_company",
        "quotes/expired_provider",
    }
    assert session().query(OutgoingMail).count() == 4


def test_an_option_that_moves_up_is_told_to_both(factories: Factories) -> None:
    quote = sent(factories)
    assert quote.reservation_id is not None
    signal("hold.promoted", reservation_id=quote.reservation_id)
    found = mails()
    assert "garde maintenant la date pour vous" in body(found["quotes/hold_company"])
    assert "s’est libérée" in body(found["quotes/hold_provider"])


def test_every_kind_has_its_four_files() -> None:
    kinds = [folder for folder in KINDS.iterdir() if folder.is_dir()]
    assert len(kinds) == 13
    for folder in kinds:
        assert {file.name for file in folder.iterdir()} == {"subject.txt", "text.txt", "html.html", "words.txt"}
