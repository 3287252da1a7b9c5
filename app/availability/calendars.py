"""Reading when offers are open: one statement, however many offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.availability.models import Blackout, OpeningException, OpeningHours, OpeningRule, Season
from app.availability.openings import ZONE, Days, Hours, Openings, SeasonHours, Special
from app.core.db import session
from app.offers.models import Offer, OfferVersion


def openings_of(offer_id: int) -> Openings:
    """When an offer is open; always, without a rule."""
    return openings_of_all([offer_id]).get(offer_id, Openings())


def openings_of_all(offer_ids: Iterable[int]) -> dict[int, Openings]:
    """When each of these offers is open, by its id."""
    rows = session().execute(_statement(), {"offer_ids": sorted(set(offer_ids))})
    return {row.id: _openings(row) for row in rows}


@cache
def _statement() -> Select[Any]:
    """Built once: that costs more than running it."""
    rule = OpeningRule
    return (
        select(
            Offer.id, rule.zone, rule.horizon_days, rule.weekdays, rule.opens, rule.closes, OfferVersion.notice_days,
            _all(Season, Season.id, Season.first_day, Season.last_day, Season.yearly).label("seasons"),
            _all(OpeningHours, OpeningHours.season_id, *_hours_columns(OpeningHours)).label("hours"),
            _all(
                OpeningException, OpeningException.first_day, OpeningException.last_day, OpeningException.opened,
                OpeningException.opens, OpeningException.closes,
            ).label("specials"),
            _all(Blackout, Blackout.first_day, Blackout.last_day).label("blackouts"),
        )
        .outerjoin(rule, rule.offer_id == Offer.id)
        .outerjoin(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .where(Offer.id == func.any(bindparam("offer_ids", type_=ARRAY(BigInteger))))
    )  # fmt: skip


def _hours_columns(table: type[OpeningHours]) -> tuple[Any, ...]:
    return table.weekdays, table.opens, table.closes


def _all(table: Any, *columns: Any) -> Any:
    """The rows of an offer in a table that hangs on it, as JSON arrays of these columns; null for none."""
    found = select(func.jsonb_agg(func.jsonb_build_array(*columns))).where(table.offer_id == Offer.id)
    return found.correlate(Offer).scalar_subquery()


def _openings(row: Row[Any]) -> Openings:
    more: dict[int | None, list[Hours]] = {}
    for season_id, weekdays, opens, closes in row.hours or ():
        more.setdefault(season_id, []).append(_hours(weekdays, opens, closes))
    rule = Hours() if row.weekdays is None else Hours(frozenset(row.weekdays), row.opens, row.closes)
    return Openings(
        usual=(rule, *more.get(None, ())),
        seasons=tuple(
            SeasonHours(*_days(first, last), yearly, tuple(more.get(number, ())), number)
            for number, first, last, yearly in row.seasons or ()
        ),
        specials=tuple(
            Special(*_days(first, last), opened, _hours(range(7), opens, closes))
            for first, last, opened, opens, closes in row.specials or ()
        ),
        blackouts=tuple(sorted(_days(first, last) for first, last in row.blackouts or ())),
        zone=row.zone or ZONE,
        notice_days=row.notice_days or 0,
        horizon_days=row.horizon_days,
    )


def _hours(weekdays: Iterable[int], opens: str, closes: str) -> Hours:
    return Hours(frozenset(weekdays), time.fromisoformat(opens), time.fromisoformat(closes))


def _days(first: str, last: str) -> Days:
    return date.fromisoformat(first), date.fromisoformat(last)
