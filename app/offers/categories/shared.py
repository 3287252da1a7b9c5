"""Fields and choices that several categories share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import METRES, SEATS, SQUARE_METRES, DetailField, integer, several, text, yes_no

ROOMS = _l("Les salles")
SERVICES = _l("Équipement et services")
TABLE = _l("La table")
NIGHT = _l("L’hébergement")
ACCESS = _l("L’accès")
FLOW = _l("Le déroulement")
SPACE = _l("Le lieu")

DIETS = (
    ("vegetarian", _l("Végétarien")),
    ("vegan", _l("Végétalien")),
    ("halal", _l("Halal")),
    ("kosher", _l("Casher")),
    ("gluten_free", _l("Sans gluten")),
    ("lactose_free", _l("Sans lactose")),
    ("no_pork", _l("Sans porc")),
    ("nut_free", _l("Sans fruits à coque")),
)
EQUIPMENT = (
    ("projector", _l("Vidéoprojecteur")),
    ("screen", _l("Grand écran")),
    ("sound", _l("Sonorisation et micros")),
    ("video_conference", _l("Visioconférence")),
    ("paperboard", _l("Paperboards")),
    ("whiteboard", _l("Murs ou tableaux blancs")),
    ("stage", _l("Estrade")),
    ("stationery", _l("Blocs et stylos")),
    ("printer", _l("Imprimante")),
)
LEISURE = (
    ("pool", _l("Piscine")),
    ("spa", _l("Spa, sauna ou hammam")),
    ("park", _l("Parc ou jardin")),
    ("terrace", _l("Terrasse")),
    ("gym", _l("Salle de sport")),
    ("tennis", _l("Tennis ou padel")),
    ("games_room", _l("Salle de jeux")),
    ("fireplace", _l("Cheminée ou brasero")),
    ("bikes", _l("Vélos prêtés")),
    ("bar", _l("Bar")),
)
LABELS = (
    ("green_key", _l("Clef Verte")),
    ("eu_ecolabel", _l("Écolabel européen")),
    ("iso_20121", _l("ISO 20121")),
    ("iso_14001", _l("ISO 14001")),
    ("esat", _l("Entreprise adaptée ou Esat")),
    ("bcorp", _l("B Corp")),
    ("tourism_disability", _l("Tourisme et Handicap")),
)
SETTINGS = (
    ("city", _l("En ville")),
    ("country", _l("À la campagne")),
    ("sea", _l("En bord de mer")),
    ("mountain", _l("À la montagne")),
    ("lake", _l("Au bord d’un lac ou d’une rivière")),
    ("forest", _l("En forêt")),
)
PLACES = (
    ("indoor", _l("En intérieur")),
    ("outdoor", _l("En extérieur")),
    ("your_place", _l("Dans vos locaux")),
)
EFFORT = (
    ("none", _l("Aucun effort")),
    ("light", _l("Léger")),
    ("moderate", _l("Modéré")),
    ("sporty", _l("Sportif")),
)


def meeting_rooms(*, required: bool = True) -> tuple[DetailField, ...]:
    """Rooms, the largest one's seats in each layout, daylight."""
    return (
        integer(
            "room_count",
            _l("Salles de réunion"),
            minimum=1,
            maximum=60,
            required=required,
            headline=True,
            filterable=True,
            section=ROOMS,
        ),
        integer(
            "largest_room_m2", _l("Plus grande salle"), minimum=10, maximum=5000, unit=SQUARE_METRES, section=ROOMS
        ),
        _seats("theatre_seats", _l("Assis en théâtre"), _l("Dans la plus grande salle, chaises en rangs."), required),
        _seats("classroom_seats", _l("Assis en classe"), _l("Tables en rangs, face à l’écran.")),
        _seats("u_shape_seats", _l("Assis en U"), _l("Tables en U, tout le monde se voit.")),
        _seats("islands_seats", _l("Assis en îlots"), _l("Tables de six à huit, pour travailler en groupe.")),
        _seats("boardroom_seats", _l("Autour d’une table"), _l("Une seule grande table.")),
        integer("breakout_rooms", _l("Salles de sous-commission"), maximum=40, filterable=True, section=ROOMS),
        yes_no(
            "daylight",
            _l("Lumière du jour dans toutes les salles"),
            filterable=True,
            headline=True,
            says_no=True,
            section=ROOMS,
        ),
        yes_no("blackout_possible", _l("Salles qui peuvent être assombries"), section=ROOMS),
        yes_no("air_conditioning", _l("Salles climatisées"), filterable=True, says_no=True, section=ROOMS),
    )


def _seats(name: str, label: Any, hint: Any, required: bool = False) -> DetailField:
    return integer(name, label, minimum=2, maximum=5000, unit=SEATS, hint=hint, required=required, section=ROOMS)


def equipment() -> tuple[DetailField, ...]:
    """What stands in the rooms, and the network."""
    return (
        several("equipment", _l("Matériel compris"), EQUIPMENT, section=SERVICES),
        integer("wifi_mbps", _l("Débit du Wi-Fi"), minimum=1, maximum=10_000, unit=_l("Mbit/s"), section=SERVICES),
        yes_no("technician", _l("Technicien sur place"), says_no=True, section=SERVICES),
    )


def access() -> tuple[DetailField, ...]:
    """How to come, and whether everyone can."""
    return (
        yes_no(
            "step_free",
            _l("Accessible en fauteuil roulant"),
            filterable=True,
            says_no=True,
            section=ACCESS,
            hint=_l("Entrée, salles et au moins des toilettes, sans marche."),
        ),
        text("nearest_station", _l("Gare ou arrêt le plus proche"), maximum=120, section=ACCESS),
        integer("station_minutes", _l("Trajet depuis la gare"), maximum=240, unit=_l("min"), section=ACCESS),
        integer("parking_spaces", _l("Places de stationnement"), maximum=3000, filterable=True, section=ACCESS),
        integer("ev_chargers", _l("Bornes de recharge"), maximum=200, section=ACCESS),
        yes_no("coach_access", _l("Accès et dépose en autocar"), section=ACCESS),
    )


def labels() -> tuple[DetailField, ...]:
    """Certificates that a CSR policy asks for."""
    return (several("labels", _l("Labels et certifications"), LABELS, filterable=True, section=SERVICES),)


def diets() -> tuple[DetailField, ...]:
    """The diets that are cooked for on request."""
    return (several("diets", _l("Régimes prévus sur demande"), DIETS, filterable=True, section=TABLE),)


def outdoor_fallback() -> tuple[DetailField, ...]:
    """What happens when it rains."""
    return (
        yes_no("rain_plan", _l("Repli prévu en cas de pluie"), filterable=True, says_no=True, section=FLOW),
        text("rain_plan_note", _l("Lequel"), maximum=200, section=FLOW),
    )


def height(name: str, label: Any, section: Any, *, required: bool = False, headline: bool = False) -> DetailField:
    """An altitude in metres."""
    return integer(
        name, label, maximum=4000, unit=METRES, required=required, headline=headline, filterable=True, section=section
    )
