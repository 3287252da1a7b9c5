"""Searching the catalogue: a page of results, how many each category has, and what to loosen when none fits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, desc, func, literal, select

from app.accounts.models import Provider
from app.core.clock import french_date
from app.core.db import session
from app.offers.models import Offer, OfferPhoto, OfferVersion
from app.offers.price_rule import PriceRule, price_for
from app.search import conditions as sql
from app.search import parameters, words
from app.search.criteria import Criteria, Sort
from app.search.models import SearchDocument
from app.search.parameters import values

PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class Found:
    """One result. Prices in cents per person for `headcount` people; `starting`: for a full house, none was given.

    `free`: "free", "held", "busy", "closed" or "notice" on the days searched, "" when no day was.
    """

    offer_id: int
    version_id: int
    slug: str
    category: str
    title: str
    provider: str
    place: str
    lat: float | None
    lon: float | None
    service_radius_km: int | None
    capacity_min: int
    capacity_max: int
    rating_hundredths: int | None
    review_count: int
    answer_minutes: int | None
    photo_id: int | None
    photo_alt: str
    distance_km: float | None
    gross_cents: int | None
    net_cents: int | None
    starting: bool
    free: str


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, the number of all, and the number in each category were that filter not set."""

    found: Sequence[Found]
    total: int
    page: int
    facets: dict[str, int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def search(criteria: Criteria, now: datetime, *, page: int = 1) -> Results:
    """A page of what fits, in two statements. A page beyond the last gives the last."""
    given, kind = values(criteria, now), parameters.kind(criteria)
    facets: dict[str, int] = dict(session().execute(_facets(replace(kind, category="")), given).all())
    total = facets.get(criteria.category, 0) if criteria.category else sum(facets.values())
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    given["skipped"] = (page - 1) * PER_PAGE
    rows = session().execute(_page(kind), given).all() if total else []
    return Results([_found(row, criteria, now) for row in rows], total, page, facets)


def search_wider(criteria: Criteria, now: datetime, *, page: int = 1) -> tuple[Results, Criteria]:
    """A page of what fits; if nothing holds all the words, what holds some; if they mean nothing, all.

    Returns the criteria that were met, too.
    """
    results = search(criteria, now, page=page)
    if results.total or not criteria.words:
        return results, criteria
    if not session().scalar(select(func.numnode(words.query(words.typed(criteria.words))))):
        return search(replace(criteria, words=""), now, page=page), criteria
    wider = replace(criteria, any_word=True)
    some = search(wider, now, page=page)
    return (some, wider) if some.total else (results, criteria)


def of_offers(offer_ids: Sequence[int], criteria: Criteria, now: datetime) -> list[Found]:
    """These offers as results, in this order, with price and availability; those not on sale are left out."""
    given = values(criteria, now) | {"chosen": list(offer_ids), "skipped": 0}
    rows = session().execute(_page(parameters.kind(criteria), chosen=True), given).all() if offer_ids else []
    found = {row.id: _found(row, criteria, now) for row in rows}
    return [found[offer_id] for offer_id in offer_ids if offer_id in found]


def count_without(criteria: Criteria, now: datetime) -> dict[str, int]:
    """For each filter that is set, how many offers there would be without it: what to loosen, one statement."""
    if not criteria.filters:
        return {}
    query = _counts(parameters.kind(criteria), criteria.filters)
    return dict(session().execute(query, values(criteria, now)).one()._mapping)


@lru_cache(maxsize=256)
def _facets(kind: Criteria) -> Select[str, int]:
    """How many offers of each category fit: one statement."""
    query = select(SearchDocument.category, func.count()).where(*sql.conditions(kind))
    return query.group_by(SearchDocument.category)


@lru_cache(maxsize=256)
def _counts(kind: Criteria, names: tuple[str, ...]) -> Select[Any]:
    counts = [
        select(func.count())
        .select_from(SearchDocument)
        .where(*sql.conditions(kind.loosened(name)))
        .scalar_subquery()
        .label(name)
        for name in names
    ]
    return select(*counts)


def starting_prices() -> dict[str, tuple[int, int, int]]:
    """For each category on sale: number of offers, and the lowest gross and net price of a person in cents."""
    found = session().execute(_starting_prices())
    return {category: (count, round(dear), round(cheap)) for category, count, dear, cheap in found}


@lru_cache(maxsize=1)
def _starting_prices() -> Select[Any]:
    gross = sql.price_each(Criteria(basis="gross"))
    net = sql.price_each(Criteria(basis="net"))
    query = select(SearchDocument.category, func.count(), func.min(gross), func.min(net))
    return query.where(SearchDocument.sells).group_by(SearchDocument.category)


@lru_cache(maxsize=256)
def _page(criteria: Criteria, *, chosen: bool = False) -> Select[Any]:
    """A page of results; with `chosen`, of the offers named, whether they fit or not."""
    away = sql.distance(criteria)
    order = _order(criteria, away)
    named = [SearchDocument.sells.is_(True), SearchDocument.offer_id == func.any(parameters.CHOSEN)]
    best = (
        select(
            SearchDocument.offer_id,
            SearchDocument.version_id,
            away.label("distance_km"),
            _free(criteria).label("free"),
            func.row_number().over(order_by=order).label("place"),
        )
        .where(*(named if chosen else sql.conditions(criteria)))
        .order_by(*order)
        .limit(PER_PAGE)
        .offset(parameters.SKIPPED)
        .subquery("best")
    )
    photo = select(OfferPhoto.id).where(OfferPhoto.version_id == OfferVersion.id).order_by(OfferPhoto.position).limit(1)
    return (
        select(
            best.c.distance_km, best.c.free, Offer.id, Offer.slug, Offer.category, Offer.rating_hundredths,
            Offer.review_count, OfferVersion.id.label("version_id"), OfferVersion.title, OfferVersion.place_name,
            OfferVersion.postcode, OfferVersion.lat, OfferVersion.lon, OfferVersion.capacity_min,
            OfferVersion.capacity_max, OfferVersion.service_radius_km,
            cast(OfferVersion.price_rule, Text).label("rule"),
            Provider.name.label("provider"), Provider.answer_minutes, Provider.vat_franchise,
            OfferPhoto.id.label("photo_id"), OfferPhoto.alt.label("photo_alt"),
        )
        .select_from(best)
        .join(Offer, Offer.id == best.c.offer_id)
        .join(OfferVersion, OfferVersion.id == best.c.version_id)
        .join(Provider, Provider.id == Offer.provider_id)
        .outerjoin(OfferPhoto, OfferPhoto.id == photo.correlate(OfferVersion).scalar_subquery())
        .order_by(best.c.place)
    )  # fmt: skip


def _order(criteria: Criteria, away: ColumnElement[float]) -> list[Any]:
    by: dict[Sort, list[Any]] = {
        Sort.PRICE: [sql.price_each(criteria)],
        Sort.DISTANCE: [away.asc().nulls_last()],
        Sort.RATING: [desc(SearchDocument.score)],
        Sort.RELEVANCE: [],
    }
    if criteria.sort == Sort.RATING:
        mean = select(Offer.rating_hundredths).where(Offer.id == SearchDocument.offer_id).scalar_subquery()
        by[Sort.RATING] = [desc(func.coalesce(mean, 0))]
    return [*by[criteria.sort], desc(_rank(criteria, away)), SearchDocument.offer_id]


def _rank(criteria: Criteria, away: ColumnElement[float]) -> Any:
    """The published ranking: the document's own score and what depends on the search, by their weights.

    Alone, the score keeps its order without its weight, and an index has that order.
    """
    if not (criteria.words or criteria.near or criteria.also_taken):
        return SearchDocument.score
    rank: ColumnElement[Any] = SearchDocument.score * parameters.STATIC
    if criteria.words:
        rank = rank + sql.text_rank() * parameters.TEXT
    if criteria.near:
        rank = rank + func.greatest(0.0, 1 - away / parameters.RADIUS) * parameters.DISTANCE
    if criteria.first_day and criteria.also_taken:
        rank = rank + case((sql.is_free(criteria), parameters.AVAILABILITY), else_=0.0)
    return rank


def _free(criteria: Criteria) -> ColumnElement[Any]:
    if criteria.first_day is None:
        return literal("")
    if not criteria.also_taken:
        return literal("free")
    return case(
        (~sql.is_open(criteria), "closed"),
        (~sql.in_notice(), "notice"),
        (sql.has_unit(criteria), "free"),
        (sql.has_hold(criteria), "held"),
        else_="busy",
    )


def _found(row: Row[Any], criteria: Criteria, now: datetime) -> Found:
    people = criteria.headcount or row.capacity_max
    gross_cents, net_cents = person_price(row.rule, people, criteria.first_day or french_date(now), row.vat_franchise)
    return Found(
        offer_id=row.id,
        version_id=row.version_id,
        slug=row.slug,
        category=row.category,
        title=row.title,
        provider=row.provider,
        place=f"{row.place_name} ({row.postcode[:2]})" if row.postcode else row.place_name,
        lat=row.lat,
        lon=row.lon,
        service_radius_km=row.service_radius_km,
        capacity_min=row.capacity_min,
        capacity_max=row.capacity_max,
        rating_hundredths=row.rating_hundredths,
        review_count=row.review_count,
        answer_minutes=row.answer_minutes,
        photo_id=row.photo_id,
        photo_alt=row.photo_alt or "",
        distance_km=row.distance_km,
        gross_cents=gross_cents,
        net_cents=net_cents,
        starting=criteria.headcount is None,
        free=row.free,
    )


@lru_cache(maxsize=16_384)
def person_price(rule: str, headcount: int, on: date, franchise: bool) -> tuple[int, int]:
    """Gross and net cents a person from a price rule's JSON text: the very cents that a quote would say."""
    price = price_for(PriceRule.from_json(json.loads(rule)), headcount, on=on, franchise=franchise)
    return price.per_person_gross.cents, price.per_person_net.cents
