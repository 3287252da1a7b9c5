"""Someone who wants the account of another: by the host she sends, by registering first, by trying passwords."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask_security import hash_password, verify_password
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Membership, MembershipInvite, User
from app.core.clock import utcnow
from app.core.db import session, transaction
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.test_accounts_registration import PASSWORD, link_in, mails, register
from workers.outbox import drain


def test_a_forged_host_never_reaches_a_mail(client: Browser, factories: Factories) -> None:
    factories.user(email="ana@example.com")
    forged = client.post("/account/reset", data={"email": "ana@example.com"}, headers={"Host": "evil.example"})
    assert forged.status_code == 421
    client.post("/account/reset", data={"email": "ana@example.com"})
    register(client, email="bo@example.com")
    [reset, confirm] = mails()
    assert "evil.example" not in reset[2] and link_in(reset[2]).startswith("/account/reset/")
    assert link_in(confirm[2]).startswith("/account/confirm/")


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("a.localhost", 200), ("LOCALHOST", 200),
     ("evil.example", 421), ("localhost.evil.example", 421), ("localhost@evil.example", 421), ("[", 421)],
)  # fmt: skip
def test_a_name_that_points_to_this_machine_reads_no_mail(client: Browser, host: str, status: int) -> None:
    answer = client.get("/mailbox/", headers={"Host": host})
    assert answer.status_code == status and ("BASE_URL" in answer.text) is (status == 421)


def test_who_registered_first_with_the_address_of_another_knows_no_password(
    client: Browser, new_client: Callable[[], Browser]
) -> None:
    register(new_client(), email="ana@example.com", password="le mot de passe du voleur")
    register(client, email="ana@example.com", password=PASSWORD)
    [confirm] = [line for line in mails()[1][2].splitlines() if "/account/confirm/" in line]
    client.get(link_in(confirm))
    user = session().scalars(select(User)).one()
    assert user.confirmed_at is not None
    assert not verify_password("le mot de passe du voleur", user.password)


def test_a_known_person_keeps_her_password_when_someone_registers_with_her_address(
    client: Browser, factories: Factories
) -> None:
    user = factories.user(email="ana@example.com", password=hash_password(PASSWORD))
    register(client, email="ana@example.com", password="le mot de passe du voleur")
    session().refresh(user)
    assert verify_password(PASSWORD, user.password)


def test_the_console_never_makes_a_stranger_an_operator(factories: Factories) -> None:
    stranger = factories.user(
        email="op@example.com", password=hash_password("le mot de passe du voleur"), confirmed_at=None
    )
    before = stranger.fs_uniquifier
    with transaction():
        user = service.create_operator("op@example.com", "Op", PASSWORD, platform_name="Ensemble", now=utcnow())
    assert verify_password(PASSWORD, user.password)
    assert user.fs_uniquifier != before


def test_nobody_is_added_to_an_organisation_without_saying_so(
    client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    user, company = factories.organiser()
    nora = factories.user(email="nora@example.com")
    client.log_in(user)
    for address in ("nora@example.com", "personne@example.com"):
        client.post("/account/members/invite", data={"email": address, "role": "finance"})
    told = client.get("/account/members").text
    assert "L’invitation part à nora@example.com" in told and "L’invitation part à personne@example.com" in told
    assert session().scalars(select(Membership.user_id)).all() == [user.id]
    drain()
    new_client().log_in(nora).post(link_in(mails()[0][2]))
    assert session().scalars(select(MembershipInvite.accepted_at).order_by(MembershipInvite.id)).first() is not None
    assert session().scalars(select(Membership.user_id).order_by(Membership.id)).all() == [user.id, nora.id]
    assert company.id


def test_a_program_that_tries_passwords_is_stopped_too(client: Browser, factories: Factories) -> None:
    factories.user(email="ana@example.com")
    answers = [
        client.post(
            "/account/login",
            json={"email": "ana@example.com", "password": f"un mot de passe {n}"},
            headers={"Accept": "application/json"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{n}"},
        ).status_code
        for n in range(12)
    ]
    assert answers[0] == 400 and answers[-1] == 429


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example",
     "///evil.example", "javascript:alert(1)", " //evil.example", "\x01//evil.example"],
)  # fmt: skip
def test_next_never_leads_away(client: Browser, factories: Factories, target: str) -> None:
    factories.user(email="bo@example.com", password=hash_password("un cheval bien sage"))
    typed = {"email": "bo@example.com", "password": "un cheval bien sage"}
    signed_in = client.post("/account/login", query_string={"next": target}, data=typed)
    switched = client.post("/locale", data={"locale": "fr", "next": target})
    assert signed_in.status_code == 422 or is_here(signed_in.location)
    assert is_here(switched.location)


def is_here(location: str) -> bool:
    return location.startswith("/") and not location.startswith(("//", "/\\"))


def test_a_token_in_an_address_signs_nobody_in(client: Browser, factories: Factories) -> None:
    user, _ = factories.organiser()
    token = user.get_auth_token()
    for asked in ({"query_string": {"auth_token": token}}, {"headers": {"Authentication-Token": token}}):
        assert client.get("/account", **asked).status_code == 302


def test_nobody_is_signed_out_by_a_link(client: Browser, factories: Factories) -> None:
    user, _ = factories.organiser()
    client.log_in(user)
    assert client.get("/account/logout").status_code in (404, 405)
    assert client.get("/account").status_code == 200
    assert client.post("/account/logout").status_code == 302
    assert client.get("/account").status_code == 302
