"""`generate`: a plausible French catalogue, the same for the same seed, offer by offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from app.demo import calendar, facets_doing, facets_rooms, firms, prices, rates, write
from app.demo.data import any_spot, spot_named, texts
from app.demo.dice import Dice
from app.demo.facets_more import more
from app.demo.reviews import some_reviews
from app.demo.seeds import OfferSeed, ProviderSeed, Spot
from app.offers import categories

FACETS: Final = {
    "residential_seminar": facets_rooms.residential_seminar,
    "day_seminar": facets_rooms.day_seminar,
    "evening": facets_rooms.evening,
    "afterwork": facets_rooms.afterwork,
    "summer_party": facets_rooms.summer_party,
    "team_day": facets_doing.team_day,
    "activity": facets_doing.activity,
    "ski_trip": facets_doing.ski_trip,
    "company_trip": facets_doing.company_trip,
    "catering": facets_doing.catering,
}
FILES: Final = {
    "residential_seminar": "seminars",
    "day_seminar": "seminars",
    "evening": "evenings",
    "afterwork": "evenings",
    "summer_party": "evenings",
    "team_day": "outings",
    "activity": "outings",
    "ski_trip": "trips",
    "company_trip": "trips",
    "catering": "catering",
}
BODY: Final = {
    "residential_seminar": ("rooms", "nights", "food", "free"),
    "day_seminar": ("rooms", "food", "free"),
    "ski_trip": ("slopes", "lodging", "evenings"),
}
NEEDS: Final = {
    "water": frozenset("ls"),
    "sea": frozenset("s"),
    "mountain": frozenset({"m", "ski"}),
    "forest": frozenset("fkm"),
    "nature": frozenset("fkmv"),
}
CASTLES: Final = ("Château", "Manoir", "Abbaye", "Domaine", "Prieuré")
BLANK: Final = {
    category.code: {field.name: False for field in category.fields if field.kind is categories.Kind.BOOLEAN}
    for category in categories.all_categories()
}


def generate(offers: int, seed: int, today: date, *, with_reviews: bool = True) -> Iterator[OfferSeed]:
    """`offers` offers with their providers, reviews and calendars; everything written lies before `today`.

    The same seed and day give the same catalogue, and a longer one begins with the shorter. Offers of one provider
    follow each other.
    """
    dice, taken, made, number = Dice(seed), set[str](), 0, 0
    while made < offers:
        seller, kind = firms.provider(dice, number, seed)
        number += 1
        for category in _range_of(dice, kind):
            if made == offers:
                return
            yield _offer(dice, seller, category, today, taken, with_reviews)
            made += 1


def sell(
    kind: str, town: str, number: int, sold: Sequence[str], seed: int, today: date, taken: set[str]
) -> Iterator[OfferSeed]:
    """One more provider, with the number, of a kind in a town: an offer for each of `sold`.

    What is sold is a category, or « category:style ». `taken` holds the titles that are used up.
    """
    dice = Dice(seed * 1009 + number)
    seller = firms.provider_at(dice, number, seed, kind, spot_named(town))
    for wanted in sold:
        category, _, style = wanted.partition(":")
        made = _offer(dice, seller, category, today, taken, with_reviews=True)
        while style and made.details["style"] != style:
            made = _offer(dice, seller, category, today, taken, with_reviews=True)
        yield made


def _range_of(dice: Dice, kind: firms.Kind) -> list[str]:
    """The categories of what a provider sells, one for each offer, at least one."""
    found = [code for code, low, high in kind.sells for _ in range(dice.between(low, high))]
    return found or [kind.sells[0][0]]


def _offer(
    dice: Dice, seller: ProviderSeed, category: str, today: date, taken: set[str], with_reviews: bool
) -> OfferSeed:
    spot = _place(dice, seller, category)
    concept = _concept(dice, seller, spot, category)
    details = BLANK[category] | FACETS[category](dice, seller, concept)
    labels, english = tuple(details.pop("labels", ())), bool(details.pop("english", False))
    details |= more(Dice(seller.number * 131 + len(taken)), category, details)
    low, high = _capacity(dice, category, details, concept)
    radius = _radius(dice, category, details)
    notice = _notice(dice, category)
    values = write.slots(dice, seller, spot, details)
    values |= {"min": low, "max": high, "capacity_max": high, "notice": max(3, notice // 2), "radius": radius}
    values["seasonal"] = category in ("residential_seminar", "day_seminar", "afterwork", "team_day")
    level = spot.dear_percent / 100 * (0.88 + 0.3 * dice.roll())
    components = tuple(prices.RULES[category](prices.Till(dice, level), details, concept))
    away = spot is not seller.spot
    opens, closes = calendar.hours(category, details)
    return OfferSeed(
        provider=seller,
        category=category,
        title=write.title(dice, concept["titles"], values, taken),
        summary=write.summary(dice, category, concept.get("summaries", ()), values),
        description=write.description(dice, seller, spot, _body(dice, category, concept), values),
        details=details,
        place_name=spot.name,
        postcode=spot.postcode,
        lat=round(spot.lat + (dice.roll() - 0.5) * 0.01, 5) if away else seller.lat,
        lon=round(spot.lon + (dice.roll() - 0.5) * 0.014, 5) if away else seller.lon,
        capacity_min=low,
        capacity_max=high,
        duration_minutes=_duration(category, details),
        notice_days=notice,
        languages=_languages(dice, english=english),
        price_rule=rates.rule(category, components, low, _duration(category, details)),
        terms=prices.some_terms(dice),
        weekdays=calendar.weekdays(dice, category, details),
        opens=opens,
        closes=closes,
        units=calendar.units(dice, category),
        published_at=datetime.combine(today - timedelta(days=dice.between(20, 900)), time(9, dice.between(0, 59)), UTC),
        service_radius_km=radius,
        labels=labels,
        blackouts=calendar.blackouts(dice, category, today),
        reviews=some_reviews(dice, seller, category, high, today) if with_reviews else (),
    )


def _languages(dice: Dice, *, english: bool) -> tuple[str, ...]:
    found = ("fr", "en") if dice.chance(0.55) else ("fr", "en", "es") if dice.chance(0.15) else ("fr",)
    return ("fr", "en") if english and found == ("fr",) else found


def _place(dice: Dice, seller: ProviderSeed, category: str) -> Spot:
    """An agency sells elsewhere; everybody else at home."""
    if seller.kind != "agency":
        return seller.spot
    return any_spot(dice, "ski" if category == "ski_trip" else "s,k,v,l,m")


def _concept(dice: Dice, seller: ProviderSeed, spot: Spot, category: str) -> dict[str, Any]:
    """The idea that an offer follows: one of the category's that suits the place."""
    found = texts(FILES[category])[category]
    if isinstance(found, dict):
        return found | {"spot": spot}
    for _ in range(20):
        concept = dice.pick(found)
        if _suits(concept, seller, spot):
            return dict(concept) | {"spot": spot}
    return dict(next(one for one in found if _suits(one, seller, spot))) | {"spot": spot}


def _suits(concept: dict[str, Any], seller: ProviderSeed, spot: Spot) -> bool:
    noun = seller.name.title.split()[0]
    if any(concept.get(need) and not spot.tags & tags for need, tags in NEEDS.items()):
        return False
    match concept.get("venue"):
        case "castle":
            return noun in CASTLES
        case "farm":
            return noun not in CASTLES
        case "guinguette" | "lake":
            return seller.kind == "outdoor"
        case "vineyard":
            return "v" in spot.tags
    return True


def _body(dice: Dice, category: str, concept: dict[str, Any]) -> list[Sequence[str]]:
    """Lists of sentences, one sentence to be taken from each."""
    if category in BODY:
        return [concept[section] for section in BODY[category] if dice.chance(0.86)]
    lines = list(concept["texts"])
    first = dice.between(0, len(lines) - 1)
    return [(line,) for line in [*lines[first:], *lines[:first]][: dice.pick((2, 2, 3))]]


def _capacity(dice: Dice, category: str, details: dict[str, Any], concept: dict[str, Any]) -> tuple[int, int]:
    """The smallest and the largest group."""
    match category:
        case "residential_seminar":
            high = min(details["theatre_seats"], details["bedrooms"] + details["twin_rooms"])
        case "day_seminar":
            high = details["theatre_seats"]
        case "evening" | "afterwork":
            high = details["standing_capacity"]
        case "summer_party":
            high = details["outdoor_capacity"]
        case "ski_trip":
            high = details["beds"]
        case "catering":
            high = dice.between(60, 600, 20)
        case _:
            high = dice.between(24, 200, 4)
    high = min(high, concept.get("most", high))
    low = {"summer_party": high // 8, "catering": dice.pick((8, 10, 12, 15, 20))}.get(category, high // 6)
    return max(4, min(low, 40, high)), max(8, high)


def _radius(dice: Dice, category: str, details: dict[str, Any]) -> int | None:
    """How far the provider comes; None when people come to it."""
    if category == "catering":
        return int(details["delivery_radius_km"])
    if category == "activity" and "your_place" in details["places"]:
        return dice.between(20, 150, 10)
    return None


def _notice(dice: Dice, category: str) -> int:
    usual = categories.get(category).notice_days
    return max(2, int(usual * (0.6 + 0.8 * dice.roll())))


def _duration(category: str, details: dict[str, Any]) -> int:
    if "nights_min" in details:
        return int(details["nights_min"]) * 1440 + 480
    return int(details.get("length") or categories.get(category).duration_minutes)
