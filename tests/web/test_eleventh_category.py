"""An eleventh category, added at run time as CONTRIBUTING says: nothing else has to know about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Provider
from app.blueprints.provider import offer_forms
from app.core.db import session
from app.offers import categories, illustrations
from app.offers.categories.base import (
    Category,
    SuggestedComponent,
    choice,
    clock,
    in_order,
    integer,
    minutes,
    several,
    text,
    yes_no,
)
from app.offers.categories.shared import FLOW, SPACE, accessibility, environment, setting
from app.offers.models import Offer, OfferVersion, VersionState
from app.offers.scenes import teams
from app.quotes.models import Quote
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.test_offers_provider import whole
from workers.outbox import drain

ROOT = Path(__file__).parents[2]
WELLNESS = Category(
    code="wellness",
    label="Bien-être au bureau",
    plural="Journées de bien-être",
    slug="bien-etre",
    description="Massages, sophrologie et conseils, dans vos locaux.",
    fields=(
        choice(
            "practice", "Pratique", (("massage", "Massage assis"), ("yoga", "Yoga")), required=True, filterable=True,
            headline=True, section=FLOW,
        ),
        several("rooms", "Salles utilisées", (("quiet", "Salle calme"), ("open", "Espace ouvert")), section=SPACE),
        integer("therapists", "Praticiens", minimum=1, maximum=20, required=True, section=FLOW),
        minutes("session_time", "Durée d’une séance", minimum=10, maximum=120, section=FLOW),
        clock("first_session", "Première séance", section=FLOW),
        clock("last_session", "Dernière séance", section=FLOW),
        text("oils", "Huiles employées", maximum=80, section=FLOW),
        yes_no("certified", "Praticiens diplômés", filterable=True, says_no=True, section=FLOW),
        *setting(),
        *accessibility(),
        *environment(),
    ),
    components=(SuggestedComponent("Séances", "activity", "person", ("activity",)),),
    requirements=("activity", "host", "setup"),
    duration_minutes=180,
    illustration="together",
    serves_food=False,
    comes_to_you=True,
    place=False,
    check=in_order("first_session", "last_session"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def eleventh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the new module and the lines in `categories/__init__.py` and `illustrations.py` do."""
    monkeypatch.setitem(categories.REGISTRY, WELLNESS.code, WELLNESS)
    monkeypatch.setitem(categories.SLUGS, WELLNESS.slug, WELLNESS)
    monkeypatch.setitem(illustrations.SCENES, WELLNESS.code, (teams.circles,))
    offer_forms.form_class.cache_clear()


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider(name="Souffle")


@pytest.fixture
def seller(new_client: Any, factories: Factories, provider: Provider) -> Browser:
    client: Browser = new_client()
    return client.log_in(factories.seller(provider)[0])


def details(**changes: Any) -> dict[str, Any]:
    form = {name: value for name, value in whole().items() if not name.startswith("details-")}
    mine = {
        "title": "Massages assis au bureau",
        "service_radius_km": "40",
        "details-practice": "massage",
        "details-therapists": "3",
        "details-session_time": "20 min",
        "details-first_session": "9 h",
        "details-last_session": "17 h",
        "details-rooms": ["quiet"],
        "details-certified": "y",
        "details-accessibility": ["seating"],
    }
    return form | mine | changes


def written(seller: Browser) -> int:
    listed = seller.get("/provider/offers/new").text
    assert "Bien-être au bureau" in listed
    made = seller.post("/provider/offers/new", data={"category": "wellness", "title": "Massages assis"})
    return int(re.findall(r"/offers/(\d+)/edit", made.location)[0])


def test_it_is_written_checked_read_found_and_quoted(
    seller: Browser, new_client: Any, client: Browser, factories: Factories
) -> None:
    offer_id = written(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    editor = seller.get(edit).text
    for field in WELLNESS.fields:
        assert str(field.label) in editor and f'name="details-{field.name}"' in editor, field.name
    refused = seller.post(edit, data=details(do="submit", **{"details-therapists": "99"}))
    assert refused.status_code == 422 and "entre 1 et 20" in refused.text
    refused = seller.post(edit, data=details(do="submit", **{"details-last_session": "8 h"}))
    assert refused.status_code == 422 and "Indiquez 09:00 ou plus." in refused.text
    assert seller.post(edit, data=details(do="submit")).status_code == 303
    operator = new_client().log_in(factories.operator())
    version = session().scalars(select(OfferVersion).where(OfferVersion.offer_id == offer_id)).one()
    assert "Bien-être au bureau" in operator.get("/operator/moderation?category=wellness").text
    assert operator.post(f"/operator/moderation/{version.id}/publish").status_code == 303
    assert session().get_one(OfferVersion, version.id).state == VersionState.PUBLISHED
    drain()
    page = client.get(f"/offers/{offer_id}-massages-assis-au-bureau").text
    for words in ("Pratique", "Massage assis", "20\u202fmin", "Praticiens diplômés", "Sièges pour qui ne peut rester"):
        assert words in page, words
    assert client.get(f"/offers/{offer_id}/illustration.svg").status_code == 200
    assert client.get("/categories/wellness.svg").status_code == 200 and "Bien-être au bureau" in client.get("/").text
    results = client.get("/offers?category=wellness").text
    assert "Massages assis au bureau" in results and "Journées de bien-être" in results
    _quoted(offer_id, new_client, factories)


def _quoted(offer_id: int, new_client: Any, factories: Factories) -> None:
    """A company asks for it and reads a quote."""
    user, company = factories.organiser()
    event = factories.event(company, user)
    organiser = new_client().log_in(user)
    asked = organiser.get(f"/company/events/{event.slug}/needs/new?category=wellness")
    assert asked.status_code == 200 and "Bien-être au bureau" in asked.text
    offer = session().get_one(Offer, offer_id)
    need = factories.need(event, category="wellness")
    quote: Quote = factories.quote(factories.request(offer, need))
    read = organiser.get(f"/company/quotes/{quote.id}").text
    assert "Pratique" in read and "Massage assis" in read and "Praticiens diplômés" in read
    assert organiser.get(f"/company/events/{event.slug}").status_code == 200
    assert "Massages assis au bureau" in organiser.get(f"/company/events/{event.slug}/needs/{need.id}/compare").text


def test_contributing_names_the_files_that_exist() -> None:
    recipe = (ROOT / "CONTRIBUTING.md").read_text().partition("**A category.**")[2].partition("**A label.**")[0]
    named = re.findall(r"`((?:app|tests)/[\w/.]+\.\w+)`", recipe)
    assert {
        "app/offers/categories/__init__.py",
        "app/offers/categories/shared.py",
        "app/offers/illustrations.py",
        "app/translations/en/LC_MESSAGES/messages.po",
    } <= set(named)
    assert [path for path in named if not (ROOT / path).exists()] == []
