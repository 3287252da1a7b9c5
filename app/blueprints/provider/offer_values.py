"""The editor's form filled from a version, and what its lines cost as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.blueprints.provider.offer_forms import DETAILS, OfferForm, form_class
from app.blueprints.provider.offer_reading import duration_text, price_rule
from app.blueprints.provider.priced_forms import amount_text, terms_values
from app.blueprints.public.simulator import USUAL_HEADCOUNT
from app.core.errors import InvalidInput
from app.core.money import gross_from_net, parse_cents
from app.offers import categories
from app.offers.models import OfferPhoto, OfferVersion
from app.offers.price_rule import MAX_HEADCOUNT, Price, PriceRule, price_for, unit_net_cents
from app.offers.terms import Terms, preset
from app.rules import vat


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


def sample_price(form: OfferForm, *, on: date, franchise: bool) -> Price | None:
    """What the lines typed cost a group of the usual size; None while they give no price."""
    said = form.said()
    try:
        rule = PriceRule.from_json(price_rule(form, on=on, franchise=franchise))
        return price_for(rule, _usual(form), on=on, franchise=franchise)
    except InvalidInput:
        return None
    finally:
        form.say_again(said)


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
        "components": [_line_values(line, rule) for line in rule.get("components", [])] or [{}],
        "photos": [{"key": photo.media_key, "alt": photo.alt} for photo in version.photos],
        **_details(category, version.details),
        **terms_values(_terms(version)),
    }


def _line_values(line: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    typed = line.get("entered_cents") if rule.get("entered") == "gross" else line.get("unit_net_cents")
    return {
        "label": line.get("label", ""),
        "basis": line.get("basis", "person"),
        "price": "" if typed is None else amount_text(typed),
        "vat_category": line.get("vat_category", "service"),
        "group_size": _text(line.get("group_size")),
        "optional": bool(line.get("optional")),
        "covers": list(line.get("covers") or ()),
        "parts": list(line.get("parts") or ()),
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
