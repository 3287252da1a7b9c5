"""Activité: two hours to half a day of doing something together, often at your place."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    SQUARE_METRES,
    Category,
    SuggestedComponent,
    choice,
    integer,
    minutes,
    several,
    yes_no,
)
from app.offers.categories.shared import (
    FLOW,
    SPACE,
    accessibility,
    asked,
    coaching,
    environment,
    outdoor_fallback,
)

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

NEEDS = (
    ("tables", _l("Des tables et des chaises")),
    ("power", _l("Une prise de 16 A")),
    ("water", _l("Un point d’eau")),
    ("screen", _l("Un écran")),
    ("wifi", _l("Un accès au Wi-Fi")),
    ("outdoor", _l("Un espace extérieur")),
)

CATEGORY = Category(
    code="activity",
    label=_l("Activité"),
    plural=_l("Activités"),
    slug="activite",
    description=_l("Une activité à vivre en équipe, de deux heures à une demi-journée, chez vous ou ailleurs."),
    fields=(
        choice("kind", _l("Type d’activité"), KINDS, required=True, filterable=True, headline=True, section=FLOW),
        asked("mode", FLOW, headline=True),
        asked("places", SPACE, required=True),
        asked("effort", FLOW, required=True),
        minutes("length", _l("Durée"), minimum=30, maximum=600, required=True, headline=True, section=FLOW),
        asked("team_size", FLOW),
        minutes("briefing", _l("dont accueil et consignes"), maximum=120, section=FLOW),
        integer("sessions", _l("Groupes à la suite, par jour"), minimum=1, maximum=20, section=FLOW),
        integer("groups_at_once", _l("Groupes en même temps"), minimum=1, maximum=50, section=FLOW),
        *coaching(),
        yes_no("prizes", _l("Remise de prix"), section=FLOW),
        yes_no("keepsake", _l("Chacun repart avec ce qu’il a fait"), section=FLOW),
        yes_no("tailored", _l("Adaptée à votre entreprise"), filterable=True, section=FLOW),
        yes_no("tasting", _l("Dégustation ou collation comprise"), filterable=True, section=FLOW),
        yes_no("alcohol_free", _l("Possible sans alcool"), filterable=True, section=FLOW),
        integer("space_m2", _l("Place nécessaire chez vous"), maximum=5000, unit=SQUARE_METRES, section=SPACE),
        asked("setup_minutes", SPACE),
        several("needs_on_site", _l("À prévoir chez vous"), NEEDS, section=SPACE),
        asked("changing_rooms", SPACE),
        *outdoor_fallback(),
        *accessibility(),
        *environment(),
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
    place=False,
)
