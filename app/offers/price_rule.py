"""What an offer costs: a rule of components, per person or per group; the same cents in simulator and quote.

Unit prices are kept net, in whole cents, because a quote prints quantity × unit price net. A provider who types a gross
price sees the net one that it becomes (`unit_net_cents`) before saving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.core.money import EUR, MAX_CENTS, Money, RateTotal, net_from_gross, vat_by_rate
from app.rules import requirements, vat

Entry = TypeVar("Entry")

PERSON, GROUP = "person", "group"
BASES = (PERSON, GROUP)
ENTERED = ("net", "gross")
MAX_HEADCOUNT = 5_000
MAX_LINES = 100
MAX_UNIT_CENTS = 10**9
MAX_QUANTITY = 100_000
LABEL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an offer's price.

    `basis`: per person, or per group: one unit for the whole group, or one for every `group_size` people begun.
    `covers`: the requirement codes it answers. `parts`: for an unsplit package, what it is made of (VAT).
    """

    label: str
    vat_category: str
    basis: str
    unit_net_cents: int
    covers: tuple[str, ...] = ()
    optional: bool = False
    group_size: int | None = None
    parts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        return asdict(self) | {"covers": list(self.covers), "parts": list(self.parts)}

    @classmethod
    def from_json(cls, data: Any) -> Component:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        code, parts = str(data.get("vat_category", "")), shape.codes(data, "parts")
        vat.check_parts(code, parts)
        return cls(
            label=shape.text(data, "label", most=LABEL_LENGTH, required=True),
            vat_category=code,
            basis=shape.choice(data, "basis", BASES),
            unit_net_cents=shape.integer(data, "unit_net_cents", minimum=0, maximum=MAX_UNIT_CENTS),
            covers=requirements.check(shape.codes(data, "covers")),
            optional=shape.flag(data, "optional"),
            group_size=shape.optional_integer(data, "group_size", minimum=1, maximum=MAX_HEADCOUNT),
            parts=parts,
        )


@dataclass(frozen=True, slots=True)
class PriceRule:
    """The components of an offer's price and the least headcount that is charged."""

    components: tuple[Component, ...]
    currency: str = EUR
    minimum_headcount: int = 1

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        return {
            "components": [component.to_json() for component in self.components],
            "currency": self.currency,
            "minimum_headcount": self.minimum_headcount,
        }

    @classmethod
    def from_json(cls, data: Any) -> PriceRule:
        """From JSON, checked. Raises InvalidInput; a wrong component's field reads `components.<index>.<field>`."""
        data = shape.mapping(data)
        found = shape.items(data, "components", least=1, most=MAX_LINES)
        rule = cls(
            components=read_entries(Component.from_json, "components", found),
            currency=shape.choice({"currency": EUR} | dict(data), "currency", (EUR,)),
            minimum_headcount=shape.integer(data, "minimum_headcount", minimum=1, maximum=MAX_HEADCOUNT, default=1),
        )
        if all(component.optional for component in rule.components):
            raise InvalidInput(_l("Au moins une ligne du prix n’est pas en option."), field="components")
        return rule


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of a quote: VAT category and rate are a snapshot; `unit_net_cents` below zero is a discount.

    `basis`, `group_size` and `minimum_headcount` say how the quantity follows the headcount.
    """

    label: str
    vat_category: str
    vat_bps: int
    basis: str
    quantity: int
    unit_net_cents: int
    covers: tuple[str, ...] = ()
    optional: bool = False
    group_size: int | None = None
    minimum_headcount: int = 1
    parts: tuple[str, ...] = ()

    @property
    def net_cents(self) -> int:
        """Quantity × unit price, in cents."""
        return self.quantity * self.unit_net_cents

    @property
    def recoverable(self) -> bool:
        """Whether a company may deduct this line's VAT: indicative."""
        return vat.recoverable(self.vat_category, parts=self.parts)

    def units(self, headcount: int) -> int:
        """How many units the basis makes of a headcount."""
        return units(self.basis, headcount, self.group_size, self.minimum_headcount)

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        return asdict(self) | {"covers": list(self.covers), "parts": list(self.parts)}

    @classmethod
    def from_json(cls, data: Any) -> PricedLine:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        component = Component.from_json({**data, "unit_net_cents": 0})
        unit = shape.integer(data, "unit_net_cents", minimum=-MAX_UNIT_CENTS, maximum=MAX_UNIT_CENTS)
        return cls(
            **asdict(replace(component, unit_net_cents=unit)),
            vat_bps=shape.integer(data, "vat_bps", minimum=0, maximum=10_000),
            quantity=shape.integer(data, "quantity", minimum=1, maximum=MAX_QUANTITY),
            minimum_headcount=shape.integer(data, "minimum_headcount", minimum=1, maximum=MAX_HEADCOUNT, default=1),
        )


@dataclass(frozen=True, slots=True)
class Price:
    """A total, for the group and for one person; `by_rate` holds net and VAT per rate, highest rate first."""

    net: Money
    vat: Money
    gross: Money
    per_person_net: Money
    per_person_gross: Money
    by_rate: tuple[RateTotal, ...]
    headcount: int


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


def units(basis: str, headcount: int, group_size: int | None = None, minimum_headcount: int = 1) -> int:
    """Units charged for a headcount: people, or groups begun, or one; never below those of the minimum."""
    charged = max(headcount, minimum_headcount)
    if basis == PERSON:
        return charged
    return -(-charged // group_size) if group_size else 1


def check_headcount(headcount: int) -> int:
    """Raises InvalidInput unless `headcount` is a number of people that can be priced."""
    return shape.integer({"headcount": headcount}, "headcount", minimum=1, maximum=MAX_HEADCOUNT)


def unit_net_cents(
    entered_cents: int, entered: str, vat_category: str, on: date, *, parts: Sequence[str] = (), franchise: bool = False
) -> int:
    """The net unit price that a provider's entry becomes; `entered` is "net" or "gross". Raises InvalidInput."""
    rate = vat.rate_bps(vat_category, on, parts=parts, franchise=franchise)
    if shape.choice({"entered": entered}, "entered", ENTERED) == "net":
        return entered_cents
    return net_from_gross(entered_cents, rate)


def quote_lines(rule: PriceRule, headcount: int, *, on: date, franchise: bool = False) -> list[PricedLine]:
    """The lines that a quote for `headcount` people starts from, options included, with the VAT rates of the day `on`.

    Raises InvalidInput for a headcount that can't be priced.
    """
    check_headcount(headcount)
    return [
        PricedLine(
            label=component.label,
            vat_category=component.vat_category,
            vat_bps=vat.rate_bps(component.vat_category, on, parts=component.parts, franchise=franchise),
            basis=component.basis,
            quantity=units(component.basis, headcount, component.group_size, rule.minimum_headcount),
            unit_net_cents=component.unit_net_cents,
            covers=component.covers,
            optional=component.optional,
            group_size=component.group_size,
            minimum_headcount=rule.minimum_headcount,
            parts=component.parts,
        )
        for component in rule.components
    ]


def price_of(lines: Iterable[PricedLine], headcount: int, currency: str = EUR) -> Price:
    """The total of the lines that are not optional. Raises InvalidInput when discounts exceed the rest."""
    by_rate = vat_by_rate((line.vat_bps, line.net_cents) for line in lines if not line.optional)
    net = Money(sum(total.net_cents for total in by_rate), currency)
    vat_due = Money(sum(total.vat_cents for total in by_rate), currency)
    gross = net + vat_due
    if gross.cents < 0:
        raise InvalidInput(_l("Les remises dépassent le prix."), field="lines")
    if gross.cents > MAX_CENTS:
        raise InvalidInput(_l("Ce montant est trop grand."), field="lines")
    return Price(net, vat_due, gross, net.per(headcount), gross.per(headcount), by_rate, headcount)


def price_for(
    rule: PriceRule, headcount: int, *, on: date, franchise: bool = False, options: Iterable[int] = ()
) -> Price:
    """What the offer costs for `headcount` people; `options` are the indexes of optional components to add.

    Raises InvalidInput for a headcount that can't be priced.
    """
    chosen = set(options)
    lines = quote_lines(rule, headcount, on=on, franchise=franchise)
    taken = [replace(line, optional=False) if i in chosen else line for i, line in enumerate(lines)]
    return price_of(taken, headcount, rule.currency)
