"""Colleagues: who is asked to join an organisation, who joins, who leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select

from app.accounts.models import Membership, MembershipInvite, Organisation, User
from app.accounts.roles import ROLES_OF, Role
from app.core.db import session
from app.core.errors import InvalidInput, NotFound, Unavailable
from app.core.outbox import publish
from app.core.states import audit

VALID_FOR = timedelta(days=14)
KEEPERS = frozenset({Role.ORGANISER, Role.SELLER, Role.OPERATOR})
"""The roles that can add colleagues: an organisation always keeps one person with such a role."""


def invite_token(invite_id: int, secret_key: str) -> str:
    """What the mail's link carries: the invitation's id, signed."""
    return URLSafeSerializer(secret_key, salt="membership-invite").dumps(invite_id)


def invite_id_of(token: str, secret_key: str) -> int:
    """The id of the invitation that a link carries. Raises NotFound for a token that isn't ours."""
    try:
        return int(URLSafeSerializer(secret_key, salt="membership-invite").loads(token))
    except (BadSignature, TypeError, ValueError) as error:
        raise NotFound(_l("Cette invitation n’existe pas.")) from error


def invite(organisation: Organisation, email: str, role: Role, *, by: User, now: datetime) -> MembershipInvite:
    """Ask someone to join `organisation` in `role`, by mail; the invitation stands for fourteen days.

    Nobody joins before she says so, and nothing tells whether the address has a log-in. A pending invitation to the
    same address is replaced.
    Raises InvalidInput for a role of another kind of organisation, or for someone who is a member.
    """
    if role not in ROLES_OF[organisation.kind]:
        raise InvalidInput(_l("Choisissez un rôle dans la liste."), field="role")
    email = email.strip().lower()
    known = session().scalar(select(User).where(func.lower(User.email) == email))
    if known is not None and _membership(known, organisation.id):
        raise InvalidInput(_l("Cette personne fait déjà partie de votre organisation."), field="email")
    _withdraw_pending(organisation, email, now=now)
    row = MembershipInvite(
        organisation_id=organisation.id,
        invited_by_id=by.id,
        email=email,
        role=role,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    session().add(row)
    session().flush()
    publish("member.invited", {"invite_id": row.id}, now=now)
    audit(organisation, "member invited", by=f"user:{by.id}", now=now, reason=f"{email} {role}")
    return row


def accept_invite(row: MembershipInvite, user: User, *, now: datetime) -> Membership:
    """Let `user` join by an invitation to her own address.

    Raises NotFound when it was sent to another address, Unavailable when it is used, withdrawn or too old.
    """
    session().refresh(row, with_for_update={"of": MembershipInvite})
    if row.email.lower() != user.email.lower():
        raise NotFound(_l("Cette invitation a été envoyée à une autre adresse que la vôtre."))
    if not is_pending(row, now=now):
        raise Unavailable(_l("Cette invitation n’est plus valable. Demandez-en une nouvelle à votre collègue."))
    row.accepted_at = now
    membership = _membership(user, row.organisation_id)
    if membership is None:
        membership = Membership(user_id=user.id, organisation_id=row.organisation_id, role=row.role)
        session().add(membership)
    session().flush()
    audit(membership, "join", by=f"user:{user.id}", now=now)
    return membership


def accept_all(user: User, *, now: datetime) -> list[Membership]:
    """Let `user`, whose address has just been confirmed, join wherever she was invited."""
    pending = select(MembershipInvite).where(
        func.lower(MembershipInvite.email) == user.email.lower(),
        MembershipInvite.accepted_at.is_(None),
        MembershipInvite.withdrawn_at.is_(None),
        MembershipInvite.expires_at > now,
    )
    return [accept_invite(row, user, now=now) for row in session().scalars(pending.order_by(MembershipInvite.id)).all()]


def withdraw_invite(row: MembershipInvite, *, by: str, now: datetime) -> None:
    """Take a pending invitation back: its link no longer works. Raises Unavailable when it is no longer pending."""
    session().refresh(row, with_for_update={"of": MembershipInvite})
    if row.accepted_at or row.withdrawn_at:
        raise Unavailable(_l("Cette invitation n’est plus en attente."))
    row.withdrawn_at = now
    audit(row, "withdraw", by=by, now=now)


def remove(membership: Membership, *, by: str, now: datetime) -> None:
    """Take a person out of an organisation.

    Raises Unavailable for the last one who can add colleagues: name another first.
    """
    locked = select(Organisation.id).where(Organisation.id == membership.organisation_id).with_for_update()
    session().execute(locked)
    others = select(func.count()).where(
        Membership.organisation_id == membership.organisation_id,
        Membership.id != membership.id,
        Membership.role.in_(KEEPERS),
    )
    if not session().scalar(others):
        raise Unavailable(
            _l("C’est la dernière personne qui gère cette organisation. Invitez-en d’abord une autre à ce rôle.")
        )
    audit(membership, "leave", by=by, now=now)
    session().delete(membership)
    session().flush()


def is_pending(row: MembershipInvite, *, now: datetime) -> bool:
    """Whether the invitation can still be accepted."""
    return row.accepted_at is None and row.withdrawn_at is None and row.expires_at > now


def _membership(user: User, organisation_id: int) -> Membership | None:
    return session().scalar(
        select(Membership).where(Membership.user_id == user.id, Membership.organisation_id == organisation_id)
    )


def _withdraw_pending(organisation: Organisation, email: str, *, now: datetime) -> None:
    pending = select(MembershipInvite).where(
        MembershipInvite.organisation_id == organisation.id,
        func.lower(MembershipInvite.email) == email,
        MembershipInvite.accepted_at.is_(None),
        MembershipInvite.withdrawn_at.is_(None),
    )
    for row in session().scalars(pending.with_for_update()):
        row.withdrawn_at = now
    session().flush()
