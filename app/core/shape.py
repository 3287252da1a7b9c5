"""Reading JSON that was stored or posted: it is of the right type and size, or a sentence says what is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

_ABSENT = object()


def mapping(data: Any, *, field: str | None = None) -> Mapping[str, Any]:
    """`data` as an object. Raises InvalidInput."""
    if not isinstance(data, Mapping):
        raise InvalidInput(_l("Ces données ne sont pas lisibles."), field=field)
    return data


def items(data: Mapping[str, Any], name: str, *, most: int, least: int = 0) -> list[Any]:
    """The list under `name`, of `least` to `most` entries; absent counts as empty. Raises InvalidInput."""
    value = data.get(name, [])
    if not isinstance(value, list | tuple):
        raise InvalidInput(_l("Ces données ne sont pas lisibles."), field=name)
    if len(value) < least:
        raise InvalidInput(_l("Ajoutez au moins une ligne."), field=name)
    if len(value) > most:
        raise InvalidInput(_l("Au plus %(most)s lignes.", most=most), field=name)
    return list(value)


def integer(data: Mapping[str, Any], name: str, *, minimum: int, maximum: int, default: Any = _ABSENT) -> int:
    """The integer under `name`, within bounds. Raises InvalidInput."""
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(_l("Indiquez un nombre entier."), field=name)
    if not minimum <= value <= maximum:
        message = _l("Indiquez un nombre entre %(minimum)s et %(maximum)s.", minimum=minimum, maximum=maximum)
        raise InvalidInput(message, field=name)
    return value


def optional_integer(data: Mapping[str, Any], name: str, *, minimum: int, maximum: int) -> int | None:
    """The integer under `name`, or None when it is absent or null. Raises InvalidInput."""
    if data.get(name) is None:
        return None
    return integer(data, name, minimum=minimum, maximum=maximum)


def text(data: Mapping[str, Any], name: str, *, most: int, required: bool = False) -> str:
    """The text under `name`, trimmed, of at most `most` characters; absent is empty. Raises InvalidInput."""
    value = data.get(name, "")
    if not isinstance(value, str):
        raise InvalidInput(_l("Ces données ne sont pas lisibles."), field=name)
    value = value.strip()
    if required and not value:
        raise InvalidInput(_l("Ce champ est à remplir."), field=name)
    if len(value) > most:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=most), field=name)
    return value


def flag(data: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """The yes or no under `name`. Raises InvalidInput."""
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise InvalidInput(_l("Répondez par oui ou par non."), field=name)
    return value


def day(data: Mapping[str, Any], name: str) -> date:
    """The ISO date under `name`. Raises InvalidInput."""
    try:
        return date.fromisoformat(data.get(name, ""))
    except (TypeError, ValueError) as error:
        raise InvalidInput(_l("Indiquez une date."), field=name) from error


def choice(data: Mapping[str, Any], name: str, among: tuple[str, ...]) -> str:
    """One of the texts in `among`. Raises InvalidInput."""
    value = data.get(name)
    if value not in among:
        raise InvalidInput(_l("Choisissez dans la liste."), field=name)
    return str(value)


def codes(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The list of short texts under `name`. Raises InvalidInput."""
    found = items(data, name, most=100)
    if not all(isinstance(code, str) for code in found):
        raise InvalidInput(_l("Ces données ne sont pas lisibles."), field=name)
    return tuple(found)
