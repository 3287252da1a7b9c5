"""Afterwork: a bar, a boat, a terrace for a few hours after work."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    PEOPLE,
    Category,
    SuggestedComponent,
    choice,
    clock,
    integer,
    minutes,
    several,
    yes_no,
)
from app.offers.categories.shared import FLOW, SPACE, TABLE, access, diets, labels

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
DRINKS = (
    ("soft", _l("Sans alcool")),
    ("beer", _l("Bière")),
    ("wine", _l("Vin")),
    ("sparkling", _l("Champagne ou crémant")),
    ("cocktails", _l("Cocktails")),
    ("mocktails", _l("Cocktails sans alcool")),
)
MUSIC = (
    ("none", _l("Pas de musique")),
    ("background", _l("Musique d’ambiance")),
    ("playlist", _l("Votre liste de lecture")),
    ("dj", _l("DJ")),
    ("live", _l("Musiciens")),
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
        integer("standing_capacity", _l("Debout"), minimum=4, maximum=3000, unit=PEOPLE, required=True, section=SPACE),
        integer("seated_capacity", _l("Assis"), maximum=3000, unit=PEOPLE, section=SPACE),
        yes_no("outdoor_area", _l("Terrasse ou extérieur"), filterable=True, says_no=True, section=SPACE),
        yes_no("outdoor_covered", _l("Extérieur couvert ou chauffé"), section=SPACE),
        yes_no("cloakroom", _l("Vestiaire surveillé"), section=SPACE),
        integer(
            "drinks_per_person",
            _l("Verres compris par personne"),
            maximum=20,
            required=True,
            headline=True,
            hint=_l("0 si les boissons sont en plus."),
            section=TABLE,
        ),
        yes_no("open_bar", _l("Boissons à volonté"), filterable=True, section=TABLE),
        several("drinks", _l("Boissons servies"), DRINKS, required=True, section=TABLE),
        choice("food", _l("À manger"), FOOD, required=True, filterable=True, section=TABLE),
        integer("pieces_per_person", _l("Pièces par personne"), maximum=40, section=TABLE),
        *diets(),
        clock("from_time", _l("À partir de"), required=True, section=FLOW),
        clock("until_time", _l("Jusqu’à"), required=True, hint=_l("Après minuit : 01:00."), section=FLOW),
        clock("music_until", _l("Musique jusqu’à"), section=FLOW),
        choice("music", _l("Musique"), MUSIC, section=FLOW),
        yes_no("own_music", _l("Votre musique ou votre DJ acceptés"), says_no=True, section=FLOW),
        minutes("included_duration", _l("Durée comprise"), minimum=60, maximum=720, section=FLOW),
        yes_no("screen", _l("Écran et micro pour un discours"), filterable=True, section=FLOW),
        *access(),
        *labels(),
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
