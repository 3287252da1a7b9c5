"""Colleagues are invited, join, leave; a person switches between organisations."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.accounts import members
from app.accounts.models import Membership, MembershipInvite, User
from app.accounts.roles import Role
from app.core.clock import utcnow
from app.core.db import session, transaction
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.test_accounts_registration import link_in, mails, register
from workers.outbox import drain

INVITE = {"email": "Nora@Atelier.example", "role": "finance"}


def roles_in(organisation_id: int) -> list[Role]:
    statement = select(Membership.role).where(Membership.organisation_id == organisation_id).order_by(Membership.id)
    return list(session().scalars(statement))


def test_an_invited_colleague_registers_and_has_joined(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, company = factories.organiser()
    sent = client.log_in(user).post("/account/members/invite", data=INVITE)
    assert sent.location == "/account/members"
    assert "nora@atelier.example" in client.get("/account/members").text
    drain()
    [(recipient, subject, text)] = mails()
    assert (recipient, subject) == ("nora@atelier.example", f"{company.name} vous invite sur Ensemble")

    nora = new_client()
    page = nora.get(link_in(text)).text
    assert company.name in page and "Créer mon compte" in page and user.name in page
    register(nora, name="Nora", email="nora@atelier.example", intent="member")
    nora.get(link_in(mails()[1][2]))
    assert nora.get("/account/home").location == "/company/events"
    assert roles_in(company.id) == [Role.ORGANISER, Role.FINANCE]
    assert nora.get(link_in(text)).location == "/account/home"


def test_a_colleague_with_a_log_in_joins_by_her_link(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, company = factories.organiser()
    nora = factories.user(email="nora@atelier.example")
    client.log_in(user).post("/account/members/invite", data=INVITE)
    assert roles_in(company.id) == [Role.ORGANISER]
    drain()
    [(_, subject, text)] = mails()
    assert subject == f"{company.name} vous invite sur Ensemble"
    assert new_client().log_in(nora).post(link_in(text)).location == "/account/home"
    assert roles_in(company.id) == [Role.ORGANISER, Role.FINANCE]


def test_an_unconfirmed_log_in_is_no_proof_of_an_address(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    factories.user(email="nora@atelier.example", confirmed_at=None)
    client.log_in(user).post("/account/members/invite", data=INVITE)
    assert roles_in(company.id) == [Role.ORGANISER]


def test_an_invitation_is_for_its_own_address_only(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, company = factories.organiser()
    client.log_in(user).post("/account/members/invite", data=INVITE)
    drain()
    link = link_in(mails()[0][2])
    other = new_client().log_in(factories.user(email="intruse@ailleurs.example"))
    assert "Cette invitation est pour nora@atelier.example" in other.get(link).text
    assert other.post(link).status_code == 404
    assert roles_in(company.id) == [Role.ORGANISER]


def test_a_withdrawn_or_old_invitation_no_longer_works(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, _company = factories.organiser()
    client.log_in(user).post("/account/members/invite", data=INVITE)
    drain()
    link = link_in(mails()[0][2])
    row = session().scalars(select(MembershipInvite)).one()
    assert client.post(f"/account/invites/{row.id}/withdraw").status_code == 303
    late = new_client().get(link)
    assert late.status_code == 409 and "n’est plus valable" in late.text
    nora = factories.user(email="nora@atelier.example")
    assert new_client().log_in(nora).post(link).status_code == 409
    assert client.post(f"/account/invites/{row.id}/withdraw").status_code == 409


def test_inviting_twice_replaces_the_first(client: Browser, factories: Factories) -> None:
    user, _company = factories.organiser()
    client.log_in(user)
    client.post("/account/members/invite", data=INVITE)
    assert client.post("/account/members/invite", data=INVITE | {"role": "approver"}).status_code == 303
    drain()
    assert len(mails()) == 1
    pending = select(MembershipInvite.role).where(MembershipInvite.withdrawn_at.is_(None))
    assert session().scalars(pending).all() == [Role.APPROVER]


def test_a_wrong_invitation_says_what_to_do(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    client.log_in(user)
    bad = client.post("/account/members/invite", data={"email": "nora@", "role": "finance"})
    assert bad.status_code == 422 and "Cette adresse n’est pas complète" in bad.text and 'value="nora@"' in bad.text
    seller = client.post("/account/members/invite", data=INVITE | {"role": "seller"})
    assert seller.status_code == 422 and "Choisissez un rôle dans la liste." in seller.text
    known = client.post("/account/members/invite", data={"email": user.email, "role": "finance"})
    assert known.status_code == 422 and "fait déjà partie" in known.text
    assert roles_in(company.id) == [Role.ORGANISER]


def test_nobody_removes_the_last_organiser(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    factories.member(company, Role.FINANCE)
    [mine, finance] = session().scalars(select(Membership).order_by(Membership.id)).all()
    client.log_in(user)
    refused = client.post(f"/account/members/{mine.id}/remove")
    assert refused.status_code == 409 and "la dernière personne" in refused.text
    assert client.post(f"/account/members/{finance.id}/remove").status_code == 303
    assert roles_in(company.id) == [Role.ORGANISER]


def test_a_forged_link_is_unknown(client: Browser, factories: Factories, app: Flask) -> None:
    client.log_in(factories.organiser()[0]).post("/account/members/invite", data=INVITE)
    invite = session().scalars(select(MembershipInvite.id)).one()
    assert client.get("/account/join/" + members.invite_token(invite, app.config["SECRET_KEY"])).status_code == 200
    assert client.get("/account/join/" + members.invite_token(invite, "another secret key")).status_code == 404
    assert client.get("/account/join/nonsense").status_code == 404


def test_a_person_of_two_organisations_switches(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    provider = factories.provider()
    factories.member(provider, Role.SELLER, user)
    client.log_in(user)
    assert client.get("/account/home").location == "/company/events"
    switched = client.post("/organisation", data={"organisation_id": provider.id})
    assert switched.status_code == 302
    assert client.get("/provider/profile").status_code == 200
    assert client.get("/company/profile").status_code == 403
    assert client.post("/organisation", data={"organisation_id": factories.company().id}).status_code == 404
    assert client.post("/organisation", data={"organisation_id": company.id}).status_code == 302
    assert client.get("/company/profile").status_code == 200


def test_a_person_changes_her_name_and_language(client: Browser, factories: Factories) -> None:
    user = factories.organiser()[0]
    client.log_in(user)
    assert client.post("/account", data={"name": "", "locale": "en"}).status_code == 422
    assert client.post("/account", data={"name": "Camille R.", "locale": "en"}).location == "/account"
    assert session().scalars(select(User.name)).all() == ["Camille R."]
    assert '<html lang="en"' in client.get("/account").text


def test_a_company_corrects_what_it_says(client: Browser, factories: Factories) -> None:
    user, company = factories.organiser()
    client.log_in(user)
    page = client.get("/company/profile").text
    assert f'value="{company.siren}"' in page and 'value="3 rue des Lilas"' in page
    typed = {
        "siren": company.siren or "",
        "name": "Atelier Verne",
        "legal_form": "SARL",
        "street": "4 rue des Lilas",
        "postcode": "38000",
        "city": "Grenoble",
    }
    assert client.post("/company/profile", data=typed).location == "/company/profile"
    assert (company.name, company.street, company.city) == ("Atelier Verne", "4 rue des Lilas", "Grenoble")
    assert company.lat is not None and abs(company.lat - 45.18) < 0.1
    wrong = client.post("/company/profile", data=typed | {"siren": "12"})
    assert wrong.status_code == 422 and "il en manque 7" in wrong.text and 'value="4 rue des Lilas"' in wrong.text


def test_the_list_asks_as_little_for_many_as_for_one(
    client: Browser, factories: Factories, count_statements: Callable[[], object]
) -> None:
    user, company = factories.organiser()
    client.log_in(user)
    client.get("/account/members")
    with count_statements() as few:  # type: ignore[attr-defined]
        client.get("/account/members")
    for _ in range(30):
        factories.member(company, Role.FINANCE)
    with transaction():
        for n in range(20):
            members.invite(company, f"collegue{n}@example.com", Role.FINANCE, by=user, now=utcnow())
    with count_statements() as many:  # type: ignore[attr-defined]
        client.get("/account/members")
    assert len(many) == len(few)


def test_everyone_lands_on_a_page_of_her_own(new_client: Callable[[], Browser], factories: Factories) -> None:
    people = [factories.organiser()[0], factories.seller()[0], factories.operator()]
    landed = []
    for user in people:
        client = new_client().log_in(user)
        address = client.get("/account/home").location or ""
        landed.append((address, client.get(address).status_code))
    assert landed == [("/company/events", 200), ("/provider", 200), ("/operator", 200)]
