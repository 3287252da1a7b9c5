"""What the demonstration's caterers propose for the same lunch: three quotes that really differ."""

from __future__ import annotations

from typing import Final

from app.demo.data import typeset
from app.demo.stage import Answer
from app.offers.price_rule import GROUP, PERSON, Component
from app.offers.terms import preset

ASKED: Final = ("lunch", "drinks", "dietary_options", "service_staff", "tableware", "setup", "cleaning")


FOOD: Final = ("lunch", "dietary_options")


def _line(label: str, vat: str, basis: str, cents: int, *covers: str, optional: bool = False) -> Component:
    return Component(typeset(label), vat, basis, cents, covers, optional)


WHOLE: Final = Answer(
    typeset(
        "Bonjour Camille, nous cuisinons le matin même avec le marché de la veille. La date est bloquée pour vous "
        "quelques jours ; un maître d'hôtel reste du dressage au rangement."
    ),
    valid_days=16,
    hold_days=8,
    terms=preset("standard"),
    lines=(
        _line("Buffet de saison : entrées, plats, fromages, desserts", "food_immediate", PERSON, 3_350, *FOOD),
        _line("Eaux, jus et café", "food_immediate", PERSON, 420, "drinks"),
        _line("Maître d'hôtel, quatre heures", "staff", GROUP, 19_800, "service_staff"),
        _line("Vaisselle en dur et nappage", "equipment", PERSON, 360, "tableware"),
        _line("Livraison, installation et rangement", "service", GROUP, 9_500, "setup", "cleaning"),
    ),
)
LEAN: Final = Answer(
    typeset(
        "Bonjour, voici notre buffet livré, prêt à poser sur la table. À ce prix nous ne laissons personne sur place : "
        "nous reprenons les bocaux vides le lundi."
    ),
    valid_days=12,
    terms=preset("souple"),
    lines=(
        _line("Buffet froid à partager, livré en bocaux", "food_immediate", PERSON, 2_450, *FOOD),
        _line("Limonades et eaux", "food_immediate", PERSON, 310, "drinks"),
        _line("Vaisselle compostable", "equipment", PERSON, 160, "tableware"),
        _line("Livraison et installation", "service", GROUP, 7_500, "setup"),
    ),
)
SERVED: Final = Answer(
    typeset(
        "Bonjour, nous vous proposons un déjeuner servi à l'assiette, cuisiné sur place. Le rangement de la salle et "
        "les vins sont en option : dites-nous ce que vous gardez."
    ),
    valid_days=24,
    terms=preset("stricte"),
    lines=(
        _line("Déjeuner servi à table : entrée, plat, dessert", "food_immediate", PERSON, 4_200, *FOOD),
        _line("Eaux, café et mignardises", "food_immediate", PERSON, 540, "drinks"),
        _line("Chef et serveur, cinq heures", "staff", GROUP, 36_000, "service_staff"),
        _line("Vaisselle, nappage et fleurs de saison", "equipment", PERSON, 690, "tableware"),
        _line("Livraison et installation", "service", GROUP, 11_000, "setup"),
        _line("Rangement et nettoyage de la salle", "service", GROUP, 8_000, "cleaning", optional=True),
        _line("Vins de la vallée du Rhône, un tiers de bouteille", "alcohol", PERSON, 690, optional=True),
    ),
)
