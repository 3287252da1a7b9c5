"""Criteria as SQL: each filter is a condition on the search document and, for dates, on the offer's calendar."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Float,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE

from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit, span
from app.availability.openings import ZONE
from app.availability.queries import blocks
from app.search import words
from app.search.criteria import Criteria
from app.search.models import SearchDocument
from app.search.places import bounding_box

EARTH_KM = 12742.0176
WEEK = 7
Condition = ColumnElement[bool]


def conditions(criteria: Criteria, now: datetime, *, category: bool = True) -> list[Condition]:
    """All filters of a search; `category=False` leaves that one out, to count what others there are."""
    found: list[Condition] = [SearchDocument.sells.is_(True)]
    typed = words.query(criteria.words, any_word=criteria.any_word)
    if typed is not None:
        found.append(SearchDocument.words.op("@@")(typed))
    if category and criteria.category:
        found.append(SearchDocument.category == criteria.category)
    if criteria.near:
        found.append(_within(criteria))
    if criteria.headcount:
        found.append(SearchDocument.capacity_min <= criteria.headcount)
        found.append(SearchDocument.capacity_max >= criteria.headcount)
    if criteria.budget_cents is not None:
        found.append(_total(criteria) <= (criteria.budget_cents + 0.5) * _people(criteria))
    if criteria.first_day and not criteria.also_taken:
        found.append(is_free(criteria, now))
    return found


def distance(criteria: Criteria) -> ColumnElement[float]:
    """Kilometres from the place searched to the offer, along the globe; NULL without a place."""
    near = criteria.near
    if near is None:
        return cast(literal(None), Float)
    here, there = func.radians(near.lat), func.radians(SearchDocument.lat)
    east = func.radians(SearchDocument.lon - near.lon)
    north, across = func.pow(func.sin((there - here) / 2), 2), func.pow(func.sin(east / 2), 2)
    half = north + func.cos(here) * func.cos(there) * across
    return EARTH_KM * func.asin(func.least(1.0, func.sqrt(half)))


def _within(criteria: Criteria) -> Condition:
    """In the circle, or come to its middle. The box lets the index on positions do the most of it."""
    near = criteria.near
    assert near is not None
    south, west, north, east = bounding_box(near.lat, near.lon, near.radius_km)
    box = and_(SearchDocument.lat.between(south, north), SearchDocument.lon.between(west, east))
    reach = func.greatest(near.radius_km, func.coalesce(SearchDocument.service_radius_km, 0))
    return and_(or_(box, SearchDocument.service_radius_km.is_not(None)), distance(criteria) <= reach)


def _people(criteria: Criteria) -> Any:
    return criteria.headcount or SearchDocument.capacity_max


def _total(criteria: Criteria) -> Any:
    person = getattr(SearchDocument, f"person_{criteria.basis}_cents")
    group = getattr(SearchDocument, f"group_{criteria.basis}_cents")
    return cast(person, Float) * _people(criteria) + group


def price_each(criteria: Criteria) -> Any:
    """What a person pays, in cents, for the headcount searched, or for a full house when none was."""
    return _total(criteria) / _people(criteria)


def text_rank(criteria: Criteria) -> ColumnElement[Any]:
    """How well the words fit, from 0 to 1; 0 without words."""
    typed = words.query(criteria.words, any_word=criteria.any_word)
    if typed is None:
        return literal(0.0)
    return func.least(1.0, func.ts_rank(SearchDocument.words, typed) / 0.6)


def is_free(criteria: Criteria, now: datetime) -> Condition:
    """Open on all days, early enough, not blacked out, and one unit free for the whole time."""
    return and_(is_open(criteria), in_notice(criteria, now), has_unit(criteria, now))


def is_open(criteria: Criteria) -> Condition:
    """An opening day on each of the days, within the opening hours, and no closure."""
    first, last = criteria.first_day, criteria.last_day or criteria.first_day
    assert first is not None and last is not None
    days = {(first + timedelta(days=n)).weekday() for n in range(min(WEEK, (last - first).days + 1))}
    mask = sum(1 << day for day in days)
    closed = exists().where(
        Blackout.offer_id == SearchDocument.offer_id, Blackout.first_day <= last, Blackout.last_day >= first
    )
    return and_(
        SearchDocument.weekdays.bitwise_and(mask) == mask, ~closed.correlate(SearchDocument), _in_hours(criteria)
    )


def in_notice(criteria: Criteria, now: datetime) -> Condition:
    """Whether the first day is as far away as the provider asks."""
    assert criteria.first_day is not None
    ahead = (criteria.first_day - now.astimezone(ZoneInfo(ZONE)).date()).days
    return SearchDocument.notice_days <= ahead


def has_unit(criteria: Criteria, now: datetime) -> Condition:
    """Whether a unit is free for the whole time. Expired holds take nothing."""
    busy = exists().where(Reservation.unit_id == Unit.id, blocks(now), Reservation.during.op("&&")(during(criteria)))
    free = exists().where(Unit.offer_id == SearchDocument.offer_id, Unit.active, ~busy.correlate(Unit, SearchDocument))
    return free.correlate(SearchDocument)


def has_hold(criteria: Criteria, now: datetime) -> Condition:
    """Whether someone's hold, not yet a booking, takes a unit at that time."""
    held = exists().where(
        Unit.offer_id == SearchDocument.offer_id,
        Unit.active,
        Reservation.unit_id == Unit.id,
        Reservation.state == ReservationState.ACTIVE,
        Reservation.expires_at > now,
        Reservation.during.op("&&")(during(criteria)),
    )
    return held.correlate(SearchDocument)


def during(criteria: Criteria) -> Any:
    """The time searched: the event's own, or from the opening on the first day to the closing on the last."""
    if criteria.window:
        return bindparam("during", span(*criteria.window), type_=TSTZRANGE(), unique=True)
    opens, closes, zone, _always = _hours()
    first, last = criteria.first_day, criteria.last_day or criteria.first_day
    late = case((closes <= opens, timedelta(days=1)), else_=timedelta(0))
    starts = func.timezone(zone, cast(cast(literal(first), Date) + opens, TIMESTAMP))
    ends = func.timezone(zone, cast(cast(literal(last), Date) + closes, TIMESTAMP) + late)
    return func.tstzrange(starts, ends)


def _in_hours(criteria: Criteria) -> Condition:
    if criteria.window is None:
        return true()
    starts_at, ends_at = criteria.window
    *_hours_of, always = _hours()
    open_time = during(Criteria(first_day=criteria.first_day, last_day=criteria.last_day))
    wanted = bindparam("wanted", span(starts_at, ends_at), type_=TSTZRANGE(), unique=True)
    return or_(always, open_time.op("@>")(wanted))


def _hours() -> tuple[Any, Any, Any, Condition]:
    """Opening, closing, zone, and whether hours don't matter, each from the offer's rule or the default."""
    rule = select(OpeningRule).where(OpeningRule.offer_id == SearchDocument.offer_id).correlate(SearchDocument)
    opens = func.coalesce(rule.with_only_columns(OpeningRule.opens).scalar_subquery(), time(0))
    closes = func.coalesce(rule.with_only_columns(OpeningRule.closes).scalar_subquery(), time(0))
    zone = func.coalesce(rule.with_only_columns(OpeningRule.zone).scalar_subquery(), ZONE)
    return opens, closes, zone, opens == closes
