"""What was typed into the editor, as the content of a version; or one sentence beside each field that can't be read."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from app.blueprints.provider.offer_forms import OfferForm
from app.blueprints.provider.offer_places import Whereabouts, find_place
from app.blueprints.provider.price_reading import price_rule, tidy, wrong_parts
from app.blueprints.provider.quote_reading import read_terms, say, tried, whole
from app.core.errors import InvalidInput
from app.offers import categories
from app.offers.content import NAMES, Content
from app.offers.models import OfferVersion

DAYS = re.compile(r"(\d{1,2}) ?(?:j|jours?|days?)\.?", re.IGNORECASE | re.ASCII)
LENGTH = re.compile(r"(?:(\d{1,3}) ?[hH:] ?([0-5]?\d)?(?: ?min)?|(\d{1,5}) ?min)", re.ASCII)
DAY_MINUTES = 24 * 60
FIELDS = {
    "place_name": "place",
    "duration_minutes": "duration",
    "deposit_bps": "deposit",
    "balance_days_before": "balance_days",
    "base_fee_bps": "base_fee",
    "cancellation": "base_fee",
    "days_before": "reduction_days",
    "bps": "reduction",
    "minimum_net_cents": "minimum_charge",
}
PRICE = ("components-", "seasons-", "minimum_", "child_age", "usual_")
ROWS = ("components", "seasons", "photos")
LINE_FIELDS = {"unit_net_cents": "price", "child_net_cents": "child_price", "bps": "change"}


def read_content(form: OfferForm, category: str, version: OfferVersion, *, on: date, franchise: bool) -> Content | None:
    """The content that was typed; None when a field now carries a sentence that says what to correct.

    `on` and `franchise` say which VAT a gross price holds. A place that was not changed keeps its position.
    """
    values = _values(form, category, version, on=on, franchise=franchise)
    wrong = any(True for _ in form.wrong()) or values["terms"] is None or "place_name" not in values
    return None if wrong else Content(**values)


def readable_content(form: OfferForm, category: str, version: OfferVersion, *, on: date, franchise: bool) -> Content:
    """What can be read of what was typed, and the version's own where it can't. The form's sentences tell where."""
    values = _values(form, category, version, on=on, franchise=franchise)
    before = {name: getattr(version, name) for name in NAMES}
    unread = {name for name in NAMES if name not in values or (values[name] is None and _says(form, name))}
    if any(True for field in form.wrong() if field[0].startswith(PRICE)):
        unread.add("price_rule")
    return Content(**values | {name: before[name] for name in unread})


def _says(form: OfferForm, name: str) -> bool:
    """Whether the field of a part of the content carries a sentence."""
    field = form._fields.get(FIELDS.get(name, name))
    return name == "terms" or bool(field is not None and field.errors)


def _values(form: OfferForm, category: str, version: OfferVersion, *, on: date, franchise: bool) -> dict[str, Any]:
    """Each part of the content as it was typed; None or left out when it can't be read, which its field then says."""
    where = find_place(form, version)
    values: dict[str, Any] = {
        "title": form.title.data or "",
        "summary": form.summary.data or "",
        "description": form.description.data or "",
        "details": _details(form, category),
        "street": form.street.data or "",
        "service_radius_km": _number(form.service_radius_km, None),
        "capacity_min": _number(form.capacity_min, 1),
        "capacity_max": _number(form.capacity_max, 1),
        "duration_minutes": tried(form.duration, minutes_of) if form.duration.data else None,
        "notice_days": _number(form.notice_days, 0),
        "languages": tuple(form.languages.data or ()),
    }
    tidy(form)
    values["price_rule"] = price_rule(form, on=on, franchise=franchise, minutes=values["duration_minutes"])
    price_wrong = wrong_parts(values["price_rule"])
    if price_wrong:
        show(form, InvalidInput("", fields=price_wrong))
    said = form.said()
    terms = read_terms(form)
    form.say_again(said + form.said())
    return values | (_place_values(where) if where else {}) | {"terms": terms.to_json() if terms else None}


def show(form: OfferForm, error: InvalidInput) -> None:
    """Put a domain's sentences beside the fields they belong to; what belongs to none stands above the form."""
    for path, sentence in error.fields.items():
        field = _place(form, path)
        if field is None:
            form.form_errors.append(str(sentence))
        else:
            say(field, sentence)
    if not error.fields:
        form.form_errors.append(str(error))


def minutes_of(text: str) -> int:
    """Minutes of « 1 h 30 », « 90 min » or « 2 jours ». Raises InvalidInput."""
    plain = " ".join(text.replace("\u202f", " ").replace(" ", " ").split())
    if days := DAYS.fullmatch(plain):
        return int(days[1]) * DAY_MINUTES
    if length := LENGTH.fullmatch(plain):
        return int(length[3]) if length[3] else int(length[1]) * 60 + int(length[2] or 0)
    raise InvalidInput(_l("Indiquez une durée, par exemple 1 h 30 ou 2 jours."))


def duration_text(minutes: int | None) -> str:
    """Minutes as they are typed."""
    if not minutes:
        return ""
    if minutes % DAY_MINUTES == 0:
        days = minutes // DAY_MINUTES
        return f"{days} jour" if days == 1 else f"{days} jours"
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours} h {rest:02d}" if rest else f"{hours} h"


def _details(form: OfferForm, category: str) -> dict[str, Any]:
    typed = {name: field.data for name, field in form.details().items()}
    try:
        return categories.validate_details(category, typed, draft=True)
    except InvalidInput as error:
        show(form, InvalidInput(error.message, fields={f"details.{name}": text for name, text in error.fields.items()}))
        readable = {name: value for name, value in typed.items() if name not in error.fields}
        return categories.validate_details(category, readable, draft=True)


def _number(field: Field, empty: int | None) -> int | None:
    found: int | None = tried(field, whole) if (field.data or "").strip() else empty
    return found


def _place_values(where: Whereabouts) -> dict[str, Any]:
    return {"place_name": where.name, "postcode": where.postcode, "lat": where.lat, "lon": where.lon}


def _place(form: OfferForm, path: str) -> Field | None:
    head, *rest = path.split(".")
    if head == "details" and rest:
        return form.details().get(rest[0])
    if head in ROWS and rest:
        return _in_rows(form._fields[head], rest)
    name = FIELDS.get(head, head)
    field: Field | None = None if name in ROWS else form._fields.get(name)
    return field


def _in_rows(rows: Any, path: list[str]) -> Field | None:
    """The control of a row: `0.price`; or of a row of its rows: `0.tiers.1.people`."""
    number, name, *rest = [*path, ""]
    if not number.isdigit() or int(number) >= len(rows.entries):
        return None
    found: Field | None = rows.entries[int(number)].form._fields.get(LINE_FIELDS.get(name, name))
    if found is not None and found.type == "FieldList":
        return _in_rows(found, rest[:-1])
    return found
