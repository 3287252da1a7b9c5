"""Whose pages these are: the provider that the reader acts for."""

from __future__ import annotations

from flask_babel import gettext as _

from app.accounts.models import Provider
from app.blueprints.access import person
from app.core.errors import NotFound


def own_provider() -> Provider:
    """The current organisation, in a view that asks for a seller's role. Raises NotFound."""
    found = person().organisation
    if not isinstance(found, Provider):
        raise NotFound(_("Vous n’agissez pas pour un prestataire."))
    return found
