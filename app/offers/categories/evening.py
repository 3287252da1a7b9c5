"""Soirée: a dinner, a gala, an end-of-year party."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import PEOPLE, Category, SuggestedComponent, choice, clock, integer, several, yes_no
from app.offers.categories.shared import FLOW, SPACE, TABLE, access, diets, labels

STYLES = (
    ("gala", _l("Dîner de gala")),
    ("cocktail", _l("Cocktail dînatoire")),
    ("show", _l("Dîner-spectacle")),
    ("dance", _l("Soirée dansante")),
    ("theme", _l("Soirée à thème")),
    ("casino", _l("Soirée casino")),
    ("cruise", _l("Dîner-croisière")),
)
SHOWS = (
    ("dj", _l("DJ")),
    ("band", _l("Musiciens")),
    ("magic", _l("Magicien")),
    ("comedy", _l("Humour ou improvisation")),
    ("photobooth", _l("Cabine photo")),
    ("quiz", _l("Quiz animé")),
    ("karaoke", _l("Karaoké")),
)

CATEGORY = Category(
    code="evening",
    label=_l("Soirée"),
    plural=_l("Soirées"),
    slug="soiree",
    description=_l(
        "Une soirée d’entreprise : dîner, spectacle ou piste de danse, du lancement à la fête de fin d’année."
    ),
    fields=(
        choice("style", _l("Style"), STYLES, required=True, filterable=True, headline=True, section=FLOW),
        integer("seated_capacity", _l("Assis"), maximum=5000, unit=PEOPLE, required=True, section=SPACE),
        integer("standing_capacity", _l("Debout"), maximum=8000, unit=PEOPLE, section=SPACE),
        yes_no("exclusive_use", _l("Lieu privatisé"), filterable=True, headline=True, says_no=True, section=SPACE),
        yes_no("dance_floor", _l("Piste de danse"), filterable=True, section=SPACE),
        yes_no("outdoor_area", _l("Terrasse ou extérieur"), filterable=True, section=SPACE),
        clock("until_time", _l("Jusqu’à"), required=True, section=FLOW),
        several("entertainment", _l("Animations comprises"), SHOWS, filterable=True, section=FLOW),
        yes_no("open_bar", _l("Boissons à volonté"), filterable=True, section=TABLE),
        *diets(),
        *access(),
        *labels(),
    ),
    components=(
        SuggestedComponent(_l("Dîner"), "food_immediate", "person", ("dinner", "service_staff", "tableware")),
        SuggestedComponent(_l("Vins et cocktails"), "alcohol", "person", ("drinks",)),
        SuggestedComponent(_l("Privatisation du lieu"), "room_hire", "group", ("exclusive_use", "dance_floor")),
        SuggestedComponent(_l("DJ et sonorisation"), "service", "group", ("entertainment", "sound"), optional=True),
    ),
    requirements=(
        "exclusive_use",
        "outdoor_space",
        "dance_floor",
        "cloakroom",
        "accessible",
        "sound",
        "dinner",
        "cocktail",
        "drinks",
        "dietary_options",
        "service_staff",
        "tableware",
        "entertainment",
        "host",
        "photographer",
        "security",
        "transfer",
    ),
    duration_minutes=6 * 60,
    illustration="night",
    serves_food=True,
    notice_days=14,
)
