"""Reads about people and organisations, each scoped to who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, MembershipInvite, Organisation, Provider, ProviderState, User
from app.accounts.roles import OrganisationKind, Role
from app.core.db import session
from app.core.errors import NotFound
from app.core.states import AuditEntry

PAGE = 50


def members(organisation: Organisation) -> list[Membership]:
    """The people of an organisation, in the order they came."""
    statement = select(Membership).where(Membership.organisation_id == organisation.id)
    return list(session().scalars(statement.options(joinedload(Membership.user)).order_by(Membership.id)))


def membership(organisation: Organisation, membership_id: int) -> Membership:
    """One membership of an organisation. Raises NotFound when it is of another one."""
    found = session().scalar(
        select(Membership).where(Membership.id == membership_id, Membership.organisation_id == organisation.id)
    )
    if found is None:
        raise NotFound(_l("Cette personne ne fait pas partie de votre organisation."))
    return found


def pending_invites(organisation: Organisation, *, now: datetime) -> list[MembershipInvite]:
    """Invitations of colleagues that nobody has answered yet."""
    statement = _pending(now).where(MembershipInvite.organisation_id == organisation.id)
    return list(session().scalars(statement.order_by(MembershipInvite.id)))


def invite_of(organisation: Organisation, invite_id: int) -> MembershipInvite:
    """One invitation of an organisation. Raises NotFound when it is of another one."""
    found = session().get(MembershipInvite, invite_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound(_l("Cette invitation n’existe pas."))
    return found


def invite_by_id(invite_id: int) -> MembershipInvite:
    """An invitation with its organisation, for who holds its link. Raises NotFound."""
    options = joinedload(MembershipInvite.organisation), joinedload(MembershipInvite.invited_by)
    found = session().get(MembershipInvite, invite_id, options=options)
    if found is None:
        raise NotFound(_l("Cette invitation n’existe pas."))
    return found


def _pending(now: datetime) -> Select[MembershipInvite]:
    return select(MembershipInvite).where(
        MembershipInvite.accepted_at.is_(None),
        MembershipInvite.withdrawn_at.is_(None),
        MembershipInvite.expires_at > now,
    )


def user_by_email(email: str) -> User | None:
    """The person with this address, if there is one."""
    return session().scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def known_emails(emails: list[str]) -> set[str]:
    """Which of these addresses (in small letters) have a log-in."""
    statement = select(func.lower(User.email)).where(func.lower(User.email).in_(emails))
    return set(session().scalars(statement))


def people_of(organisation_id: int, *roles: Role) -> list[User]:
    """The active people of an organisation who have one of `roles` (any role when none is named), for their mails."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, User.active)
        .order_by(User.id)
    )
    if roles:
        statement = statement.where(Membership.role.in_(roles))
    return list(session().scalars(statement))


def operators() -> list[User]:
    """Everyone who operates this platform."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role == Role.OPERATOR, User.active)
        .order_by(User.id)
    )
    return list(session().scalars(statement))


@dataclass(frozen=True)
class Line:
    """One line of the audit log, with the name of the person behind it."""

    entry: AuditEntry
    name: str


def providers(state: ProviderState | None, *, words: str = "", page: int = 1) -> tuple[list[Provider], int]:
    """A page of fifty providers for the operator, the latest first, and how many there are in all."""
    statement = select(Provider)
    if state is not None:
        statement = statement.where(Provider.state == state)
    if words.strip():
        like = f"%{words.strip()}%"
        statement = statement.where(Provider.name.ilike(like) | Provider.city.ilike(like) | Provider.siren.ilike(like))
    total = session().scalar(select(func.count()).select_from(statement.subquery())) or 0
    ordered = statement.order_by(Provider.created_at.desc(), Provider.id.desc())
    return list(session().scalars(ordered.limit(PAGE).offset((max(page, 1) - 1) * PAGE))), total


def provider(provider_id: int) -> Provider:
    """Any provider, for the operator. Raises NotFound."""
    found = session().get(Provider, provider_id)
    if found is None:
        raise NotFound(_l("Ce prestataire n’existe pas."))
    return found


def provider_counts() -> dict[ProviderState, int]:
    """How many providers there are in each state."""
    rows = session().execute(select(Provider.state, func.count()).group_by(Provider.state))
    return dict.fromkeys(ProviderState, 0) | dict(rows.all())


def organisation_counts() -> dict[OrganisationKind, int]:
    """How many organisations there are of each kind."""
    rows = session().execute(select(Organisation.kind, func.count()).group_by(Organisation.kind))
    return dict.fromkeys(OrganisationKind, 0) | dict(rows.all())


def history(entity: str, entity_id: int, *, limit: int = 50) -> list[Line]:
    """What the audit log says about a row (`provider`, 12), the latest first, for the operator."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.entity == entity, AuditEntry.entity_id == entity_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    entries = list(session().scalars(statement))
    ids = {int(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}
    names = {user.id: user.name or user.email for user in session().scalars(select(User).where(User.id.in_(ids)))}
    return [Line(entry, _name(entry.actor, names)) for entry in entries]


def _name(actor: str, names: dict[int, str]) -> str:
    return names.get(int(actor[5:]), actor) if actor.startswith("user:") else actor
