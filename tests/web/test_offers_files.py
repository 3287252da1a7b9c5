"""Import and export of a provider's offers: the page with its trial run, and the command line."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Provider
from app.availability.models import OpeningRule, Unit
from app.core.db import session
from app.offers import exchange, service
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.publishing import submit_change

HERE = "/provider/offers/files"


@pytest.fixture
def provider(factories: Factories) -> Provider:
    return factories.provider()


@pytest.fixture
def seller(client: Browser, factories: Factories, provider: Provider) -> Browser:
    return client.log_in(factories.seller(provider)[0])


def send(seller: Browser, name: str, text: str, do: str = "try") -> Any:
    data = {"file": (io.BytesIO(text.encode()), name), "do": do}
    return seller.post(HERE, data=data, content_type="multipart/form-data")


def counted() -> int:
    return session().scalar(select(func.count(Offer.id))) or 0


def versions(offer: Offer) -> list[tuple[int, VersionState, str]]:
    query = select(OfferVersion).where(OfferVersion.offer_id == offer.id).order_by(OfferVersion.number)
    return [(version.number, version.state, version.title) for version in session().scalars(query)]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_export_changes_nothing_when_it_comes_back(
    seller: Browser, provider: Provider, factories: Factories, kind: str
) -> None:
    offers = [factories.offer(provider, title=title) for title in ("Moulin, « l’Ancien »", "=Grange;Neuve")]
    withdrawn, other = factories.offer(provider, title="Retirée"), factories.offer(title="Ailleurs")
    withdrawn.state = OfferState.WITHDRAWN
    session().commit()
    file = seller.get(f"{HERE}/offers.{kind}")
    assert file.headers["Content-Disposition"] == f"attachment; filename=offres.{kind}"
    assert "Retirée" not in file.text and "Ailleurs" not in file.text and other.id
    report = send(seller, f"offres.{kind}", file.text, "import")
    assert report.status_code == 200 and report.text.count("Sans changement") == 3
    assert all(len(versions(offer)) == 1 for offer in offers)


def test_a_trial_run_reports_every_line_and_writes_nothing_then_the_import_does(
    seller: Browser, provider: Provider, factories: Factories
) -> None:
    offer = factories.offer(provider, title="Moulin des Quatre Vents")
    other, stranger = factories.offer(provider, title="Grange", capacity_min=8), factories.offer(title="Ailleurs")
    before = counted()
    rows = [
        "id,category,title,place_name,postcode,capacity_max",
        f"{offer.id},,Moulin des Cinq Vents,,,90",
        ",catering,Buffet de saison,Lyon,69003,80",
        ",wedding,Un mariage,,,",
        f"{stranger.id},,Pris à un autre,,,",
        f"{offer.id},,Deux fois la même,,,90",
        f"{other.id},,Plus petit que son minimum,,,",
    ]
    tried = send(seller, "offres.csv", "\r\n".join(rows))
    assert tried.status_code == 200 and counted() == before and len(versions(offer)) == 1
    assert [tried.text.count(f">{word}<") for word in ("Nouveau brouillon", "Modification en brouillon")] == [1, 1]
    for words in ("dans la liste", "Aucune de vos offres", "déjà plus haut", "8 ou plus", "Importer 2 offres"):
        assert words in unescape(tried.text), words
    kept = {
        name: unescape(re.findall(rf'name="{name}"[^>]*value="([^"]*)"', tried.text)[0])
        for name in ("text", "filename")
    }
    done = seller.post(HERE, data={**kept, "do": "import"})
    assert done.status_code == 200 and counted() == before + 1
    assert versions(offer)[1:] == [(2, VersionState.DRAFT, "Moulin des Cinq Vents")]
    assert session().get_one(Offer, offer.id).state == OfferState.PUBLISHED
    fresh = session().scalars(select(Offer).order_by(Offer.id.desc()).limit(1)).one()
    version = service.latest_version(fresh)
    assert (fresh.category, fresh.state, version.capacity_max) == ("catering", OfferState.DRAFT, 80)
    assert version.lat is not None and 45.6 < version.lat < 45.9, "Lyon was found"
    assert session().scalars(select(Unit).where(Unit.offer_id == fresh.id)).one()
    assert session().scalars(select(OpeningRule).where(OpeningRule.offer_id == fresh.id)).one()


def test_what_is_in_review_is_left_alone(seller: Browser, provider: Provider, factories: Factories) -> None:
    offer = factories.offer(provider, title="Moulin")
    submit_change(offer, title="Moulin neuf")
    report = send(seller, "a.json", json.dumps([{"id": offer.id, "title": "Autre chose"}]), "import")
    assert "en relecture" in report.text and versions(offer)[-1][2] == "Moulin neuf"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "", "nommer les colonnes"),
        ("a.csv", "category,title\r\n", "aucune offre"),
        ("a.json", "{", "JSON lisible"),
        ("a.xlsx", "PK\x03\x04", "nommer les colonnes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    seller: Browser, name: str, text: str, words: str
) -> None:
    response = send(seller, name, text)
    assert response.status_code == 422 and words in response.text


def test_no_file_is_said(seller: Browser) -> None:
    response = seller.post(HERE, data={"do": "try"})
    assert response.status_code == 422 and "Choisissez un fichier" in response.text


def test_the_command_line_does_the_same(app: Flask, provider: Provider, factories: Factories, tmp_path: Path) -> None:
    offer = factories.offer(provider, title="Moulin des Quatre Vents")
    run, file = app.test_cli_runner(), tmp_path / "offres.json"
    written = run.invoke(args=["offers", "export", str(file), "--provider", str(provider.id)])
    assert written.exit_code == 0, written.output
    data = json.loads(file.read_text())
    assert data["format"] == exchange.FORMAT and data["offers"][0]["title"] == "Moulin des Quatre Vents"
    data["offers"][0]["title"] = "Moulin des Cinq Vents"
    data["offers"].append({"category": "catering", "title": "x" * 200})
    file.write_text(json.dumps(data))
    arguments = ["offers", "import", str(file), "--provider", str(provider.id)]
    tried = run.invoke(args=[*arguments, "--dry-run"])
    assert tried.exit_code == 1 and [line.split("\t")[:2] for line in tried.output.splitlines()] == [
        ["1", "update"],
        ["2", "refused"],
    ]
    session().rollback()
    assert len(versions(offer)) == 1
    done = run.invoke(args=arguments)
    session().rollback()
    assert done.exit_code == 1 and versions(offer)[-1] == (2, VersionState.DRAFT, "Moulin des Cinq Vents")
    assert run.invoke(args=["offers", "import", str(file), "--provider", "999999"]).exit_code == 1
