"""Fields and choices that several categories share: what is asked twice has its one home here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    METRES,
    PEOPLE,
    SEATS,
    SQUARE_METRES,
    Choices,
    DetailField,
    choice,
    clock,
    integer,
    minutes,
    several,
    text,
    yes_no,
)

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
ACCESSIBILITY = (
    ("toilets", _l("Toilettes adaptées")),
    ("parking", _l("Stationnement réservé")),
    ("lift", _l("Ascenseur ou plateforme")),
    ("hearing_loop", _l("Boucle magnétique")),
    ("subtitles", _l("Sous-titrage possible")),
    ("large_print", _l("Documents en gros caractères")),
    ("guide_dogs", _l("Chiens d’assistance bienvenus")),
    ("quiet_room", _l("Espace calme")),
    ("seating", _l("Sièges pour qui ne peut rester debout")),
    ("trained_staff", _l("Personnel formé à l’accueil")),
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
BOARDS = (
    ("breakfast", _l("Petit déjeuner")),
    ("half_board", _l("Demi-pension")),
    ("full_board", _l("Pension complète")),
)
NO_BOARD = ("none", _l("Sans repas"))
MUSIC = (
    ("none", _l("Pas de musique")),
    ("background", _l("Musique d’ambiance")),
    ("playlist", _l("Votre liste de lecture")),
    ("dj", _l("DJ")),
    ("live", _l("Musiciens")),
)
DRINKS = (
    ("soft", _l("Sans alcool")),
    ("beer", _l("Bière")),
    ("wine", _l("Vin")),
    ("sparkling", _l("Champagne ou crémant")),
    ("cocktails", _l("Cocktails")),
    ("mocktails", _l("Cocktails sans alcool")),
)
COMMITMENTS = (
    ("no_single_use", _l("Sans plastique à usage unique")),
    ("local", _l("Producteurs et artisans proches")),
    ("public_transport", _l("Accessible en transports en commun")),
    ("food_donation", _l("Invendus donnés")),
    ("compost", _l("Biodéchets triés")),
    ("renewable", _l("Électricité renouvelable")),
)
MODES = (
    ("together", _l("Coopération")),
    ("teams", _l("Équipes qui s’affrontent")),
    ("individual", _l("Chacun pour soi")),
)
EFFORT = (
    ("none", _l("Aucun effort")),
    ("light", _l("Léger")),
    ("moderate", _l("Modéré")),
    ("sporty", _l("Sportif")),
)


ALIKE: Final[dict[str, tuple[Callable[..., DetailField], Any, dict[str, Any]]]] = {
    "break_count": (integer, _l("Pauses dans la journée"), {"maximum": 6}),
    "changing_rooms": (yes_no, _l("Vestiaires et douches"), {}),
    "courses": (integer, _l("Plats ou services"), {"maximum": 8}),
    "effort": (choice, _l("Effort physique"), {"choices": EFFORT, "filterable": True}),
    "guests_per_waiter": (integer, _l("Convives par serveur"), {"minimum": 1, "maximum": 100}),
    "half_day": (yes_no, _l("Demi-journée possible"), {"filterable": True}),
    "linen_included": (yes_no, _l("Draps et serviettes compris"), {"says_no": True}),
    "meeting_room": (yes_no, _l("Salle de réunion"), {"filterable": True, "says_no": True}),
    "meeting_seats": (integer, _l("Places dans la salle"), {"maximum": 1000}),
    "mode": (choice, _l("Manière de jouer"), {"choices": MODES, "filterable": True}),
    "outside_caterer": (yes_no, _l("Traiteur de votre choix accepté"), {"says_no": True}),
    "people_per_room": (integer, _l("Personnes par chambre, au plus"), {"minimum": 1, "maximum": 12}),
    "pieces_per_person": (integer, _l("Pièces par personne"), {"maximum": 40}),
    "places": (several, _l("Où elle a lieu"), {"choices": PLACES, "filterable": True}),
    "power_kw": (integer, _l("Puissance électrique"), {"unit": _l("kW")}),
    "setup_minutes": (minutes, _l("Temps d’installation"), {"maximum": 480}),
    "team_size": (integer, _l("Personnes par équipe"), {"minimum": 2, "maximum": 50}),
    "welcome_coffee": (yes_no, _l("Café d’accueil"), {}),
}


def asked(name: str, section: Any, **more: Any) -> DetailField:
    """A field that two or three categories ask in the same words, each under a heading of its own."""
    make, label, values = ALIKE[name]
    return make(name, label, **values | more, section=section)


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
        *accessibility(),
        text("nearest_station", _l("Gare ou arrêt le plus proche"), maximum=120, section=ACCESS),
        integer("station_minutes", _l("Trajet depuis la gare"), maximum=240, unit=_l("min"), section=ACCESS),
        integer("parking_spaces", _l("Places de stationnement"), maximum=3000, filterable=True, section=ACCESS),
        integer("ev_chargers", _l("Bornes de recharge"), maximum=200, section=ACCESS),
        yes_no("coach_access", _l("Accès et dépose en autocar"), section=ACCESS),
    )


def accessibility() -> tuple[DetailField, ...]:
    """What people with a disability need to know before they come. The page tells it under a heading of its own."""
    return (
        yes_no(
            "step_free",
            _l("Accessible en fauteuil roulant"),
            filterable=True,
            says_no=True,
            section=ACCESS,
            hint=_l("Entrée, salles et au moins des toilettes, sans marche."),
        ),
        several("accessibility", _l("Pour tous"), ACCESSIBILITY, filterable=True, section=ACCESS),
        text(
            "accessibility_note",
            _l("À savoir avant de venir"),
            maximum=300,
            section=ACCESS,
            hint=_l("Une marche à l’entrée, un sol meuble, une lumière vive : ce qu’une photo ne dit pas."),
        ),
    )


def environment() -> tuple[DetailField, ...]:
    """What a CSR policy asks beside certificates (those have their proof: `app/offers/labels.py`)."""
    return (several("environment", _l("Engagements"), COMMITMENTS, filterable=True, section=SERVICES),)


def setting(section: Any = SPACE) -> tuple[DetailField, ...]:
    """What is around."""
    return (choice("setting", _l("Cadre"), SETTINGS, filterable=True, section=section),)


def leisure(section: Any = SPACE) -> tuple[DetailField, ...]:
    """What there is to do on the spot."""
    return (several("leisure", _l("Sur place"), LEISURE, filterable=True, section=section),)


def exclusive_use(*, says_no: bool = False) -> tuple[DetailField, ...]:
    """Whether the group is alone."""
    label = _l("Lieu privatisé")
    return (yes_no("exclusive_use", label, filterable=True, headline=True, says_no=says_no, section=SPACE),)


def lodging_kind(label: Any, choices: Choices) -> tuple[DetailField, ...]:
    """Under what roof one sleeps."""
    return (choice("lodging_kind", label, choices, required=True, filterable=True, section=NIGHT),)


def nights(most: int, *, headline: bool = False) -> tuple[DetailField, ...]:
    """How many nights a group stays. A category with them checks `in_order("nights_min", "nights_max")`."""
    least = {"minimum": 1, "maximum": 14, "required": True, "filterable": True}
    return (
        integer("nights_min", _l("Nuits au moins"), section=NIGHT, **least),
        integer("nights_max", _l("Nuits au plus"), minimum=1, maximum=most, headline=headline, section=NIGHT),
    )


def check_times(*, required: bool = False) -> tuple[DetailField, ...]:
    """From when to when one has the rooms."""
    return (
        clock("check_in", _l("Chambres disponibles dès"), required=required, section=NIGHT),
        clock("check_out", _l("À libérer avant"), required=required, section=NIGHT),
    )


def single_possible() -> tuple[DetailField, ...]:
    """Whether nobody has to share."""
    label = _l("Chambre individuelle possible")
    return (yes_no("single_possible", label, filterable=True, says_no=True, section=NIGHT),)


def board(label: Any, *, none: bool = False) -> tuple[DetailField, ...]:
    """Which meals belong to the stay."""
    choices = (NO_BOARD, *BOARDS) if none else BOARDS
    return (choice("board", label, choices, required=True, filterable=True, section=TABLE),)


def guests(seated: int, standing: int, *, seated_first: bool) -> tuple[DetailField, ...]:
    """How many the place holds, seated and standing; the first of the two is asked for."""
    sit = integer(
        "seated_capacity", _l("Assis"), maximum=seated, unit=PEOPLE, required=seated_first, filterable=True,
        section=SPACE,
    )  # fmt: skip
    stand = integer(
        "standing_capacity", _l("Debout"), minimum=0 if seated_first else 4, maximum=standing, unit=PEOPLE,
        required=not seated_first, filterable=True, section=SPACE,
    )  # fmt: skip
    return (sit, stand) if seated_first else (stand, sit)


def hours(*, required: bool = False, until_required: bool = True) -> tuple[DetailField, ...]:
    """From when to when, past midnight too."""
    return (
        clock("from_time", _l("À partir de"), required=required, section=FLOW),
        clock("until_time", _l("Jusqu’à"), required=until_required, hint=_l("Après minuit : 01:00."), section=FLOW),
    )


def music() -> tuple[DetailField, ...]:
    """What is played, until when, and whose."""
    return (
        clock("music_until", _l("Musique jusqu’à"), section=FLOW),
        choice("music", _l("Musique"), MUSIC, filterable=True, section=FLOW),
        yes_no("own_music", _l("Votre musique ou votre DJ acceptés"), says_no=True, section=FLOW),
    )


def drinks(*, counted: bool = False) -> tuple[DetailField, ...]:
    """What is poured; `counted`: how many glasses is asked for."""
    return (
        integer(
            "drinks_per_person", _l("Verres compris par personne"), maximum=20, required=counted, headline=counted,
            hint=_l("0 si les boissons sont en plus."), section=TABLE,
        ),
        yes_no("open_bar", _l("Boissons à volonté"), filterable=True, section=TABLE),
        several("drinks", _l("Boissons servies"), DRINKS, required=counted, section=TABLE),
    )  # fmt: skip


def outdoors() -> tuple[DetailField, ...]:
    """A terrace, and whether rain matters there."""
    return (
        yes_no("outdoor_area", _l("Terrasse ou extérieur"), filterable=True, says_no=True, section=SPACE),
        yes_no("outdoor_covered", _l("Extérieur couvert ou chauffé"), section=SPACE),
        yes_no("cloakroom", _l("Vestiaire surveillé"), filterable=True, section=SPACE),
    )


def speech() -> tuple[DetailField, ...]:
    """Whether somebody can speak to all."""
    return (yes_no("screen", _l("Écran et micro pour un discours"), filterable=True, section=FLOW),)


def coaching(most_per_guide: int = 100) -> tuple[DetailField, ...]:
    """Who leads, and what is brought along."""
    return (
        integer("people_per_guide", _l("Personnes par animateur"), minimum=1, maximum=most_per_guide, section=FLOW),
        yes_no("gear_included", _l("Matériel compris"), says_no=True, section=FLOW),
        yes_no("photos_included", _l("Photos de l’équipe comprises"), section=FLOW),
        yes_no("insurance_included", _l("Assurance de l’activité comprise"), says_no=True, section=FLOW),
        text("to_bring", _l("À prévoir"), maximum=160, section=FLOW, hint=_l("Tenue, chaussures, maillot de bain…")),
        integer("age_min", _l("Âge minimal"), minimum=3, maximum=18, unit=_l("ans"), section=FLOW),
    )


def included_length(label: Any, most: int = 720) -> DetailField:
    """How long what is paid for lasts."""
    return minutes("included_duration", label, minimum=60, maximum=most, section=FLOW)


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
