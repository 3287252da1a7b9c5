"""Two organisers who remove each other at once, and two people who register one company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts import members, service
from app.accounts.models import Company, Membership, User
from app.accounts.service import OrganisationDetails
from app.core.db import session
from app.core.errors import InvalidInput, Unavailable
from tests.factories import Factories, now
from tests.races.conftest import Together, errors, values

pytestmark = pytest.mark.race

DETAILS = OrganisationDetails(
    name="Atelier", legal_form="SAS", siren="732829320", street="3 rue des Lilas", postcode="69003", city="Lyon"
)


def removal(membership_id: int) -> Callable[[], None]:
    return lambda: members.remove(session().get_one(Membership, membership_id), by="user:1", now=now())


def two_organisers(factories: Factories) -> tuple[int, int]:
    _user, company = factories.organiser()
    factories.organiser(company)
    first, second = session().scalars(select(Membership.id).order_by(Membership.id))
    return first, second


def remaining() -> int:
    return session().scalar(select(func.count(Membership.id))) or 0


def test_two_organisers_who_remove_each_other_leave_one(factories: Factories, together: Together, meet: Any) -> None:
    first, second = two_organisers(factories)
    meet(members, "audit")
    results = together(removal(first), removal(second))
    assert [type(error) for error in errors(results)] == [Unavailable]
    assert remaining() == 1


def test_control_without_the_lock_nobody_is_left(
    factories: Factories, together: Together, meet: Any, unlocked: None
) -> None:
    first, second = two_organisers(factories)
    meet(members, "audit", seconds=10)
    assert together(removal(first), removal(second)) == [None, None]
    assert remaining() == 0


def test_one_siren_is_registered_once(factories: Factories, together: Together, meet: Any) -> None:
    ids = [factories.user().id for _ in range(2)]
    meet(service, "_flush", seconds=10)

    def founding(user_id: int) -> Callable[[], Company]:
        return lambda: service.register_company(session().get_one(User, user_id), DETAILS, now=now())

    results = together(*map(founding, ids))
    assert len(values(results)) == 1
    assert [type(error) for error in errors(results)] == [InvalidInput]
    assert session().scalar(select(func.count(Company.id))) == 1
