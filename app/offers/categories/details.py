"""Detail fields at work: reading what was typed, and telling it to people."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from babel.numbers import format_decimal
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.offers.categories.base import Category, DetailField, Kind

YES: Final = frozenset({"1", "true", "on", "yes", "y", "oui"})
NO: Final = frozenset({"", "0", "false", "off", "no", "n", "non"})
CLOCK: Final = re.compile(r"([01]?\d|2[0-3]) ?[:hH] ?([0-5]\d)?$")
LENGTH: Final = re.compile(r"(?:(\d{1,3}) ?[hH:] ?([0-5]?\d)?|(\d{1,4}) ?(?:min)?)$")
NARROW_SPACE: Final = "\u202f"


class _Wrong(Exception):
    """One field can't be read; carries its sentence."""

    def __init__(self, message: Any) -> None:
        super().__init__()
        self.message = message


def read(category: Category, raw: Mapping[str, Any], *, draft: bool = False) -> dict[str, Any]:
    """See `categories.validate_details`."""
    details: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for field in category.fields:
        try:
            value = READERS[field.kind](field, raw.get(field.name))
        except _Wrong as error:
            wrong[field.name] = error.message
            continue
        if value is not None:
            details[field.name] = value
        elif field.required and not draft:
            wrong[field.name] = _missing(field)
    if category.check:
        wrong = category.check(details) | wrong
    if wrong:
        raise InvalidInput(_l("Certaines caractéristiques sont à compléter ou à corriger."), fields=wrong)
    return details


def _missing(field: DetailField) -> Any:
    if field.kind in (Kind.CHOICE, Kind.MULTICHOICE):
        return _l("Choisissez dans la liste.")
    return _l("Ce champ est à remplir.")


def _text(field: DetailField, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Wrong(_l("Ces données ne sont pas lisibles."))
    value = " ".join(value.split())
    if len(value) > (field.maximum or 0):
        raise _Wrong(_l("Au plus %(most)s caractères.", most=field.maximum))
    return value or None


def _integer(field: DetailField, value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        digits = re.sub(r"[\s\u00a0\u202f]", "", value)
        value = int(digits) if re.fullmatch(r"-?[0-9]{1,9}", digits) else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Wrong(_l("Indiquez un nombre entier."))
    return _within(field, value)


def _within(field: DetailField, value: int) -> int:
    low, high = field.minimum or 0, field.maximum or 0
    if not low <= value <= high:
        raise _Wrong(_l("Indiquez un nombre entre %(minimum)s et %(maximum)s.", minimum=low, maximum=high))
    return value


def _choice(field: DetailField, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value not in dict(field.choices):
        raise _Wrong(_l("Choisissez dans la liste."))
    return value


def _several(field: DetailField, value: Any) -> list[str] | None:
    if value is None or value == "":
        return None
    asked = [value] if isinstance(value, str) else value
    if not isinstance(asked, Sequence) or not all(isinstance(code, str) for code in asked):
        raise _Wrong(_l("Ces données ne sont pas lisibles."))
    if set(asked) - dict(field.choices).keys():
        raise _Wrong(_l("Choisissez dans la liste."))
    return [code for code, _label in field.choices if code in asked] or None


def _yes_no(field: DetailField, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in YES | NO:
        return value.strip().lower() in YES
    raise _Wrong(_l("Répondez par oui ou par non."))


def _clock(field: DetailField, value: Any) -> str | None:
    if value is None or value == "":
        return None
    found = CLOCK.match(value.strip()) if isinstance(value, str) else None
    if not found:
        raise _Wrong(_l("Indiquez une heure, par exemple 18:30."))
    return f"{int(found[1]):02d}:{found[2] or '00'}"


def _minutes(field: DetailField, value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found = LENGTH.match(value.strip())
        if not found:
            raise _Wrong(_l("Indiquez une durée, par exemple 1 h 30 ou 90 min."))
        value = int(found[3]) if found[3] else int(found[1]) * 60 + int(found[2] or 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Wrong(_l("Indiquez une durée, par exemple 1 h 30 ou 90 min."))
    low, high = field.minimum or 0, field.maximum or 0
    if not low <= value <= high:
        raise _Wrong(_l("Indiquez une durée entre %(low)s et %(high)s minutes.", low=low, high=high))
    return value


READERS: Final[dict[Kind, Callable[[DetailField, Any], Any]]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.CHOICE: _choice,
    Kind.MULTICHOICE: _several,
    Kind.BOOLEAN: _yes_no,
    Kind.TIME: _clock,
    Kind.MINUTES: _minutes,
}


def tell(
    category: Category,
    details: Mapping[str, Any],
    locale: str | None = None,
    *,
    headline: bool = False,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> list[tuple[str, str]]:
    """See `categories.facts`."""
    fields = [
        field
        for field in category.fields
        if (field.headline or not headline) and (field.name in only if only else field.name not in without)
    ]
    if locale is None:
        return _facts(fields, details)
    with force_locale(locale):
        return _facts(fields, details)


def _facts(fields: Sequence[DetailField], details: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = ((field, _told(field, details.get(field.name))) for field in fields)
    return [(str(field.label), text) for field, text in told if text]


def _told(field: DetailField, value: Any) -> str:
    """A stored value in words; empty when there is nothing to say, or it no longer fits its field."""
    if value is None or value == []:
        return ""
    match field.kind:
        case Kind.BOOLEAN:
            return _("Oui") if value else _("Non") if field.says_no else ""
        case Kind.CHOICE:
            return str(dict(field.choices).get(value, ""))
        case Kind.MULTICHOICE:
            labels = dict(field.choices)
            return _joined([str(labels[code]) for code in value if code in labels])
        case Kind.INTEGER:
            return _number(value, str(field.unit))
        case Kind.MINUTES:
            return _length(value)
        case Kind.TIME:
            return _hour(value)
    return str(value)


def _joined(labels: list[str]) -> str:
    """« Piscine, parc ou jardin, bar »: only the first keeps its capital, unless it is a name."""
    rest = [label if label[1:2].isupper() or label in PROPER else label[:1].lower() + label[1:] for label in labels[1:]]
    return ", ".join([*labels[:1], *rest])


PROPER: Final = frozenset({"Clef Verte", "B Corp", "Tourisme et Handicap", "Esat"})


def _number(value: int, unit: str) -> str:
    number = format_decimal(value, locale=str(get_locale() or "fr"))
    return f"{number}{NARROW_SPACE if len(unit) < 3 else ' '}{unit}" if unit else number


def _length(value: int) -> str:
    hours, rest = divmod(value, 60)
    if not hours:
        return str(_("%(minutes)s min", minutes=rest))
    if not rest:
        return str(_("%(count)s h", count=hours))
    return str(_("%(count)s h %(minutes)s min", count=hours, minutes=rest))


def _hour(value: str) -> str:
    hours, _colon, minutes = value.partition(":")
    if minutes == "00":
        return str(_("%(hours)s h", hours=int(hours)))
    return str(_("%(hours)s h %(minutes)s", hours=int(hours), minutes=minutes))
