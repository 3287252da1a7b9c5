"""What a draft still lacks before it can be submitted, part by part; how complete it is, and what would help most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.offers import categories
from app.offers.models import OfferPhoto, OfferVersion
from app.offers.price_rule import PriceRule
from app.offers.terms import Terms

DESCRIPTION_LEAST = 120
FILL_IN = _l("Ce champ est à remplir.")
SECTIONS: dict[str, Any] = {
    "what": _l("Quoi"),
    "where": _l("Où"),
    "who": _l("Pour qui"),
    "details": _l("Caractéristiques"),
    "price": _l("Prix"),
    "terms": _l("Conditions"),
    "photos": _l("Photos"),
}
_SECTION_OF = {
    "title": "what",
    "summary": "what",
    "description": "what",
    "place": "where",
    "postcode": "where",
    "service_radius_km": "where",
    "capacity_max": "who",
    "capacity_min": "who",
    "duration": "who",
    "languages": "who",
    "components": "price",
    "minimum_headcount": "price",
    "minimum_net_cents": "price",
    "seasons": "price",
    "child_age": "price",
    "usual_hours": "price",
    "usual_nights": "price",
    "details": "details",
    "photos": "photos",
}


LONG_DESCRIPTION = 400
FEW_PHOTOS, MANY_PHOTOS = 3, 6
TOLD_PERCENT = 60
NEEDED_POINTS = 60
"""What the seven parts are worth together when nothing is missing; the rest is what helps an offer to be chosen."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to add: in which part of the editor, and what it is worth of 100 points."""

    section: str
    sentence: Any
    points: int


def section_of(field: str) -> str:
    """Which part of the editor a field belongs to; what is not named elsewhere is about the terms."""
    return _SECTION_OF.get(field.partition(".")[0], "terms")


def missing(version: OfferVersion, category: str, photos: Sequence[OfferPhoto] | None = None) -> dict[str, Any]:
    """One sentence for each field that keeps a version from being submitted; empty when it is complete.

    Keys are fields of the version, `details.<name>`, `components.<index>.<field>`, `photos.<position>.alt` or a
    field of terms.
    """
    return {
        **_words(version),
        **_whereabouts(version, category),
        **_people(version),
        **_details(version, category),
        **_price(version),
        **_terms(version),
        **_photos(version.photos if photos is None else photos),
    }


def sections_done(version: OfferVersion, category: str, photos: Sequence[OfferPhoto] | None = None) -> dict[str, bool]:
    """Each part of the editor and whether nothing is missing in it. No photo is no fault: an illustration shows."""
    faulty = {section_of(field) for field in missing(version, category, photos)}
    return {section: section not in faulty for section in SECTIONS}


def score(version: OfferVersion, category: str, photos: Sequence[OfferPhoto] | None = None) -> int:
    """How complete a version is, from 0 to 100: its seven parts, and what helps an offer to be chosen."""
    return 100 - sum(each.points for each in advice(version, category, photos))


def advice(version: OfferVersion, category: str, photos: Sequence[OfferPhoto] | None = None) -> list[Advice]:
    """What to add: what is needed first, then what is worth most. All points add up to what lacks to 100."""
    shown = version.photos if photos is None else photos
    wrong = missing(version, category, shown)
    parts = [section for section in SECTIONS if any(section_of(field) == section for field in wrong)]
    each, rest = divmod(NEEDED_POINTS, len(SECTIONS))
    needed = []
    for section in parts:
        field = next(field for field in wrong if section_of(field) == section)
        needed.append(Advice(section, _needed(version, category, section, field, wrong), each))
    if len(parts) == len(SECTIONS):
        needed[0] = Advice(needed[0].section, needed[0].sentence, each + rest)
    return needed + sorted(_helpful(version, category, shown), key=lambda one: -one.points)


def _needed(version: OfferVersion, category: str, section: str, field: str, wrong: dict[str, Any]) -> Any:
    """What lacks in a part: for details how many, else the first sentence."""
    if section != "details":
        return wrong[field]
    names = [name.partition(".")[2] for name in wrong if section_of(name) == "details"]
    labels = ", ".join(str(one.label) for one in categories.get(category).fields if one.name in names[:4])
    return _l("Complétez les caractéristiques : %(labels)s.", labels=labels)


def _helpful(version: OfferVersion, category: str, photos: Sequence[OfferPhoto]) -> list[Advice]:
    """What nobody must add, and buyers look for."""
    fields = categories.get(category).fields
    told = 100 * sum(bool(version.details.get(field.name)) for field in fields) // max(1, len(fields))
    quiet = not any(version.details.get(name) for name in ("accessibility", "accessibility_note", "step_free"))
    rule, terms = version.price_rule or {}, version.terms or {}
    found = [
        (len(photos) < FEW_PHOTOS, "photos", 14, _l("Ajoutez des photos : avec trois, une offre se compare mieux.")),
        (
            FEW_PHOTOS <= len(photos) < MANY_PHOTOS,
            "photos",
            4,
            _l("Montrez six photos : le lieu, la table, l’équipe, l’accès."),
        ),
        (
            len(version.description.strip()) < LONG_DESCRIPTION,
            "what",
            8,
            _l("Décrivez davantage : %(count)s caractères disent le lieu et le déroulement.", count=LONG_DESCRIPTION),
        ),
        (told < TOLD_PERCENT, "details", 8, _l("Dites plus de caractéristiques : les filtres s’en servent.")),
        (quiet, "details", 3, _l("Dites qui peut venir : accès en fauteuil, ascenseur, boucle magnétique.")),
        (len(version.languages) < 2, "who", 3, _l("Ajoutez une autre langue, si vous la parlez.")),
        (
            not any(line.get("optional") for line in rule.get("components") or ()),
            "price",
            2,
            _l("Proposez une option : elle se coche dans le simulateur."),
        ),
        (
            not terms.get("headcount_reduction"),
            "terms",
            2,
            _l("Laissez l’effectif baisser un peu sans frais : c’est ce qui inquiète le plus."),
        ),
    ]
    return [Advice(section, sentence, points) for lacks, section, points, sentence in found if lacks]


def _words(version: OfferVersion) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if len(version.title.strip()) < 8:
        found["title"] = _l("Donnez un titre d’au moins huit lettres : c’est ce qu’on lit d’abord.")
    if not version.summary.strip():
        found["summary"] = _l("Dites l’essentiel en une phrase.")
    short = DESCRIPTION_LEAST - len(version.description.strip())
    if short > 0:
        found["description"] = _l("Décrivez l’offre un peu plus : il manque %(count)s caractères.", count=short)
    return found


def _whereabouts(version: OfferVersion, category: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if version.lat is None or not version.place_name:
        found["place"] = _l("Indiquez la commune ou la station.")
    if not version.postcode:
        found["postcode"] = _l("Indiquez le code postal, à cinq chiffres.")
    if categories.get(category).comes_to_you and not version.service_radius_km and not version.street:
        found["service_radius_km"] = _l("Indiquez jusqu’où vous vous déplacez, ou l’adresse où vous recevez.")
    return found


def _people(version: OfferVersion) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if version.capacity_max < 2:
        found["capacity_max"] = _l("Indiquez combien de personnes vous accueillez au plus.")
    if not version.duration_minutes:
        found["duration"] = _l("Indiquez une durée, par exemple 1 h 30 ou 2 jours.")
    if not version.languages:
        found["languages"] = _l("Choisissez au moins une langue.")
    return found


def _details(version: OfferVersion, category: str) -> dict[str, Any]:
    try:
        categories.validate_details(category, version.details)
    except InvalidInput as error:
        return {f"details.{name}": sentence for name, sentence in error.fields.items()}
    return {}


def _price(version: OfferVersion) -> dict[str, Any]:
    found: dict[str, Any] = {}
    lines = version.price_rule.get("components") or []
    for index, line in enumerate(lines):
        if line.get("unit_net_cents") is None:
            found[f"components.{index}.unit_net_cents"] = _l("Indiquez un prix, ou retirez la ligne.")
        if not str(line.get("label") or "").strip():
            found[f"components.{index}.label"] = FILL_IN
    if found:
        return found
    try:
        PriceRule.from_json(version.price_rule)
    except InvalidInput as error:
        return {error.field or "components": error.message}
    return {}


def _terms(version: OfferVersion) -> dict[str, Any]:
    try:
        Terms.from_json(version.terms)
    except InvalidInput as error:
        return {error.field or "deposit_bps": error.message}
    return {}


def _photos(photos: Sequence[OfferPhoto]) -> dict[str, Any]:
    sentence = _l("Décrivez la photo pour qui ne la voit pas.")
    return {f"photos.{photo.position}.alt": sentence for photo in photos if not photo.alt.strip()}
