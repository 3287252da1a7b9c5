"""The price simulator: what a group and the options ticked cost, by the very rule that a quote starts from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from app.blueprints.season_words import season_words
from app.core.errors import InvalidInput
from app.offers.models import OfferVersion
from app.offers.price_rule import (
    MAX_HOURS,
    MAX_NIGHTS,
    Component,
    Price,
    PricedLine,
    PriceRule,
    Season,
    Sheet,
    apply,
    price_of,
)

USUAL_HEADCOUNT = 30
TYPED_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Question:
    """What a price is asked for. `on` is today, and no season applies, while no `dated` day was typed."""

    headcount: int
    children: int
    hours: int | None
    nights: int | None
    on: date
    dated: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was typed, and the price it gives. No `rule`: it gives no price, the offer is on quote.

    `typed` holds the text of each field; `errors` the sentence about each that is wrong: then there is no price.
    """

    typed: Mapping[str, str]
    errors: Mapping[str, Any]
    headcount: int
    dated: bool
    rule: PriceRule | None
    sheet: Sheet | None
    chosen: frozenset[int]
    price: Price | None

    @property
    def error(self) -> Any:
        """What is wrong, first of all."""
        return next(iter(self.errors.values()), "")

    @property
    def lines(self) -> tuple[Component, ...]:
        """What the price is made of, options included."""
        return self.rule.components if self.rule else ()

    @property
    def options(self) -> list[tuple[int, Component]]:
        """The optional components with their place in the rule."""
        return [(index, line) for index, line in enumerate(self.lines) if line.optional]

    @property
    def seasons(self) -> list[tuple[Season, str]]:
        """The times when prices are other ones, each with its days in words."""
        return [(season, season_words(season)) for season in (self.rule.seasons if self.rule else ())]

    @property
    def taken(self) -> tuple[PricedLine, ...]:
        """The lines that the price is made of."""
        return self.sheet.taken(self.chosen) if self.sheet else ()


def simulate(
    version: OfferVersion, args: Mapping[str, str], options: list[str], *, franchise: bool, on: date
) -> Simulation:
    """Price a version for what a query says: `headcount`, `children`, `date`, `hours`, `nights`, `options`.

    The VAT rates are those of the date typed, else of the day `on`.
    """
    rule = _rule(json.dumps(version.price_rule))
    usual = min(max(USUAL_HEADCOUNT, version.capacity_min), version.capacity_max)
    typed = _typed(args, rule, usual)
    errors: dict[str, Any] = {}
    question = _question(typed, version, rule, errors, usual, on)
    chosen = frozenset(int(index) for index in options if index.isascii() and index.isdigit() and len(index) < 4)
    sheet = _sheet(json.dumps(version.price_rule), question, franchise) if rule else None
    price = _price(sheet, question, chosen) if sheet and not errors else None
    return Simulation(
        typed=typed,
        errors=errors,
        headcount=question.headcount,
        dated=question.dated,
        rule=rule if sheet else None,
        sheet=sheet,
        chosen=chosen,
        price=price,
    )


def _typed(args: Mapping[str, str], rule: PriceRule | None, usual: int) -> dict[str, str]:
    """The text of each field that the rule asks for: as typed, else what is usual."""
    starts = {"headcount": str(usual)}
    if rule and rule.for_children:
        starts["children"] = ""
    if rule and rule.seasons:
        starts["date"] = ""
    if rule and rule.by_night:
        starts["nights"] = str(rule.usual_nights)
    if rule and rule.by_hour:
        starts["hours"] = str(rule.usual_hours)
    return {name: args.get(name, "").strip()[:TYPED_LENGTH] or text for name, text in starts.items()}


def _question(
    typed: Mapping[str, str],
    version: OfferVersion,
    rule: PriceRule | None,
    errors: dict[str, Any],
    usual: int,
    today: date,
) -> Question:
    """What was typed, read; each wrong field gets its sentence in `errors` and counts as usual."""
    headcount = _whole(typed["headcount"])
    wrong = _refused(headcount, version)
    if headcount is None or wrong:
        errors["headcount"], headcount = wrong, usual
    children = _among(typed, "children", 0, headcount, _l("Indiquez un nombre d’enfants, parmi les personnes."), errors)
    hours = _among(typed, "hours", 1, MAX_HOURS, _l("Indiquez entre 1 et %(most)s heures.", most=MAX_HOURS), errors)
    nights = _among(typed, "nights", 1, MAX_NIGHTS, _l("Indiquez entre 1 et %(most)s nuits.", most=MAX_NIGHTS), errors)
    day = _day(typed.get("date", ""), today, errors)
    return Question(headcount, children or 0, hours, nights, day or today, dated=day is not None)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _refused(headcount: int | None, version: OfferVersion) -> Any:
    if headcount is None:
        return _l("Indiquez un nombre de personnes.")
    if headcount > version.capacity_max:
        return _l("Cette offre accueille au plus %(most)s personnes.", most=version.capacity_max)
    if headcount < version.capacity_min:
        return _l("Cette offre demande au moins %(least)s personnes.", least=version.capacity_min)
    return ""


def _among(
    typed: Mapping[str, str], name: str, least: int, most: int, sentence: Any, errors: dict[str, Any]
) -> int | None:
    if not typed.get(name):
        return None
    value = _whole(typed[name])
    if value is None or not least <= value <= most:
        errors[name] = sentence
        return None
    return value


def _day(text: str, today: date, errors: dict[str, Any]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["date"] = _l("Indiquez une date, par exemple 2027-03-12.")
        return None
    if day < today:
        errors["date"] = _l("Choisissez une date à venir.")
        return None
    return day


@lru_cache(maxsize=4_096)  # by what the rule says, so that it is never out of date
def _rule(text: str) -> PriceRule | None:
    try:
        return PriceRule.from_json(json.loads(text))
    except InvalidInput:
        return None


@lru_cache(maxsize=4_096)
def _sheet(text: str, question: Question, franchise: bool) -> Sheet | None:
    rule = _rule(text)
    if rule is None:
        return None
    try:
        return apply(
            rule,
            question.headcount,
            on=question.on,
            franchise=franchise,
            children=question.children,
            hours=question.hours,
            nights=question.nights,
            dated=question.dated,
        )
    except InvalidInput:
        return None


def _price(sheet: Sheet, question: Question, chosen: frozenset[int]) -> Price | None:
    try:
        return price_of(sheet.taken(chosen), question.headcount)
    except InvalidInput:
        return None
