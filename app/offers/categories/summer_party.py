"""Fête d’été: a whole company outdoors."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import PEOPLE, Category, SuggestedComponent, choice, clock, integer, several, yes_no
from app.offers.categories.shared import FLOW, SETTINGS, SPACE, TABLE, access, diets, labels, outdoor_fallback

VENUES = (
    ("park", _l("Parc ou domaine")),
    ("beach", _l("Plage")),
    ("guinguette", _l("Guinguette")),
    ("castle", _l("Château et jardins")),
    ("farm", _l("Ferme")),
    ("vineyard", _l("Domaine viticole")),
    ("rooftop", _l("Toit-terrasse")),
    ("lake", _l("Base de loisirs")),
)
FOOD = (
    ("barbecue", _l("Barbecue ou plancha")),
    ("food_truck", _l("Camions-restaurants")),
    ("buffet", _l("Buffet")),
    ("cocktail", _l("Cocktail dînatoire")),
    ("picnic", _l("Pique-nique")),
    ("none", _l("Sans repas")),
)
GAMES = (
    ("petanque", _l("Pétanque")),
    ("giant_games", _l("Jeux en bois géants")),
    ("molkky", _l("Mölkky et palets")),
    ("volley", _l("Volley")),
    ("paddle", _l("Paddle ou canoë")),
    ("inflatables", _l("Structures gonflables")),
    ("concert", _l("Concert")),
    ("dj", _l("DJ")),
    ("fireworks", _l("Feu d’artifice")),
    ("children", _l("Animations pour les enfants")),
)

CATEGORY = Category(
    code="summer_party",
    label=_l("Fête d’été"),
    plural=_l("Fêtes d’été"),
    slug="fete-d-ete",
    description=_l(
        "Toute l’entreprise dehors : un parc, une plage ou une guinguette, de quoi manger, jouer et danser."
    ),
    fields=(
        choice("venue", _l("Type de lieu"), VENUES, required=True, filterable=True, headline=True, section=SPACE),
        choice("setting", _l("Cadre"), SETTINGS, filterable=True, section=SPACE),
        integer(
            "outdoor_capacity", _l("Accueil en plein air"), maximum=20_000, unit=PEOPLE, required=True, section=SPACE
        ),
        integer("covered_capacity", _l("À l’abri"), maximum=20_000, unit=PEOPLE, section=SPACE),
        yes_no("exclusive_use", _l("Lieu privatisé"), filterable=True, headline=True, says_no=True, section=SPACE),
        choice("food", _l("À manger"), FOOD, required=True, filterable=True, headline=True, section=TABLE),
        several("games", _l("Jeux et animations compris"), GAMES, filterable=True, section=FLOW),
        yes_no("families", _l("Conjoints et enfants bienvenus"), filterable=True, says_no=True, section=FLOW),
        clock("until_time", _l("Jusqu’à"), section=FLOW),
        *outdoor_fallback(),
        *diets(),
        *access(),
        *labels(),
    ),
    components=(
        SuggestedComponent(_l("Repas en plein air"), "food_immediate", "person", ("lunch", "tableware")),
        SuggestedComponent(_l("Boissons sans alcool"), "food_immediate", "person", ("drinks",)),
        SuggestedComponent(_l("Bières et vins"), "alcohol", "person", ("drinks",), optional=True),
        SuggestedComponent(_l("Privatisation du site"), "room_hire", "group", ("exclusive_use", "outdoor_space")),
        SuggestedComponent(_l("Jeux et animation"), "activity", "group", ("activity", "host")),
    ),
    requirements=(
        "exclusive_use",
        "outdoor_space",
        "accessible",
        "parking",
        "sound",
        "lunch",
        "dinner",
        "cocktail",
        "drinks",
        "dietary_options",
        "service_staff",
        "tableware",
        "activity",
        "activity_gear",
        "entertainment",
        "host",
        "photographer",
        "security",
        "setup",
        "cleaning",
        "transfer",
    ),
    duration_minutes=7 * 60,
    illustration="summer",
    serves_food=True,
    notice_days=21,
)
