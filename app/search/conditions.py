"""Criteria as SQL: each filter is a condition on the search document and, for dates, on the offer's calendar.

What is built here asks only *which* criteria are set; their values are parameters (see `parameters.py`).
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from sqlalchemy import TIMESTAMP, ColumnElement, Float, and_, case, cast, exists, func, literal, or_, select, true

from app.availability.busy import is_taken, widened
from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit
from app.availability.openings import ZONE
from app.search import parameters as given
from app.search import words
from app.search.criteria import Criteria
from app.search.models import SearchDocument

EARTH_KM = 12742.0176
Condition = ColumnElement[bool]


def conditions(criteria: Criteria, *, category: bool = True) -> list[Condition]:
    """All filters of a search; `category=False` leaves that one out, to count what others there are."""
    found: list[Condition] = [SearchDocument.sells.is_(True)]
    if criteria.words:
        found.append(SearchDocument.words.op("@@")(words.query(given.TYPED)))
    if category and criteria.category:
        found.append(SearchDocument.category == given.CATEGORY)
    if criteria.near:
        found.append(_within())
    if criteria.headcount:
        found.append(SearchDocument.capacity_min <= given.HEADCOUNT)
        found.append(SearchDocument.capacity_max >= given.HEADCOUNT)
    if criteria.budget_cents is not None:
        found.append(_total(criteria) <= given.BUDGET * _people(criteria))
    if criteria.first_day and not criteria.also_taken:
        found.append(is_free(criteria))
    return found


def distance(criteria: Criteria) -> ColumnElement[float]:
    """Kilometres from the place searched to the offer, along the globe; NULL without a place."""
    return _away() if criteria.near else cast(literal(None), Float)


def _away() -> ColumnElement[float]:
    here, there = func.radians(given.LAT), func.radians(SearchDocument.lat)
    east = func.radians(SearchDocument.lon - given.LON)
    north, across = func.pow(func.sin((there - here) / 2), 2), func.pow(func.sin(east / 2), 2)
    half = north + func.cos(here) * func.cos(there) * across
    return EARTH_KM * func.asin(func.least(1.0, func.sqrt(half)))


def _within() -> Condition:
    """In the circle, or come to its middle. The box lets the index on positions do the most of it."""
    box = and_(SearchDocument.lat.between(given.SOUTH, given.NORTH), SearchDocument.lon.between(given.WEST, given.EAST))
    reach = func.greatest(given.RADIUS, func.coalesce(SearchDocument.service_radius_km, 0))
    return and_(or_(box, SearchDocument.service_radius_km.is_not(None)), _away() <= reach)


def _people(criteria: Criteria) -> Any:
    return given.HEADCOUNT if criteria.headcount else SearchDocument.capacity_max


def _total(criteria: Criteria) -> Any:
    person = getattr(SearchDocument, f"person_{criteria.basis}_cents")
    group = getattr(SearchDocument, f"group_{criteria.basis}_cents")
    return cast(person, Float) * _people(criteria) + group


def price_each(criteria: Criteria) -> Any:
    """What a person pays, in cents, for the headcount searched, or for a full house when none was."""
    return _total(criteria) / _people(criteria)


def text_rank() -> ColumnElement[Any]:
    """How well the words fit, from 0 to 1."""
    return func.least(1.0, func.ts_rank(SearchDocument.words, words.query(given.TYPED)) / 0.6)


def is_free(criteria: Criteria) -> Condition:
    """Open on all days, early enough, not blacked out, and one unit free for the whole time."""
    return and_(is_open(criteria), in_notice(), has_unit(criteria))


def is_open(criteria: Criteria) -> Condition:
    """An opening day on each of the days, within the opening hours, and no closure."""
    closed = exists().where(
        Blackout.offer_id == SearchDocument.offer_id,
        Blackout.first_day <= given.LAST_DAY,
        Blackout.last_day >= given.FIRST_DAY,
    )
    on_all_days = SearchDocument.weekdays.bitwise_and(given.WEEKDAYS) == given.WEEKDAYS
    return and_(on_all_days, ~closed.correlate(SearchDocument), _in_hours(criteria))


def in_notice() -> Condition:
    """Whether the first day is as far away as the provider asks."""
    return SearchDocument.notice_days <= given.AHEAD


def has_unit(criteria: Criteria) -> Condition:
    """Whether a unit is free for the whole time. Expired holds take nothing."""
    busy = is_taken(widened(during(criteria)), given.NOW)
    free = exists().where(Unit.offer_id == SearchDocument.offer_id, Unit.active, ~busy)
    return free.correlate(SearchDocument)


def has_hold(criteria: Criteria) -> Condition:
    """Whether someone's hold, not yet a booking, takes a unit at that time."""
    held = exists().where(
        Unit.offer_id == SearchDocument.offer_id,
        Unit.active,
        Reservation.unit_id == Unit.id,
        Reservation.state == ReservationState.ACTIVE,
        Reservation.expires_at > given.NOW,
        Reservation.during.op("&&")(during(criteria)),
    )
    return held.correlate(SearchDocument)


def during(criteria: Criteria) -> Any:
    """The time searched: the event's own, or from the opening on the first day to the closing on the last."""
    return given.WINDOW if criteria.window else _whole_days()


def _whole_days() -> Any:
    opens, closes, zone, _always = _hours()
    late = case((closes <= opens, timedelta(days=1)), else_=timedelta(0))
    starts = func.timezone(zone, cast(given.FIRST_DAY + opens, TIMESTAMP))
    ends = func.timezone(zone, cast(given.LAST_DAY + closes, TIMESTAMP) + late)
    return func.tstzrange(starts, ends)


def _in_hours(criteria: Criteria) -> Condition:
    if criteria.window is None:
        return true()
    *_hours_of, always = _hours()
    return or_(always, _whole_days().op("@>")(given.WINDOW))


def _hours() -> tuple[Any, Any, Any, Condition]:
    """Opening, closing, zone, and whether hours don't matter, each from the offer's rule or the default."""
    rule = select(OpeningRule).where(OpeningRule.offer_id == SearchDocument.offer_id).correlate(SearchDocument)
    opens = func.coalesce(rule.with_only_columns(OpeningRule.opens).scalar_subquery(), time(0))
    closes = func.coalesce(rule.with_only_columns(OpeningRule.closes).scalar_subquery(), time(0))
    zone = func.coalesce(rule.with_only_columns(OpeningRule.zone).scalar_subquery(), ZONE)
    return opens, closes, zone, opens == closes
