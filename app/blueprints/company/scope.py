"""Whose pages these are: the company that the reader acts for."""

from __future__ import annotations

from app.blueprints.access import person
from app.core.errors import NotFound


def company_id() -> int:
    """The current organisation's id, in a view that asks for a company's role."""
    organisation = person().organisation
    if organisation is None:
        raise NotFound
    return organisation.id
