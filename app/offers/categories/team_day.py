"""Journée en équipe: a day off-site with something to do together."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import Category, SuggestedComponent, choice, clock, yes_no
from app.offers.categories.shared import (
    EFFORT,
    FLOW,
    SETTINGS,
    SPACE,
    TABLE,
    access,
    diets,
    labels,
    outdoor_fallback,
)

THEMES = (
    ("nature", _l("Nature")),
    ("water", _l("Sur l’eau")),
    ("food", _l("Cuisine et terroir")),
    ("craft", _l("Atelier d’artisan")),
    ("city", _l("Découverte d’une ville")),
    ("sport", _l("Sport")),
    ("solidarity", _l("Engagement solidaire")),
    ("wellness", _l("Bien-être")),
)
LUNCH = (
    ("none", _l("Sans déjeuner")),
    ("picnic", _l("Pique-nique")),
    ("buffet", _l("Buffet")),
    ("seated", _l("Repas assis")),
    ("cooked", _l("Préparé ensemble")),
)

CATEGORY = Category(
    code="team_day",
    label=_l("Journée en équipe"),
    plural=_l("Journées en équipe"),
    slug="journee-en-equipe",
    description=_l("Une journée hors les murs : une activité à plusieurs, un déjeuner, et le retour avant la nuit."),
    fields=(
        choice("theme", _l("Thème"), THEMES, required=True, filterable=True, headline=True, section=FLOW),
        choice("setting", _l("Cadre"), SETTINGS, filterable=True, section=SPACE),
        choice("effort", _l("Effort physique"), EFFORT, required=True, filterable=True, headline=True, section=FLOW),
        clock("starts", _l("Début conseillé"), section=FLOW),
        clock("ends", _l("Fin conseillée"), section=FLOW),
        yes_no("meeting_room", _l("Salle pour une réunion"), filterable=True, says_no=True, section=SPACE),
        choice("lunch", _l("Déjeuner"), LUNCH, required=True, filterable=True, headline=True, section=TABLE),
        *outdoor_fallback(),
        *diets(),
        *access(),
        *labels(),
    ),
    components=(
        SuggestedComponent(_l("Activité et encadrement"), "activity", "person", ("activity", "host", "activity_gear")),
        SuggestedComponent(_l("Déjeuner"), "food_immediate", "person", ("lunch", "drinks")),
        SuggestedComponent(_l("Mise à disposition du lieu"), "room_hire", "group", ("exclusive_use",), optional=True),
        SuggestedComponent(_l("Autocar aller et retour"), "transport", "group", ("transfer",), optional=True),
    ),
    requirements=(
        "activity",
        "activity_gear",
        "host",
        "lunch",
        "welcome_coffee",
        "breaks",
        "drinks",
        "dietary_options",
        "meeting_room",
        "outdoor_space",
        "exclusive_use",
        "accessible",
        "parking",
        "transfer",
        "local_transport",
        "photographer",
        "insurance",
    ),
    duration_minutes=8 * 60,
    illustration="together",
    serves_food=True,
    notice_days=10,
)
