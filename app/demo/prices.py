"""Price rules with 2026 prices: net cents, rounded to fifty, dearer where the town is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from app.demo.dice import Dice
from app.offers import terms as terms_module
from app.offers.price_rule import GROUP, HOUR, PERSON, PERSON_NIGHT, Component
from app.offers.terms import Terms
from app.rules import requirements

INCLUDED: Final = "included"


@cache
def in_order(covers: tuple[str, ...]) -> tuple[str, ...]:
    """Requirement codes in the order of their list, as they are stored."""
    return requirements.check(covers)


class Till:
    """Makes components at one offer's level of prices."""

    def __init__(self, dice: Dice, level: float) -> None:
        self.dice = dice
        self.level = level

    def line(self, label: str, vat: str, basis: str, cents: float, *covers: str, **more: Any) -> Component:
        """A component of about so many net cents."""
        price = max(50, round(self.dice.around(cents * self.level, 0.14) / 50) * 50)
        return Component(label, vat, basis, price, in_order(covers), **more)


Rule = Callable[[Till, dict[str, Any], dict[str, Any]], list[Component]]


def residential_seminar(till: Till, details: dict[str, Any], _concept: dict[str, Any]) -> list[Component]:
    standing = {"5": 1.9, "4": 1.3}.get(details["stars"], 1.0)
    lines = [
        till.line(
            "Chambre individuelle, petit déjeuner compris",
            "lodging",
            PERSON_NIGHT,
            9800 * standing,
            "lodging",
            "single_rooms",
            "breakfast",
            "linen",
        ),
        till.line("Dîner à table", "food_immediate", PERSON_NIGHT, 3600, "dinner"),
    ]
    if details["board"] == "full_board":
        lines.append(till.line("Déjeuner", "food_immediate", PERSON_NIGHT, 2700, "lunch"))
    if details["breaks_included"]:
        lines.append(till.line("Café d’accueil et pauses", "food_immediate", PERSON, 1300, "welcome_coffee", "breaks"))
    lines.append(
        till.line(
            "Salle plénière équipée",
            "room_hire",
            GROUP,
            500 * details["largest_room_m2"] + 20_000,
            "plenary_room",
            "meeting_room",
            "av_equipment",
            "wifi",
        )
    )
    if details["breakout_rooms"]:
        lines.append(till.line("Salle de sous-commission", "room_hire", GROUP, 16_000, "breakout_room", optional=True))
    wine = till.line("Vin au dîner", "alcohol", PERSON, 900, "drinks", optional=not details["alcohol_included"])
    return [*lines, wine, Component("Taxe de séjour", "tourist_tax", PERSON_NIGHT, 165)]


LUNCHES: Final = {
    "buffet": ("Déjeuner en buffet, boissons sans alcool", 2900),
    "seated": ("Déjeuner servi à table, boissons sans alcool", 3600),
    "lunch_box": ("Coffret repas", 1900),
    "food_truck": ("Déjeuner au camion", 2100),
}


def day_seminar(till: Till, details: dict[str, Any], _concept: dict[str, Any]) -> list[Component]:
    lines = [
        till.line(
            f"Salle de {details['largest_room_m2']} m², équipée",
            "room_hire",
            GROUP,
            620 * details["largest_room_m2"] + 24_000,
            "meeting_room",
            "plenary_room",
            "av_equipment",
            "wifi",
        )
    ]
    if details["welcome_coffee"]:
        lines.append(till.line("Café d’accueil et pauses", "food_immediate", PERSON, 1500, "welcome_coffee", "breaks"))
    if details["lunch"] in LUNCHES:
        label, cents = LUNCHES[details["lunch"]]
        lines.append(till.line(label, "food_immediate", PERSON, cents, "lunch", "drinks"))
    if details["breakout_rooms"]:
        lines.append(till.line("Salle de sous-commission", "room_hire", GROUP, 14_000, "breakout_room", optional=True))
    return lines


def evening(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    price = concept["price"]
    food = "cocktail" if details["style"] == "cocktail" else "dinner"
    label = "Cocktail dînatoire" if food == "cocktail" else "Dîner, service compris"
    return [
        till.line(label, "food_immediate", PERSON, price * 0.72, food, "service_staff", "tableware"),
        till.line("Vins et cocktails", "alcohol", PERSON, price * 0.28, "drinks"),
        till.line(
            "Privatisation du lieu",
            "room_hire",
            GROUP,
            900 * details["seated_capacity"],
            "exclusive_use",
            "dance_floor",
        ),
        till.line("DJ et sonorisation", "service", HOUR, 19_000, "entertainment", "sound", optional=True),
    ]


FOODS: Final = {
    "boards": ("Planches à partager", 0.45),
    "cocktail": ("Bouchées, froides et chaudes", 0.6),
    "cocktail_dinner": ("Cocktail dînatoire", 1.0),
    "seated": ("Dîner", 1.1),
}


def afterwork(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    price, glasses = concept["price"], details["drinks_per_person"]
    label, share = FOODS[details["food"]]
    meal = ("dinner",) if details["food"] == "seated" else ("cocktail",)
    lines = [till.line(label, "food_immediate", PERSON, price * share, *meal)]
    if glasses:
        words = "1 verre" if glasses == 1 else f"{glasses} verres"
        lines.append(till.line(f"Boissons, {words} par personne", "alcohol", PERSON, 560 * glasses, "drinks"))
    lines.append(till.line("Boissons sans alcool à volonté", "food_immediate", PERSON, 450, "drinks"))
    if details["exclusive_use"] != "none":
        share = 900 if details["exclusive_use"] == "whole" else 350
        hire = share * details["standing_capacity"]
        lines.append(till.line("Privatisation de l’espace", "room_hire", GROUP, hire, "exclusive_use"))
    return [*lines, till.line("DJ, trois heures", "service", GROUP, 48_000, "entertainment", "sound", optional=True)]


def summer_party(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    price = concept["price"]
    return [
        till.line("Repas en plein air", "food_immediate", PERSON, price * 0.55, "lunch", "tableware", "service_staff"),
        till.line("Boissons sans alcool", "food_immediate", PERSON, 600, "drinks"),
        till.line("Bières et vins", "alcohol", PERSON, 900, "drinks", optional=True),
        till.line(
            "Privatisation du site",
            "room_hire",
            GROUP,
            300 * details["outdoor_capacity"],
            "exclusive_use",
            "outdoor_space",
        ),
        till.line("Jeux et animation", "activity", PERSON, price * 0.3, "activity", "host", "activity_gear"),
    ]


def team_day(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    price = concept["price"]
    lines = [till.line("Activité et encadrement", "activity", PERSON, price * 0.7, "activity", "host", "activity_gear")]
    if details["lunch"] != "none":
        lines.append(till.line("Déjeuner", "food_immediate", PERSON, 2300, "lunch", "drinks"))
    if details["meeting_room"]:
        lines.append(till.line("Salle pour une réunion", "room_hire", GROUP, 22_000, "meeting_room", optional=True))
    coach = till.line("Autocar, par 50 personnes", "transport", GROUP, 78_000, "transfer", optional=True, group_size=50)
    return [*lines, coach]


def activity(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    lines = [
        till.line(
            "Activité, matériel compris", "activity", PERSON, concept["price"] * 0.8, "activity", "activity_gear"
        ),
        till.line("Animateur, par 15 personnes", "staff", HOUR, 7_000, "host", group_size=15),
    ]
    if "your_place" in details["places"]:
        lines.append(till.line("Déplacement et installation", "service", GROUP, 14_000, "setup"))
    photo = till.line("Photographe, deux heures", "service", GROUP, 32_000, "photographer", optional=True)
    return [*lines, photo] if till.dice.chance(0.4) else lines


def ski_trip(till: Till, details: dict[str, Any], _concept: dict[str, Any]) -> list[Component]:
    days = details["pass_days"]
    standing = {"hotel": 1.2, "refuge": 0.6}.get(details["lodging_kind"], 1.0)
    lines = [
        till.line(
            "Hébergement, petit déjeuner compris",
            "lodging",
            PERSON_NIGHT,
            7600 * standing,
            "lodging",
            "breakfast",
            "linen",
        )
    ]
    if details["board"] in ("half_board", "full_board"):
        lines.append(till.line("Dîner", "food_immediate", PERSON_NIGHT, 2900, "dinner"))
    if details["board"] == "full_board":
        lines.append(till.line("Déjeuner en altitude", "food_immediate", PERSON_NIGHT, 2400, "lunch"))
    daily = 3200 + 4 * details["slopes_km"]
    optional = details["ski_pass"] != INCLUDED
    lines.append(
        till.line(f"Forfait de ski, {days} jours", "ski_lift", PERSON, daily * days, "ski_pass", optional=optional)
    )
    optional = details["ski_hire"] != INCLUDED
    lines.append(
        till.line("Location de skis ou de surf", "ski_hire", PERSON, 2100 * days, "ski_hire", optional=optional)
    )
    if details["ski_lessons"] != "none":
        lessons = {"optional": True, "group_size": 8}
        lines.append(till.line("Cours de ski, par groupe de 8", "ski_lesson", GROUP, 36_000, "ski_lessons", **lessons))
    if details["transport"] == "coach":
        coach = {"optional": True, "group_size": 50}
        lines.append(till.line("Autocar, par 50 personnes", "transport", GROUP, 240_000, "transfer", **coach))
    return [*lines, Component("Taxe de séjour", "tourist_tax", PERSON_NIGHT, 165)]


def company_trip(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    nights = details["nights_min"]
    share = concept["price"] / 3
    lines = [
        till.line(
            "Hébergement, petit déjeuner compris",
            "lodging",
            PERSON_NIGHT,
            8800,
            "lodging",
            "breakfast",
            "linen",
        ),
        till.line("Visites et activités", "activity", PERSON, share * (0.4 + 0.3 * nights), "activity"),
    ]
    if details["board"] != "breakfast":
        lines.append(till.line("Dîner", "food_immediate", PERSON_NIGHT, 3100, "dinner"))
    if details["board"] == "full_board":
        lines.append(till.line("Déjeuner", "food_immediate", PERSON_NIGHT, 2400, "lunch"))
    if details["transport"] != "none":
        label = "Train aller et retour" if details["transport"] == "train" else "Autocar aller et retour"
        lines.append(till.line(label, "transport", PERSON, 9200, "transfer"))
    if details["guide"]:
        lines.append(
            till.line("Accompagnateur, par 25 personnes", "staff", GROUP, 42_000 * nights, "host", group_size=25)
        )
    return [*lines, Component("Taxe de séjour", "tourist_tax", PERSON_NIGHT, 165)]


MEALS: Final = {
    "breakfast": ("Petit déjeuner", "breakfast", "welcome_coffee"),
    "breaks": ("Pause gourmande", "breaks"),
    "cocktail": ("Cocktail", "cocktail"),
    "cocktail_dinner": ("Cocktail dînatoire", "cocktail", "dinner"),
}


def catering(till: Till, details: dict[str, Any], concept: dict[str, Any]) -> list[Component]:
    label, *covers = MEALS.get(details["style"], ("Repas", "lunch"))
    lines = [till.line(label, "food_immediate", PERSON, concept["price"], *covers, "dietary_options")]
    if details["soft_drinks"]:
        lines.append(till.line("Boissons sans alcool", "food_immediate", PERSON, 380, "drinks"))
    if details["alcohol_possible"]:
        lines.append(till.line("Vins, un tiers de bouteille", "alcohol", PERSON, 620, "drinks", optional=True))
    if details["staff"] == "full":
        size = details["guests_per_waiter"]
        staff = till.line(f"Serveur, par {size} convives", "staff", GROUP, 21_000, "service_staff", group_size=size)
        lines.append(staff)
    if details["tableware"] != ["deposit_jars"]:
        lines.append(till.line("Vaisselle et nappage", "equipment", PERSON, 320, "tableware"))
    covers = ["setup", "cleaning"] if details["clearing"] else ["setup"]
    return [*lines, till.line("Livraison et installation", "service", GROUP, 8500, *covers)]


RULES: Final[dict[str, Rule]] = {
    "residential_seminar": residential_seminar,
    "day_seminar": day_seminar,
    "evening": evening,
    "afterwork": afterwork,
    "summer_party": summer_party,
    "team_day": team_day,
    "activity": activity,
    "ski_trip": ski_trip,
    "company_trip": company_trip,
    "catering": catering,
}

PRESETS: Final = ("souple", "souple", "standard", "standard", "standard", "standard", "stricte")
PAYMENT: Final = (
    "",
    "Acompte à l’acceptation, solde avant l’évènement, par carte ou par virement.",
    "Le solde est ajusté au nombre définitif de participants.",
)
PERFORMANCE: Final = (
    "",
    "Le nombre définitif de participants nous est donné une semaine avant.",
    "Le programme peut être adapté à la météo, à prestation égale.",
)


@cache
def _terms(preset: str, payment: str, performance: str) -> Terms:
    return replace(terms_module.preset(preset), payment_terms=payment, performance_terms=performance)


def some_terms(dice: Dice) -> Terms:
    """One of the three sets of terms, with a sentence or two of the provider's own."""
    return _terms(dice.pick(PRESETS), dice.pick(PAYMENT), dice.pick(PERFORMANCE))
