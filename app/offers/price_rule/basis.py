"""What a price is counted by: people or groups, once or for every hour or night."""

from __future__ import annotations

from app.core import shape

PERSON, GROUP, HOUR, PERSON_NIGHT, GROUP_NIGHT = "person", "group", "hour", "person_night", "group_night"
BASES = (PERSON, GROUP, HOUR, PERSON_NIGHT, GROUP_NIGHT)
PER_PERSON = frozenset({PERSON, PERSON_NIGHT})
NIGHTLY = frozenset({PERSON_NIGHT, GROUP_NIGHT})
MAX_HEADCOUNT = 5_000
MAX_NIGHTS = 60
MAX_HOURS = 72


def units(basis: str, headcount: int, group_size: int | None = None, minimum_headcount: int = 1) -> int:
    """Units charged for a headcount, once or each hour or night: people, or groups begun, or one.

    Never below those of the minimum.
    """
    charged = max(headcount, minimum_headcount)
    if basis in PER_PERSON:
        return charged
    return -(-charged // group_size) if group_size else 1


def check_headcount(headcount: int) -> int:
    """Raises InvalidInput unless `headcount` is a number of people that can be priced."""
    return shape.integer({"headcount": headcount}, "headcount", minimum=1, maximum=MAX_HEADCOUNT)


def check_children(children: int, headcount: int) -> int:
    """Raises InvalidInput unless there are `children` among so many people."""
    return shape.integer({"children": children}, "children", minimum=0, maximum=headcount)


def check_times(name: str, value: int) -> int:
    """Raises InvalidInput unless `value` is a number of `hours` or `nights` that can be priced."""
    most = {"hours": MAX_HOURS, "nights": MAX_NIGHTS}[name]
    return shape.integer({name: value}, name, minimum=1, maximum=most)
