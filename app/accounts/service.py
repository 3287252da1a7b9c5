"""What people do with their account and their organisations: register them, describe them, keep them right."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Company, Membership, Organisation, Platform, Provider, User
from app.accounts.roles import OrganisationKind, Role
from app.core.db import session
from app.core.errors import InvalidInput
from app.core.outbox import publish
from app.core.states import audit
from app.rules import identifiers

ROLE_OF_FOUNDER = {OrganisationKind.COMPANY: Role.ORGANISER, OrganisationKind.PROVIDER: Role.SELLER}


@dataclass(frozen=True, kw_only=True)
class OrganisationDetails:
    """What every organisation says about itself. Texts are as typed; `register…` and `update…` check them."""

    name: str
    legal_form: str
    siren: str
    rcs_city: str = ""
    vat_number: str = ""
    street: str
    postcode: str
    city: str
    email: str = ""
    phone: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderDetails:
    """What a provider says besides."""

    about: str = ""
    vat_franchise: bool = False
    resells_stays: bool = False
    atout_france: str = ""
    guarantor: str = ""
    insurer: str = ""


def register_company(user: User, details: OrganisationDetails, *, now: datetime) -> Company:
    """Create the company that `user` organises for, with her as organiser.

    Raises InvalidInput for details that can't be used, or when the SIREN is registered already.
    """
    company = Company()
    _describe(company, details)
    _found(company, user, now=now)
    return company


def register_provider(
    user: User, details: OrganisationDetails, more: ProviderDetails, *, commission_bps: int, now: datetime
) -> Provider:
    """Create the provider that `user` sells for; the operator approves it later. `commission_bps`: basis points.

    Raises InvalidInput for details that can't be used, or when the SIREN is registered already.
    """
    provider = Provider(commission_bps=commission_bps)
    _describe_provider(provider, details, more)
    _found(provider, user, now=now)
    publish("provider.registered", {"provider_id": provider.id}, now=now)
    return provider


def update_company(company: Company, details: OrganisationDetails, *, by: str, now: datetime) -> None:
    """Change what a company says about itself. Raises InvalidInput."""
    _describe(company, details)
    _flush(company)
    audit(company, "edit", by=by, now=now)


def update_provider(
    provider: Provider, details: OrganisationDetails, more: ProviderDetails, *, by: str, now: datetime
) -> None:
    """Change what a provider says about itself. Raises InvalidInput."""
    _describe_provider(provider, details, more)
    _flush(provider)
    audit(provider, "edit", by=by, now=now)
    publish("provider.edited", {"provider_id": provider.id}, now=now)


def update_person(user: User, *, name: str, locale: str) -> None:
    """Change what a person is called and the language of her pages and mails (`fr` or `en`)."""
    user.name, user.locale = name.strip(), locale


def remember_locale(user: User, locale: str) -> None:
    """Keep the language a person has switched to (`fr` or `en`)."""
    user.locale = locale


def create_operator(email: str, name: str, password: str, *, platform_name: str, now: datetime) -> User:
    """Make a person operator of this installation: a new log-in, or the one that has this address already.

    A confirmed log-in keeps its password. One that nobody confirmed may be anyone's who typed this address: it gets
    `password`. Raises InvalidInput when she is an operator already.
    """
    user = session().scalar(select(User).where(func.lower(User.email) == email.lower())) or _new_user(email)
    if user.confirmed_at is None:
        user.password, user.fs_uniquifier = hash_password(password), secrets.token_hex(32)
    user.name, user.active, user.confirmed_at = name or user.name, True, user.confirmed_at or now
    platform = session().scalar(select(Platform).order_by(Platform.id).limit(1)) or Platform(name=platform_name)
    session().add_all([user, platform])
    session().flush()
    known = select(Membership.id).where(Membership.user_id == user.id, Membership.organisation_id == platform.id)
    if session().scalar(known):
        raise InvalidInput(_l("Cette personne exploite déjà cette plateforme."), field="email")
    session().add(Membership(user_id=user.id, organisation_id=platform.id, role=Role.OPERATOR))
    audit(platform, "operator added", by="console", now=now, reason=email)
    return user


def _new_user(email: str) -> User:
    return User(email=email, fs_uniquifier=secrets.token_hex(32))


def _describe(organisation: Organisation, details: OrganisationDetails, *, vat_number: str | None = None) -> None:
    siren = identifiers.siren(details.siren)
    for field in fields(details):
        value = getattr(details, field.name)
        setattr(organisation, field.name, value.strip() if isinstance(value, str) else value)
    organisation.siren = siren
    organisation.vat_number = _vat_number(details, siren) if vat_number is None else vat_number


def _vat_number(details: OrganisationDetails, siren: str) -> str:
    if details.vat_number.strip():
        return identifiers.vat_number(details.vat_number, siren_digits=siren)
    return identifiers.vat_number_of(siren)


def _describe_provider(provider: Provider, details: OrganisationDetails, more: ProviderDetails) -> None:
    _check_reselling(more)
    unregistered = more.vat_franchise and not details.vat_number.strip()
    _describe(provider, details, vat_number="" if unregistered else None)
    for field in fields(more):
        value = getattr(more, field.name)
        setattr(provider, field.name, value.strip() if isinstance(value, str) else value)


def _check_reselling(more: ProviderDetails) -> None:
    """A seller of packages prints its registration, guarantor and insurer on quotes and invoices."""
    needed = {
        "atout_france": _l("Indiquez votre numéro d’immatriculation Atout France, par exemple IM069120003."),
        "guarantor": _l("Indiquez votre garant financier, imprimé sur vos devis."),
        "insurer": _l("Indiquez votre assureur en responsabilité civile professionnelle, imprimé sur vos devis."),
    }
    missing = {name: message for name, message in needed.items() if not getattr(more, name).strip()}
    if more.resells_stays and missing:
        raise InvalidInput(next(iter(missing.values())), fields=missing)


_TAKEN = {
    OrganisationKind.COMPANY: _l(
        "Une entreprise est déjà inscrite avec ce SIREN. Demandez à la personne qui l’organise de vous inviter."
    ),
    OrganisationKind.PROVIDER: _l(
        "Un prestataire est déjà inscrit avec ce SIREN. Demandez à la personne qui gère son compte de vous inviter."
    ),
}


def _found(organisation: Organisation, user: User, *, now: datetime) -> None:
    session().add(organisation)
    _flush(organisation)
    role = ROLE_OF_FOUNDER[organisation.kind]
    session().add(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
    session().flush()
    audit(organisation, "register", by=f"user:{user.id}", now=now)


def _flush(organisation: Organisation) -> None:
    """Write it now: who registers a known SIREN reads what to do, even when both come at once."""
    taken = _TAKEN[organisation.kind]
    try:
        session().flush()
    except IntegrityError as error:
        if "uq_organisation_kind_siren" not in str(error.orig):
            raise
        raise InvalidInput(taken, field="siren") from error
