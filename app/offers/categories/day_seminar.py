"""Journée d’étude: rooms for a day, with or without lunch."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    MONDAY_TO_SATURDAY,
    Category,
    SuggestedComponent,
    choice,
    clock,
    in_order,
)
from app.offers.categories.shared import (
    SPACE,
    TABLE,
    access,
    asked,
    diets,
    environment,
    equipment,
    exclusive_use,
    leisure,
    meeting_rooms,
    setting,
)

LUNCH = (
    ("none", _l("Pas de déjeuner")),
    ("buffet", _l("Buffet")),
    ("seated", _l("Repas assis, servi à table")),
    ("lunch_box", _l("Coffret repas")),
    ("food_truck", _l("Camion-restaurant")),
)

CATEGORY = Category(
    code="day_seminar",
    label=_l("Journée d’étude"),
    plural=_l("Journées d’étude"),
    slug="journee-d-etude",
    description=_l("Une salle pour la journée, le café d’accueil, les pauses et le déjeuner, sans hébergement."),
    fields=(
        *meeting_rooms(),
        *equipment(),
        clock("available_from", _l("Salle disponible dès"), required=True, section=SPACE),
        clock("available_until", _l("Jusqu’à"), required=True, section=SPACE),
        asked("half_day", SPACE),
        *exclusive_use(),
        *setting(),
        *leisure(),
        choice("lunch", _l("Déjeuner"), LUNCH, required=True, filterable=True, headline=True, section=TABLE),
        asked("break_count", TABLE),
        asked("welcome_coffee", TABLE),
        asked("outside_caterer", TABLE),
        *diets(),
        *access(),
        *environment(),
    ),
    components=(
        SuggestedComponent(
            _l("Location de la salle, équipée"), "room_hire", "group", ("meeting_room", "av_equipment", "wifi")
        ),
        SuggestedComponent(_l("Café d’accueil et pauses"), "food_immediate", "person", ("welcome_coffee", "breaks")),
        SuggestedComponent(_l("Déjeuner, boissons sans alcool"), "food_immediate", "person", ("lunch", "drinks")),
        SuggestedComponent(_l("Salle de sous-commission"), "room_hire", "group", ("breakout_room",), optional=True),
    ),
    requirements=(
        "meeting_room",
        "plenary_room",
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
        "lunch",
        "drinks",
        "dietary_options",
        "transfer",
    ),
    duration_minutes=9 * 60,
    illustration="table",
    serves_food=True,
    weekdays=MONDAY_TO_SATURDAY,
    notice_days=7,
    check=in_order("available_from", "available_until"),
)
