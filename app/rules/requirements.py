"""The fixed list of what a company may ask for and an offer or a quote may cover."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

GROUPS: dict[str, tuple[Any, dict[str, Any]]] = {
    "place": (
        _l("Le lieu"),
        {
            "meeting_room": _l("Salle de réunion"),
            "breakout_room": _l("Petites salles de travail"),
            "plenary_room": _l("Salle plénière"),
            "exclusive_use": _l("Privatisation du lieu"),
            "outdoor_space": _l("Espace extérieur"),
            "accessible": _l("Accès aux personnes à mobilité réduite"),
            "parking": _l("Stationnement"),
            "wifi": _l("Wi-Fi"),
            "dance_floor": _l("Piste de danse"),
            "cloakroom": _l("Vestiaire"),
        },
    ),
    "equipment": (
        _l("Le matériel"),
        {
            "av_equipment": _l("Vidéoprojection et sonorisation de réunion"),
            "sound": _l("Sonorisation de soirée"),
            "stationery": _l("Tableau papier, blocs et stylos"),
            "tableware": _l("Vaisselle et nappage"),
            "activity_gear": _l("Matériel de l’activité"),
        },
    ),
    "table": (
        _l("La table"),
        {
            "breakfast": _l("Petit déjeuner"),
            "welcome_coffee": _l("Café d’accueil"),
            "breaks": _l("Pauses"),
            "lunch": _l("Déjeuner"),
            "dinner": _l("Dîner"),
            "cocktail": _l("Cocktail et bouchées"),
            "drinks": _l("Boissons"),
            "dietary_options": _l("Régimes particuliers"),
        },
    ),
    "night": (
        _l("La nuit"),
        {
            "lodging": _l("Hébergement"),
            "single_rooms": _l("Chambres individuelles"),
            "linen": _l("Draps et serviettes"),
        },
    ),
    "moves": (
        _l("Les trajets"),
        {
            "transfer": _l("Transfert aller et retour"),
            "local_transport": _l("Déplacements sur place"),
        },
    ),
    "ski": (
        _l("La montagne"),
        {
            "ski_pass": _l("Forfait de ski"),
            "ski_hire": _l("Location de matériel de ski"),
            "ski_lessons": _l("Cours de ski"),
        },
    ),
    "people": (
        _l("Les personnes et l’animation"),
        {
            "activity": _l("Activité"),
            "host": _l("Animateur"),
            "entertainment": _l("Spectacle ou musique"),
            "photographer": _l("Photographe"),
            "service_staff": _l("Personnel de service"),
            "cleaning": _l("Nettoyage"),
            "setup": _l("Livraison et installation"),
            "security": _l("Sécurité"),
            "insurance": _l("Assurance"),
        },
    ),
}

REQUIREMENTS: dict[str, Any] = {code: text for _, codes in GROUPS.values() for code, text in codes.items()}

# A quote that covers the code on the left answers a need for those on the right as well.
IMPLIES: dict[str, tuple[str, ...]] = {
    "single_rooms": ("lodging",),
    "plenary_room": ("meeting_room",),
}


OTHER = re.compile(r"other-[1-9][0-9]?", re.ASCII)
OTHER_LABEL = _l("Autre besoin")


def label(code: str) -> Any:
    """The French label of a requirement (translatable); an `other-…` has its own in the brief. Raises InvalidInput."""
    check((code,))
    return REQUIREMENTS.get(code, OTHER_LABEL)


def check(codes: Iterable[str], *, field: str = "covers") -> tuple[str, ...]:
    """The codes without repetition, in the order of the list, a brief's own (`other-1` …) last.

    Raises InvalidInput for an unknown one.
    """
    asked = set(codes)
    others = sorted(code for code in asked if OTHER.fullmatch(code))
    if unknown := asked - REQUIREMENTS.keys() - set(others):
        message = _l("« %(code)s » n’est pas dans la liste des besoins.", code=min(unknown))
        raise InvalidInput(message, field=field)
    return (*(code for code in REQUIREMENTS if code in asked), *others)


def covered(codes: Iterable[str]) -> frozenset[str]:
    """The codes and what they imply: a single room is lodging too."""
    direct = set(codes)
    return frozenset(direct.union(*(IMPLIES.get(code, ()) for code in direct)))
