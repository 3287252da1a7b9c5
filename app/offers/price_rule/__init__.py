"""What an offer costs, by person, group, hour or night: the same cents in simulator and quote.

Unit prices are kept net, in whole cents, because a quote prints quantity × unit price net. A provider who types a gross
price sees the net one that it becomes (`unit_net_cents`) before saving.
"""

from app.offers.price_rule.basis import (
    BASES,
    GROUP,
    GROUP_NIGHT,
    HOUR,
    MAX_HEADCOUNT,
    MAX_HOURS,
    MAX_NIGHTS,
    NIGHTLY,
    PER_PERSON,
    PERSON,
    PERSON_NIGHT,
    check_headcount,
    units,
)
from app.offers.price_rule.components import LABEL_LENGTH, MAX_TIERS, Component, Tier, read_entries
from app.offers.price_rule.lines import ADULTS, CHILDREN, Price, PricedLine, Scale, at_headcount, complements, price_of
from app.offers.price_rule.quoting import (
    ENTERED,
    Figures,
    Sheet,
    apply,
    figures,
    hours_between,
    nights_between,
    price_for,
    quote_lines,
    unit_net_cents,
    usual_hours,
    usual_nights,
)
from app.offers.price_rule.rule import MAX_LINES, PriceRule
from app.offers.price_rule.seasons import MAX_SEASONS, Season, season_on, seasonal

__all__ = [
    "ADULTS",
    "BASES",
    "CHILDREN",
    "ENTERED",
    "GROUP",
    "GROUP_NIGHT",
    "HOUR",
    "LABEL_LENGTH",
    "MAX_HEADCOUNT",
    "MAX_HOURS",
    "MAX_LINES",
    "MAX_NIGHTS",
    "MAX_SEASONS",
    "MAX_TIERS",
    "NIGHTLY",
    "PERSON",
    "PERSON_NIGHT",
    "PER_PERSON",
    "Component",
    "Figures",
    "Price",
    "PriceRule",
    "PricedLine",
    "Scale",
    "Season",
    "Sheet",
    "Tier",
    "apply",
    "at_headcount",
    "check_headcount",
    "complements",
    "figures",
    "hours_between",
    "nights_between",
    "price_for",
    "price_of",
    "quote_lines",
    "read_entries",
    "season_on",
    "seasonal",
    "unit_net_cents",
    "units",
    "usual_hours",
    "usual_nights",
]
