"""Criteria as SQL on the search document `d`. What is built here depends only on *which* criteria are set.

Values are parameters (see `parameters.py`). Cheap conditions come first; the calendar's last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.search.criteria import Criteria

EARTH_KM: Final = 12742.0176
AWAY: Final = (
    f"({EARTH_KM} * asin(least(1.0, sqrt(power(sin(radians(d.lat - {{lat}}) / 2), 2)"
    " + cos(radians({lat})) * cos(radians(d.lat)) * power(sin(radians(d.lon - {lon}) / 2), 2)))))"
)
HELD: Final = """exists (select from unit u join reservation r on r.unit_id = u.id where u.offer_id = d.offer_id
 and u.active and r.state = 'active' and r.expires_at > %(now)s and r.during && {during})"""


def away(criteria: Criteria) -> str:
    """Kilometres from the place searched to the offer, along the globe; NULL without a place."""
    return AWAY.format(lat="%(lat)s::float8", lon="%(lon)s::float8") if criteria.near else "null::float8"


def from_origin() -> str:
    """Kilometres from where people come from."""
    return AWAY.format(lat="%(from_lat)s::float8", lon="%(from_lon)s::float8")


def exact(criteria: Criteria) -> list[str]:
    """All filters but the words, on the document's columns."""
    found = ["d.sells", *_figures(criteria)]
    if criteria.near:
        found.append(_within(criteria))
    if criteria.first_day and not criteria.also_taken:
        found.append(is_free(criteria))
    return found


def _figures(criteria: Criteria) -> Iterator[str]:
    if criteria.category:
        yield "d.category = %(category)s"
    if criteria.headcount:
        yield "d.capacity_min <= %(headcount)s::int and d.capacity_max >= %(headcount)s::int"
    if criteria.tags:
        yield "d.tags & %(tags)s::bigint = %(tags)s::bigint"
    if criteria.covers:
        yield "d.covers & %(covers)s::bigint = %(covers)s::bigint"
    if criteria.rating:
        yield "d.rating_hundredths >= %(rating)s::int"
    if criteria.minutes[0]:
        yield "d.duration_minutes >= %(shortest)s::int"
    if criteria.minutes[1]:
        yield "d.duration_minutes <= %(longest)s::int"
    if criteria.budget_cents is not None:
        yield f"{total(criteria)} <= %(budget)s::float8 * {people(criteria)}"


def people(criteria: Criteria) -> str:
    """How many people a price is for: those searched for, or a full house."""
    return "%(headcount)s::int" if criteria.headcount else "d.capacity_max"


def total(criteria: Criteria) -> str:
    """What they all pay, in cents."""
    basis = "gross" if criteria.basis == "gross" else "net"
    place = 2 if basis == "gross" else 1
    many = people(criteria)
    straight = f"d.person_{basis}_cents::float8 * {many} + d.group_{basis}_cents"
    stepped = f"search_price(d.ladder, {many}, {place})"
    return f"(case when d.ladder is null then {straight} else {stepped} end)"


def _within(criteria: Criteria) -> str:
    """In the circle, or come to its middle. The box leaves most of the others out at little cost."""
    box = (
        "d.lat between %(south)s::float8 and %(north)s::float8 and d.lon between %(west)s::float8 and %(east)s::float8"
    )
    return (
        f"(({box} or d.service_radius_km is not null)"
        f" and {away(criteria)} <= greatest(%(radius_km)s::float8, d.service_radius_km))"
    )


def is_free(criteria: Criteria) -> str:
    """Open on all days, early enough, not closed, and one unit free for the whole time; on one of the days that do."""
    if criteria.flexible_days:
        return f"exists (select from {days()} where {_free_on(criteria)})"
    return _free_on(criteria)


def _free_on(criteria: Criteria) -> str:
    return f"{is_open(criteria)} and {in_notice(criteria)} and {has_unit(criteria)}"


def days() -> str:
    """The first days that would do, with what the parameters say about each, as `day`."""
    return (
        "unnest(%(starts)s::date[], %(ends)s::date[], %(masks)s::int[], %(aheads)s::int[])"
        " as day(first_day, last_day, weekdays, ahead)"
    )


def free_on(criteria: Criteria) -> str:
    """The nearest to the first day searched among those that are free; NULL when none is."""
    nearest = "abs(day.first_day - %(first_day)s::date), day.first_day"
    return f"(select day.first_day from {days()} where {_free_on(criteria)} order by {nearest} limit 1)"


def _of(criteria: Criteria, name: str) -> str:
    """A figure of the day looked at: a parameter, or a column when several days would do."""
    kinds = {"first_day": "date", "last_day": "date", "weekdays": "int", "ahead": "int"}
    return f"day.{name}" if criteria.flexible_days else f"%({name})s::{kinds[name]}"


def is_open(criteria: Criteria) -> str:
    """An opening day on each of the days, within the opening hours, and no closure."""
    first, last, weekdays = (_of(criteria, name) for name in ("first_day", "last_day", "weekdays"))
    opened = f"d.weekdays & {weekdays} = {weekdays}"
    closed = f"(d.closed is null or not d.closed && daterange({first}, {last}, '[]'))"
    hours = f" and (d.opens is null or {_opening(criteria)} @> %(window)s::tstzrange)" if criteria.window else ""
    return f"{opened} and {closed}{hours}"


def in_notice(criteria: Criteria) -> str:
    """Whether the first day is as far away as the provider asks, and not farther than it plans."""
    ahead = _of(criteria, "ahead")
    return f"d.notice_days <= {ahead} and (d.horizon_days is null or d.horizon_days >= {ahead})"


def has_unit(criteria: Criteria) -> str:
    """Whether a unit is free for the whole time: surely so outside what is taken; else its reservations tell."""
    during = time(criteria)
    unit = f"search_has_unit(d.offer_id, {during}, %(now)s)"
    return f"(d.taken is null or not d.taken && {during} or {unit})"


def has_hold(criteria: Criteria) -> str:
    """Whether someone's hold, not yet a booking, takes a unit at that time."""
    return HELD.format(during=time(criteria))


def time(criteria: Criteria) -> str:
    """The time searched: the event's own, or from the opening on the first day to the closing on the last."""
    return "%(window)s::tstzrange" if criteria.window else _opening(criteria)


def _opening(criteria: Criteria) -> str:
    first, last = _of(criteria, "first_day"), _of(criteria, "last_day")
    zone = "coalesce(d.zone, 'Europe/Paris')"
    opens = f"timezone({zone}, {first} + make_interval(mins => coalesce(d.opens, 0)))"
    closes = f"timezone({zone}, {last} + make_interval(mins => coalesce(d.closes, 1440)))"
    hours = f"tstzrange({opens}, {closes})"
    usual = "d.opens is null and d.zone is null"
    return hours if criteria.flexible_days else f"(case when {usual} then %(whole_days)s::tstzrange else {hours} end)"
