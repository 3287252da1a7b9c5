"""The editor's form filled from a version, and what its lines cost as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.blueprints.provider.offer_forms import DETAILS, OfferForm, form_class
from app.blueprints.provider.offer_reading import duration_text, minutes_of
from app.blueprints.provider.price_forms import TIER_ROWS
from app.blueprints.provider.price_reading import change_text, day_text, price_rule
from app.blueprints.provider.priced_forms import amount_text, terms_values
from app.blueprints.public.simulator import USUAL_HEADCOUNT
from app.core.errors import InvalidInput
from app.core.money import gross_from_net, parse_cents
from app.offers import categories
from app.offers.models import OfferPhoto, OfferVersion
from app.offers.price_rule import (
    MAX_HEADCOUNT,
    MAX_TIERS,
    Price,
    PriceRule,
    price_for,
    unit_net_cents,
    usual_hours,
    usual_nights,
)
from app.offers.terms import Terms, preset
from app.rules import vat

MAX_BORDERS = 8


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What a typed price becomes, in cents, and its VAT rate; amounts are None while the price can't be read."""

    rate_bps: int | None
    net_cents: int | None
    gross_cents: int | None


def filled(category: str, version: OfferVersion) -> OfferForm:
    """The form as a version fills it."""
    form = form_class(category)(formdata=None, data=_values(category, version))
    form.wear(category)
    return form


def show_photos(form: OfferForm, photos: list[OfferPhoto]) -> None:
    """Give the form one row for each photo, in order; what was typed about it stays."""
    rows: Any = form.photos
    typed = {entry.form.key.data: (entry.form.alt.data, entry.form.alt.errors) for entry in rows}
    while rows.entries:
        rows.pop_entry()
    for photo in photos:
        text, errors = typed.get(photo.media_key, (photo.alt, []))
        rows.append_entry({"key": photo.media_key, "alt": text})
        rows[-1].form.alt.errors = errors


def use_terms(form: OfferForm, terms: Terms) -> None:
    """Write terms into the form's fields in place of what was there."""
    values = terms_values(terms)
    controls: Any = form
    for entry, step in zip(controls.steps, values.pop("steps"), strict=False):
        entry.form.days_before.data = step.get("days_before", "")
        entry.form.percent.data = step.get("percent", "")
    for name in ("deposit", "balance_days", "base_fee", "reduction", "reduction_days"):
        controls[name].data = values[name]


def line_prices(form: OfferForm, *, on: date, franchise: bool) -> list[LinePrice]:
    """What each line of the form costs net and gross, and at which rate, as far as it can be read."""
    controls: Any = form
    return [_line_price(entry.form, form.entered.data or "net", on, franchise) for entry in controls.components]


def sample_prices(form: OfferForm, *, on: date, franchise: bool) -> tuple[Price | None, list[tuple[Price, Price]]]:
    """What the lines typed cost a group of the usual size, and just before and at each tier's border.

    None while they give no price.
    """
    said = form.said()
    try:
        rule = PriceRule.from_json(price_rule(form, on=on, franchise=franchise, minutes=_minutes(form)))
        usual, *priced = [
            price_for(rule, people, on=on, franchise=franchise, dated=False)
            for people in [_usual(form), *_borders(rule)]
        ]
        return usual, list(zip(priced[::2], priced[1::2], strict=True))
    except InvalidInput:
        return None, []
    finally:
        form.say_again(said)


def _borders(rule: PriceRule) -> list[int]:
    """One person less than each tier asks for, and as many as it does."""
    found = sorted({tier.people for line in rule.components if not line.optional for tier in line.tiers})
    return [people for border in found[:MAX_BORDERS] for people in (border - 1, border)]


def _minutes(form: OfferForm) -> int | None:
    try:
        return minutes_of(form.duration.data or "")
    except InvalidInput:
        return None


def _usual(form: OfferForm) -> int:
    """Thirty people, or the nearest number that the offer is for."""
    low, high = (_whole(field.data or "") for field in (form.capacity_min, form.capacity_max))
    return min(max(USUAL_HEADCOUNT, low), high or USUAL_HEADCOUNT)


def _whole(text: str) -> int:
    return min(int(text[:9]), MAX_HEADCOUNT) if text.isascii() and text.isdigit() else 0


def _line_price(line: Any, entered: str, on: date, franchise: bool) -> LinePrice:
    code, parts = line.vat_category.data or "", line.parts.data or ()
    try:
        rate = vat.rate_bps(code, on, parts=parts, franchise=franchise)
    except InvalidInput:
        return LinePrice(None, None, None)
    try:
        cents = parse_cents(line.price.data or "")
        net = unit_net_cents(cents, entered, code, on, parts=parts, franchise=franchise)
    except InvalidInput:
        return LinePrice(rate, None, None)
    return LinePrice(rate, net, gross_from_net(net, rate))


def _values(category: str, version: OfferVersion) -> dict[str, Any]:
    rule = version.price_rule
    return {
        **{name: getattr(version, name) for name in ("title", "summary", "description", "street", "postcode")},
        "place": version.place_name,
        "service_radius_km": _text(version.service_radius_km),
        "capacity_min": _text(version.capacity_min) if version.capacity_max > 1 else "",
        "capacity_max": _text(version.capacity_max) if version.capacity_max > 1 else "",
        "duration": duration_text(version.duration_minutes),
        "notice_days": _text(version.notice_days),
        "languages": list(version.languages),
        "entered": rule.get("entered", "net"),
        "minimum_headcount": _text(rule.get("minimum_headcount", 1)),
        "minimum_charge": amount_text(rule["minimum_net_cents"]) if rule.get("minimum_net_cents") else "",
        "components": [_line_values(line, rule) for line in rule.get("components", [])] or [{}],
        "seasons": [_season_values(season) for season in rule.get("seasons") or ()],
        "child_age": _text(rule.get("child_age")),
        **_usual_values(rule, version.duration_minutes),
        "photos": [{"key": photo.media_key, "alt": photo.alt} for photo in version.photos],
        **_details(category, version.details),
        **terms_values(_terms(version)),
    }


def _line_values(line: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": line.get("label", ""),
        "basis": line.get("basis", "person"),
        "price": _amount(line, rule),
        "vat_category": line.get("vat_category", "service"),
        "group_size": _text(line.get("group_size")),
        "tiers": _tier_values(line, rule),
        "child_price": _amount(line, rule, "child_"),
        "constant": bool(line.get("constant")),
        "optional": bool(line.get("optional")),
        "covers": list(line.get("covers") or ()),
        "parts": list(line.get("parts") or ()),
    }


def _amount(line: Mapping[str, Any], rule: Mapping[str, Any], kind: str = "") -> str:
    """A price as it was typed; `kind` is "child_" for that of a child."""
    net = line.get(f"{kind}net_cents" if kind else "unit_net_cents")
    typed = line.get(f"{kind}entered_cents", net) if rule.get("entered") == "gross" else net
    return "" if typed is None else amount_text(typed)


def _tier_values(line: Mapping[str, Any], rule: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tiers of a line, and empty rows to type more into."""
    told = [{"people": _text(tier.get("people")), "price": _amount(tier, rule)} for tier in line.get("tiers") or ()]
    return (told + [{}] * max(1, TIER_ROWS - len(told)))[:MAX_TIERS]


def _season_values(season: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": season.get("label", ""),
        "first": day_text(season.get("first") or ""),
        "last": day_text(season.get("last") or ""),
        "change": change_text(season["bps"]) if season.get("bps") else "",
        "weekdays": [str(day) for day in season.get("weekdays") or ()],
    }


def _usual_values(rule: Mapping[str, Any], minutes: int | None) -> dict[str, str]:
    """How long what counts by hour or night lasts; empty when that follows from the offer's duration."""
    hours, nights = rule.get("usual_hours"), rule.get("usual_nights")
    return {
        "usual_hours": "" if hours == usual_hours(minutes) else _text(hours),
        "usual_nights": "" if nights == usual_nights(minutes) else _text(nights),
    }


def _details(category: str, details: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in categories.get(category).fields:
        value = details.get(field.name)
        if field.kind in (categories.Kind.BOOLEAN, categories.Kind.MULTICHOICE):
            found[DETAILS + field.name] = value
        elif field.kind is categories.Kind.MINUTES:
            found[DETAILS + field.name] = duration_text(value) if value else ""
        else:
            found[DETAILS + field.name] = _text(value)
    return found


def _terms(version: OfferVersion) -> Terms:
    try:
        return Terms.from_json(version.terms)
    except InvalidInput:
        return preset("standard")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
