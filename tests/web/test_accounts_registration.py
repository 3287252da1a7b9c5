"""A visitor registers, confirms by the mail's link, and registers her organisation."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Company, Membership, Organisation, Provider, ProviderState, User
from app.accounts.roles import Role
from app.core.db import session
from app.mail.models import OutgoingMail
from tests.conftest import Browser
from tests.factories import Factories
from workers.outbox import drain

PASSWORD = "un cheval bien agrafé"
COMPANY = {
    "siren": "732 829 320",
    "name": "Atelier Verne",
    "legal_form": "SAS",
    "street": "3 rue des Lilas",
    "postcode": "69003",
    "city": "Lyon",
    "email": "contact@atelier.example",
}


def mails() -> list[tuple[str, str, str]]:
    """Recipient, subject and text of every queued mail, in order."""
    found = []
    for row in session().scalars(select(OutgoingMail).order_by(OutgoingMail.id)):
        message = email.message_from_bytes(row.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((row.recipient, row.subject, body.get_content()))
    return found


def link_in(text: str) -> str:
    found = re.search(r"http://localhost(/\S+)", text)
    assert found, text
    return found[1]


def register(client: Browser, **values: str) -> Any:
    typed = {"name": "Camille Roux", "email": "camille@atelier.example", "password": PASSWORD, "intent": "company"}
    return client.post("/account/register", data=typed | values)


@pytest.fixture
def camille(client: Browser, factories: Factories) -> Iterator[Browser]:
    """A client that is logged in as a new person without an organisation."""
    yield client.log_in(factories.user(name="Camille", email="camille@atelier.example", intent="company"))


def test_a_visitor_becomes_the_organiser_of_her_company(client: Browser) -> None:
    page = client.get("/account/register?as=company").text
    assert "J’organise" in page and "Je suis prestataire" in page
    response = register(client)
    assert (response.status_code, response.location) == (302, "/account/check-mail")
    assert "boîte mail" in client.get("/account/check-mail").text
    user = session().scalars(select(User)).one()
    assert (user.name, user.intent, user.locale, user.confirmed_at) == ("Camille Roux", "company", "fr", None)
    assert (user.password or "").startswith("$argon2")

    [(recipient, subject, text)] = mails()
    assert (recipient, subject) == ("camille@atelier.example", "Confirmez votre adresse")
    confirmed = client.get(link_in(text))
    assert confirmed.location == "/account/home"
    assert client.get("/account/home").location == "/account/company/new"

    created = client.post("/account/company/new", data=COMPANY)
    assert created.location == "/account/home"
    assert client.get("/account/home").location == "/company/events"
    company = session().scalars(select(Company)).one()
    assert (company.siren, company.vat_number, company.city) == ("732829320", "FR44732829320", "Lyon")
    assert company.lat == pytest.approx(45.76, abs=0.05) and company.lon == pytest.approx(4.85, abs=0.05)
    membership = session().scalars(select(Membership)).one()
    assert (membership.user_id, membership.role) == (user.id, Role.ORGANISER)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Indiquez votre nom."),
        ({"email": "camille"}, "Cette adresse n’est pas complète"),
        ({"password": "court"}, "Il faut au moins 10 caractères."),
        ({"password": ""}, "Indiquez un mot de passe."),
        ({"intent": "espionner"}, "Choisissez ce qui vous amène."),
    ],
)
def test_a_refused_registration_says_what_to_do_and_keeps_what_was_typed(
    client: Browser, typed: dict[str, str], sentence: str
) -> None:
    response = register(client, **typed)
    assert response.status_code == 422
    assert sentence in response.text
    kept = {"name": "Camille Roux", "email": "camille@atelier.example"} | typed
    assert f'value="{kept["email"]}"' in response.text
    assert kept["name"].strip() in response.text
    assert session().scalars(select(User)).all() == []


def test_registering_twice_answers_the_same_and_tells_only_the_owner(client: Browser) -> None:
    assert register(client).location == "/account/check-mail"
    again = register(client, name="Quelqu’un d’autre")
    assert (again.status_code, again.location) == (302, "/account/check-mail")
    assert [subject for _, subject, _ in mails()] == ["Confirmez votre adresse", "Vous avez déjà un compte"]
    assert session().scalars(select(User.name)).all() == ["Camille Roux"]


def test_an_unconfirmed_person_reads_what_to_do_once_her_password_is_right(client: Browser) -> None:
    register(client)
    wrong = client.post("/account/login", data={"email": "camille@atelier.example", "password": "pas le bon"})
    assert wrong.status_code == 422 and "ne correspond pas" in wrong.text and "Confirmez" not in wrong.text
    right = client.post("/account/login", data={"email": "camille@atelier.example", "password": PASSWORD})
    assert right.status_code == 422 and "Confirmez d’abord votre adresse" in right.text
    assert client.post("/account/confirm", data={"email": "camille@atelier.example"}).status_code == 200
    assert [subject for _, subject, _ in mails()] == ["Confirmez votre adresse"] * 2


def test_a_suspended_person_reads_that_she_is(client: Browser, factories: Factories) -> None:
    register(client)
    client.get(link_in(mails()[0][2]))
    client.post("/account/logout")
    user = session().scalars(select(User)).one()
    user.active = False
    session().commit()
    response = client.post("/account/login", data={"email": user.email, "password": PASSWORD})
    assert response.status_code == 422
    assert "Ce compte est suspendu" in response.text


def test_a_forgotten_password_is_changed_by_the_link(client: Browser, factories: Factories) -> None:
    register(client)
    client.get(link_in(mails()[0][2]))
    client.post("/account/logout")
    known = client.post("/account/reset", data={"email": "camille@atelier.example"})
    unknown = client.post("/account/reset", data={"email": "personne@atelier.example"})
    assert known.status_code == unknown.status_code == 200
    assert len(mails()) == 2
    link = link_in(mails()[1][2])
    short = client.post(link, data={"password": "court", "password_confirm": "court"})
    assert short.status_code == 422 and "Il faut au moins 10 caractères." in short.text
    new = "une autre longue phrase"
    assert client.post(link, data={"password": new, "password_confirm": new}).status_code == 302
    assert mails()[2][1] == "Votre mot de passe a changé"
    session().rollback()
    client.post("/account/logout")
    entered = client.post("/account/login", data={"email": "Camille@Atelier.example", "password": new})
    assert (entered.status_code, entered.location) == (302, "/account/home")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"siren": "73282932"}, "Le SIREN compte 9 chiffres ; il en manque un."),
        ({"siren": "732829321"}, "Ce SIREN n’existe pas"),
        ({"siren": ""}, "Indiquez le SIREN."),
        ({"postcode": "6900"}, "Le code postal compte 5 chiffres."),
        ({"vat_number": "FR40303265045"}, "Ce numéro de TVA n’est pas celui de ce SIREN."),
        ({"legal_form": ""}, "Choisissez la forme juridique."),
        ({"phone": "appelez-moi"}, "Écrivez un numéro"),
    ],
)
def test_a_refused_company_says_what_to_do_and_keeps_what_was_typed(
    camille: Browser, typed: dict[str, str], sentence: str
) -> None:
    response = camille.post("/account/company/new", data=COMPANY | typed)
    assert response.status_code == 422
    assert sentence in response.text
    for name in ("siren", "street", "city", "postcode"):
        assert f'value="{(COMPANY | typed)[name]}"' in response.text
    assert session().scalars(select(Organisation)).all() == []


def test_a_known_siren_leads_to_an_invitation(camille: Browser, factories: Factories) -> None:
    factories.company(siren="732829320")
    response = camille.post("/account/company/new", data=COMPANY)
    assert response.status_code == 422
    assert "Demandez à la personne qui l’organise de vous inviter." in response.text
    assert len(session().scalars(select(Organisation)).all()) == 1


def test_one_siren_may_buy_and_sell(camille: Browser, factories: Factories) -> None:
    factories.provider(siren="732829320")
    assert camille.post("/account/company/new", data=COMPANY).status_code == 303


def test_a_provider_registers_and_waits_for_the_operator(client: Browser, factories: Factories) -> None:
    operator = factories.operator()
    client.log_in(factories.user(intent="provider"))
    assert client.get("/account/home").location == "/account/provider/new"
    typed = COMPANY | {"about": "Un domaine au calme.", "vat_franchise": "y"}
    assert client.post("/account/provider/new", data=typed).location == "/account/home"
    provider = session().scalars(select(Provider)).one()
    assert (provider.state, provider.vat_number, provider.commission_bps) == (ProviderState.REGISTERED, "", 800)
    assert "Nous vérifions votre inscription." in client.get("/provider/profile").text
    drain()
    assert [(to, subject) for to, subject, _ in mails()] == [(operator.email, "À valider\u00a0: Atelier Verne")]


def test_a_seller_of_packages_names_its_registration(camille: Browser) -> None:
    typed = COMPANY | {"resells_stays": "y", "atout_france": "IM069120003"}
    response = camille.post("/account/provider/new", data=typed)
    assert response.status_code == 422
    assert "Indiquez votre garant financier" in response.text
    assert "Indiquez votre assureur" in response.text
    assert "Indiquez votre numéro d’immatriculation" not in response.text
    complete = typed | {"guarantor": "APST", "insurer": "MMA"}
    assert camille.post("/account/provider/new", data=complete).status_code == 303


def test_registration_speaks_english_to_who_chose_it(client: Browser) -> None:
    client.post("/locale", data={"locale": "en", "next": "/account/register"})
    register(client)
    assert session().scalars(select(User)).one().locale == "en"


def test_too_many_tries_read_that_they_wait(client: Browser) -> None:
    wrong = {"email": "camille@atelier.example", "password": "pas le bon"}
    statuses = [client.post("/account/login", data=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert "Trop de demandes" in client.post("/account/login", data=wrong).text


def test_a_person_reads_pages_in_the_language_of_her_account(client: Browser, factories: Factories) -> None:
    factories.user(email="camille@atelier.example", locale="en", password=hash_password("plain letters"))
    assert '<html lang="fr"' in client.get("/legal/terms", headers={"Accept-Language": "fr"}).text
    client.post("/account/login", data={"email": "camille@atelier.example", "password": "plain letters"})
    assert '<html lang="en"' in client.get("/legal/terms", headers={"Accept-Language": "fr"}).text
