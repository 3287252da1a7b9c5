"""Soirée: a dinner, a gala, an end-of-year party."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import SQUARE_METRES, Category, SuggestedComponent, choice, integer, several, yes_no
from app.offers.categories.shared import (
    ACCESS,
    FLOW,
    SPACE,
    TABLE,
    access,
    asked,
    diets,
    drinks,
    environment,
    exclusive_use,
    guests,
    hours,
    included_length,
    music,
    outdoors,
    setting,
    speech,
)

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

VENUES = (
    ("restaurant", _l("Restaurant")),
    ("reception_hall", _l("Salle de réception")),
    ("castle", _l("Château ou hôtel particulier")),
    ("barge", _l("Péniche ou bateau")),
    ("club", _l("Club ou cabaret")),
    ("museum", _l("Musée ou monument")),
    ("loft", _l("Loft ou atelier")),
    ("theatre", _l("Théâtre ou salle de spectacle")),
    ("your_place", _l("Dans vos locaux")),
)
DINNERS = (
    ("seated", _l("Repas assis")),
    ("buffet", _l("Buffet")),
    ("cocktail_dinner", _l("Cocktail dînatoire")),
    ("cocktail", _l("Cocktail")),
    ("none", _l("Sans repas")),
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
        choice("venue", _l("Type de lieu"), VENUES, required=True, filterable=True, headline=True, section=SPACE),
        *guests(5000, 8000, seated_first=True),
        *exclusive_use(says_no=True),
        *setting(),
        yes_no("dance_floor", _l("Piste de danse"), filterable=True, says_no=True, section=SPACE),
        integer("stage_m2", _l("Scène"), maximum=500, unit=SQUARE_METRES, section=SPACE),
        integer("rooms", _l("Salons ou espaces"), minimum=1, maximum=40, section=SPACE),
        *outdoors(),
        *hours(),
        choice("dinner", _l("Repas"), DINNERS, required=True, filterable=True, section=TABLE),
        asked("courses", TABLE),
        asked("pieces_per_person", TABLE),
        *drinks(),
        asked("guests_per_waiter", TABLE),
        yes_no("decoration", _l("Décoration et fleurs comprises"), says_no=True, section=FLOW),
        several("entertainment", _l("Animations comprises"), SHOWS, filterable=True, section=FLOW),
        *music(),
        *speech(),
        included_length(_l("Durée comprise")),
        yes_no("security", _l("Agent de sécurité compris"), says_no=True, section=FLOW),
        integer("rooms_nearby", _l("Chambres à moins de 15 minutes à pied"), maximum=2000, section=ACCESS),
        yes_no("shuttle", _l("Navette de retour possible"), filterable=True, section=ACCESS),
        *diets(),
        *access(),
        *environment(),
    ),
    components=(
        SuggestedComponent(_l("Dîner"), "food_immediate", "person", ("dinner", "service_staff", "tableware")),
        SuggestedComponent(_l("Vins et cocktails"), "alcohol", "person", ("drinks",)),
        SuggestedComponent(_l("Privatisation du lieu"), "room_hire", "group", ("exclusive_use", "dance_floor")),
        SuggestedComponent(_l("DJ et sonorisation"), "service", "hour", ("entertainment", "sound"), optional=True),
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
