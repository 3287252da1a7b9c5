"""Voyage en équipe: a few days elsewhere, not for skiing."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import Category, SuggestedComponent, choice, in_order, integer, several, text, yes_no
from app.offers.categories.shared import FLOW, NIGHT, SETTINGS, TABLE, diets, labels

LODGING = (
    ("hotel", _l("Hôtel")),
    ("house", _l("Maison privatisée")),
    ("village", _l("Village vacances")),
    ("boat", _l("Bateau")),
    ("camp", _l("Campement ou lodges")),
)
BOARD = (
    ("breakfast", _l("Petit déjeuner")),
    ("half_board", _l("Demi-pension")),
    ("full_board", _l("Pension complète")),
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

CATEGORY = Category(
    code="company_trip",
    label=_l("Voyage en équipe"),
    plural=_l("Voyages en équipe"),
    slug="voyage-en-equipe",
    description=_l("Deux à cinq jours ailleurs, organisés de la porte à la porte : trajet, hébergement, visites."),
    fields=(
        choice("theme", _l("Thème"), THEMES, required=True, filterable=True, headline=True, section=FLOW),
        choice("setting", _l("Cadre"), SETTINGS, filterable=True, section=FLOW),
        integer(
            "nights_min", _l("Nuits au moins"), minimum=1, maximum=14, required=True, filterable=True, section=NIGHT
        ),
        integer("nights_max", _l("Nuits au plus"), minimum=1, maximum=21, headline=True, section=NIGHT),
        choice("lodging_kind", _l("Hébergement"), LODGING, required=True, filterable=True, section=NIGHT),
        yes_no("single_possible", _l("Chambre individuelle possible"), filterable=True, says_no=True, section=NIGHT),
        choice("board", _l("Repas"), BOARD, required=True, filterable=True, section=TABLE),
        choice("transport", _l("Trajet"), TRANSPORT, required=True, filterable=True, headline=True, section=FLOW),
        text("departure_from", _l("Au départ de"), maximum=120, section=FLOW),
        several("visits", _l("Aussi au programme"), THEMES, section=FLOW),
        yes_no("guide", _l("Accompagnateur pendant tout le séjour"), says_no=True, section=FLOW),
        yes_no("step_free", _l("Accessible en fauteuil roulant"), filterable=True, says_no=True, section=FLOW),
        *diets(),
        *labels(),
    ),
    components=(
        SuggestedComponent(
            _l("Hébergement, petit déjeuner compris"), "lodging", "person", ("lodging", "breakfast", "linen")
        ),
        SuggestedComponent(_l("Dîners"), "food_immediate", "person", ("dinner",)),
        SuggestedComponent(_l("Visites et activités"), "activity", "person", ("activity",)),
        SuggestedComponent(_l("Trajet aller et retour"), "transport", "person", ("transfer",)),
        SuggestedComponent(_l("Accompagnateur"), "staff", "group", ("host",)),
        SuggestedComponent(_l("Taxe de séjour"), "tourist_tax", "person"),
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
