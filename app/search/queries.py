"""Searching the catalogue: a page of results with what cards show, counts, and what to loosen when none fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.core.clock import french_date
from app.offers.price_rule import PriceRule, price_for
from app.search import conditions as sql
from app.search import engine
from app.search.criteria import Criteria
from app.search.engine import PER_PAGE, Cursor
from app.search.parameters import kind
from app.search.plan import BEST
from app.search.statements import run

CARD: Final = """
o.id, b.version_id, o.slug, o.category, v.title, p.name, v.place_name, v.postcode, v.lat, v.lon, v.service_radius_km,
v.capacity_min, v.capacity_max, o.rating_hundredths, o.review_count, pr.answer_minutes, ph.id, ph.alt,
ph.width, ph.height, ph.blur, ph.variants, b.away_km,
v.price_rule::text, pr.vat_franchise, b.key, b.score"""
JOINS: Final = """
join offer o on o.id = b.offer_id join offer_version v on v.id = b.version_id
join provider pr on pr.id = o.provider_id join organisation p on p.id = o.provider_id
left join lateral (
select id, alt, width, height, blur, variants from offer_photo where version_id = v.id order by position limit 1
) ph on true"""
CHOSEN: Final = """
select d.offer_id, d.version_id, {away} as away_km, 0::float8 as key, d.score from search_document d
where d.sells and d.offer_id = any(%(chosen)s::bigint[])"""
PRICES: Final = """
select category, count(*), min(person_gross_cents + group_gross_cents::float8 / capacity_max),
min(person_net_cents + group_net_cents::float8 / capacity_max) from search_document where sells group by category"""


class Card(NamedTuple):
    """A row of the page's statement, as `CARD` orders its columns."""

    offer_id: int
    version_id: int
    slug: str
    category: str
    title: str
    provider: str
    place_name: str
    postcode: str
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
    photo_width: int
    photo_height: int
    photo_blur: str
    photo_variants: list[str]
    away_km: float | None
    rule: str
    vat_franchise: bool
    key: float
    score: float
    free: str
    free_on: date | None


class Photo(NamedTuple):
    """The first photo of an offer. Pixels; `blur` is a tiny WebP in base64, `variants` what has been drawn of it."""

    id: int
    alt: str
    width: int
    height: int
    blur: str
    variants: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """One result. Prices in cents per person for `headcount` people; `starting`: for a full house, none was given.

    `free`: "free", "held", "busy", "closed" or "notice" on the days searched, "" when no day was. `free_on`: the first
    day of those that would do.
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
    photo: Photo | None
    distance_km: float | None
    gross_cents: int | None
    net_cents: int | None
    starting: bool
    free: str
    free_on: date | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, the number of all, and the number in each category were that filter not set.

    `more`: there are more than `total`, and at least as many as `tags` say; `facets_more`: at least as many as `facets`
    say. `meant`: the words that were looked for instead of misspelt ones, empty when they were right. `after`: where
    the next page begins; None on the last.
    """

    found: Sequence[Found]
    total: int
    page: int
    facets: dict[str, int]
    tags: Mapping[str, int] = field(default_factory=dict)
    more: bool = False
    meant: str = ""
    after: Cursor | None = None
    facets_more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, BEST) // PER_PAGE))


def search(criteria: Criteria, now: datetime, *, page: int = 1, after: Cursor | None = None) -> Results:
    """A page of what fits, by its number or from a cursor on, in four statements; beyond the last, the last."""
    asked = engine.ask(criteria, now)
    counts = engine.count(asked)
    page = min(max(1, page), max(1, -(-min(counts.total, BEST) // PER_PAGE)))
    skipped = 0 if after else (page - 1) * PER_PAGE
    rows = _page(asked, skipped, after) if counts.total else []
    found = [_found(row, criteria, now) for row in rows[:PER_PAGE]]
    last = _cursor(rows[PER_PAGE - 1]) if len(rows) > PER_PAGE else None
    facets, meant = dict(counts.categories), asked.plan.meant
    return Results(
        found, counts.total, page, facets, counts.tags, counts.more, meant, last, facets_more=counts.categories_more
    )


def search_wider(criteria: Criteria, now: datetime, *, page: int = 1) -> tuple[Results, Criteria]:
    """A page of what fits; if nothing holds all the words, what holds some of them. Returns the criteria met, too."""
    results = search(criteria, now, page=page)
    if results.total or not criteria.words:
        return results, criteria
    wider = replace(criteria, any_word=True)
    some = search(wider, now, page=page)
    return (some, wider) if some.total else (results, criteria)


def of_offers(offer_ids: Sequence[int], criteria: Criteria, now: datetime) -> list[Found]:
    """These offers as results, in this order, with price and availability; those not on sale are left out."""
    if not offer_ids:
        return []
    asked = engine.ask(replace(criteria, words=""), now)
    query = cards(CHOSEN.format(away=sql.away(criteria)), kind(criteria), chosen=True)
    rows = [Card(*row) for row in run(query, {**asked.given, "chosen": list(offer_ids)})]
    found = {row.offer_id: _found(row, criteria, now) for row in rows}
    return [found[offer_id] for offer_id in offer_ids if offer_id in found]


def count_without(criteria: Criteria, now: datetime) -> dict[str, int]:
    """For each filter that is set, how many offers there would be without it, 5,001 at most: what to loosen."""
    return {name: engine.count(engine.ask(criteria.loosened(name), now)).total for name in criteria.filters}


def starting_prices() -> dict[str, tuple[int, int, int]]:
    """For each category on sale: number of offers, and the lowest gross and net price of a person in cents."""
    return {category: (count, round(dear), round(cheap)) for category, count, dear, cheap in run(PRICES, {})}


def _cursor(row: Card) -> Cursor:
    return Cursor(row.key, row.score, row.offer_id)


def _page(asked: engine.Asked, skipped: int, after: Cursor | None) -> list[Card]:
    rows: Sequence[Any] = ()
    ways = engine.ways(asked, limit=PER_PAGE + 1, after=after, skipped=skipped)
    for best, given in ways:
        rows = engine.fetch(cards(best, kind(asked.criteria)), given, asked)
        if len(rows) > PER_PAGE:
            break
    return [Card(*row) for row in rows]


@lru_cache(maxsize=1024)
def cards(best: str, criteria: Criteria, *, chosen: bool = False) -> str:
    """The statement that adds what cards show to the hits of another; with `chosen`, whether they are free or not."""
    free, on = _free(criteria, chosen), "null::date"
    if criteria.first_day and criteria.flexible_days:
        on = sql.free_on(criteria)
    document = "join search_document d on d.offer_id = b.offer_id" if criteria.first_day else ""
    order = "" if chosen else " order by b.key, b.score desc, b.offer_id"
    return f"select {CARD}, {free}, {on} from ({best}) b {JOINS} {document}{order}"


def _free(criteria: Criteria, chosen: bool) -> str:
    if criteria.first_day is None:
        return "''"
    if not criteria.also_taken and not chosen:
        return "'free'"
    if criteria.flexible_days:
        return f"case when {sql.is_free(criteria)} then 'free' else 'busy' end"
    return (
        f"case when not ({sql.is_open(criteria)}) then 'closed' when not ({sql.in_notice(criteria)}) then 'notice'"
        f" when {sql.has_unit(criteria)} then 'free' when {sql.has_hold(criteria)} then 'held' else 'busy' end"
    )


def _photo(row: Card) -> Photo | None:
    if row.photo_id is None:
        return None
    return Photo(
        row.photo_id, row.photo_alt, row.photo_width, row.photo_height, row.photo_blur, list(row.photo_variants)
    )


def _found(row: Card, criteria: Criteria, now: datetime) -> Found:
    people = criteria.headcount or row.capacity_max
    day = row.free_on or criteria.first_day or french_date(now)
    dated = criteria.first_day is not None
    gross_cents, net_cents = person_price(row.rule, people, day, row.vat_franchise, dated)
    return Found(
        offer_id=row.offer_id,
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
        photo=_photo(row),
        distance_km=row.away_km,
        gross_cents=gross_cents,
        net_cents=net_cents,
        starting=criteria.headcount is None,
        free=row.free,
        free_on=row.free_on,
    )


@lru_cache(maxsize=16_384)
def person_price(rule: str, headcount: int, on: date, franchise: bool, dated: bool) -> tuple[int, int]:
    """Gross and net cents a person from a price rule's JSON text: the very cents that a quote would say.

    Not `dated`: `on` is no day of the event, so no season counts.
    """
    price = price_for(PriceRule.from_json(json.loads(rule)), headcount, on=on, franchise=franchise, dated=dated)
    return price.per_person_gross.cents, price.per_person_net.cents
