"""Labels: claimed with a certificate, read by an operator, shown and searched until their last day."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Provider
from app.core.clock import french_date
from app.core.db import session
from app.offers import labels
from app.offers.models import LabelState, Offer, OfferLabel
from app.search.models import SearchDocument
from app.search.tags import TAG_BITS
from tests.conftest import Browser
from tests.factories import Factories, now
from tests.web.test_accounts_registration import mails
from workers.outbox import drain
from workers.periodic import expire_labels

PDF = b"%PDF-1.7\n%a certificate\n"


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider()


@pytest.fixture
def offer(factories: Factories, provider: Provider) -> Offer:
    return factories.offer(provider, title="Moulin des Quatre Vents")


@pytest.fixture
def seller(new_client: Any, factories: Factories, provider: Provider) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.seller(provider)[0])


@pytest.fixture
def operator(new_client: Any, factories: Factories) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.operator())


def in_days(days: int) -> str:
    return str(french_date(now()) + timedelta(days=days))


def claim(seller: Browser, offer: Offer, content: bytes = PDF, **values: Any) -> Any:
    data = {"code": "green_key", "valid_until": in_days(200), "proof": (io.BytesIO(content), "clef.pdf")} | values
    return seller.post(f"/provider/offers/{offer.id}/labels", data=data, content_type="multipart/form-data")


def page(client: Browser, offer: Offer) -> str:
    return client.get(f"/offers/{offer.id}-moulin-des-quatre-vents").text


def searched(offer: Offer) -> bool:
    """Whether the index finds the offer by its label."""
    session().rollback()
    return bool(session().get_one(SearchDocument, offer.id).tags & TAG_BITS["label.green_key"])


def only() -> OfferLabel:
    return session().scalars(select(OfferLabel)).one()


def test_a_label_shows_after_its_certificate_was_read(
    client: Browser, seller: Browser, operator: Browser, offer: Offer
) -> None:
    assert claim(seller, offer).status_code == 303
    assert "Clef Verte" not in page(client, offer) and labels.held([offer.id], french_date(now())) == {}
    drain()
    assert any("Label à vérifier" in subject for _, subject, _ in mails())
    listed = operator.get("/operator/labels")
    assert "Clef Verte" in listed.text and "Moulin des Quatre Vents" in listed.text
    proof = operator.get(f"/operator/labels/{only().id}/proof")
    assert proof.data == PDF and proof.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in proof.headers["Content-Security-Policy"]
    assert operator.post(f"/operator/labels/{only().id}/accept").status_code == 303
    assert "Clef Verte" in page(client, offer) and "certificat vérifié" in page(client, offer)
    assert labels.held([offer.id], french_date(now())) == {offer.id: ("green_key",)}
    assert seller.post(f"/provider/offers/labels/{only().id}/remove").status_code == 303
    assert "Clef Verte" not in page(client, offer)


def test_a_refused_label_says_why(client: Browser, seller: Browser, operator: Browser, offer: Offer) -> None:
    claim(seller, offer)
    refused = operator.post(f"/operator/labels/{only().id}/refuse", data={"reason": "non"})
    assert refused.status_code == 422 and "Expliquez" in refused.text and 'value="non"' in refused.text
    reason = "Le certificat est au nom d’un autre établissement."
    assert operator.post(f"/operator/labels/{only().id}/refuse", data={"reason": reason}).status_code == 303
    drain()
    assert any("Label refusé" in subject for _, subject, _ in mails())
    shown = seller.get(f"/provider/offers/{offer.id}/labels").text
    assert reason in shown and "Clef Verte" not in page(client, offer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "mine"}, "Choisissez dans la liste"),
        ({"valid_until": "2020-01-01"}, "déjà expiré"),
        ({"valid_until": "2199-01-01"}, "Vérifiez l’année"),
        ({"valid_until": "bientôt"}, "dernier jour"),
        ({"proof": (io.BytesIO(b""), "")}, "Joignez"),
        ({"proof": (io.BytesIO(b"<html>"), "a.pdf")}, "ni un PDF"),
        ({"proof": (io.BytesIO(PDF + b"0" * 2_000), "a.pdf")}, "trop lourd"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    seller: Browser, offer: Offer, monkeypatch: pytest.MonkeyPatch, changes: Any, words: str
) -> None:
    monkeypatch.setattr(labels, "MOST_BYTES", 2_000)
    response = claim(seller, offer, **changes)
    assert response.status_code == 422 and words in response.text
    assert session().scalars(select(OfferLabel)).all() == []


def test_one_certificate_may_serve_all_offers(
    seller: Browser, offer: Offer, factories: Factories, provider: Provider
) -> None:
    others = [factories.offer(provider).id for _ in range(2)]
    factories.offer()
    assert claim(seller, offer, all_offers="y").status_code == 303
    rows = session().scalars(select(OfferLabel)).all()
    assert {row.offer_id for row in rows} == {offer.id, *others} and len({row.document_id for row in rows}) == 1


def test_an_expired_label_is_neither_shown_nor_searched_and_the_provider_is_told_before(
    client: Browser, seller: Browser, operator: Browser, offer: Offer
) -> None:
    claim(seller, offer, valid_until=in_days(labels.REMIND_DAYS + 1))
    operator.post(f"/operator/labels/{only().id}/accept")
    drain()
    expire_labels()
    assert drain() == 0 and searched(offer), "too early"
    row = only()
    row.valid_until = french_date(now()) + timedelta(days=labels.REMIND_DAYS)
    session().commit()
    for _ in range(2):
        expire_labels()
        drain()
    told = [subject for _, subject, _ in mails() if "expire bientôt" in subject]
    assert len(told) == 1, "told once"
    row = only()
    row.valid_until = french_date(now())
    session().commit()
    assert "Clef Verte" in page(client, offer), "through its last day"
    row = only()
    row.valid_until = french_date(now()) - timedelta(days=1)
    session().commit()
    assert "Clef Verte" not in page(client, offer) and labels.held([offer.id], french_date(now())) == {}
    assert "Expiré" in seller.get(f"/provider/offers/{offer.id}/labels").text
    expire_labels()
    assert only().lapsed_at is not None and drain() == 1 and not searched(offer), "the offer is indexed again, once"
    expire_labels()
    assert drain() == 0


def test_nobody_is_told_of_a_label_that_was_renewed(seller: Browser, operator: Browser, offer: Offer) -> None:
    claim(seller, offer, valid_until=in_days(20))
    operator.post(f"/operator/labels/{only().id}/accept")
    claim(seller, offer, valid_until=in_days(400))
    drain()
    expire_labels()
    assert drain() == 0
    assert [row.state for row in labels.of_offer(offer.id)] == [LabelState.PENDING, LabelState.ACCEPTED]
