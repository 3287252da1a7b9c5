"""Between provider and operator: chosen reasons, what changed word by word, the history, and what is withdrawn."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from app.accounts.models import Provider
from app.core.db import session
from app.offers import service
from app.offers.content import content_of
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from app.offers.price_rule import PriceRule
from app.offers.reasons import REASONS
from tests.conftest import Browser
from tests.factories import RULE, Factories, now
from tests.web.publishing import publish_change, submit_change
from tests.web.test_accounts_registration import mails
from workers.outbox import drain


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider()


@pytest.fixture
def offer(factories: Factories, provider: Provider) -> Offer:
    return factories.offer(
        provider,
        title="Moulin des Quatre Vents",
        description="Une grande salle claire donne sur la rivière, et le déjeuner se prend dehors.",
    )


@pytest.fixture
def seller(new_client: Any, factories: Factories, provider: Provider) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.seller(provider)[0])


@pytest.fixture
def operator(new_client: Any, factories: Factories) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.operator())


def changed(page: str) -> dict[str, str]:
    """Each change that the page lists, by its label."""
    found = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page.partition('class="changes"')[2], re.S)
    return {label: re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\xa0", " ")) for label, text in found}


def test_reasons_are_chosen_and_the_provider_reads_each(operator: Browser, seller: Browser, offer: Offer) -> None:
    version = submit_change(offer, title="Moulin des Cinq Vents")
    here = f"/operator/moderation/{version.id}"
    assert operator.post(here + "/return", data={}).status_code == 422
    data = {"reasons": ["photos", "price", "nonsense"], "reason": "Voir la ligne 2."}
    assert operator.post(here + "/return", data=data).status_code == 303
    version = session().get_one(OfferVersion, version.id)
    assert (version.state, version.review_reasons) == (VersionState.REJECTED, ["price", "photos"])
    drain()
    told = next(text for _, subject, text in mails() if "À revoir" in subject)
    for page in (seller.get("/provider/offers").text, seller.get(f"/provider/offers/{offer.id}/edit").text, told):
        plain = re.sub(r"\s+", " ", page)
        assert str(REASONS["photos"]) in plain and str(REASONS["price"]) in plain and "Voir la ligne 2." in plain
    assert str(REASONS["photos"]) in operator.get(here).text


def test_the_operator_reads_what_changed_and_only_that(operator: Browser, offer: Offer) -> None:
    before = offer.published_version
    assert before is not None
    lines = list(RULE.components)
    lines[1] = replace(lines[1], unit_net_cents=4_500)
    version = submit_change(
        offer,
        description=before.description.replace("claire donne sur", "claire et calme donne sur"),
        capacity_max=before.capacity_max + 20,
        price_rule=PriceRule(tuple(lines[:2])).to_json(),
        details=dict(before.details) | {"half_day": not before.details.get("half_day")},
    )
    page = operator.get(f"/operator/moderation/{version.id}").text
    found = changed(page)
    assert "<ins>et calme </ins>" in found["Description"] and "<del>" not in found["Description"]
    assert found["Personnes"].count("<del>") == found["Personnes"].count("<ins>") == 1
    assert (
        "42,00 € HT" in found["Prix · 2. Déjeuner et pauses"] and "45,00 € HT" in found["Prix · 2. Déjeuner et pauses"]
    )
    assert "(retiré)" in found["Prix · 3. Dîner"] and "Titre" not in found


def test_a_first_version_has_nothing_to_be_compared_with(
    operator: Browser, factories: Factories, provider: Provider
) -> None:
    offer = factories.offer(provider, published=False)
    version = submit_change(offer)
    page = operator.get(f"/operator/moderation/{version.id}")
    assert page.status_code == 200 and 'class="changes"' not in page.text


def test_the_queue_is_filtered_by_kind_and_category(
    operator: Browser, offer: Offer, factories: Factories, provider: Provider
) -> None:
    submit_change(offer)
    fresh = factories.offer(provider, published=False, category="catering", title="Buffet des Quatre Saisons")
    submit_change(fresh)
    queue = "/operator/moderation"
    assert all(title in operator.get(queue).text for title in ("Quatre Vents", "Quatre Saisons"))
    for query, there, away in (
        ("kind=new", "Quatre Saisons", "Quatre Vents"),
        ("kind=change", "Quatre Vents", "Quatre Saisons"),
        ("category=catering", "Quatre Saisons", "Quatre Vents"),
    ):
        page = operator.get(f"{queue}?{query}").text
        assert there in page and away not in page, query


def test_the_provider_reads_the_history(seller: Browser, offer: Offer) -> None:
    publish_change(offer, title="Moulin des Cinq Vents")
    version = submit_change(offer, title="Moulin des Six Vents")
    service.send_back(version, "", chosen=["duplicate"], by="user:2", now=now())
    session().commit()
    page = seller.get(f"/provider/offers/{offer.id}/history").text
    assert [int(number) for number in re.findall(r"<h2>Version (\d)", page)] == [3, 2, 1]
    assert str(REASONS["duplicate"]) in page and "Remplacée" in page and "La première version." in page
    assert "<del>Moulin des Quatre Vents</del> <ins>Moulin des Cinq Vents</ins>" in page


def test_the_published_page_stays_to_the_letter_while_a_change_is_in_review(client: Browser, offer: Offer) -> None:
    here = f"/offers/{offer.id}-moulin-des-quatre-vents"

    def page() -> str:
        return re.sub(r'nonce="[^"]*"|name="csrf[^>]*>', "", client.get(here).text)

    before = page()
    version = submit_change(offer, title="Tout autre chose", description="x" * 200, languages=("de",), capacity_max=999)
    assert page() == before
    service.recall(offer, by="user:1", now=now())
    session().commit()
    assert page() == before and session().get_one(OfferVersion, version.id).state == VersionState.DRAFT


def test_withdrawing_takes_a_version_out_of_the_queue(seller: Browser, operator: Browser, offer: Offer) -> None:
    version = submit_change(offer, title="Moulin des Cinq Vents")
    assert seller.post(f"/provider/offers/{offer.id}/withdraw").status_code == 303
    assert session().get_one(Offer, offer.id).state == OfferState.WITHDRAWN
    assert "Cinq Vents" not in operator.get("/operator/moderation").text
    assert operator.post(f"/operator/moderation/{version.id}/publish").status_code in (404, 409)
    with pytest.raises(Exception, match="retirée"):
        service.save(offer, content_of(version), by="user:1", now=now())


def test_what_was_sold_outlives_the_offer(seller: Browser, new_client: Any, offer: Offer, factories: Factories) -> None:
    user, company = factories.organiser()
    quote = factories.quote(factories.request(offer, factories.need(factories.event(company, user))))
    organiser = new_client().log_in(user)
    before = organiser.get(f"/company/quotes/{quote.id}").text
    seller.post(f"/provider/offers/{offer.id}/withdraw")
    after = organiser.get(f"/company/quotes/{quote.id}")
    assert after.status_code == 200 and "Moulin des Quatre Vents" in after.text
    assert re.sub(r'nonce="[^"]*"', "", after.text).count("€") == before.count("€")
    accepted = organiser.get(f"/company/quotes/{quote.id}/accept")
    assert accepted.status_code == 200, "a quote that was sent may still be accepted"
