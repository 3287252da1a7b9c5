"""The lines of a quote, their total, and what they become for another headcount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.core.money import EUR, MAX_CENTS, Money, RateTotal, split, vat_by_rate
from app.offers.price_rule.basis import GROUP, MAX_HEADCOUNT, PER_PERSON, check_headcount, units
from app.offers.price_rule.components import MAX_TIERS, MAX_UNIT_CENTS, Tier, named, read_entries, tier_price
from app.rules import vat

MAX_QUANTITY = 1_000_000
ADULTS, CHILDREN = "adults", "children"
COMPLEMENT = "Complément au minimum de facturation"
"""As quotes print it: a document's words, in French like the lines that a provider writes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a line follows at another headcount, beside its basis.

    `who` counts only adults or only `children`, of whom there are so many. `tiers`: unit prices by headcount, from one
    person on. `minimum_net_cents`: the least that the quote's lines without options come to; `complement`: this line
    fills up to it. `component`: lines that stand for one component, by nights of two seasons or by age, go together.
    """

    who: str = ""
    children: int = 0
    tiers: tuple[Tier, ...] = ()
    minimum_net_cents: int = 0
    complement: bool = False
    component: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON, without what says nothing."""
        data = asdict(self) | {"tiers": [asdict(tier) for tier in self.tiers]}
        return {name: value for name, value in data.items() if value or (name == "component" and value is not None)}

    @classmethod
    def from_json(cls, data: Any) -> Scale:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        scale = cls(
            who=shape.choice({"who": ""} | dict(data), "who", ("", ADULTS, CHILDREN)),
            children=shape.integer(data, "children", minimum=0, maximum=MAX_HEADCOUNT, default=0),
            tiers=read_entries(Tier.from_json, "tiers", shape.items(data, "tiers", most=MAX_TIERS + 1)),
            minimum_net_cents=shape.integer(data, "minimum_net_cents", minimum=0, maximum=MAX_UNIT_CENTS, default=0),
            complement=shape.flag(data, "complement"),
            component=shape.optional_integer(data, "component", minimum=0, maximum=MAX_HEADCOUNT),
        )
        if scale.tiers and min(tier.people for tier in scale.tiers) > 1:
            raise InvalidInput(_l("Ces données ne sont pas lisibles."), field="tiers")
        return scale


PLAIN = Scale()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of a quote: VAT category and rate are a snapshot; `unit_net_cents` below zero is a discount.

    `basis`, `group_size`, `minimum_headcount` and `scale` say how quantity and unit price follow the headcount.
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
    scale: Scale = field(default=PLAIN)

    @property
    def net_cents(self) -> int:
        """Quantity × unit price, in cents."""
        return self.quantity * self.unit_net_cents

    @property
    def recoverable(self) -> bool:
        """Whether a company may deduct this line's VAT: indicative."""
        return vat.recoverable(self.vat_category, parts=self.parts)

    @property
    def taxed(self) -> bool:
        """Whether it is the seller's own price: the tourist tax, collected for the town, is not."""
        return self.vat_category not in vat.CATEGORIES or vat.CATEGORIES[self.vat_category].taxed

    def units(self, headcount: int) -> int:
        """How many units, each hour or night, the basis makes of a headcount; none where nobody of that age is left."""
        charged = units(self.basis, headcount, self.group_size, self.minimum_headcount)
        if not self.scale.who or self.basis not in PER_PERSON:
            return charged
        children = min(self.scale.children, headcount)
        return children if self.scale.who == CHILDREN else charged - children

    def at(self, quoted: int, headcount: int) -> PricedLine:
        """The line for another headcount than the one it was `quoted` for: in proportion, rounded up, at its tier."""
        before, after = self.units(quoted), self.units(headcount)
        quantity = -(-self.quantity * after // before) if before else self.quantity
        return replace(self, quantity=quantity, unit_net_cents=self._unit_at(quoted, headcount))

    def _unit_at(self, quoted: int, headcount: int) -> int:
        """The tier's price; the line's own where someone has typed another one than its tier's."""
        tiers, least = self.scale.tiers, self.minimum_headcount
        if not tiers or tier_price(tiers, max(quoted, least)) != self.unit_net_cents:
            return self.unit_net_cents
        return tier_price(tiers, max(headcount, least))

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON."""
        return asdict(self) | {"covers": list(self.covers), "parts": list(self.parts), "scale": self.scale.to_json()}

    @classmethod
    def from_json(cls, data: Any) -> PricedLine:
        """From JSON, checked. Raises InvalidInput with the field that is wrong."""
        data = shape.mapping(data)
        return cls(
            **named(data),
            unit_net_cents=shape.integer(data, "unit_net_cents", minimum=-MAX_UNIT_CENTS, maximum=MAX_UNIT_CENTS),
            vat_bps=shape.integer(data, "vat_bps", minimum=0, maximum=10_000),
            quantity=shape.integer(data, "quantity", minimum=1, maximum=MAX_QUANTITY),
            minimum_headcount=shape.integer(data, "minimum_headcount", minimum=1, maximum=MAX_HEADCOUNT, default=1),
            scale=Scale.from_json(data.get("scale") or {}),
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


def complements(lines: Sequence[PricedLine], minimum_net_cents: int) -> list[PricedLine]:
    """What is lacking to the least that is charged: one line for each VAT rate, in proportion to its base.

    Options and the tourist tax don't count, in what is reached as in what is shared out.
    """
    own = [line for line in lines if not line.optional and line.taxed]
    lacking = minimum_net_cents - sum(line.net_cents for line in own)
    if not own or lacking <= 0:
        return []
    rates = sorted({line.vat_bps for line in own}, reverse=True)
    bases = [max(0, sum(line.net_cents for line in own if line.vat_bps == rate)) for rate in rates]
    shares = split(lacking, bases if any(bases) else [1] * len(rates))
    scale = Scale(minimum_net_cents=minimum_net_cents, complement=True)
    found = []
    for rate, cents in zip(rates, shares, strict=True):
        like = max(
            (one for one in own if one.vat_bps == rate), key=lambda one: (one.net_cents, one.vat_category, one.parts)
        )
        if cents:
            label = COMPLEMENT if len(rates) == 1 else f"{COMPLEMENT}, TVA {_percent(rate)}"
            line = PricedLine(label, like.vat_category, rate, GROUP, 1, cents, parts=like.parts, scale=scale)
            found.append(line)
    return found


def _percent(bps: int) -> str:
    units, rest = divmod(bps, 100)
    return f"{units},{rest:02d}".rstrip("0").rstrip(",") + "\u00a0%"


def at_headcount(lines: Sequence[PricedLine], quoted: int, headcount: int) -> tuple[PricedLine, ...]:
    """The lines for another headcount than the one they were `quoted` for.

    A quantity follows its basis in proportion, rounded up: 84 lunches for 42 people (two days) are 40 for 20; one room
    hire stays one; a unit price follows its tiers; children stay as many. The least that is charged is filled up anew,
    unless the lines have left it. Raises InvalidInput for a headcount that can't be priced.
    """
    check_headcount(headcount)
    minimum = _minimum_kept(lines)
    kept = [line for line in lines if not (minimum and line.scale.complement)]
    moved = [line for line in (each.at(quoted, headcount) for each in kept) if line.quantity]
    return (*moved, *complements(moved, minimum))


def _minimum_kept(lines: Sequence[PricedLine]) -> int:
    """The least that is charged by these lines; 0 when they have none, or when someone has typed around it."""
    minimum = max((line.scale.minimum_net_cents for line in lines), default=0)
    filled = sum(line.net_cents for line in lines if line.scale.complement)
    rest = [line for line in lines if not line.scale.complement]
    return minimum if filled == sum(line.net_cents for line in complements(rest, minimum)) else 0
