"""Typed details of offers that are above all something to live: trips, days out, activities, meals."""

from __future__ import annotations

from typing import Any, Final

from app.demo.dice import Dice
from app.demo.facets_rooms import access, certificates, codes, diets, setting
from app.demo.seeds import ProviderSeed
from app.offers.categories import shared

# Resort: its ski area, heights of the resort and the top in metres, kilometres of slopes; as brochures have them.
RESORTS: Final = {
    "Avoriaz": ("Les Portes du Soleil", 1800, 2466, 600),
    "Morzine": ("Les Portes du Soleil", 1000, 2019, 600),
    "Les Gets": ("Les Portes du Soleil", 1172, 2002, 600),
    "Châtel": ("Les Portes du Soleil", 1200, 2200, 600),
    "Flaine": ("Grand Massif", 1600, 2480, 265),
    "La Clusaz": ("La Clusaz", 1100, 2600, 125),
    "Le Grand-Bornand": ("Le Grand-Bornand", 1000, 2100, 90),
    "Megève": ("Évasion Mont-Blanc", 1113, 2353, 400),
    "Les Contamines-Montjoie": ("Les Contamines-Hauteluce", 1164, 2487, 120),
    "Chamonix": ("Vallée de Chamonix", 1035, 3275, 119),
    "La Plagne": ("Paradiski", 2000, 3080, 425),
    "Les Arcs": ("Paradiski", 1800, 3226, 425),
    "Val Thorens": ("Les Trois Vallées", 2300, 3230, 600),
    "Les Menuires": ("Les Trois Vallées", 1850, 2850, 600),
    "Méribel": ("Les Trois Vallées", 1450, 2952, 600),
    "Courchevel": ("Les Trois Vallées", 1850, 2738, 600),
    "Tignes": ("Tignes – Val d’Isère", 2100, 3456, 300),
    "Val-d’Isère": ("Tignes – Val d’Isère", 1850, 3456, 300),
    "Valloire": ("Galibier-Thabor", 1430, 2600, 160),
    "La Rosière": ("Espace San Bernardo", 1850, 2800, 152),
    "Les Saisies": ("Espace Diamant", 1650, 2069, 192),
    "Alpe d’Huez": ("Alpe d’Huez Grand Domaine", 1860, 3330, 250),
    "Les Deux Alpes": ("Les Deux Alpes", 1650, 3568, 200),
    "Chamrousse": ("Chamrousse", 1700, 2255, 90),
    "Serre Chevalier": ("Serre Chevalier Vallée", 1350, 2800, 250),
    "Montgenèvre": ("Voie Lactée", 1850, 2700, 110),
    "Vars": ("La Forêt Blanche", 1850, 2750, 185),
    "Pra-Loup": ("Espace Lumière", 1600, 2500, 180),
    "Isola 2000": ("Isola 2000", 2000, 2610, 120),
    "Saint-Lary-Soulan": ("Saint-Lary", 1700, 2515, 100),
    "Cauterets": ("Cirque du Lys", 1730, 2415, 36),
    "Font-Romeu": ("Font-Romeu Pyrénées 2000", 1600, 2213, 43),
    "Super-Besse": ("Super-Besse", 1350, 1850, 43),
    "Les Rousses": ("Jura sur Léman", 1120, 1677, 50),
    "Métabief": ("Métabief Mont d’Or", 1000, 1419, 37),
    "Villard-de-Lans": ("Villard – Corrençon", 1050, 2050, 125),
    "Gérardmer": ("Gérardmer La Mauselaine", 870, 1113, 21),
}


def ski_trip(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    resort = concept["spot"].name
    area, altitude, top, slopes = RESORTS[resort]
    lodging = {"Hôtel": "hotel", "Refuge": "refuge"}.get(seller.name.title.split()[0], "chalet")
    per_room = {"hotel": 2, "refuge": 6}.get(lodging, dice.pick((2, 2, 3, 4)))
    bedrooms = dice.between(18, 70) if lodging == "hotel" else dice.between(6, 22)
    nights = dice.pick((2, 2, 3))
    meeting = dice.chance(0.7)
    return {
        "resort": resort,
        "ski_area": area,
        "resort_altitude_m": altitude,
        "top_altitude_m": top,
        "slopes_km": slopes,
        "lift_distance_m": dice.pick((0, 0, 50, 80, 120, 150, 200, 300, 450, 600)),
        "resort_shuttle": dice.chance(0.7),
        "lodging_kind": lodging,
        "bedrooms": bedrooms,
        "beds": bedrooms * per_room,
        "people_per_room": per_room,
        "single_possible": dice.chance(0.45),
        "linen_included": dice.chance(0.9),
        "nights_min": nights,
        "nights_max": nights + dice.between(1, 5),
        "check_in": dice.pick(("16:00", "17:00")),
        "check_out": dice.pick(("09:00", "10:00")),
        "meeting_room": meeting,
        **({"meeting_seats": dice.between(15, 120, 5)} if meeting else {}),
        "leisure": codes(shared.LEISURE, dice, 0.3),
        "board": dice.pick(("breakfast", "half_board", "half_board", "full_board")),
        **diets(dice),
        "ski_pass": dice.pick(("included", "included", "optional")),
        "pass_days": nights,
        "ski_hire": dice.pick(("included", "optional", "optional")),
        "ski_lessons": dice.pick(("optional", "optional", "none")),
        "beginners": slopes >= 40 and dice.chance(0.85),
        "beyond_ski": dice.some(
            ("snowshoes", "sledging", "dog_sledding", "cross_country", "ski_touring", "igloo", "fondue", "torchlight"),
            0.42,
        ),
        "transport": dice.pick(("none", "station", "coach", "coach", "train")),
        **access(dice, concept["spot"]),
        **certificates(dice),
    }


def company_trip(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    nights = dice.pick((1, 2, 2, 3))
    others = [theme for theme in ("discovery", "food", "nature", "culture", "bike") if theme != concept["theme"]]
    return {
        "theme": concept["theme"],
        "setting": setting(concept["spot"], "agency"),
        "nights_min": nights,
        "nights_max": nights + dice.between(1, 3),
        "lodging_kind": "boat" if concept["theme"] == "water" else dice.pick(("hotel", "hotel", "house", "village")),
        "single_possible": dice.chance(0.6),
        "board": dice.pick(("breakfast", "half_board", "full_board")),
        "transport": dice.pick(("train", "train", "coach", "none")),
        "departure_from": dice.pick(("Paris", "Lyon", "Paris ou Lyon", "Nantes", "Lille", seller.spot.city)),
        "visits": dice.some(others, 0.3),
        "guide": dice.chance(0.8),
        "step_free": dice.chance(0.4),
        **diets(dice),
        **certificates(dice),
    }


def team_day(dice: Dice, seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    cooked = concept["theme"] == "food"
    return {
        "theme": concept["theme"],
        "setting": setting(seller.spot, seller.kind),
        "effort": concept["effort"],
        "starts": dice.pick(("09:00", "09:30", "10:00")),
        "ends": dice.pick(("16:30", "17:00", "17:30")),
        "meeting_room": dice.chance(0.4),
        "lunch": "cooked" if cooked else dice.pick(("picnic", "picnic", "buffet", "seated", "none")),
        "rain_plan": dice.chance(0.75),
        "rain_plan_note": dice.pick(("Parcours couvert", "Report sans frais", "Atelier à l’abri", "Programme adapté")),
        **diets(dice),
        **access(dice, seller.spot),
        **certificates(dice),
    }


def activity(dice: Dice, _seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    outside = concept["kind"] in ("sport", "water", "rally", "mechanics")
    return {
        "kind": concept["kind"],
        "mode": dice.pick(("together", "teams", "teams")),
        "places": ["outdoor"] if outside else dice.some(("indoor", "outdoor", "your_place"), 0.6),
        "effort": concept["effort"],
        "length": concept["minutes"],
        "team_size": dice.between(4, 10),
        "english": dice.chance(0.6),
        "step_free": concept["effort"] in ("none", "light") and dice.chance(0.8),
        "keepsake": concept["kind"] in ("creative", "cooking") and dice.chance(0.7),
        "rain_plan": dice.chance(0.7),
        **certificates(dice),
    }


def catering(dice: Dice, _seller: ProviderSeed, concept: dict[str, Any]) -> dict[str, Any]:
    served = concept["style"] in ("seated", "cocktail_dinner", "live_cooking")
    staff = "full" if served else dice.pick(("delivery", "setup", "setup", "full"))
    radius = dice.between(15, 120, 5)
    details = {
        "style": concept["style"],
        "cuisine": concept["cuisine"],
        "courses": dice.between(2, 4),
        "diets": list(_diets(dice, concept["cuisine"])),
        "vegetarian_default": dice.chance(0.8),
        "allergen_sheet": dice.chance(0.8),
        "produce": dice.some(("home_made", "seasonal", "local", "organic", "anti_waste"), 0.55),
        "soft_drinks": dice.chance(0.6),
        "alcohol_possible": dice.chance(0.65),
        "staff": staff,
        "tableware": dice.some(("reusable", "compostable", "deposit_jars"), 0.4),
        "linen_included": served or dice.chance(0.3),
        "clearing": dice.chance(0.7),
        "furniture": dice.chance(0.35),
        "delivery_radius_km": radius,
        "free_delivery_km": min(radius, dice.between(0, 20, 5)),
        "setup_minutes": dice.pick((15, 30, 45, 60, 90)),
        "bike_delivery": dice.chance(0.35),
        "weekend": dice.chance(0.45),
        "temperature": concept["temperature"],
        "needs_on_site": _needs(dice, concept["temperature"]),
        "headcount_fixed_days": dice.pick((2, 3, 5, 7)),
        **certificates(dice),
    }
    if "cocktail" in concept["style"]:
        details["pieces_per_person"] = dice.between(10, 18, 2)
    if staff == "full":
        details |= {"guests_per_waiter": dice.pick((20, 25, 30)), "service_duration": dice.pick((120, 180, 240))}
    return details


def _diets(dice: Dice, cuisine: str) -> list[str]:
    found = set(codes(shared.DIETS, dice, 0.55)) | {"vegetarian"}
    found |= {"halal", "no_pork"} if cuisine == "Libanaise" else set()
    found |= {"vegan", "no_pork"} if cuisine == "Végétale" else set()
    return [code for code, _label in shared.DIETS if code in found]


def _needs(dice: Dice, temperature: str) -> list[str]:
    if temperature == "cold":
        return dice.pick((["none"], ["table"], ["table", "fridge"], ["parking"]))
    if temperature == "reheat":
        return ["table", "power", "kitchen"]
    return dice.pick((["table", "power"], ["power", "water"], ["power", "parking"], ["table", "power", "water"]))
