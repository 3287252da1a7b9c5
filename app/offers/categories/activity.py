"""Activité: two hours to half a day of doing something together, often at your place."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import Category, SuggestedComponent, choice, integer, minutes, several, yes_no
from app.offers.categories.shared import EFFORT, FLOW, PLACES, SPACE, labels, outdoor_fallback

KINDS = (
    ("creative", _l("Création et arts")),
    ("cooking", _l("Cuisine et dégustation")),
    ("escape", _l("Enquête ou jeu d’évasion")),
    ("sport", _l("Sport")),
    ("water", _l("Nautique")),
    ("rally", _l("Rallye ou jeu de piste")),
    ("music", _l("Musique et théâtre")),
    ("wellness", _l("Bien-être")),
    ("solidarity", _l("Solidaire ou écologique")),
    ("digital", _l("Jeu numérique")),
    ("mechanics", _l("Pilotage")),
)
MODES = (
    ("together", _l("Coopération")),
    ("teams", _l("Équipes qui s’affrontent")),
    ("individual", _l("Chacun pour soi")),
)

CATEGORY = Category(
    code="activity",
    label=_l("Activité"),
    plural=_l("Activités"),
    slug="activite",
    description=_l("Une activité à vivre en équipe, de deux heures à une demi-journée, chez vous ou ailleurs."),
    fields=(
        choice("kind", _l("Type d’activité"), KINDS, required=True, filterable=True, headline=True, section=FLOW),
        choice("mode", _l("Manière de jouer"), MODES, section=FLOW),
        several("places", _l("Où elle a lieu"), PLACES, required=True, filterable=True, section=SPACE),
        choice("effort", _l("Effort physique"), EFFORT, required=True, filterable=True, section=FLOW),
        minutes("length", _l("Durée"), minimum=30, maximum=600, required=True, headline=True, section=FLOW),
        integer("team_size", _l("Personnes par équipe"), minimum=2, maximum=50, section=FLOW),
        yes_no("english", _l("Animée en anglais aussi"), filterable=True, section=FLOW),
        yes_no("step_free", _l("Accessible en fauteuil roulant"), filterable=True, says_no=True, section=SPACE),
        yes_no("keepsake", _l("Chacun repart avec ce qu’il a fait"), section=FLOW),
        *outdoor_fallback(),
        *labels(),
    ),
    components=(
        SuggestedComponent(_l("Activité, matériel compris"), "activity", "person", ("activity", "activity_gear")),
        SuggestedComponent(_l("Animation et encadrement"), "staff", "group", ("host",)),
        SuggestedComponent(_l("Déplacement et installation"), "service", "group", ("setup",)),
    ),
    requirements=(
        "activity",
        "activity_gear",
        "host",
        "setup",
        "accessible",
        "outdoor_space",
        "photographer",
        "drinks",
        "insurance",
        "transfer",
    ),
    duration_minutes=150,
    illustration="game",
    serves_food=False,
    notice_days=10,
    comes_to_you=True,
)
