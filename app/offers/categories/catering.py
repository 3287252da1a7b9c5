"""Traiteur: food brought to where you are."""

from flask_babel import lazy_gettext as _l

from app.offers.categories.base import (
    KILOMETRES,
    MONDAY_TO_SATURDAY,
    Category,
    SuggestedComponent,
    choice,
    in_order,
    integer,
    minutes,
    several,
    text,
    yes_no,
)
from app.offers.categories.shared import DIETS, asked, environment

MENU = _l("La carte")
SERVICE = _l("Le service")
DELIVERY = _l("La livraison")
PLACE = _l("Ce qu’il faut sur place")
STYLES = (
    ("breakfast", _l("Petit déjeuner")),
    ("lunch_box", _l("Coffrets repas")),
    ("buffet", _l("Buffet")),
    ("seated", _l("Repas assis")),
    ("cocktail", _l("Cocktail")),
    ("cocktail_dinner", _l("Cocktail dînatoire")),
    ("live_cooking", _l("Ateliers culinaires devant les invités")),
    ("barbecue", _l("Barbecue ou plancha")),
    ("food_truck", _l("Camion-restaurant")),
    ("breaks", _l("Pauses gourmandes")),
)
STAFF = (
    ("delivery", _l("Livraison seule")),
    ("setup", _l("Livraison et installation")),
    ("full", _l("Service par nos équipes")),
)
COOKED = (
    ("cold", _l("Tout est froid")),
    ("reheat", _l("À réchauffer sur place")),
    ("hot", _l("Livré chaud")),
    ("on_site", _l("Cuisiné sur place")),
)
NEEDS = (
    ("none", _l("Rien")),
    ("table", _l("Des tables")),
    ("power", _l("Une prise de 16 A")),
    ("water", _l("Un point d’eau")),
    ("kitchen", _l("Une cuisine ou un office")),
    ("fridge", _l("Un réfrigérateur")),
    ("lift", _l("Un ascenseur")),
    ("outdoor", _l("Un espace extérieur")),
    ("parking", _l("Une place pour la livraison")),
)
TABLEWARE = (
    ("reusable", _l("Vaisselle en dur")),
    ("compostable", _l("Vaisselle compostable")),
    ("deposit_jars", _l("Bocaux consignés")),
    ("none", _l("Sans vaisselle")),
)
PRODUCE = (
    ("home_made", _l("Fait maison")),
    ("seasonal", _l("Produits de saison")),
    ("local", _l("Producteurs à moins de 100 km")),
    ("organic", _l("Bio certifié")),
    ("anti_waste", _l("Invendus donnés à une association")),
)

CATEGORY = Category(
    code="catering",
    label=_l("Traiteur"),
    plural=_l("Traiteurs"),
    slug="traiteur",
    description=_l("Un repas livré et servi là où vous êtes : petit déjeuner, coffrets, buffet ou cocktail."),
    fields=(
        choice("style", _l("Formule"), STYLES, required=True, filterable=True, headline=True, section=MENU),
        text("cuisine", _l("Cuisine"), maximum=80, section=MENU),
        asked("courses", MENU),
        asked("pieces_per_person", MENU),
        several("diets", _l("Régimes prévus sur demande"), DIETS, required=True, filterable=True, section=MENU),
        yes_no("vegetarian_default", _l("Carte végétarienne au même prix"), says_no=True, section=MENU),
        yes_no("allergen_sheet", _l("Allergènes indiqués plat par plat"), says_no=True, section=MENU),
        several("produce", _l("Produits"), PRODUCE, filterable=True, section=MENU),
        yes_no("soft_drinks", _l("Boissons sans alcool comprises"), section=MENU),
        yes_no("alcohol_possible", _l("Vins et bières possibles"), filterable=True, section=MENU),
        choice("staff", _l("Personnel"), STAFF, required=True, filterable=True, headline=True, section=SERVICE),
        asked("guests_per_waiter", SERVICE, hint=_l("Laissez vide si vous livrez sans servir.")),
        minutes("service_duration", _l("Service compris"), maximum=720, section=SERVICE),
        several("tableware", _l("Vaisselle"), TABLEWARE, filterable=True, section=SERVICE),
        yes_no("linen_included", _l("Nappes et serviettes comprises"), section=SERVICE),
        yes_no("clearing", _l("Débarrassage et reprise des déchets"), says_no=True, section=SERVICE),
        yes_no("furniture", _l("Mange-debout et tables prêtés"), section=SERVICE),
        integer(
            "delivery_radius_km",
            _l("Livraison jusqu’à"),
            minimum=1,
            maximum=500,
            unit=KILOMETRES,
            required=True,
            headline=True,
            section=DELIVERY,
        ),
        integer("free_delivery_km", _l("Gratuite jusqu’à"), maximum=500, unit=KILOMETRES, section=DELIVERY),
        asked("setup_minutes", DELIVERY),
        yes_no("bike_delivery", _l("Livraison à vélo ou en véhicule électrique"), filterable=True, section=DELIVERY),
        yes_no("weekend", _l("Aussi le samedi et le dimanche"), filterable=True, section=DELIVERY),
        choice("temperature", _l("Chaud ou froid"), COOKED, required=True, filterable=True, section=PLACE),
        several("needs_on_site", _l("À prévoir chez vous"), NEEDS, required=True, section=PLACE),
        asked("power_kw", PLACE, maximum=200),
        integer(
            "headcount_fixed_days",
            _l("Nombre de convives arrêté"),
            maximum=60,
            unit=_l("jours avant"),
            section=SERVICE,
        ),
        text(
            "site_access",
            _l("Accès chez vous"),
            maximum=160,
            hint=_l("Ce que vous devez savoir : étage, quai, badge."),
            section=PLACE,
        ),
        *environment(),
    ),
    components=(
        SuggestedComponent(_l("Repas"), "food_immediate", "person", ("lunch", "dietary_options")),
        SuggestedComponent(_l("Boissons sans alcool"), "food_immediate", "person", ("drinks",)),
        SuggestedComponent(_l("Vins"), "alcohol", "person", ("drinks",), optional=True),
        SuggestedComponent(_l("Personnel de service"), "staff", "group", ("service_staff",)),
        SuggestedComponent(_l("Vaisselle et nappage"), "equipment", "person", ("tableware",)),
        SuggestedComponent(_l("Livraison et installation"), "service", "group", ("setup", "cleaning")),
    ),
    requirements=(
        "breakfast",
        "welcome_coffee",
        "breaks",
        "lunch",
        "dinner",
        "cocktail",
        "drinks",
        "dietary_options",
        "service_staff",
        "tableware",
        "setup",
        "cleaning",
    ),
    duration_minutes=3 * 60,
    illustration="plates",
    serves_food=True,
    weekdays=MONDAY_TO_SATURDAY,
    notice_days=4,
    comes_to_you=True,
    place=False,
    check=in_order("free_delivery_km", "delivery_radius_km"),
)
