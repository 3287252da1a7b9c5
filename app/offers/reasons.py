"""Why an operator returns a version: what may be chosen, beside words of her own. Codes are stored, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l

REASONS: Final[dict[str, Any]] = {
    "description": _l("La description reste trop vague : dites ce qui est compris et comment cela se passe."),
    "price": _l("Le prix est incomplet ou ne correspond pas à ce qui est décrit."),
    "photos": _l("Des photos sont floues, portent un logo ou du texte, ou ne montrent pas l’offre."),
    "contact": _l("Le texte contient des coordonnées ou un lien : les échanges passent par le site."),
    "category": _l("L’offre relève d’une autre catégorie."),
    "duplicate": _l("L’offre fait double emploi avec une autre des vôtres."),
    "capacity": _l("L’effectif, la durée ou le lieu se contredisent."),
    "terms": _l("Les conditions de paiement ou d’annulation sont à revoir."),
    "legal": _l("Une mention obligatoire manque : immatriculation, licence ou assurance."),
    "language": _l("Le texte est à relire : fautes, majuscules ou promesses invérifiables."),
}


def known(codes: Iterable[str]) -> list[str]:
    """Those of the codes that exist, once each, in the list's order."""
    asked = set(codes)
    return [code for code in REASONS if code in asked]


def in_words(codes: Iterable[str], note: str) -> str:
    """The chosen reasons and the operator's own words, a line each, for the provider."""
    return "\n".join([*(str(REASONS[code]) for code in codes if code in REASONS), *([note] if note else [])])
