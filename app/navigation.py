"""What the header and the footer lead to, by kind of organisation: one table. Roles decide what of it a person sees."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.accounts.person import Person
from app.accounts.roles import Action, OrganisationKind


class Link(NamedTuple):
    """One entry. `action` is what a person must be allowed to do to see it; None shows it to all."""

    label: LazyString
    path: str
    action: Action | None = None


ANONYMOUS = (Link(_l("Catalogue"), "/offers"), Link(_l("Je suis prestataire"), "/providers/join"))
BY_KIND: dict[OrganisationKind, tuple[Link, ...]] = {
    OrganisationKind.COMPANY: (
        Link(_l("Catalogue"), "/offers"),
        Link(_l("Évènements"), "/company/events", Action.EVENT_READ),
        Link(_l("Devis"), "/company/quotes", Action.QUOTE_COMPARE),
        Link(_l("Réservations"), "/company/bookings", Action.BOOKING_READ),
    ),
    OrganisationKind.PROVIDER: (
        Link(_l("Demandes"), "/provider/requests", Action.REQUEST_ANSWER),
        Link(_l("Offres"), "/provider/offers", Action.OFFER_EDIT),
        Link(_l("Calendrier"), "/provider/calendar", Action.AVAILABILITY_EDIT),
        Link(_l("Réservations"), "/provider/bookings", Action.SALE_READ),
    ),
    OrganisationKind.PLATFORM: (
        Link(_l("Modération"), "/operator/moderation", Action.OFFER_MODERATE),
        Link(_l("Prestataires"), "/operator/providers", Action.PROVIDER_MODERATE),
        Link(_l("Échecs"), "/operator/failures", Action.FAILURES_HANDLE),
        Link(_l("Paiements"), "/operator/payments", Action.FAILURES_HANDLE),
        Link(_l("Catalogue"), "/offers"),
    ),
}
LEGAL = (
    Link(_l("Comment les offres sont classées"), "/legal/ranking"),
    Link(_l("Mentions légales"), "/legal/notice"),
    Link(_l("Conditions générales"), "/legal/terms"),
    Link(_l("Vie privée"), "/legal/privacy"),
    Link(_l("Accessibilité"), "/legal/accessibility"),
)


def navigation(person: Person | None) -> tuple[Link, ...]:
    """The header's entries for this person."""
    if person is None or person.kind is None:
        return ANONYMOUS if person is None else ANONYMOUS[:1]
    return tuple(link for link in BY_KIND[person.kind] if link.action is None or person.can(link.action))


def register(app: Flask) -> None:
    """Let templates ask for `navigation(person)` and `LEGAL_LINKS`."""
    app.jinja_env.globals.update(navigation=navigation, LEGAL_LINKS=LEGAL)
