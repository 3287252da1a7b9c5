"""Séminaire résidentiel: rooms, meals and nights in one place."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import Category, SuggestedComponent, choice, clock, in_order, integer, several, yes_no
from app.offers.categories.shared import (
    LEISURE,
    NIGHT,
    SETTINGS,
    SPACE,
    TABLE,
    access,
    diets,
    equipment,
    labels,
    meeting_rooms,
)

LODGING = (
    ("hotel", _l("Hôtel")),
    ("castle", _l("Château ou manoir")),
    ("country_house", _l("Maison de campagne")),
    ("chalet", _l("Chalet")),
    ("village", _l("Village vacances")),
    ("cabins", _l("Cabanes ou écolodges")),
)
STARS = (
    ("none", _l("Non classé")),
    ("3", _l("3 étoiles")),
    ("4", _l("4 étoiles")),
    ("5", _l("5 étoiles")),
)
BOARD = (
    ("breakfast", _l("Petit déjeuner")),
    ("half_board", _l("Demi-pension")),
    ("full_board", _l("Pension complète")),
)

CATEGORY = Category(
    code="residential_seminar",
    label=_l("Séminaire résidentiel"),
    plural=_l("Séminaires résidentiels"),
    slug="seminaire-residentiel",
    description=_l("Un lieu où l’on travaille, mange et dort : salles, repas et chambres au même endroit."),
    fields=(
        *meeting_rooms(),
        *equipment(),
        choice("lodging_kind", _l("Type d’hébergement"), LODGING, required=True, filterable=True, section=NIGHT),
        choice("stars", _l("Classement"), STARS, filterable=True, section=NIGHT),
        integer(
            "bedrooms",
            _l("Chambres"),
            minimum=1,
            maximum=1500,
            required=True,
            filterable=True,
            headline=True,
            section=NIGHT,
        ),
        integer(
            "single_rooms",
            _l("dont en individuel"),
            maximum=1500,
            required=True,
            hint=_l("Combien de chambres peuvent être louées à une personne seule."),
            section=NIGHT,
        ),
        integer("twin_rooms", _l("dont à deux lits séparés"), maximum=1500, section=NIGHT),
        integer(
            "nights_min", _l("Nuits au moins"), minimum=1, maximum=14, required=True, filterable=True, section=NIGHT
        ),
        integer("nights_max", _l("Nuits au plus"), minimum=1, maximum=30, section=NIGHT),
        clock("check_in", _l("Chambres disponibles dès"), required=True, section=NIGHT),
        clock("check_out", _l("À libérer avant"), required=True, section=NIGHT),
        yes_no("private_bathrooms", _l("Salle de bains dans chaque chambre"), says_no=True, section=NIGHT),
        integer("accessible_bedrooms", _l("Chambres accessibles en fauteuil"), maximum=100, section=NIGHT),
        yes_no("exclusive_use", _l("Lieu privatisé"), filterable=True, headline=True, section=SPACE),
        choice("setting", _l("Cadre"), SETTINGS, filterable=True, section=SPACE),
        several("leisure", _l("Sur place"), LEISURE, filterable=True, section=SPACE),
        choice("board", _l("Repas compris"), BOARD, required=True, filterable=True, section=TABLE),
        yes_no("breaks_included", _l("Café d’accueil et pauses compris"), section=TABLE),
        yes_no("alcohol_included", _l("Vin compris aux repas"), says_no=True, section=TABLE),
        clock("dinner_until", _l("Salle du dîner jusqu’à"), section=TABLE),
        *diets(),
        *access(),
        *labels(),
    ),
    components=(
        SuggestedComponent(
            _l("Chambre individuelle, petit déjeuner compris"),
            "lodging",
            "person",
            ("lodging", "single_rooms", "breakfast", "linen"),
        ),
        SuggestedComponent(_l("Déjeuner"), "food_immediate", "person", ("lunch",)),
        SuggestedComponent(_l("Dîner"), "food_immediate", "person", ("dinner",)),
        SuggestedComponent(_l("Café d’accueil et pauses"), "food_immediate", "person", ("welcome_coffee", "breaks")),
        SuggestedComponent(
            _l("Salle plénière équipée"), "room_hire", "group", ("plenary_room", "meeting_room", "av_equipment", "wifi")
        ),
        SuggestedComponent(_l("Salle de sous-commission"), "room_hire", "group", ("breakout_room",), optional=True),
        SuggestedComponent(_l("Vin au dîner"), "alcohol", "person", ("drinks",), optional=True),
        SuggestedComponent(_l("Taxe de séjour"), "tourist_tax", "person"),
    ),
    requirements=(
        "plenary_room",
        "meeting_room",
        "breakout_room",
        "exclusive_use",
        "outdoor_space",
        "accessible",
        "parking",
        "wifi",
        "av_equipment",
        "stationery",
        "welcome_coffee",
        "breaks",
        "breakfast",
        "lunch",
        "dinner",
        "drinks",
        "dietary_options",
        "lodging",
        "single_rooms",
        "linen",
        "transfer",
        "activity",
        "entertainment",
    ),
    duration_minutes=2 * 24 * 60,
    illustration="amphitheatre",
    serves_food=True,
    notice_days=21,
    check=in_order("nights_min", "nights_max"),
)
