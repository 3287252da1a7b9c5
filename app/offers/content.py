"""What a version says, as one value: what an editor reads and writes at once.

A draft may lack parts, so its price rule and terms are JSON that `PriceRule` and `Terms` may still refuse;
`app/offers/completeness.py` says what is missing before it can be submitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.offers import categories
from app.offers.models import OfferVersion
from app.offers.price_rule import MAX_HEADCOUNT
from app.offers.terms import preset

TITLE_LENGTH = 120
SUMMARY_LENGTH = 240
DESCRIPTION_LENGTH = 6_000
MAX_NOTICE_DAYS = 730
MAX_RADIUS_KM = 1_000
MAX_DURATION_MINUTES = 30 * 24 * 60
LANGUAGES: dict[str, Any] = {
    "fr": _l("Français"),
    "en": _l("Anglais"),
    "de": _l("Allemand"),
    "es": _l("Espagnol"),
    "it": _l("Italien"),
    "pt": _l("Portugais"),
    "nl": _l("Néerlandais"),
    "ar": _l("Arabe"),
    "zh": _l("Chinois"),
    "ja": _l("Japonais"),
    "lsf": _l("Langue des signes française"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The texts, facts, price and terms of a version. `price_rule` and `terms` are JSON; times in minutes or days."""

    title: str
    summary: str = ""
    description: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    place_name: str = ""
    street: str = ""
    postcode: str = ""
    lat: float | None = None
    lon: float | None = None
    service_radius_km: int | None = None
    capacity_min: int = 1
    capacity_max: int = 1
    duration_minutes: int | None = None
    notice_days: int = 0
    languages: tuple[str, ...] = ()
    price_rule: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)


NAMES = tuple(Content.__dataclass_fields__)


def starting_content(category: str, title: str) -> Content:
    """What a new offer of a category begins with: its usual lines without prices, duration, notice and terms."""
    kind = categories.get(category)
    lines = [
        {
            "label": str(line.label),
            "vat_category": line.vat_category,
            "basis": line.basis,
            "unit_net_cents": None,
            "covers": list(line.covers),
            "optional": line.optional,
        }
        for line in kind.components
    ]
    return Content(
        title=title,
        duration_minutes=kind.duration_minutes,
        notice_days=kind.notice_days,
        languages=("fr",),
        price_rule={"components": lines, "minimum_headcount": 1, "entered": "net"},
        terms=preset("standard").to_json(),
    )


def content_of(version: OfferVersion) -> Content:
    """What a version says."""
    values = {name: getattr(version, name) for name in NAMES}
    return Content(**values | {"languages": tuple(version.languages)})


def check(content: Content) -> None:
    """Refuse what even a draft can't hold. Raises InvalidInput with a sentence for each field."""
    wrong = {
        **_texts(content),
        **_numbers(content),
        **({} if set(content.languages) <= LANGUAGES.keys() else {"languages": _l("Choisissez dans la liste.")}),
    }
    if wrong:
        raise InvalidInput(_l("Certains champs sont à corriger."), fields=wrong)


def _texts(content: Content) -> dict[str, Any]:
    lengths = {"title": TITLE_LENGTH, "summary": SUMMARY_LENGTH, "description": DESCRIPTION_LENGTH}
    long = {
        name: _l("Au plus %(most)s caractères.", most=most)
        for name, most in lengths.items()
        if len(getattr(content, name)) > most
    }
    return long if content.title.strip() else {"title": _l("Donnez un titre à cette offre."), **long}


def _numbers(content: Content) -> dict[str, Any]:
    bounds = {
        "capacity_min": (1, MAX_HEADCOUNT),
        "capacity_max": (1, MAX_HEADCOUNT),
        "notice_days": (0, MAX_NOTICE_DAYS),
        "service_radius_km": (1, MAX_RADIUS_KM),
        "duration_minutes": (15, MAX_DURATION_MINUTES),
    }
    wrong = {}
    for name, (low, high) in bounds.items():
        value = getattr(content, name)
        if value is not None and not low <= value <= high:
            wrong[name] = _l("Indiquez un nombre entre %(minimum)s et %(maximum)s.", minimum=low, maximum=high)
    if not wrong and content.capacity_max < content.capacity_min:
        wrong["capacity_max"] = _l("Indiquez %(least)s ou plus.", least=content.capacity_min)
    return wrong
