"""Voyage en équipe: a few days elsewhere, not for skiing."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    Category,
    SuggestedComponent,
    choice,
    in_order,
    minutes,
    several,
    text,
    yes_no,
)
from app.offers.categories.shared import (
    FLOW,
    NIGHT,
    TABLE,
    accessibility,
    asked,
    board,
    check_times,
    diets,
    environment,
    leisure,
    lodging_kind,
    nights,
    setting,
    single_possible,
)

LODGING = (
    ("hotel", _l("Hôtel")),
    ("house", _l("Maison privatisée")),
    ("village", _l("Village vacances")),
    ("boat", _l("Bateau")),
    ("camp", _l("Campement ou lodges")),
)
TRANSPORT = (
    ("train", _l("Train")),
    ("coach", _l("Autocar")),
    ("plane", _l("Avion")),
    ("ferry", _l("Bateau")),
    ("none", _l("Par vos moyens")),
)
THEMES = (
    ("discovery", _l("Découverte")),
    ("food", _l("Gastronomie et vin")),
    ("nature", _l("Nature et randonnée")),
    ("water", _l("Mer et bateau")),
    ("culture", _l("Culture")),
    ("wellness", _l("Repos")),
    ("bike", _l("À vélo")),
)

SEASONS = (
    ("spring", _l("Printemps")),
    ("summer", _l("Été")),
    ("autumn", _l("Automne")),
    ("winter", _l("Hiver")),
)
TRAVEL = _l("Le voyage")

CATEGORY = Category(
    code="company_trip",
    label=_l("Voyage en équipe"),
    plural=_l("Voyages en équipe"),
    slug="voyage-en-equipe",
    description=_l("Deux à cinq jours ailleurs, organisés de la porte à la porte : trajet, hébergement, visites."),
    fields=(
        choice("theme", _l("Thème"), THEMES, required=True, filterable=True, headline=True, section=FLOW),
        text("destination", _l("Destination"), maximum=120, section=FLOW),
        *setting(FLOW),
        several("visits", _l("Aussi au programme"), THEMES, filterable=True, section=FLOW),
        asked("effort", FLOW),
        yes_no("guide", _l("Accompagnateur pendant tout le séjour"), says_no=True, section=FLOW),
        yes_no("free_time", _l("Temps libre prévu"), says_no=True, section=FLOW),
        several("months", _l("Saison conseillée"), SEASONS, filterable=True, section=FLOW),
        text("papers", _l("Papiers demandés"), maximum=120, section=FLOW),
        yes_no("insurance_included", _l("Assistance et rapatriement compris"), says_no=True, section=FLOW),
        *nights(21, headline=True),
        *lodging_kind(_l("Hébergement"), LODGING),
        asked("people_per_room", NIGHT),
        *single_possible(),
        asked("linen_included", NIGHT),
        *check_times(),
        asked("meeting_room", NIGHT),
        *leisure(NIGHT),
        *board(_l("Repas")),
        yes_no("drinks_included", _l("Boissons comprises aux repas"), says_no=True, section=TABLE),
        *diets(),
        choice("transport", _l("Trajet"), TRANSPORT, required=True, filterable=True, headline=True, section=TRAVEL),
        text("departure_from", _l("Au départ de"), maximum=120, section=TRAVEL),
        minutes("travel_time", _l("Durée du trajet"), maximum=1440, section=TRAVEL),
        yes_no("local_transport", _l("Déplacements sur place compris"), says_no=True, section=TRAVEL),
        yes_no("luggage", _l("Bagages portés"), section=TRAVEL),
        *accessibility(),
        *environment(),
    ),
    components=(
        SuggestedComponent(
            _l("Hébergement, petit déjeuner compris"), "lodging", "person_night", ("lodging", "breakfast", "linen")
        ),
        SuggestedComponent(_l("Dîner"), "food_immediate", "person_night", ("dinner",)),
        SuggestedComponent(_l("Visites et activités"), "activity", "person", ("activity",)),
        SuggestedComponent(_l("Trajet aller et retour"), "transport", "person", ("transfer",)),
        SuggestedComponent(_l("Accompagnateur"), "staff", "group", ("host",)),
        SuggestedComponent(_l("Taxe de séjour"), "tourist_tax", "person_night"),
    ),
    requirements=(
        "lodging",
        "single_rooms",
        "linen",
        "breakfast",
        "lunch",
        "dinner",
        "drinks",
        "dietary_options",
        "transfer",
        "local_transport",
        "activity",
        "host",
        "entertainment",
        "insurance",
        "accessible",
    ),
    duration_minutes=2 * 24 * 60,
    illustration="trip",
    serves_food=True,
    notice_days=45,
    check=in_order("nights_min", "nights_max"),
)
