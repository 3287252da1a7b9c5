"""Afterwork: a bar, a boat, a terrace for a few hours after work."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import Category, SuggestedComponent, choice, integer
from app.offers.categories.shared import (
    SPACE,
    TABLE,
    access,
    diets,
    drinks,
    environment,
    guests,
    hours,
    included_length,
    music,
    outdoors,
    speech,
)

VENUES = (
    ("bar", _l("Bar")),
    ("rooftop", _l("Toit-terrasse")),
    ("barge", _l("Péniche")),
    ("brewery", _l("Brasserie artisanale")),
    ("wine_cellar", _l("Cave à vin")),
    ("restaurant", _l("Restaurant")),
    ("gallery", _l("Galerie ou atelier")),
    ("garden", _l("Jardin ou guinguette")),
    ("bowling", _l("Bowling ou salle de jeux")),
)
EXCLUSIVE = (
    ("whole", _l("Tout le lieu")),
    ("area", _l("Un espace réservé")),
    ("none", _l("Tables réservées")),
)
FOOD = (
    ("none", _l("Rien à manger")),
    ("boards", _l("Planches à partager")),
    ("cocktail", _l("Cocktail de bouchées")),
    ("cocktail_dinner", _l("Cocktail dînatoire")),
    ("seated", _l("Dîner assis")),
    ("own", _l("Vous apportez")),
)
CATEGORY = Category(
    code="afterwork",
    label=_l("Afterwork"),
    plural=_l("Afterworks"),
    slug="afterwork",
    description=_l("Un verre entre collègues après le travail : un bar, une péniche ou une terrasse pour la soirée."),
    fields=(
        choice("venue", _l("Type de lieu"), VENUES, required=True, filterable=True, headline=True, section=SPACE),
        choice(
            "exclusive_use",
            _l("Privatisation"),
            EXCLUSIVE,
            required=True,
            filterable=True,
            headline=True,
            section=SPACE,
        ),
        *guests(3000, 3000, seated_first=False),
        *outdoors(),
        *drinks(counted=True),
        choice("food", _l("À manger"), FOOD, required=True, filterable=True, section=TABLE),
        integer("pieces_per_person", _l("Pièces par personne"), maximum=40, section=TABLE),
        *diets(),
        *hours(required=True),
        *music(),
        included_length(_l("Durée comprise")),
        *speech(),
        *access(),
        *environment(),
    ),
    components=(
        SuggestedComponent(_l("Boissons alcoolisées"), "alcohol", "person", ("drinks",)),
        SuggestedComponent(_l("Boissons sans alcool"), "food_immediate", "person", ("drinks",)),
        SuggestedComponent(_l("Planches et bouchées"), "food_immediate", "person", ("cocktail",)),
        SuggestedComponent(_l("Privatisation de l’espace"), "room_hire", "group", ("exclusive_use",)),
        SuggestedComponent(_l("DJ"), "service", "group", ("entertainment", "sound"), optional=True),
    ),
    requirements=(
        "exclusive_use",
        "outdoor_space",
        "accessible",
        "cloakroom",
        "dance_floor",
        "sound",
        "av_equipment",
        "drinks",
        "cocktail",
        "dinner",
        "dietary_options",
        "host",
        "entertainment",
        "photographer",
        "security",
    ),
    duration_minutes=4 * 60,
    illustration="glasses",
    serves_food=True,
    weekdays=(0, 1, 2, 3, 4, 5),
    notice_days=5,
)
