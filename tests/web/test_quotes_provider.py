"""The provider's side: inbox, answer form, sending, declining, withdrawing, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Provider
from app.availability import service as availability
from app.core.db import session, transaction
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from tests.conftest import Browser
from tests.factories import Factories, now


@pytest.fixture
def asked(factories: Factories, client: Browser) -> QuoteRequest:
    """A request, with the seller it is for logged in."""
    seller, provider = factories.seller()
    request = factories.request(factories.offer(provider))
    client.log_in(seller, provider.id)
    return request


def typed(request: QuoteRequest, **changes: Any) -> dict[str, Any]:
    """What a filled form posts: two lines, dates, terms."""
    values = {
        "do": "send",
        "lines-0-label": "Salle plénière",
        "lines-0-basis": "group",
        "lines-0-quantity": "1",
        "lines-0-price": "900,00",
        "lines-0-vat_category": "room_hire",
        "lines-0-covers": "meeting_room",
        "lines-1-label": "Déjeuner",
        "lines-1-basis": "person",
        "lines-1-quantity": "",
        "lines-1-price": "42",
        "lines-1-vat_category": "food_immediate",
        "lines-1-covers": "lunch",
        "valid_until": (now() + timedelta(days=9)).date().isoformat(),
        "hold": "none",
        "hold_until": (now() + timedelta(days=5)).date().isoformat(),
        "message": "Au plaisir de vous recevoir",
        "deposit": "30",
        "balance_days": "14",
        "base_fee": "0",
        "steps-0-days_before": "30",
        "steps-0-percent": "50",
        "reduction": "10",
        "reduction_days": "7",
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def url(request: QuoteRequest, tail: str = "/quote") -> str:
    return f"/provider/requests/{request.id}{tail}"


def test_the_inbox_shows_what_waits_with_its_deadline(client: Browser, asked: QuoteRequest) -> None:
    page = client.get("/provider/requests").text
    assert asked.event.title in page
    assert "data-until" in page
    assert "Rien ici" in client.get("/provider/requests?tab=sent").text


def test_the_form_starts_from_the_price_rule_for_that_headcount(client: Browser, asked: QuoteRequest) -> None:
    page = client.get(url(asked)).text
    assert 'value="42,00"' in page
    assert re.search(r'name="lines-1-quantity"[^>]*value="40"', page)
    assert "2\u202f928,00\u00a0€" in page


def test_sending_stores_the_quote_and_leads_back(client: Browser, asked: QuoteRequest) -> None:
    answer = client.post(url(asked), data=typed(asked))
    assert answer.status_code == 303, answer.text[:3000]
    quote = session().scalars(select(Quote)).one()
    assert (quote.state, quote.net_cents, quote.vat_cents) == (QuoteState.SENT, 90_000 + 40 * 4_200, 18_000 + 16_800)
    assert quote.terms["cancellation"] == [{"days_before": 30, "fee_bps": 5000}]
    page = client.get(url(asked, "")).text
    assert quote.number in page
    pdf = client.get(f"/provider/quotes/{quote.id}/pdf")
    assert (pdf.mimetype, pdf.data) == ("application/pdf", quote.document.content)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"lines-0-price": "beaucoup"}, "Écrivez un montant"),
        ({"lines-0-label": ""}, "Ce champ est à remplir"),
        ({"lines-0-quantity": "deux"}, "Indiquez un nombre entier"),
        ({"lines-1-vat_category": "package"}, "Dites de quoi le forfait se compose"),
        ({"valid_until": ""}, "Choisissez une date"),
        ({"valid_until": "2020-01-01"}, "Choisissez une date de validité à venir"),
        ({"deposit": "300"}, "Indiquez une part entre 0 et 100"),
        ({"steps-1-days_before": "10", "steps-1-percent": "20"}, "Annuler plus tard ne peut pas coûter moins cher"),
        ({"lines-0-price": "-5000"}, "Les remises dépassent le prix"),
        ({"hold": "hold", "hold_until": "2020-01-01"}, "Choisissez une fin d’option à venir"),
        ({"lines-0-optional": "y", "lines-1-optional": "y"}, "pas en option"),
        ({"message": "mot" * 1_100}, "Au plus 3000 caractères"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Browser, asked: QuoteRequest, wrong: dict[str, str], sentence: str
) -> None:
    answer = client.post(url(asked), data=typed(asked, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert answer.text.count(sentence) == 1
    for kept in typed(asked, **wrong).values():
        assert kept in answer.text
    assert session().scalars(select(Quote)).first() is None


def test_adding_and_removing_lines_keeps_everything(client: Browser, asked: QuoteRequest) -> None:
    added = client.post(url(asked), data=typed(asked, do="add"))
    assert added.status_code == 200
    assert 'name="lines-2-label"' in added.text
    removed = client.post(url(asked), data=typed(asked, do="remove-0", message="Gardé"))
    assert "Salle plénière" not in removed.text
    assert "Déjeuner" in removed.text and "Gardé" in removed.text
    assert session().scalars(select(Quote)).first() is None


def test_totals_follow_what_is_typed(client: Browser, asked: QuoteRequest) -> None:
    page = client.post(url(asked), data=typed(asked, do="update", **{"lines-0-price": "1000"})).text
    assert "3\u202f048,00" in page
    unfinished = client.post(url(asked), data=typed(asked, do="update", **{"lines-0-price": "10x"}))
    assert unfinished.status_code == 200
    assert "Complétez chaque ligne" in unfinished.text
    assert "aria-invalid" not in unfinished.text


def test_the_preview_is_a_pdf_that_nothing_stores(client: Browser, asked: QuoteRequest) -> None:
    preview = client.post(url(asked), data=typed(asked, do="preview"))
    assert preview.mimetype == "application/pdf"
    assert session().scalars(select(Quote)).first() is None


def test_a_taken_slot_is_said_and_may_be_queued_for(client: Browser, asked: QuoteRequest, factories: Factories) -> None:
    with transaction():
        availability.take(
            asked.offer_id, asked.starts_at, asked.ends_at, expires_at=now() + timedelta(days=2), now=now()
        )
    assert "deuxième option" in client.get(url(asked)).text
    answer = client.post(url(asked), data=typed(asked, hold="queue"))
    assert answer.status_code == 303
    assert "En attente d’une autre option" in client.get(url(asked, "")).text


def test_after_the_deadline_the_server_says_409(client: Browser, asked: QuoteRequest, factories: Factories) -> None:
    asked.answer_by = now() - timedelta(minutes=1)
    factories.add(asked)
    for answer in (client.get(url(asked)), client.post(url(asked), data=typed(asked))):
        assert answer.status_code == 409
        assert "délai de réponse est passé" in answer.text
    declined = client.post(url(asked, "/decline"), data={"reason": "full"})
    assert declined.status_code == 409


def test_declining_asks_why(client: Browser, asked: QuoteRequest) -> None:
    refused = client.post(url(asked, "/decline"), data={"reason": "other", "text": ""})
    assert refused.status_code == 422
    assert "pourquoi vous déclinez" in refused.text
    assert client.post(url(asked, "/decline"), data={"reason": "full", "text": "Complet."}).status_code == 303
    session().refresh(asked)
    assert asked.state == RequestState.DECLINED
    assert "Complet." in client.get(url(asked, "")).text


def test_a_new_version_and_a_withdrawal(client: Browser, asked: QuoteRequest) -> None:
    client.post(url(asked), data=typed(asked))
    assert 'value="Salle plénière"' in client.get(url(asked)).text
    client.post(url(asked), data=typed(asked, **{"lines-0-price": "800"}))
    first, second = session().scalars(select(Quote).order_by(Quote.version))
    assert (first.state, second.state) == (QuoteState.SUPERSEDED, QuoteState.SENT)
    assert client.post(f"/provider/quotes/{second.id}/withdraw").status_code == 303
    assert client.post(f"/provider/quotes/{second.id}/withdraw").status_code == 409


def test_a_second_click_sends_nothing_twice(client: Browser, asked: QuoteRequest) -> None:
    assert client.post(url(asked), data=typed(asked, follows="0")).status_code == 303
    again = client.post(url(asked), data=typed(asked, follows="0"))
    assert again.status_code == 409
    assert "vient d’être envoyé" in again.text
    assert len(session().scalars(select(Quote)).all()) == 1
    assert 'name="follows" type="hidden" value="1"' in client.get(url(asked)).text


def test_another_provider_sees_nothing_of_it(client: Browser, asked: QuoteRequest, factories: Factories) -> None:
    stranger, elsewhere = factories.seller()
    client.log_in(stranger, elsewhere.id)
    for path in (url(asked, ""), url(asked)):
        assert client.get(path).status_code == 404
    assert client.post(url(asked), data=typed(asked)).status_code == 404
    assert client.post(url(asked, "/decline"), data={"reason": "full"}).status_code == 404


def test_the_inbox_asks_as_much_for_fifty_as_for_one(
    client: Browser, asked: QuoteRequest, factories: Factories, count_statements: Any
) -> None:
    with count_statements() as one:
        client.get("/provider/requests")
    offers = [factories.offer(session().get_one(Provider, asked.provider_id)) for _ in range(3)]
    for offer in offers:
        for _ in range(6):
            factories.request(offer)
    with count_statements() as many:
        client.get("/provider/requests")
    assert len(many) == len(one) <= 12


def test_the_day_shows_what_waits_what_comes_and_what_is_owed(
    client: Browser, asked: QuoteRequest, factories: Factories, count_statements: Any
) -> None:
    client.post(url(asked), data=typed(asked, hold="hold"))
    waiting = factories.request(factories.offer(session().get_one(Provider, asked.provider_id)))
    with count_statements() as one:
        page = client.get("/provider")
    assert page.status_code == 200
    assert waiting.event.title in page.text
    assert "Option posée" in page.text
    for _ in range(8):
        factories.request(waiting.offer)
    with count_statements() as many:
        client.get("/provider")
    assert len(many) == len(one) <= 14


def test_a_new_provider_reads_what_to_do(client: Browser, factories: Factories) -> None:
    seller, provider = factories.seller(factories.provider(charges_enabled=False))
    client.log_in(seller, provider.id)
    page = client.get("/provider").text
    assert "Pas encore de demande" in page
    assert "Ouvrir mes encaissements" in page
