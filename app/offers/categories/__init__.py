"""The ten categories. A new one is a module with a CATEGORY and a line below: no migration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms.fields.core import UnboundField

from app.core.errors import InvalidInput
from app.offers.categories import (
    activity,
    afterwork,
    catering,
    company_trip,
    day_seminar,
    details,
    evening,
    form_fields,
    residential_seminar,
    ski_trip,
    summer_party,
    team_day,
)
from app.offers.categories.base import Category, DetailField, Kind, SuggestedComponent

__all__ = [
    "ACCESSIBILITY_FIELDS",
    "Category",
    "DetailField",
    "Kind",
    "SuggestedComponent",
    "all_categories",
    "build_form_fields",
    "by_slug",
    "codes",
    "facts",
    "get",
    "places",
    "validate_details",
]

MODULES: Final = (
    residential_seminar,
    day_seminar,
    evening,
    company_trip,
    summer_party,
    team_day,
    ski_trip,
    activity,
    afterwork,
    catering,
)
REGISTRY: Final[dict[str, Category]] = {module.CATEGORY.code: module.CATEGORY for module in MODULES}
ACCESSIBILITY_FIELDS: Final = ("step_free", "accessible_bedrooms", "accessibility", "accessibility_note")
"""Fields of any category that pages tell under a heading of their own."""
SLUGS: Final[dict[str, Category]] = {category.slug: category for category in REGISTRY.values()}


def all_categories() -> tuple[Category, ...]:
    """All categories in the order in which pages show them."""
    return tuple(REGISTRY.values())


def codes() -> tuple[str, ...]:
    """Their codes, in the same order."""
    return tuple(REGISTRY)


def places() -> tuple[str, ...]:
    """The codes of those whose booking says where an event is."""
    return tuple(code for code, category in REGISTRY.items() if category.place)


def get(code: str) -> Category:
    """The category of a code. Raises InvalidInput when there is none."""
    if code not in REGISTRY:
        raise InvalidInput(_l("Choisissez une catégorie dans la liste."), field="category")
    return REGISTRY[code]


def by_slug(slug: str) -> Category:
    """The category of an address such as « traiteur ». Raises InvalidInput when there is none."""
    if slug not in SLUGS:
        raise InvalidInput(_l("Choisissez une catégorie dans la liste."), field="category")
    return SLUGS[slug]


def validate_details(category: str, raw: Mapping[str, Any], *, draft: bool = False) -> dict[str, Any]:
    """The typed details of an offer from a form's texts or from JSON; empty ones are left out, unknown ones dropped.

    `draft` lets required ones be missing. Times are kept as "HH:MM", lengths as minutes.
    Raises InvalidInput whose `fields` holds one sentence for each field that is wrong.
    """
    return details.read(get(category), raw, draft=draft)


def build_form_fields(category: str, prefix: str = "") -> dict[str, UnboundField[Any]]:
    """WTForms fields by name for the editor; they keep what is typed, `validate_details` checks it."""
    return form_fields.build(get(category), prefix)


def facts(
    category: str,
    values: Mapping[str, Any],
    locale: str | None = None,
    *,
    headline: bool = False,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Label and text of each detail worth telling, in the editor's order; `headline` for the few shown on cards.

    `only` these fields, or all `without` those.

    In the current locale unless one is given. Values that no longer fit their field are left out.
    """
    return details.tell(get(category), values, locale, headline=headline, only=only, without=without)
