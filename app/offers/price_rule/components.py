"""One part of an offer's price, with its tiers and its child rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.offers.price_rule.basis import BASES, MAX_HEADCOUNT, PER_PERSON
from app.rules import requirements, vat

Entry = TypeVar("Entry")

MAX_TIERS = 8
MAX_UNIT_CENTS = 10**9
LABEL_LENGTH = 300


def read_entries(read: Callable[[Any], Entry], name: str, found: Sequence[Any]) -> tuple[Entry, ...]:
    """`read` each of a list. Raises InvalidInput whose field tells the place in the list: `name.<index>.<field>`."""
    entries = []
    for index, data in enumerate(found):
        try:
            entries.append(read(data))
        except InvalidInput as error:
            field = ".".join(part for part in (name, str(index), error.field) if part)
            raise InvalidInput(error.message, field=field) from error
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class Tier:
    """From so many `people` on, this unit price holds for everyone."""

    people: int
    unit_net_cents: int

    @classmethod
    def from_json(cls, data: Any) -> Tier:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        return cls(
            people=shape.integer(data, "people", minimum=1, maximum=MAX_HEADCOUNT),
            unit_net_cents=shape.integer(data, "unit_net_cents", minimum=0, maximum=MAX_UNIT_CENTS),
        )


def tier_price(tiers: Sequence[Tier], people: int) -> int:
    """The unit price of the last tier that so many people reach. The first tier must begin at one."""
    return max((tier for tier in tiers if tier.people <= people), key=lambda tier: tier.people).unit_net_cents


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an offer's price.

    `basis`: per person or per group, once or for each hour or night (see `basis.py`); a group is everyone, or
    `group_size` people begun. `covers`: the requirement codes it answers. `parts`: for an unsplit package, what it is
    made of (VAT). `tiers`: other unit prices from so many people on. `child_net_cents`: the unit price of a child, None
    when children pay as adults do. `constant`: seasons don't touch it.
    """

    label: str
    vat_category: str
    basis: str
    unit_net_cents: int
    covers: tuple[str, ...] = ()
    optional: bool = False
    group_size: int | None = None
    parts: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    child_net_cents: int | None = None
    constant: bool = False

    @property
    def steps(self) -> tuple[Tier, ...]:
        """The unit prices by headcount, from one person on."""
        return (Tier(1, self.unit_net_cents), *self.tiers)

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON; what came later than the rest is left out while it says nothing."""
        data: dict[str, Any] = {
            "label": self.label,
            "vat_category": self.vat_category,
            "basis": self.basis,
            "unit_net_cents": self.unit_net_cents,
            "covers": list(self.covers),
            "optional": self.optional,
            "group_size": self.group_size,
            "parts": list(self.parts),
        }
        if self.tiers:
            data["tiers"] = [{"people": tier.people, "unit_net_cents": tier.unit_net_cents} for tier in self.tiers]
        if self.child_net_cents is not None:
            data["child_net_cents"] = self.child_net_cents
        if self.constant:
            data["constant"] = True
        return data

    @classmethod
    def from_json(cls, data: Any) -> Component:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        component = cls(
            **named(data),
            unit_net_cents=shape.integer(data, "unit_net_cents", minimum=0, maximum=MAX_UNIT_CENTS),
            tiers=read_entries(Tier.from_json, "tiers", shape.items(data, "tiers", most=MAX_TIERS)),
            child_net_cents=shape.optional_integer(data, "child_net_cents", minimum=0, maximum=MAX_UNIT_CENTS),
            constant=shape.flag(data, "constant"),
        )
        _check_tiers(component.tiers)
        if component.child_net_cents is not None and component.basis not in PER_PERSON:
            raise InvalidInput(_l("Un prix enfant va avec un prix par personne."), field="child_net_cents")
        return component


def named(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a component and a line of a quote say alike, checked. Raises InvalidInput with the field that is wrong."""
    code, parts = str(data.get("vat_category", "")), shape.codes(data, "parts")
    vat.check_parts(code, parts)
    return {
        "label": shape.text(data, "label", most=LABEL_LENGTH, required=True),
        "vat_category": code,
        "basis": shape.choice(data, "basis", BASES),
        "covers": requirements.check(shape.codes(data, "covers")),
        "optional": shape.flag(data, "optional"),
        "group_size": shape.optional_integer(data, "group_size", minimum=1, maximum=MAX_HEADCOUNT),
        "parts": parts,
    }


def _check_tiers(tiers: Sequence[Tier]) -> None:
    if tiers and tiers[0].people < 2:
        raise InvalidInput(_l("Un palier commence à deux personnes au moins."), field="tiers.0.people")
    for index, (before, after) in enumerate(pairwise(tiers), start=1):
        if after.people <= before.people:
            raise InvalidInput(_l("Chaque palier commence plus haut que le précédent."), field=f"tiers.{index}.people")
