"""The demonstration's people: who they are, and the one password they share."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import func, select

from app.accounts import service
from app.accounts.models import Company, Membership, Provider, User
from app.accounts.roles import Role
from app.accounts.service import OrganisationDetails
from app.core.db import session
from app.core.errors import NotFound
from app.offers.models import Offer, OfferVersion

PASSWORD: Final = "demonstration-2026"  # noqa: S105 known on purpose, and only on one machine
COMPANY: Final = OrganisationDetails(
    name="Halage",
    legal_form="SAS",
    siren="012345674",
    rcs_city="Lyon",
    street="18 quai Claude-Bernard",
    postcode="69007",
    city="Lyon",
    email="contact@halage.example",
    phone="04 65 71 20 07",
    lat=45.7493,
    lon=4.8403,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can log in. `sells`: for a provider's person, the category whose nearest seller is hers."""

    key: str
    email: str
    name: str
    role: Role
    told: Any
    sells: str = ""


PEOPLE: Final = (
    Person(
        "organiser",
        "camille@halage.example",
        "Camille Roussel",
        Role.ORGANISER,
        _l("Organisatrice, %(company)s", company="Halage"),
    ),
    Person(
        "approver",
        "nicolas@halage.example",
        "Nicolas Vasseur",
        Role.APPROVER,
        _l("Direction, %(company)s", company="Halage"),
    ),
    Person(
        "finance", "ines@halage.example", "Inès Delmas", Role.FINANCE, _l("Comptabilité, %(company)s", company="Halage")
    ),
    Person(
        "venue",
        "lieu@prestataires.example",
        "Hélène Garnier",
        Role.SELLER,
        _l("Prestataire, lieu de séminaire"),
        "residential_seminar",
    ),
    Person(
        "room",
        "salles@prestataires.example",
        "Simon Aubert",
        Role.SELLER,
        _l("Prestataire, salles de réunion"),
        "day_seminar",
    ),
    Person(
        "caterer", "traiteur@prestataires.example", "Karim Haddad", Role.SELLER, _l("Prestataire, traiteur"), "catering"
    ),
    Person(
        "crew", "activites@prestataires.example", "Léa Fournier", Role.SELLER, _l("Prestataire, activités"), "activity"
    ),
    Person(
        "mountain",
        "montagne@prestataires.example",
        "Rémi Perrin",
        Role.SELLER,
        _l("Prestataire, séjours au ski"),
        "ski_trip",
    ),
    Person("bar", "bar@prestataires.example", "Myriam Benali", Role.SELLER, _l("Prestataire, afterworks"), "afterwork"),
    Person(
        "operator", "operatrice@ensemble.example", "Marion Lefort", Role.OPERATOR, _l("Exploitation de la plateforme")
    ),
)


def log_ins() -> list[dict[str, Any]]:
    """What the sign-in page and the console show on one machine."""
    return [{"email": one.email, "name": one.name, "role": one.told, "password": PASSWORD} for one in PEOPLE]


def known() -> list[Person]:
    """Those of them that this database holds."""
    emails = set(session().scalars(select(User.email).where(User.email.in_([one.email for one in PEOPLE]))))
    return [one for one in PEOPLE if one.email in emails]


def find(key: str) -> User:
    """The log-in of one of them, by key. Raises NotFound when the demonstration was not loaded."""
    email = next(one.email for one in PEOPLE if one.key == key)
    user = session().scalar(select(User).where(User.email == email))
    if user is None:
        raise NotFound
    return user


def create(*, platform_name: str, now: datetime) -> None:
    """Make the company with its three people, the operator, and the sellers of the nearest provider of their kind.

    Raises NotFound when no provider is left for a seller. The caller commits.
    """
    hashed = hash_password(PASSWORD)
    _create_company([one for one in PEOPLE if one.role in (Role.ORGANISER, Role.APPROVER, Role.FINANCE)], hashed, now)
    taken: list[int] = []
    for person in (one for one in PEOPLE if one.role is Role.SELLER):
        provider = _nearest(person.sells, taken)
        taken.append(provider.id)
        _join(_user(person, hashed, now), provider.id, person.role, now)
        provider.email = person.email
    for person in (one for one in PEOPLE if one.role is Role.OPERATOR):
        service.create_operator(person.email, person.name, PASSWORD, platform_name=platform_name, now=now)
    session().flush()


def _create_company(people: Sequence[Person], hashed: str, now: datetime) -> Company:
    founder, *others = people
    company = service.register_company(_user(founder, hashed, now), COMPANY, now=now)
    for person in others:
        _join(_user(person, hashed, now), company.id, person.role, now)
    return company


def _user(person: Person, hashed: str, now: datetime) -> User:
    user = User(
        email=person.email,
        name=person.name,
        password=hashed,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        confirmed_at=now,
        locale="fr",
    )
    session().add(user)
    session().flush()
    return user


def _join(user: User, organisation_id: int, role: Role, now: datetime) -> None:
    session().add(Membership(user_id=user.id, organisation_id=organisation_id, role=role, created_at=now))


def _nearest(category: str, taken: Sequence[int]) -> Provider:
    """The provider nearest to the company that sells a category and that no other person of ours sells for."""
    away = func.power(OfferVersion.lat - COMPANY.lat, 2) + func.power((OfferVersion.lon - COMPANY.lon) * 0.7, 2)
    query = (
        select(Provider)
        .join(Offer, Offer.provider_id == Provider.id)
        .join(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .where(Offer.category == category, Provider.id.not_in(taken))
        .order_by(away, Provider.id)
        .limit(1)
    )
    provider = session().scalar(query)
    if provider is None:
        raise NotFound
    return provider
