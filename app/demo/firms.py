"""Invented providers: names that sound right, valid numbers that belong to nobody, addresses in real towns."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from stdnum import luhn

from app.demo.data import VOWELS, any_spot, texts
from app.demo.dice import Dice
from app.demo.seeds import Name, ProviderSeed, Spot

SIREN_STEP: Final = 6_700_417  # prime to the 9,999,999 numbers below, so that none comes twice
LEGAL_FORMS: Final = ("SAS", "SAS", "SAS", "SARL", "SARL", "SARL", "SASU", "EURL", "SA", "SCOP")
# Number ranges that the regulator keeps for fiction.
PHONES: Final = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")
GUARANTORS: Final = ("Caution Horizon", "Garantie du Grand Large", "Mutuelle des Voyagistes")
INSURERS: Final = ("Assurances du Cairn", "Prévoyance Atlantique", "Mutuelle du Vieux-Pont")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider: how often it comes, where it lives, and what it sells (category, least, most)."""

    code: str
    weight: int
    tags: str
    sells: tuple[tuple[str, int, int], ...]


KINDS: Final = (
    Kind(
        "estate",
        24,
        "k,f,v,s",
        (("residential_seminar", 1, 2), ("day_seminar", 0, 1), ("summer_party", 0, 1), ("evening", 0, 1)),
    ),
    Kind("venue", 17, "c", (("day_seminar", 1, 2), ("evening", 0, 2), ("afterwork", 0, 1))),
    Kind("bar", 15, "c", (("afterwork", 1, 2), ("evening", 0, 1))),
    Kind("caterer", 14, "c", (("catering", 2, 4),)),
    Kind("crew", 16, "c,k,s,l", (("activity", 2, 4), ("team_day", 0, 2))),
    Kind("outdoor", 9, "l,s,m,f", (("team_day", 1, 2), ("summer_party", 0, 1), ("activity", 0, 1))),
    Kind("mountain", 14, "ski", (("ski_trip", 1, 2), ("residential_seminar", 0, 1), ("team_day", 0, 1))),
    Kind("agency", 15, "c", (("company_trip", 2, 4), ("ski_trip", 0, 1))),
)
WHEEL: Final = tuple(kind for kind in KINDS for _ in range(kind.weight))
ESTATES: Final = (
    ("Domaine", "le"),
    ("Château", "le"),
    ("Manoir", "le"),
    ("Moulin", "le"),
    ("Abbaye", "l’"),
    ("Bastide", "la"),
    ("Ferme", "la"),
    ("Clos", "le"),
    ("Prieuré", "le"),
    ("Hôtel", "l’"),
    ("Maison", "la"),
    ("Villa", "la"),
    ("Grange", "la"),
)
SEASIDE: Final = tuple(noun for noun in ESTATES if noun[0] in ("Hôtel", "Villa", "Maison", "Manoir", "Bastide"))
CHALETS: Final = (("Chalet", "le"), ("Chalet", "le"), ("Hôtel", "l’"), ("Refuge", "le"), ("Ferme", "la"))


def provider(dice: Dice, number: int, seed: int) -> tuple[ProviderSeed, Kind]:
    """The provider of that number, and its kind."""
    kind = dice.pick(WHEEL)
    return provider_at(dice, number, seed, kind.code, any_spot(dice, kind.tags)), kind


def provider_at(dice: Dice, number: int, seed: int, kind: str, spot: Spot) -> ProviderSeed:
    """A provider of that kind in that town."""
    name = _name(dice, kind, spot)
    siren = siren_of(number, seed)
    travels = kind == "agency"
    known = {"since": dice.between(1978, 2023), "team": 2 + int(28 * dice.roll() ** 2)}
    return ProviderSeed(
        number=number,
        kind=kind,
        name=name,
        spot=spot,
        legal_form=dice.pick(LEGAL_FORMS),
        siren=siren,
        rcs_city=spot.city,
        street=f"{dice.between(1, 148)} {dice.pick(_names()['streets'])}",
        lat=round(spot.lat + (dice.roll() - 0.5) * 0.018, 5),
        lon=round(spot.lon + (dice.roll() - 0.5) * 0.024, 5),
        email=f"bonjour@{slug(name.title)}-{number}.example",
        phone=f"{dice.pick(PHONES)} {dice.between(10, 99)} {dice.between(10, 99)}",
        contact=f"{dice.pick(_names()['first'])} {dice.pick(_names()['last'])}",
        about=_about(dice, name, spot, known),
        answer_minutes=int(25 * 2 ** (dice.roll() * 7)),
        quality=dice.roll() ** 0.6,
        vat_franchise=kind == "crew" and dice.chance(0.12),
        atout_france=f"IM{spot.postcode[:2]}0{dice.between(10, 25)}{number % 10_000:04d}" if travels else "",
        guarantor=dice.pick(GUARANTORS) if travels else "",
        insurer=dice.pick(INSURERS) if travels else "",
        **known,
    )


def _about(dice: Dice, name: Name, spot: Spot, known: dict[str, int]) -> str:
    pattern = dice.pick(texts("common")["about"]["any"])
    return str(pattern.format(Le=capital(name.the), le=name.the, at=spot.at, area=spot.area, **known))


def siren_of(number: int, seed: int) -> str:
    """Nine digits that pass the check; they begin with 0, as no real one does. Raises ValueError past ten million."""
    if number >= 9_999_999:
        raise ValueError("a catalogue holds fewer than ten million providers")
    body = f"0{1 + (number * SIREN_STEP + seed * 7919) % 9_999_999:07d}"
    return body + luhn.calc_check_digit(body)


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", text_without_apostrophes(text, plain)))


def text_without_apostrophes(text: str, plain: str) -> str:
    """« d’Orval » gives d-orval rather than dorval."""
    if "’" not in text:
        return plain
    spaced = text.lower().replace("œ", "oe").replace("’", " ")
    return unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()


def capital(text: str) -> str:
    """With its first letter as a capital."""
    return text[:1].upper() + text[1:]


def _names() -> dict[str, Any]:
    return texts("names")


def _name(dice: Dice, kind: str, spot: Spot) -> Name:
    names = _names()
    match kind:
        case "estate":
            nouns = ESTATES if spot.tags & {"k", "v", "f"} else SEASIDE
            return _common(*dice.pick(nouns), dice.pick(names["estate_after"]))
        case "mountain":
            return _common(*dice.pick(CHALETS), dice.pick(names["mountain_after"]))
        case "venue" | "bar":
            return _brand(dice.pick(names["brand"]) + dice.pick(names["brand_after"]))
        case "caterer":
            return _bare(f"{dice.pick(names['food'])} {dice.pick(names['last'])}")
        case "agency":
            return _bare(f"{dice.pick(names['travel'])} {dice.pick(names['last'])}")
    return _bare(f"{dice.pick(names['craft'])} {dice.pick(names['craft_after'])}")


def _common(noun: str, article: str, after: str) -> Name:
    """« Domaine des Tilleuls »: a common noun that sentences write small."""
    bare = f"{noun.lower()} {after}"
    forms = {"le": (f"le {bare}", f"au {bare}", f"du {bare}"), "la": (f"la {bare}", f"à la {bare}", f"de la {bare}")}
    the, to_the, of_the = forms.get(article, (f"l’{bare}", f"à l’{bare}", f"de l’{bare}"))
    return Name(f"{noun} {after}", the, to_the, of_the)


def _brand(name: str) -> Name:
    """« La Passerelle »: an article that belongs to the name."""
    title = capital(name)
    if name.startswith("le "):
        return Name(title, title, f"au {name[3:]}", f"du {name[3:]}")
    return Name(title, title, f"à {title}", f"de {title}")


def _bare(name: str) -> Name:
    """« Maison Lambert »: no article."""
    return Name(name, name, f"chez {name}", f"d’{name}" if name[0] in VOWELS else f"de {name}")
