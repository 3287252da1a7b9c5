"""An offer's price rule, as it is stored with each version of the offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import shape
from app.core.errors import InvalidInput
from app.core.money import EUR
from app.offers.price_rule.basis import HOUR, MAX_HEADCOUNT, MAX_HOURS, MAX_NIGHTS, NIGHTLY
from app.offers.price_rule.components import MAX_UNIT_CENTS, Component, read_entries
from app.offers.price_rule.seasons import MAX_SEASONS, Season

MAX_LINES = 100
ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class PriceRule:
    """The components of an offer's price, and what holds for all of them.

    `minimum_headcount`: a smaller group pays for so many. `minimum_net_cents`: the least that is charged, net, options
    and tourist tax apart. `child_age`: up to which age one is a child. `usual_hours`, `usual_nights`: how long it lasts
    when nobody says otherwise.
    """

    components: tuple[Component, ...]
    currency: str = EUR
    minimum_headcount: int = 1
    minimum_net_cents: int = 0
    seasons: tuple[Season, ...] = ()
    child_age: int | None = None
    usual_hours: int = 1
    usual_nights: int = 1

    @property
    def by_hour(self) -> bool:
        """Whether the price depends on how many hours it lasts."""
        return any(component.basis == HOUR for component in self.components)

    @property
    def by_night(self) -> bool:
        """Whether the price depends on how many nights it lasts."""
        return any(component.basis in NIGHTLY for component in self.components)

    @property
    def for_children(self) -> bool:
        """Whether children pay another price."""
        return any(component.child_net_cents is not None for component in self.components)

    def to_json(self) -> dict[str, Any]:
        """As stored in JSON; what came later than the rest is left out while it says nothing."""
        more = {
            "minimum_net_cents": self.minimum_net_cents,
            "seasons": [season.to_json() for season in self.seasons],
            "child_age": self.child_age,
            "usual_hours": self.usual_hours if self.usual_hours > 1 else 0,
            "usual_nights": self.usual_nights if self.usual_nights > 1 else 0,
        }
        return {
            "components": [component.to_json() for component in self.components],
            "currency": self.currency,
            "minimum_headcount": self.minimum_headcount,
            **{name: value for name, value in more.items() if value},
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
            minimum_net_cents=shape.integer(data, "minimum_net_cents", minimum=0, maximum=MAX_UNIT_CENTS, default=0),
            seasons=read_entries(Season.from_json, "seasons", shape.items(data, "seasons", most=MAX_SEASONS)),
            child_age=shape.optional_integer(data, "child_age", minimum=1, maximum=ADULT_AGE - 1),
            usual_hours=shape.integer(data, "usual_hours", minimum=1, maximum=MAX_HOURS, default=1),
            usual_nights=shape.integer(data, "usual_nights", minimum=1, maximum=MAX_NIGHTS, default=1),
        )
        if all(component.optional for component in rule.components):
            raise InvalidInput(_l("Au moins une ligne du prix n’est pas en option."), field="components")
        return rule
