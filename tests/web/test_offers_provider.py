"""A provider writes an offer, shows it, submits it; the operator publishes it or says what to change."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.models import Provider, ProviderState
from app.availability.models import OpeningRule, Unit
from app.core.db import session
from app.mail.models import OutgoingMail
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from app.offers.price_rule import PriceRule
from tests.conftest import Browser
from tests.factories import Factories
from workers.outbox import drain

DESCRIPTION = "Un atelier où chacun pétrit, façonne et cuit son pain avec un boulanger du quartier. " * 2


def whole(**changes: Any) -> dict[str, Any]:
    """All that an activity needs to be submitted, as the form sends it."""
    return {
        "title": "Atelier de boulangerie à Lyon",
        "summary": "Chacun repart avec son pain.",
        "description": DESCRIPTION,
        "place": "Lyon",
        "postcode": "69003",
        "street": "3 rue des Lilas",
        "capacity_min": "6",
        "capacity_max": "24",
        "duration": "2 h 30",
        "notice_days": "10",
        "languages": ["fr", "en"],
        "entered": "gross",
        "minimum_headcount": "8",
        "components-0-label": "Atelier",
        "components-0-basis": "person",
        "components-0-price": "60",
        "components-0-vat_category": "activity",
        "components-0-covers": ["activity", "host"],
        "components-1-label": "Goûter",
        "components-1-basis": "person",
        "components-1-price": "11,00",
        "components-1-vat_category": "food_immediate",
        "components-1-optional": "y",
        "deposit": "30",
        "balance_days": "14",
        "base_fee": "0",
        "steps-0-days_before": "30",
        "steps-0-percent": "50",
        "steps-1-days_before": "7",
        "steps-1-percent": "100",
        "details-kind": "cooking",
        "details-length": "2 h",
        "details-places": ["indoor"],
        "details-effort": "light",
        **changes,
    }


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider(name="Le Fournil")


@pytest.fixture
def seller(new_client: Callable[[], Browser], factories: Factories, provider: Provider) -> Browser:
    return new_client().log_in(factories.seller(provider)[0])


@pytest.fixture
def operator(new_client: Callable[[], Browser], factories: Factories) -> Browser:
    return new_client().log_in(factories.operator())


def create(seller: Browser, category: str = "activity") -> int:
    response = seller.post("/provider/offers/new", data={"category": category, "title": "Atelier de boulangerie"})
    assert response.status_code == 303
    return int(re.findall(r"/offers/(\d+)/edit", response.location)[0])


def latest(offer_id: int) -> OfferVersion:
    session().expire_all()
    query = select(OfferVersion).where(OfferVersion.offer_id == offer_id).order_by(OfferVersion.number.desc())
    return session().scalars(query).first()  # type: ignore[return-value]


def offer_of(offer_id: int) -> Offer:
    session().expire_all()
    return session().get_one(Offer, offer_id)


def published(seller: Browser, operator: Browser, **changes: Any) -> int:
    offer_id = create(seller)
    data = whole(do="submit", **changes)
    response = seller.post(f"/provider/offers/{offer_id}/edit", data=data)
    assert response.status_code == 303, re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', response.text)
    assert operator.post(f"/operator/moderation/{latest(offer_id).id}/publish").status_code == 303
    return offer_id


def photo(width: int = 900, height: int = 600) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    out.seek(0)
    return out


def mails() -> list[tuple[str, str]]:
    drain()
    session().expire_all()
    return [
        (mail.recipient, mail.subject) for mail in session().scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    ]


def test_a_new_offer_is_a_draft_that_can_be_booked_once_published(seller: Browser) -> None:
    assert "Pas encore d’offre" in seller.get("/provider/offers").text
    offer_id = create(seller)
    version = latest(offer_id)
    assert (version.state, version.title) == (VersionState.DRAFT, "Atelier de boulangerie")
    assert version.price_rule["components"] and version.terms["deposit_bps"]
    assert len(session().scalars(select(Unit.id).where(Unit.offer_id == offer_id)).all()) == 1
    assert session().get(OpeningRule, offer_id) is not None
    assert "Atelier de boulangerie" in seller.get("/provider/offers").text
    assert seller.get(f"/provider/offers/{offer_id}/edit").status_code == 200
    assert "Aperçu" in seller.get(f"/provider/offers/{offer_id}/preview").text


def test_a_category_and_a_title_are_asked_for(seller: Browser) -> None:
    response = seller.post("/provider/offers/new", data={"category": "", "title": "Un titre gardé"})
    assert response.status_code == 422
    assert "Choisissez une catégorie" in response.text and "Un titre gardé" in response.text
    response = seller.post("/provider/offers/new", data={"category": "catering", "title": "  "})
    assert response.status_code == 422 and "Donnez un titre" in response.text
    assert re.search(r'value="catering"[^>]*checked|checked[^>]*value="catering"', response.text)


def test_a_draft_with_missing_parts_is_kept_and_submitting_says_what_is_missing(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    assert seller.post(edit, data={"title": "Atelier", "do": "save"}).status_code == 422  # terms are no missing part
    part = {name: value for name, value in whole().items() if not name.startswith(("components", "place", "postcode"))}
    assert seller.post(edit, data=part | {"description": "Court."}).status_code == 303
    assert latest(offer_id).description == "Court."
    response = seller.post(edit, data=part | {"description": "Court.", "do": "submit"})
    assert response.status_code == 422
    for words in ("Décrivez l’offre un peu plus", "Indiquez la commune", "Indiquez le code postal", "Le brouillon est"):
        assert words in response.text, words
    assert latest(offer_id).state == VersionState.DRAFT


def test_wrong_input_loses_nothing_and_stands_beside_its_field(seller: Browser) -> None:
    offer_id = create(seller)
    data = whole(
        **{
            "capacity_max": "beaucoup",
            "duration": "longtemps",
            "postcode": "6900",
            "components-0-price": "soixante",
            "deposit": "130",
            "description": "Un texte que personne ne veut taper deux fois.",
        }
    )
    response = seller.post(f"/provider/offers/{offer_id}/edit", data=data)
    assert response.status_code == 422
    for name in ("capacity_max", "duration", "postcode", "components-0-price", "deposit"):
        assert f'id="{name}-error"' in response.text, name
    for typed in ("beaucoup", "longtemps", "6900", "soixante", "130", "Un texte que personne ne veut taper"):
        assert typed in response.text, typed
    assert latest(offer_id).description == ""


def test_a_gross_price_becomes_the_net_one_that_is_shown(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    page = seller.post(edit, data=whole(do="update")).text
    assert re.search(r"50,00.€ HT \+ TVA 20.% = 60,00.€ TTC", page)
    assert re.search(r"10,00.€ HT \+ TVA 10.% = 11,00.€ TTC", page)
    assert seller.post(edit, data=whole()).status_code == 303
    rule = PriceRule.from_json(latest(offer_id).price_rule)
    assert [line.unit_net_cents for line in rule.components] == [5_000, 1_000]
    assert rule.components[0].covers == ("activity", "host") and rule.minimum_headcount == 8
    assert 'value="60,00"' in seller.get(edit).text


def test_lines_come_and_go_without_javascript_and_keep_what_was_typed(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    page = seller.post(edit, data=whole(do="add", description="Toujours là")).text
    assert 'name="components-2-label"' in page and "Toujours là" in page and "Goûter" in page
    page = seller.post(edit, data=whole(do="remove-0", description="Toujours là")).text
    assert "Goûter" in page and 'value="Atelier"' not in page and "Toujours là" in page
    page = seller.post(edit, data=whole(do="terms-stricte")).text
    assert re.search(r'name="deposit"[^>]*value="50"', page)
    assert latest(offer_id).description == "", "these buttons save nothing"


def test_namesakes_are_offered_and_the_chosen_one_is_kept(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    response = seller.post(edit, data=whole(place="Saint-Denis", postcode=""))
    assert response.status_code == 422 and "Plusieurs lieux portent ce nom" in response.text
    keys = re.findall(r'name="place_choice"[^>]*value="([^"]+)"', response.text)
    assert len(keys) > 1
    assert seller.post(edit, data=whole(place="Saint-Denis", postcode="", place_choice=keys[1])).status_code == 303
    assert f"{latest(offer_id).lat:.3f},{latest(offer_id).lon:.3f}" == keys[1]
    assert "n’est pas celui de" in seller.post(edit, data=whole(place="Nantes", postcode="69003")).text
    assert "Nous ne trouvons pas ce lieu" in seller.post(edit, data=whole(place="Xyzzyville")).text


def test_photos_are_added_ordered_described_and_removed(seller: Browser, client: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    files = [(photo(), "a.jpg"), (photo(700, 700), "b.jpg"), (BytesIO(b"<svg/>"), "c.svg")]
    response = seller.post(edit, data=whole(do="photos", uploads=files), content_type="multipart/form-data")
    assert response.status_code == 422 and "c.svg" in response.text and "SVG" in response.text
    first, second = latest(offer_id).photos
    assert (first.width, second.width) == (900, 700)
    keys = [first.media_key, second.media_key]
    rows = {"photos-0-key": keys[0], "photos-0-alt": "Le four", "photos-1-key": keys[1], "photos-1-alt": ""}
    page = seller.post(edit, data=whole(do=f"photo-later-{keys[0]}", **rows)).text
    assert [each.media_key for each in latest(offer_id).photos] == keys[::-1]
    assert page.index(keys[1]) < page.index(keys[0]) and 'value="Le four"' in page
    assert seller.post(edit, data=whole(**rows)).status_code == 303
    assert {each.media_key: each.alt for each in latest(offer_id).photos} == {keys[0]: "Le four", keys[1]: ""}
    assert "Décrivez la photo" in seller.post(edit, data=whole(do="submit", **rows)).text
    seen = f"/photos/{latest(offer_id).photos[0].id}-480.webp"
    assert seller.get(seen).mimetype == "image/webp"
    assert client.get(seen).status_code == 404, "a draft's photo is its provider's"
    seller.post(edit, data=whole(do=f"photo-remove-{keys[1]}", **rows))
    assert [each.media_key for each in latest(offer_id).photos] == keys[:1]


def test_a_photo_that_is_sent_with_a_refused_form_is_kept(seller: Browser) -> None:
    offer_id = create(seller)
    data = whole(do="save", capacity_max="beaucoup", uploads=[(photo(), "a.jpg")])
    response = seller.post(f"/provider/offers/{offer_id}/edit", data=data, content_type="multipart/form-data")
    assert response.status_code == 422 and "beaucoup" in response.text
    assert len(latest(offer_id).photos) == 1 and latest(offer_id).photos[0].media_key in response.text


def test_the_operator_returns_an_offer_with_a_reason_then_publishes_it(
    seller: Browser, operator: Browser, client: Browser, provider: Provider
) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    assert seller.post(edit, data=whole(do="submit")).status_code == 303
    version = latest(offer_id)
    assert version.state == VersionState.IN_REVIEW and version.submitted_at is not None
    assert seller.get(edit).status_code == 302, "what is in review can't be changed"
    assert any("à relire" in subject for _to, subject in mails())
    assert version.title in operator.get("/operator/moderation").text
    assert "Relecture" in operator.get(f"/operator/moderation/{version.id}").text

    refused = operator.post(f"/operator/moderation/{version.id}/return", data={"reason": "non"})
    assert refused.status_code == 422 and "Expliquez" in refused.text and "non</textarea>" in refused.text
    reason = "Précisez combien de pains chacun emporte."
    assert operator.post(f"/operator/moderation/{version.id}/return", data={"reason": reason}).status_code == 303
    assert latest(offer_id).state == VersionState.REJECTED
    assert any("À revoir" in subject for _to, subject in mails())
    assert reason in seller.get("/provider/offers").text and reason in seller.get(edit).text
    assert client.get(f"/offers/{offer_id}", follow_redirects=True).status_code == 404

    assert seller.post(edit, data=whole(do="submit", summary="Deux pains chacun.")).status_code == 303
    assert operator.post(f"/operator/moderation/{latest(offer_id).id}/publish").status_code == 303
    assert offer_of(offer_id).state == OfferState.PUBLISHED
    assert any("est publiée" in subject for _to, subject in mails())
    page = client.get(f"/offers/{offer_id}", follow_redirects=True)
    assert page.status_code == 200 and "Deux pains chacun." in page.text and provider.name in page.text
    assert "Atelier de boulangerie" in client.get("/offers?q=boulangerie").text, "it is found at once"
    assert operator.post(f"/operator/moderation/{latest(offer_id).id}/publish").status_code == 409


def test_a_published_offer_stays_as_it_is_until_its_next_version_is_published(
    seller: Browser, operator: Browser, client: Browser
) -> None:
    offer_id = published(seller, operator)
    edit = f"/provider/offers/{offer_id}/edit"
    first = latest(offer_id)
    assert seller.post(edit, data=whole(title="Atelier de pâtisserie à Lyon")).status_code == 303
    assert "boulangerie" in client.get(f"/offers/{offer_id}", follow_redirects=True).text
    assert latest(offer_id).number == 2 and "modification en cours" in seller.get("/provider/offers").text
    assert seller.post(f"/provider/offers/{offer_id}/drop").status_code == 303
    assert latest(offer_id).number == 1
    assert seller.post(edit, data=whole(title="Atelier de pâtisserie à Lyon", do="submit")).status_code == 303
    assert operator.post(f"/operator/moderation/{latest(offer_id).id}/publish").status_code == 303
    assert "pâtisserie" in client.get(f"/offers/{offer_id}", follow_redirects=True).text
    assert session().get_one(OfferVersion, first.id).state == VersionState.SUPERSEDED


def test_pausing_resuming_withdrawing_and_who_still_sees_it(
    seller: Browser, operator: Browser, client: Browser, provider: Provider, factories: Factories
) -> None:
    offer_id = published(seller, operator)
    here, change = f"/offers/{offer_id}", f"/provider/offers/{offer_id}/"
    assert seller.post(change + "pause").status_code == 303
    assert client.get(here, follow_redirects=True).status_code == 404
    assert "vous seul la voyez" in seller.get(here, follow_redirects=True).text
    drain()
    assert "boulangerie à Lyon" not in client.get("/offers?q=boulangerie").text
    assert seller.post(change + "resume").status_code == 303
    assert client.get(here, follow_redirects=True).status_code == 200
    provider.state = ProviderState.SUSPENDED
    factories.add(provider)
    assert client.get(here, follow_redirects=True).status_code == 404
    provider.state = ProviderState.APPROVED
    factories.add(provider)
    assert seller.post(change + "withdraw").status_code == 303
    assert client.get(here, follow_redirects=True).status_code == 404
    assert seller.post(change + "resume").status_code == 409
    assert "Retirée" in seller.get("/provider/offers?tab=withdrawn").text


def test_a_provider_that_is_not_approved_drafts_and_does_not_submit(
    new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, _provider = factories.seller(factories.provider(state=ProviderState.REGISTERED))
    seller = new_client().log_in(user)
    offer_id = create(seller)
    data = whole(do="submit")
    response = seller.post(f"/provider/offers/{offer_id}/edit", data=data)
    assert response.status_code == 403 and "n’est pas encore validée" in response.text
    assert latest(offer_id).state == VersionState.DRAFT and latest(offer_id).summary == data["summary"]


def test_taking_an_offer_back_from_review(seller: Browser) -> None:
    offer_id = create(seller)
    seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do="submit"))
    assert latest(offer_id).state == VersionState.IN_REVIEW
    assert seller.post(f"/provider/offers/{offer_id}/recall").status_code == 303
    assert seller.get(f"/provider/offers/{offer_id}/edit").status_code == 200


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    seller: Browser, factories: Factories, provider: Provider, count_statements: Any, count: int
) -> None:
    for _ in range(count):
        factories.offer(provider)
    with count_statements() as statements:
        assert seller.get("/provider/offers").text.count("own-offer-actions") == count
    assert len(statements) <= 8
