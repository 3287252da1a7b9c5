"""`flask seed`: what it writes, that it writes once, and that its people can be found."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Membership, Provider, User
from app.accounts.roles import Role
from app.availability.models import Blackout, OpeningRule, Unit
from app.core.db import Base, session
from app.demo import people
from app.offers.models import Offer, OfferVersion
from app.offers.price_rule import PriceRule
from app.offers.terms import Terms
from app.reviews.models import Review
from app.search.models import SearchDocument


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=list(arguments))


def count(model: type[Base]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


def test_a_catalogue_is_written_whole_and_searchable(app: Flask) -> None:
    shown = run(app, "seed", "--offers", "60", "--seed", "4")
    assert shown.exit_code == 0, shown.output
    assert "60 offers of" in shown.output
    assert [count(model) for model in (Offer, OfferVersion, OpeningRule, SearchDocument)] == [60] * 4
    assert 60 <= count(Unit) <= 240 and count(Blackout) > 20 and count(Review) > 60
    assert count(User) == 0
    for version in session().scalars(select(OfferVersion)):
        assert PriceRule.from_json(version.price_rule) and Terms.from_json(version.terms)
        assert version.offer.published_version_id == version.id


def test_ratings_are_those_of_the_reviews(app: Flask) -> None:
    run(app, "seed", "--offers", "40")
    for offer in session().scalars(select(Offer)):
        stars = list(session().scalars(select(Review.stars).where(Review.offer_id == offer.id)))
        assert offer.review_count == len(stars)
        assert offer.rating_hundredths == (round(100 * sum(stars) / len(stars)) if stars else None)
    total = session().scalar(select(func.sum(Provider.review_count)))
    assert total == count(Review)


def test_a_filled_database_is_left_alone(app: Flask) -> None:
    run(app, "seed", "--offers", "20")
    before = session().scalars(select(Offer.slug).order_by(Offer.id)).all()
    shown = run(app, "seed", "--offers", "30", "--seed", "9")
    assert shown.exit_code == 0
    assert "holds 20 offers already: nothing was changed" in shown.output
    assert session().scalars(select(Offer.slug).order_by(Offer.id)).all() == before


def test_new_rows_find_free_ids_after_a_load(app: Flask) -> None:
    run(app, "seed", "--offers", "20")
    provider_id = session().scalar(select(Provider.id).limit(1))
    session().add(Offer(provider_id=provider_id, category="catering", slug="one-more"))
    session().flush()
    assert count(Offer) == 21


def test_the_demonstration_has_people_in_every_role(app: Flask) -> None:
    shown = run(app, "seed", "--offers", "400", "--demo")
    assert shown.exit_code == 0, shown.output
    assert [person.key for person in people.known()] == [person.key for person in people.PEOPLE]
    roles = set(session().scalars(select(Membership.role)))
    assert roles == set(Role)
    ours = Membership.role == Role.SELLER, User.email.in_([person.email for person in people.PEOPLE])
    sellers = session().scalars(select(Membership.organisation_id).join(User).where(*ours)).all()
    assert len(sellers) == len(set(sellers)) == 6
    for person in people.PEOPLE:
        if person.sells:
            (membership,) = people.find(person.key).memberships
            sold = session().scalars(select(Offer.category).where(Offer.provider_id == membership.organisation_id))
            assert person.sells in set(sold)


def test_accounts_are_printed_when_there_are_some(app: Flask) -> None:
    assert run(app, "demo-accounts").exit_code != 0
    run(app, "seed", "--offers", "200", "--demo")
    shown = run(app, "demo-accounts")
    assert shown.exit_code == 0
    assert "camille@halage.example" in shown.output and people.PASSWORD in shown.output


def test_a_demonstration_person_can_log_in(app: Flask) -> None:
    run(app, "seed", "--offers", "200", "--demo")
    client = app.test_client()
    response = client.get("/account/login")
    page = response.get_data(as_text=True)
    assert people.find("organiser").email in page, (response.status, page[page.find("<main") :][:3000])
    answer = client.post("/account/login", data={"email": people.find("organiser").email, "password": people.PASSWORD})
    assert answer.status_code == 302
    with client.session_transaction() as stored:
        assert stored["_user_id"] == people.find("organiser").fs_uniquifier


def test_known_passwords_stay_on_one_machine(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(app.extensions["settings"]), "embedded", False)
    shown = run(app, "seed", "--offers", "400", "--demo")
    assert shown.exit_code != 0
    assert "one-machine default only" in shown.output
    assert count(Offer) == 0
