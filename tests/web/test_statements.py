"""Every page asks the database a bounded number of questions: generated from the routes, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.accounts.models import ProviderState
from app.accounts.roles import Role
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.samples import SAMPLES, World
from tests.web.test_access import ROLES, RULES, access_of, address, may

MOST = 12
LISTS = [rule for rule in RULES if "GET" in (rule.methods or ()) and not rule.arguments]
PAGES = [pytest.param(rule, id=rule.rule) for rule in RULES if "GET" in (rule.methods or ())]


@pytest.mark.parametrize("rule", PAGES)
def test_a_page_asks_a_bounded_number_of_questions(
    app: Flask, factories: Factories, client: Browser, count_statements: Callable[[], Any], rule: Rule
) -> None:
    world, access = World(factories), access_of(app, rule)
    url = address(app, rule, world) if not rule.arguments or rule.endpoint in SAMPLES else ""
    role = next((role for role in ROLES if access != "public" and may(access, role)), None)
    if role is not None:
        client.log_in(getattr(world, role.value))
    with count_statements() as statements:
        response = client.get(url)
    assert response.status_code < 500
    assert len(statements) <= MOST, "\n".join(statements)


@pytest.mark.parametrize("role", ROLES)
def test_many_rows_cost_as_many_questions_as_one(
    app: Flask, factories: Factories, client: Browser, count_statements: Callable[[], Any], role: Role
) -> None:
    world = World(factories)
    fill(world)
    client.log_in(getattr(world, role.value))
    pages = [rule.rule for rule in LISTS if access_of(app, rule) != "public" and may(access_of(app, rule), role)]

    def asked() -> dict[str, int]:
        found = {}
        for page in pages:
            with count_statements() as statements:
                client.get(page)
            found[page] = len(statements)
        return found

    asked()
    one = asked()
    for _ in range(7):
        fill(again(world))
    assert asked() == one


def fill(world: World) -> None:
    """One of everything that a list shows."""
    assert world.move and world.refund and world.failed_effect and world.attendee and world.colleague
    world.factories.request(world.offer, world.factories.need(world.event))
    world.factories.quote(world.factories.request(world.offer, world.factories.need(world.event)))
    world.factories.provider(state=ProviderState.REGISTERED)
    world.factories.offer(world.provider, published=False)


def again(world: World) -> World:
    """The same people, with nothing yet."""
    other = World(world.factories)
    people = ("company", "provider", "organiser", "approver", "finance", "seller", "operator")
    for name in people:
        setattr(other, name, getattr(world, name))
    return other
