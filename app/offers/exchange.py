"""A provider's offers as CSV or JSON, out and in again. An import writes drafts; nothing is published by it.

JSON holds each offer as it is stored. In CSV each detail has a column `details.<name>`, lists are parted by `|`, price
and terms are JSON in a cell. A column that is missing leaves what the offer says; an empty cell empties it (price and
terms excepted). A line without an id is a new offer.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import session
from app.core.errors import InvalidInput
from app.offers import categories, service
from app.offers.content import NAMES, Content, check, content_of, starting_content
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from app.offers.price_rule import PriceRule
from app.offers.terms import Terms

FORMAT: Final = "ensemble-offers"
MOST_LINES: Final = 1_000
MOST_BYTES: Final = 5 * 1024 * 1024
RULE_LENGTH: Final = 60_000
TEXTS: Final = ("title", "summary", "description", "place_name", "street", "postcode")
WHOLE: Final = ("service_radius_km", "capacity_min", "capacity_max", "duration_minutes", "notice_days")
DECIMAL: Final = ("lat", "lon")
STORED: Final = ("price_rule", "terms")
HEAD: Final = ("id", "category", *TEXTS, *WHOLE, *DECIMAL, "languages")
DETAILS: Final = "details."
CREATE, UPDATE, SAME, REFUSED = "create", "update", "same", "refused"
UNREADABLE: Final = _l("Ces données ne sont pas lisibles.")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
Locate = Callable[[str, str], tuple[float, float] | None]


@dataclass(slots=True)
class Line:
    """What a line of a file would do, or has done: `action` is create, update, same or refused.

    `problems`: a sentence for each field that is wrong, when it is refused. `offer_id`: of an offer that exists.
    """

    number: int
    title: str
    action: str
    problems: dict[str, Any]
    offer_id: int | None = None
    category: str = ""
    content: Content | None = None


def own_records(provider_id: int) -> Iterator[dict[str, Any]]:
    """A provider's offers that are not withdrawn, each as its newest version says it, by id."""
    query = (
        select(Offer, OfferVersion)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id)
        .where(Offer.provider_id == provider_id, Offer.state != OfferState.WITHDRAWN)
        .order_by(Offer.id, OfferVersion.number.desc())
    )
    last = 0
    for offer, version in session().execute(query):
        if offer.id != last:
            yield record(offer.id, offer.category, content_of(version))
        last = offer.id


def record(offer_id: int | None, category: str, content: Content) -> dict[str, Any]:
    """An offer as a file holds it."""
    said = {name: getattr(content, name) for name in NAMES}
    return {"id": offer_id, "category": category, **said, "languages": list(content.languages)}


def to_json(records: Iterable[Mapping[str, Any]]) -> str:
    """A JSON file of these records."""
    data = {"format": FORMAT, "version": 1, "offers": list(records)}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def to_csv(records: Iterable[Mapping[str, Any]]) -> str:
    """A CSV file of these records, with a mark at its head so that spreadsheets read its accents."""
    rows = list(records)
    asked = {name: None for row in rows for name in categories.get(row["category"]).names}
    columns = [*HEAD, *(DETAILS + name for name in asked), *STORED]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(_cell(row, column)) for column in columns] for row in rows)
    return "\ufeff" + out.getvalue()


def from_json(text: str) -> list[dict[str, Any]]:
    """The records of a JSON file. Raises InvalidInput for what is none."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_l("Ce fichier n’est pas du JSON lisible."), field="file") from error
    found = data.get("offers") if isinstance(data, dict) else data
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InvalidInput(_l("Ce fichier JSON ne contient pas de liste d’offres."), field="file")
    return _counted(found)


def from_csv(text: str) -> list[dict[str, Any]]:
    """The records of a CSV file, parted by commas or semicolons. Raises InvalidInput for what is none."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInput(_l("Ce fichier n’est pas du CSV lisible."), field="file") from error
    head = [name.strip() for name in rows[0]] if rows else []
    if "category" not in head or "title" not in head:
        raise InvalidInput(_l("La première ligne doit nommer les colonnes, dont category et title."), field="file")
    return _counted([_record_of(head, row) for row in rows[1:] if any(cell.strip() for cell in row)])


def plan(provider_id: int, records: Sequence[Mapping[str, Any]], locate: Locate) -> list[Line]:
    """What each record would do, without doing it. `locate` finds the position of a name and postcode."""
    mine = _standing(provider_id)
    seen: set[int] = set()
    lines = [_line(number, data, mine, locate) for number, data in enumerate(records, start=1)]
    for line in lines:
        if line.offer_id is not None and line.offer_id in seen and line.action != REFUSED:
            line.action, line.problems = REFUSED, {"id": _l("Cette offre figure déjà plus haut dans le fichier.")}
        seen |= {line.offer_id} if line.offer_id is not None else set()
    return lines


def carry_out(
    provider: Any, lines: Iterable[Line], *, by: str, now: datetime, begun: Callable[[Offer], None]
) -> list[Line]:
    """Write what was planned as drafts; refused lines stay out. `begun` hears of each new offer."""
    done = []
    for line in lines:
        if line.content is not None and line.action in (CREATE, UPDATE):
            _write(provider, line, by=by, now=now, begun=begun)
        done.append(line)
    return done


def _write(provider: Any, line: Line, *, by: str, now: datetime, begun: Callable[[Offer], None]) -> None:
    assert line.content is not None
    if line.action == CREATE:
        try:
            offer = service.create(provider, line.category, line.content.title, by=by, now=now)
        except InvalidInput as error:
            line.action, line.problems = REFUSED, error.fields or {"title": error.message}
            return
        begun(offer)
        line.offer_id = offer.id
    else:
        offer = session().get_one(Offer, line.offer_id)
    service.save(offer, line.content, by=by, now=now)


def _standing(provider_id: int) -> dict[int, tuple[Offer, OfferVersion]]:
    query = (
        select(Offer, OfferVersion)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id)
        .where(Offer.provider_id == provider_id)
        .order_by(Offer.id, OfferVersion.number)
    )
    return {offer.id: (offer, version) for offer, version in session().execute(query)}


def _line(number: int, data: Mapping[str, Any], mine: Mapping[int, tuple[Offer, OfferVersion]], locate: Locate) -> Line:
    title = str(data.get("title") or "")[:120]
    try:
        offer, before, category = _found(data, mine)
        content = _content(data, category, before, locate)
    except InvalidInput as error:
        wrong = error.fields or {error.field or "": error.message}
        return Line(number, title, REFUSED, dict(wrong))
    action = CREATE if offer is None else SAME if content == _read_again(before, category) else UPDATE
    return Line(number, content.title, action, {}, offer.id if offer else None, category, content)


def _read_again(content: Content, category: str) -> Content:
    """With its details as an import would store them, so that what didn't change is seen as such."""
    try:
        return replace(content, details=categories.validate_details(category, content.details, draft=True))
    except InvalidInput:
        return content


def _found(
    data: Mapping[str, Any], mine: Mapping[int, tuple[Offer, OfferVersion]]
) -> tuple[Offer | None, Content, str]:
    """The offer that a record names, what it says now, and its category. Raises InvalidInput."""
    asked = data.get("id")
    if asked in (None, ""):
        category = categories.get(str(data.get("category") or "")).code
        return None, starting_content(category, str(data.get("title") or "").strip()), category
    number = int(asked) if isinstance(asked, int) or (isinstance(asked, str) and asked.strip().isdecimal()) else 0
    if isinstance(asked, bool) or number not in mine:
        raise InvalidInput(_l("Aucune de vos offres ne porte ce numéro ; laissez vide pour en créer une."), field="id")
    offer, version = mine[number]
    if data.get("category") not in (None, "", offer.category):
        raise InvalidInput(_l("La catégorie d’une offre ne change pas."), field="category")
    if offer.state == OfferState.WITHDRAWN:
        raise InvalidInput(_l("Cette offre est retirée : elle ne change plus."), field="id")
    if version.state == VersionState.IN_REVIEW:
        raise InvalidInput(_l("Cette version est en relecture : reprenez-la pour la modifier."), field="id")
    return offer, content_of(version), offer.category


def _content(data: Mapping[str, Any], category: str, before: Content, locate: Locate) -> Content:
    """What a record says, on top of what was said before. Raises InvalidInput with a sentence for each field."""
    wrong: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name in (*TEXTS, *WHOLE, *DECIMAL, "languages", *STORED):
        if name in data:
            try:
                values[name] = READERS[name](data[name], getattr(before, name))
            except InvalidInput as error:
                wrong[name if error.field is None else f"{name}.{error.field}"] = error.message
    try:
        values["details"] = _details(data, category, before)
    except InvalidInput as error:
        wrong |= {(DETAILS + name).rstrip("."): sentence for name, sentence in error.fields.items()}
    if wrong:
        raise InvalidInput(_l("Certains champs sont à corriger."), fields=wrong)
    content = _placed(replace(before, **values), data, before, locate)
    check(content)
    return content


def _placed(content: Content, data: Mapping[str, Any], before: Content, locate: Locate) -> Content:
    """With a position: the one given, the former one of the same place, or the one that the name has."""
    if not content.place_name:
        return replace(content, lat=None, lon=None)
    given = data.get("lat") not in (None, "") and data.get("lon") not in (None, "")
    same = (content.place_name, content.postcode) == (before.place_name, before.postcode)
    if given or (same and content.lat is not None and content.lon is not None):
        return content
    if same and before.lat is not None:
        return replace(content, lat=before.lat, lon=before.lon)
    position = locate(content.place_name, content.postcode)
    if position is None:
        raise InvalidInput(_l("Nous ne trouvons pas ce lieu."), field="place_name")
    return replace(content, lat=position[0], lon=position[1])


def _details(data: Mapping[str, Any], category: str, before: Content) -> dict[str, Any]:
    given = data.get("details")
    if given is not None and not isinstance(given, Mapping):
        raise InvalidInput(UNREADABLE, fields={"": UNREADABLE})
    cells = {name.removeprefix(DETAILS): value for name, value in data.items() if name.startswith(DETAILS)}
    kinds = {field.name: field.kind for field in categories.get(category).fields}
    for name, value in cells.items():
        if kinds.get(name) is categories.Kind.MULTICHOICE and isinstance(value, str):
            cells[name] = [part.strip() for part in value.split("|") if part.strip()]
    said = dict(given) if given is not None else dict(before.details)
    return categories.validate_details(category, said | cells, draft=True)


def _text(value: Any, _before: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInput(_l("Indiquez un texte."))
    text = str(value).replace("\r\n", "\n").strip()
    if "\x00" in text:
        raise InvalidInput(UNREADABLE)
    return text


def _whole(value: Any, before: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(_l("Indiquez un nombre entier."))
    return value


def _counted_whole(value: Any, before: Any) -> int:
    """A number that a version always has; empty becomes the least."""
    found = _whole(value, before)
    return found if found is not None else 0 if before == 0 else 1


def _decimal(value: Any, _before: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        found = float(value.replace(",", ".")) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(_l("Indiquez une position en degrés, par exemple 45.76.")) from error
    if isinstance(value, bool) or not -180 <= found <= 180:
        raise InvalidInput(_l("Indiquez une position en degrés, par exemple 45.76."))
    return found


def _latitude(value: Any, before: Any) -> float | None:
    found = _decimal(value, before)
    if found is not None and not -90 <= found <= 90:
        raise InvalidInput(_l("Indiquez une position en degrés, par exemple 45.76."))
    return found


def _languages(value: Any, _before: Any) -> tuple[str, ...]:
    found = value.split("|") if isinstance(value, str) else value or []
    if not isinstance(found, list) or not all(isinstance(code, str) for code in found):
        raise InvalidInput(_l("Choisissez dans la liste."))
    return tuple(dict.fromkeys(code.strip() for code in found if code.strip()))


def _stored(value: Any, before: Any) -> Any:
    """JSON in a cell or as it is; an empty one leaves what was there."""
    if value is None or value in ("", {}):
        return before
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(UNREADABLE) from error
    if not isinstance(value, Mapping) or len(json.dumps(value)) > RULE_LENGTH:
        raise InvalidInput(UNREADABLE)
    return value


def _rule(value: Any, before: Any) -> Any:
    """A price that can be read, though a draft's lines may still lack their label or amount."""
    found = _stored(value, before)
    if found is not before:
        lines = found.get("components")
        if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
            raise InvalidInput(UNREADABLE)
        full = [
            {**line, "label": line.get("label") or "x", "unit_net_cents": line.get("unit_net_cents") or 0}
            for line in lines
        ]
        if full:
            PriceRule.from_json({**found, "components": full})
    return found


def _terms(value: Any, before: Any) -> Any:
    found = _stored(value, before)
    return found if found is before else Terms.from_json(found).to_json()


READERS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(WHOLE, _whole),
    **dict.fromkeys(("capacity_min", "capacity_max", "notice_days"), _counted_whole),
    "lat": _latitude,
    "lon": _decimal,
    "languages": _languages,
    "price_rule": _rule,
    "terms": _terms,
}


def _cell(row: Mapping[str, Any], column: str) -> str:
    head, dot, name = column.partition(".")
    value = row["details"].get(name) if dot else row[head]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return "|".join(value)
    return repr(value) if isinstance(value, float) else str(value)


def _safe(cell: str) -> str:
    """Behind an apostrophe what a spreadsheet would take for a formula; reading takes it off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _record_of(head: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    cells = [cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell for cell in row]
    return {name: cell for name, cell in zip(head, cells, strict=False) if name}


def _counted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not found:
        raise InvalidInput(_l("Ce fichier ne contient aucune offre."), field="file")
    if len(found) > MOST_LINES:
        raise InvalidInput(_l("Au plus %(most)s offres par fichier.", most=MOST_LINES), field="file")
    return found
