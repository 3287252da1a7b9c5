"""The person at the other end of a request, with the organisation she acts for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Organisation, User
from app.accounts.roles import Action, OrganisationKind, Role, allows
from app.core.db import session


@dataclass(frozen=True)
class Person:
    """A logged-in user and her current membership (None until she has one)."""

    user: User
    membership: Membership | None
    memberships: tuple[Membership, ...]

    @property
    def name(self) -> str:
        """What to call her."""
        return self.user.name or self.user.email

    @property
    def role(self) -> Role | None:
        """Her role in the current organisation."""
        return self.membership.role if self.membership else None

    @property
    def organisation(self) -> Organisation | None:
        """The organisation she acts for now."""
        return self.membership.organisation if self.membership else None

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """All organisations she belongs to."""
        return tuple(membership.organisation for membership in self.memberships)

    @property
    def kind(self) -> OrganisationKind | None:
        """Kind of the current organisation."""
        return self.organisation.kind if self.organisation else None

    @property
    def actor(self) -> str:
        """How the audit log names her."""
        return f"user:{self.user.id}"

    def can(self, action: Action | str) -> bool:
        """Whether her role in the current organisation allows `action`."""
        return allows(self.role, Action(action))


def person_of(user: User, organisation_id: int | None) -> Person:
    """`user` acting for the organisation with this id, or for the first she belongs to."""
    statement = (
        select(Membership)
        .where(Membership.user_id == user.id)
        .options(joinedload(Membership.organisation))
        .order_by(Membership.id)
    )
    memberships = tuple(session().scalars(statement).unique())
    chosen = next((m for m in memberships if m.organisation_id == organisation_id), None)
    return Person(user=user, membership=chosen or (memberships[0] if memberships else None), memberships=memberships)
