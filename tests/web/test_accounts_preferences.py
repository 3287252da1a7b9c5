"""Language, net or gross, the legal pages and the demonstration's log-ins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import User
from app.core.db import session
from app.rules import ranking
from tests.conftest import Browser
from tests.factories import Factories


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/legal/terms?x=1", "/legal/terms?x=1"),
        ("https://mauvais.example/", "/"),
        ("//mauvais.example/", "/"),
        ("///mauvais.example/", "/"),
        ("/\\mauvais.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/mauvais.example", "/"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_to_a_page_of_this_site_only(client: Browser, asked: str, led: str) -> None:
    for path, chosen in (("/locale", {"locale": "en"}), ("/price-basis", {"basis": "net"})):
        response = client.post(path, data=chosen | {"next": asked})
        assert (response.status_code, response.location) == (303, led)


def test_the_language_stays_and_is_the_accounts(client: Browser, factories: Factories) -> None:
    user = factories.user()
    client.log_in(user)
    client.post("/locale", data={"locale": "en"})
    assert session().scalars(select(User.locale)).one() == "en"
    assert '<html lang="en"' in client.get("/legal/terms").text
    assert client.post("/locale", data={"locale": "xx"}).status_code == 422


def test_prices_are_shown_net_once_chosen(client: Browser) -> None:
    assert 'data-price-basis="gross"' in client.get("/legal/terms").text
    client.post("/price-basis", data={"basis": "net"})
    assert 'data-price-basis="net"' in client.get("/legal/terms").text
    assert client.post("/price-basis", data={"basis": "brut"}).status_code == 422


@pytest.mark.parametrize("path", ["notice", "terms", "privacy", "accessibility", "ranking"])
def test_the_legal_pages_open(client: Browser, path: str) -> None:
    response = client.get(f"/legal/{path}")
    assert response.status_code == 200
    assert response.text.count("<h1>") == 1


def test_the_ranking_page_says_what_the_rules_weigh(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    fact = ranking.WEIGHTS[-1]
    changed = replace(fact, value=replace(fact.value, text=370, distance=130))
    monkeypatch.setattr(ranking, "WEIGHTS", (changed,))
    page = client.get("/legal/ranking").text
    assert "37 %" in page and "13 %" in page
    assert all(str(label) in page for label in ranking.LABELS.values())


def test_demonstration_log_ins_open_with_one_click(
    client: Browser, factories: Factories, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.user(email="camille@demo.example", password=hash_password("demonstration"))
    log_ins = [
        {"name": "Camille", "role": "organise", "email": "camille@demo.example", "password": "demonstration"},
        {"name": "Absente", "role": "vend", "email": "absente@demo.example", "password": "demonstration"},
    ]
    monkeypatch.setitem(app.config, "DEMONSTRATION_LOGINS", log_ins)
    page = client.get("/account/login").text
    assert "Camille" in page and "Absente" not in page
    typed = {"email": "camille@demo.example", "password": "demonstration"}
    assert client.post("/account/login", data=typed).location == "/account/home"
    monkeypatch.setitem(app.config, "DEMONSTRATION_LOGINS", [])
