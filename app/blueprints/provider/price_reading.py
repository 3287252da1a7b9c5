"""The price that was typed into the offer's editor, as JSON; or one sentence beside each field that can't be read."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from app.blueprints.provider.price_forms import TIER_ROWS
from app.blueprints.provider.quote_reading import say, tried, whole
from app.core.errors import InvalidInput
from app.core.money import parse_cents
from app.offers.price_rule import (
    HOUR,
    NIGHTLY,
    PER_PERSON,
    Component,
    Season,
    unit_net_cents,
    usual_hours,
    usual_nights,
)
from app.rules import requirements, vat

DAY_OF_YEAR = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", re.ASCII)
CHANGE = re.compile(r"([+−-]?)\s*(\d{1,3})(?:[.,](\d{1,2}))?\s*%?", re.ASCII)
LEAP_YEAR = 2028
ADDED = frozenset(
    {"minimum_net_cents", "seasons", "child_age", "usual_hours", "usual_nights", "tiers", "child_net_cents"}
    | {"child_entered_cents", "constant"}
)
"""What is only stored where it says something."""


def price_rule(form: Any, *, on: date, franchise: bool, minutes: int | None = None) -> dict[str, Any]:
    """The price as JSON, with what was typed beside the net price that it becomes; rows left empty are dropped.

    `minutes` is the offer's usual duration: what counts by hour or night lasts as long, unless it says otherwise.
    """
    entered = form.entered.data if form.entered.data in ("net", "gross") else "net"
    lines = [_line(entry.form, entered, on=on, franchise=franchise) for entry in form.components if _said(entry.form)]
    bases = {line["basis"] for line in lines}
    rule = {
        "components": lines,
        "currency": "EUR",
        "minimum_headcount": _number(form.minimum_headcount) or 1,
        "minimum_net_cents": tried(form.minimum_charge, _price) if form.minimum_charge.data else 0,
        "seasons": [_season(entry.form) for entry in form.seasons if _said(entry.form)],
        "child_age": _number(form.child_age),
        "usual_hours": (_number(form.usual_hours) or usual_hours(minutes)) if HOUR in bases else None,
        "usual_nights": (_number(form.usual_nights) or usual_nights(minutes)) if bases & NIGHTLY else None,
        "entered": entered,
    }
    return {name: value for name, value in rule.items() if value or name not in ADDED}


def tidy(form: Any) -> None:
    """Drop rows that were left empty, so that a row's place is its place in the rule; keep one line to type into."""
    for rows, least in ((form.components, 1), (form.seasons, 0)):
        rows.entries = [entry for entry in rows.entries if _said(entry.form)] or rows.entries[:least]
    for line in form.components:
        typed = [(row.form.people.data, row.form.price.data) for row in line.form.tiers]
        kept = [pair for pair in typed if any(pair)]
        padded = kept + [("", "")] * (len(typed) - len(kept))
        for row, (people, price) in zip(line.form.tiers, padded, strict=True):
            row.form.people.data, row.form.price.data = people, price
        if len(kept) >= len(typed) >= TIER_ROWS and len(typed) < line.form.tiers.max_entries:
            line.form.tiers.append_entry({})


def wrong_parts(rule: dict[str, Any]) -> dict[str, Any]:
    """A sentence for each line that is all there and still wrong, and for each season, by its path in the rule."""
    found: dict[str, Any] = {}
    lines, seasons = enumerate(rule["components"]), enumerate(rule.get("seasons", ()))
    checks: list[tuple[str, int, Any, Any]] = [
        ("components", index, Component.from_json, line)
        for index, line in lines
        if line["label"] and line["unit_net_cents"] is not None
    ]
    checks += [("seasons", index, Season.from_json, season) for index, season in seasons]
    for name, index, read, data in checks:
        try:
            read(data)
        except InvalidInput as error:
            found[f"{name}.{index}.{error.field}"] = error.message
    return found


def change_text(bps: int) -> str:
    """A season's change as it is typed: `+20`, `-12,5`."""
    units, rest = divmod(abs(bps), 100)
    return f"{'-' if bps < 0 else '+'}{units}" + (f",{rest:02d}".rstrip("0") if rest else "")


def day_text(month_day: str) -> str:
    """A day of the year as it is typed: `20/12`."""
    return "/".join(reversed(month_day.split("-"))) if month_day else ""


def _said(row: Any) -> bool:
    """Whether anything was typed into a row; what is chosen from a list, or ticked, says nothing alone."""
    return any(_typed(field) for field in row)


def _typed(field: Any) -> bool:
    if field.type == "FieldList":
        return any(_said(entry.form) for entry in field.entries)
    return field.type == "StringField" and bool(field.data)


def _says(value: Any) -> bool:
    """Whether a value says something: a price of nothing does."""
    return value is not None and value is not False and value != []


def _number(field: Field) -> int | None:
    found: int | None = tried(field, whole) if (field.data or "").strip() else None
    return found


def _line(line: Any, entered: str, *, on: date, franchise: bool) -> dict[str, Any]:
    code, parts = line.vat_category.data, list(line.parts.data or ())
    basis, cents = line.basis.data, tried(line.price, _price) if line.price.data else None
    child = tried(line.child_price, _price) if line.child_price.data else None

    def net(amount: int | None) -> int | None:
        return None if amount is None else _net(line, amount, entered, on=on, franchise=franchise)

    values = {
        "label": line.label.data or "",
        "vat_category": code,
        "basis": basis,
        "unit_net_cents": net(cents),
        "entered_cents": cents,
        "covers": [code for code in line.covers.data or () if code in requirements.REQUIREMENTS],
        "optional": bool(line.optional.data),
        "group_size": None if basis in PER_PERSON else _number(line.group_size),
        "parts": parts if code == vat.PACKAGE else [],
        "tiers": [
            {"people": tried(row.people, whole), "unit_net_cents": net(paid), "entered_cents": paid}
            for row, paid in ((row, tried(row.price, _price)) for row in line.typed_tiers())
        ],
        "child_net_cents": net(child),
        "child_entered_cents": child,
        "constant": bool(line.constant.data),
    }
    return {name: value for name, value in values.items() if name not in ADDED or _says(value)}


def _season(row: Any) -> dict[str, Any]:
    return {
        "label": row.label.data or "",
        "first": tried(row.first, _day_of_year) if row.first.data else "",
        "last": tried(row.last, _day_of_year) if row.last.data else "",
        "weekdays": sorted({int(day) for day in row.weekdays.data or () if day in set("0123456")}),
        "bps": tried(row.change, _change) if row.change.data else 0,
    }


def _day_of_year(text: str) -> str:
    match = DAY_OF_YEAR.fullmatch(text)
    try:
        return f"{date(LEAP_YEAR, int(match[2]), int(match[1])):%m-%d}" if match else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> str:
    raise InvalidInput(_l("Indiquez un jour et un mois, par exemple 20/12."))


def _change(text: str) -> int:
    match = CHANGE.fullmatch(text)
    if match is None:
        raise InvalidInput(_l("Indiquez de combien les prix changent, par exemple +20 ou -10."))
    bps = int(match[2]) * 100 + int((match[3] or "0").ljust(2, "0"))
    return bps if match[1] in ("", "+") else -bps


def _price(text: str) -> int:
    cents = parse_cents(text)
    if cents < 0:
        raise InvalidInput(_l("Indiquez un prix positif."))
    return cents


def _net(line: Any, cents: int, entered: str, *, on: date, franchise: bool) -> int | None:
    try:
        return unit_net_cents(
            cents, entered, line.vat_category.data, on, parts=line.parts.data or (), franchise=franchise
        )
    except InvalidInput as error:
        say(line.parts if error.field == "parts" else line.vat_category, error)
        return None
