"""What a category is: its names, its typed detail fields, and what an offer of its kind usually looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MONDAY_TO_SATURDAY = (0, 1, 2, 3, 4, 5)

METRES = _l("m")
SQUARE_METRES = _l("m²")
KILOMETRES = _l("km")
SEATS = _l("places")
PEOPLE = _l("personnes")


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    CHOICE = "choice"
    MULTICHOICE = "multichoice"
    BOOLEAN = "boolean"
    TIME = "time"
    MINUTES = "minutes"


Choices = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class DetailField:
    """One typed fact about an offer. Texts are lazy French; `maximum` is the length of a text.

    `headline`: shown on cards, few a category. `says_no`: a plain « non » is worth telling too.
    """

    name: str
    label: Any
    kind: Kind
    choices: Choices = ()
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    unit: Any = ""
    filterable: bool = False
    hint: Any = ""
    section: Any = ""
    headline: bool = False
    says_no: bool = False


@dataclass(frozen=True, slots=True)
class SuggestedComponent:
    """A price line that providers of this kind usually have; `covers` are requirement codes."""

    label: Any
    vat_category: str
    basis: str
    covers: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of offer. `check` looks at fields together and returns one sentence for each field that doesn't fit."""

    code: str
    label: Any
    plural: Any
    slug: str
    description: Any
    fields: tuple[DetailField, ...]
    components: tuple[SuggestedComponent, ...]
    requirements: tuple[str, ...]
    duration_minutes: int
    illustration: str
    serves_food: bool
    weekdays: tuple[int, ...] = EVERY_DAY
    notice_days: int = 14
    comes_to_you: bool = False
    """Usually delivered at the customer's place: the editor asks for a service radius."""
    place: bool = True
    """Whether a booking of it says where the event is; a provider that comes to the customer never does."""
    check: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    def field(self, name: str) -> DetailField:
        """One of its fields. Raises KeyError."""
        return {field.name: field for field in self.fields}[name]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def text(name: str, label: Any, *, maximum: int = 300, **more: Any) -> DetailField:
    """A short free text."""
    return DetailField(name, label, Kind.TEXT, maximum=maximum, **more)


def integer(name: str, label: Any, *, minimum: int = 0, maximum: int = 10_000, **more: Any) -> DetailField:
    """A whole number within bounds."""
    return DetailField(name, label, Kind.INTEGER, minimum=minimum, maximum=maximum, **more)


def choice(name: str, label: Any, choices: Choices, **more: Any) -> DetailField:
    """One of a list."""
    return DetailField(name, label, Kind.CHOICE, choices=choices, **more)


def several(name: str, label: Any, choices: Choices, **more: Any) -> DetailField:
    """Any of a list."""
    return DetailField(name, label, Kind.MULTICHOICE, choices=choices, **more)


def yes_no(name: str, label: Any, **more: Any) -> DetailField:
    """True or false."""
    return DetailField(name, label, Kind.BOOLEAN, **more)


def clock(name: str, label: Any, **more: Any) -> DetailField:
    """A time of day, kept as "HH:MM"."""
    return DetailField(name, label, Kind.TIME, **more)


def minutes(name: str, label: Any, *, minimum: int = 0, maximum: int = 1440, **more: Any) -> DetailField:
    """A length of time in minutes, told as hours and minutes."""
    return DetailField(name, label, Kind.MINUTES, minimum=minimum, maximum=maximum, **more)


def in_order(low: str, high: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A check that the first of two numbers isn't above the second."""

    def check(details: Mapping[str, Any]) -> dict[str, Any]:
        if low in details and high in details and details[low] > details[high]:
            return {high: _l("Indiquez %(least)s ou plus.", least=details[low])}
        return {}

    return check
