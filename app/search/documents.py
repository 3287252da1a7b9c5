"""What a search document says, from an offer's published version: figures, texts, tokens. No SQL here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from flask_babel import force_locale

from app.offers import categories
from app.offers.price_rule import PriceRule, figures
from app.rules import ranking, requirements
from app.rules.dated import value_on
from app.search import tags, tokens
from app.search.words import fold

LONG_DESCRIPTION: Final = 240
TOLD: Final = (categories.Kind.TEXT, categories.Kind.CHOICE, categories.Kind.MULTICHOICE, categories.Kind.BOOLEAN)


def document(row: Any, on: date, labels: Iterable[str] | None = None) -> dict[str, Any]:
    """A document's columns, as JSON can hold them, with the texts and tokens that `words` and `head` are made of.

    `row` has an offer's, its version's and its provider's columns. `on`: the French day. In the French locale.
    """
    prices = figures(row.price_rule, row.capacity_max, on=on, franchise=row.vat_franchise)._asdict()
    covered = {code for component in row.price_rule.components for code in component.covers}
    marked = tags.tags_of(
        row.category, row.details, row.languages, comes=row.service_radius_km is not None, labels=labels
    )
    found = {
        "offer_id": row.id,
        "version_id": row.version_id,
        "category": row.category,
        "score": static_score(row, on),
        "lat": row.lat,
        "lon": row.lon,
        "tags": tags.bits(marked, tags.TAG_BITS),
        "covers": tags.bits(covered, tags.COVER_BITS),
        "capacity_min": row.capacity_min,
        "capacity_max": row.capacity_max,
        "service_radius_km": row.service_radius_km,
        "duration_minutes": row.duration_minutes,
        "answer_minutes": row.answer_minutes,
        "rating_hundredths": row.rating_hundredths,
        "notice_days": row.notice_days,
        "ladder": ladder(row, prices, on),
        **prices,
        **_texts(row, covered),
    }
    return found | {"tokens": list(_tokens(found, (*marked, *covered)))}


def ladder(row: Any, line: Mapping[str, int], on: date) -> list[int] | None:
    """The price as steps of straight lines, when one line doesn't tell it within a cent a person."""
    rule: PriceRule = row.price_rule
    least = figures(rule, row.capacity_min, on=on, franchise=row.vat_franchise)
    straight = line["person_net_cents"] * row.capacity_min + line["group_net_cents"]
    if abs(least.person_net_cents * row.capacity_min + least.group_net_cents - straight) <= row.capacity_min:
        return None
    steps = {row.capacity_min, *(n for n in tokens.HEADS if row.capacity_min < n <= row.capacity_max)}
    found: list[int] = []
    for people in sorted(steps):
        found += (people, *figures(rule, people, on=on, franchise=row.vat_franchise))
    return found


def _texts(row: Any, covered: Iterable[str]) -> dict[str, str]:
    about = f"{_kind(row.category)} {fold(row.place_name)} {row.postcode} {_folded(row.provider)}"
    told = " ".join(_fact(row.category, name, _frozen(value)) for name, value in row.details.items() if value)
    body = f"{fold(row.summary)} {fold(row.description)} {told} {_labels(frozenset(covered))}"
    return {"title": fold(row.title), "about": about, "body": body}


_folded = lru_cache(maxsize=65_536)(fold)


@lru_cache
def _kind(code: str) -> str:
    category = categories.get(code)
    return fold(f"{category.label} {category.plural}")


@lru_cache(maxsize=4096)
def _labels(covered: frozenset[str]) -> str:
    return fold(" ".join(str(requirements.REQUIREMENTS[code]) for code in sorted(covered & set(tags.COVERS))))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=65_536)
def _fact(category: str, name: str, value: Any) -> str:
    """A detail in words, when it has any: « piscine spa », not « 12 »; what there isn't says nothing."""
    fields = {field.name: field for field in categories.get(category).fields}
    field = fields.get(name)
    if field is None or field.kind not in TOLD:
        return ""
    label = str(field.label) if field.kind in (categories.Kind.BOOLEAN, categories.Kind.CHOICE) else ""
    told = categories.facts(category, {name: list(value) if isinstance(value, tuple) else value}, "fr")
    said = "" if field.kind is categories.Kind.BOOLEAN else " ".join(text for _label, text in told)
    return fold(f"{label} {said}")


def _tokens(found: Mapping[str, Any], codes: Iterable[str]) -> Iterable[str]:
    yield f"c:{found['category']}"
    yield from tokens.heads(found["capacity_min"], found["capacity_max"])
    yield from tokens.prices(cheapest(found))
    yield from tokens.ratings(found["rating_hundredths"])
    yield from (f"t:{code}" for code in codes)
    if found["lat"] is not None and found["lon"] is not None:
        yield from tokens.position(found["lat"], found["lon"])
        if found["service_radius_km"] is not None:
            yield from tokens.reached(found["lat"], found["lon"], found["service_radius_km"])


def cheapest(found: Mapping[str, Any]) -> float:
    """The least that a person pays, net cents, at any headcount that the offer takes."""
    people = found["capacity_max"]
    lines = [(people, found["person_net_cents"], 0, found["group_net_cents"], 0)]
    if steps := found["ladder"]:
        lines = [tuple(steps[at : at + 5]) for at in range(0, len(steps), 5)]
        tops = [*(step[0] - 1 for step in lines[1:]), people]
        return float(min(step[1] + step[3] / max(1, top) for step, top in zip(lines, tops, strict=True)))
    return float(lines[0][1] + lines[0][3] / people)


def static_score(row: Any, on: date) -> float:
    """The part of the published ranking that doesn't depend on the search, from 0 to 1."""
    weights = value_on(ranking.WEIGHTS, on)
    marks = (
        (weights.rating, ranking.rating_mark(row.rating_hundredths, row.review_count)),
        (weights.answer, ranking.answer_mark(row.answer_minutes)),
        (weights.completeness, _completeness(row)),
    )
    whole = sum(weight for weight, _mark in marks) * ranking.WHOLE
    return sum(weight * mark for weight, mark in marks) / whole if whole else 0.0


def _completeness(row: Any) -> int:
    """How much of its sheet the provider has filled, from 0 to 1000."""
    names = _names(row.category)
    told: float = sum(name in row.details for name in names) / len(names) if names else 1.0
    described: float = min(1.0, len(row.description) / LONG_DESCRIPTION)
    share = 0.4 * told + 0.3 * described + (0.2 if row.pictured else 0.0) + (0.1 if row.summary else 0.0)
    return round(ranking.WHOLE * share)


@lru_cache
def _names(category: str) -> tuple[str, ...]:
    return categories.get(category).names


@lru_cache
def vocabulary() -> str:
    """The words of categories, their fields' choices and requirements, as they are written in French."""
    with force_locale("fr"):
        found = [str(label) for label in requirements.REQUIREMENTS.values()]
        for category in categories.all_categories():
            found += (str(category.label), str(category.plural))
            for field in category.fields:
                found += (str(field.label), *(str(label) for _code, label in field.choices))
        return " ".join(found)
