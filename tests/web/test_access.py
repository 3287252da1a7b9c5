"""Every route × every role, from the routes' own marks and the table of permissions. A route without a mark fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.accounts.roles import PERMISSIONS, Action, Role
from tests.conftest import Browser, settings_for
from tests.factories import Factories
from tests.web.samples import NOT_FOUND, OPEN, SAMPLES, World

UNTESTED = frozenset({"static"})
_APP = create_app(settings_for("postgresql+psycopg://nobody@127.0.0.1:9/nothing"))
RULES = [rule for rule in _APP.url_map.iter_rules() if rule.endpoint not in UNTESTED]
CASES = [
    pytest.param(rule, method, id=f"{method} {rule.rule}")
    for rule in RULES
    for method in sorted(rule.methods or ())
    if method in ("GET", "POST", "PUT", "PATCH", "DELETE")
]
ROLES = (Role.ORGANISER, Role.APPROVER, Role.FINANCE, Role.SELLER, Role.OPERATOR)


def access_of(app: Flask, rule: Rule) -> Any:
    return getattr(app.view_functions[rule.endpoint], "access", None)


def may(access: Any, role: Role | None) -> bool:
    if access == "public":
        return True
    if role is None:
        return False
    return access == "logged_in" or role in PERMISSIONS[Action(access)]


def address(app: Flask, rule: Rule, world: World) -> str:
    arguments = SAMPLES[rule.endpoint](world) if rule.arguments else {}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **arguments)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.rule) for rule in RULES])
def test_every_route_says_who_may_open_it(rule: Rule) -> None:
    access = access_of(_APP, rule)
    assert access in ("public", "logged_in") or access in PERMISSIONS, f"{rule.endpoint} carries no mark of access.py"
    assert not rule.arguments or rule.endpoint in SAMPLES, f"{rule.endpoint} needs a line in tests/web/samples.py"


@pytest.mark.parametrize(("rule", "method"), CASES)
def test_each_role_gets_what_the_table_says(
    app: Flask, factories: Factories, new_client: Callable[[], Browser], rule: Rule, method: str
) -> None:
    if rule.arguments and rule.endpoint not in SAMPLES:
        pytest.fail(f"{rule.endpoint} needs a line in tests/web/samples.py")
    world, access = World(factories), access_of(app, rule)
    url = address(app, rule, world)
    opened = 0
    for role in (None, *ROLES):
        client = new_client()
        if role is not None:
            client.log_in(getattr(world, role.value))
        response = client.open(url, method=method)
        status, to_login = response.status_code, (response.location or "").startswith("/account/login")
        if may(access, role):
            assert status < 500 and status != 403, f"{role} should open {url}, not read {status}"
            assert not to_login or rule.endpoint.startswith("security."), f"{role} should open {url} without logging in"
            hidden = opened == 0 and rule.arguments and rule.endpoint not in NOT_FOUND
            assert not hidden or status != 404, f"{role} should find {url}: is its sample right?"
            opened += 1
        elif role is None:
            assert status == 302 and to_login, f"an anonymous reader should log in first at {url}, not read {status}"
        else:
            assert status == 403, f"{role} must not open {url}, but reads {status}"


@pytest.mark.parametrize(
    ("rule", "method"),
    [case for case in CASES if case.values[0].arguments and case.values[0].endpoint not in OPEN],  # type: ignore[union-attr]
)
def test_a_stranger_reads_404(app: Flask, factories: Factories, client: Browser, rule: Rule, method: str) -> None:
    access = access_of(app, rule)
    if access == "public" or (access != "logged_in" and PERMISSIONS[Action(access)] == {Role.OPERATOR}):
        pytest.skip("belongs to nobody, or to the operator, who sees all")
    role = next(role for role in ROLES if may(access, role))
    if access == Action.MEMBERS_EDIT:
        role = Role.ORGANISER
    url = address(app, rule, World(factories))
    client.log_in(World(factories).stranger(role))
    response = client.open(url, method=method)
    assert response.status_code == 404, f"a stranger reads {response.status_code} at {url}"
