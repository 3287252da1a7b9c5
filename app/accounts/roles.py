"""Who may do what: one table, which routes and templates both ask."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in one organisation."""

    ORGANISER = "organiser"
    APPROVER = "approver"
    FINANCE = "finance"
    SELLER = "seller"
    OPERATOR = "operator"


class OrganisationKind(StrEnum):
    COMPANY = "company"
    PROVIDER = "provider"
    PLATFORM = "platform"


ROLES_OF: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.COMPANY: (Role.ORGANISER, Role.APPROVER, Role.FINANCE),
    OrganisationKind.PROVIDER: (Role.SELLER,),
    OrganisationKind.PLATFORM: (Role.OPERATOR,),
}


class Action(StrEnum):
    """Everything that needs a role. Named noun.verb."""

    EVENT_READ = "event.read"
    EVENT_WRITE = "event.write"
    QUOTE_COMPARE = "quote.compare"
    QUOTE_ACCEPT = "quote.accept"
    BOOKING_READ = "booking.read"
    BOOKING_CHANGE = "booking.change"
    PAYMENT_MAKE = "payment.make"
    INVITE_SEND = "invite.send"
    COMPANY_EDIT = "company.edit"
    MEMBERS_EDIT = "members.edit"
    OFFER_EDIT = "offer.edit"
    AVAILABILITY_EDIT = "availability.edit"
    REQUEST_ANSWER = "request.answer"
    SALE_READ = "sale.read"
    SALE_CHANGE = "sale.change"
    PROVIDER_EDIT = "provider.edit"
    PROVIDER_MODERATE = "provider.moderate"
    OFFER_MODERATE = "offer.moderate"
    FAILURES_HANDLE = "failures.handle"


_O, _A, _F, _S, _P = Role.ORGANISER, Role.APPROVER, Role.FINANCE, Role.SELLER, Role.OPERATOR

PERMISSIONS: dict[Action, frozenset[Role]] = {
    Action.EVENT_READ: frozenset({_O, _A, _F}),
    Action.EVENT_WRITE: frozenset({_O}),
    Action.QUOTE_COMPARE: frozenset({_O, _A, _F}),
    Action.QUOTE_ACCEPT: frozenset({_O, _A}),
    Action.BOOKING_READ: frozenset({_O, _A, _F}),
    Action.BOOKING_CHANGE: frozenset({_O}),
    Action.PAYMENT_MAKE: frozenset({_O, _F}),
    Action.INVITE_SEND: frozenset({_O}),
    Action.COMPANY_EDIT: frozenset({_O}),
    Action.MEMBERS_EDIT: frozenset({_O, _S, _P}),
    Action.OFFER_EDIT: frozenset({_S}),
    Action.AVAILABILITY_EDIT: frozenset({_S}),
    Action.REQUEST_ANSWER: frozenset({_S}),
    Action.SALE_READ: frozenset({_S}),
    Action.SALE_CHANGE: frozenset({_S}),
    Action.PROVIDER_EDIT: frozenset({_S}),
    Action.PROVIDER_MODERATE: frozenset({_P}),
    Action.OFFER_MODERATE: frozenset({_P}),
    Action.FAILURES_HANDLE: frozenset({_P}),
}


def allows(role: Role | None, action: Action) -> bool:
    """Whether `role` may do `action`. No role may do nothing."""
    return role is not None and role in PERMISSIONS[action]
