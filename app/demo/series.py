"""A catalogue of many: offers like those that are there, made inside the database, each with a provider, a position,
reviews and taken times of its own.

What would cost a second for each thousand in Python costs a tenth of it there. Search documents are copied too; a test
holds that they are the very ones that `flask search reindex` writes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table

from app.accounts.models import Organisation, Provider
from app.availability.models import Blackout, OpeningRule, Unit
from app.core.clock import french_date
from app.core.db import Base
from app.demo.bulk import bare
from app.offers.models import Offer, OfferLabel, OfferVersion
from app.reviews.models import Review
from app.rules import ranking
from app.rules.dated import value_on
from app.search import facets
from app.search.models import SearchDocument
from app.search.statements import run
from app.search.tokens import COARSE, FINE, RATINGS

REVIEWS: Final = 2
FILLED: Final = (
    "organisation", "provider", "offer", "offer_version", "unit", "opening_rule", "blackout", "offer_label", "review",
    "reservation", "search_document",
)  # fmt: skip
CHANCE: Final = "(abs(hashint8extended({seed}, {salt}) % 1000003) / 1000003.0)"
SOURCES: Final = """
create temp table seed_source on commit drop as
select row_number() over (order by o.id) - 1 as place, o.id as offer_id, o.published_version_id as version_id,
  o.provider_id, dense_rank() over (order by o.provider_id) - 1 as provider_place,
  array(select r.id from review r where r.offer_id = o.id order by r.id) as reviews
from offer o"""
COPIES: Final = """
create temp table seed_copy on commit drop as
select s.place as source_place, s.offer_id as source_id, s.version_id as source_version_id,
  s.provider_id as source_provider_id, %(organisation)s::bigint + %(providers)s::bigint * (n / %(sources)s::bigint - 1)
    + s.provider_place as provider_id,
  %(offer)s::bigint + n as offer_id, %(offer_version)s::bigint + n as version_id,
  case when v.service_radius_km is null then v.lat + ({north} - 0.5) * 0.16 else v.lat end as lat,
  case when v.service_radius_km is null then v.lon + ({east} - 0.5) * 0.22 else v.lon end as lon,
  array(select s.reviews[1 + (n * 7 + j) %% cardinality(s.reviews)] from generate_series(1, least({most},
    cardinality(s.reviews))) j) as reviews,
  null::smallint as rating, 0 as review_count
from generate_series(%(sources)s::bigint, %(wanted)s::bigint - 1) n
join seed_source s on s.place = n %% %(sources)s::bigint join offer_version v on v.id = s.version_id"""
RATED: Final = """
update seed_copy c set rating = r.mean, review_count = r.number from (
  select c.offer_id, round(avg(r.stars) * 100)::smallint as mean, count(*) as number
  from seed_copy c, unnest(c.reviews) as one(id) join review r on r.id = one.id group by 1
) r where r.offer_id = c.offer_id"""
UNITS: Final = """
create temp table seed_unit on commit drop as
select u.id, u.offer_id, row_number() over (partition by u.offer_id order by u.position) - 1 as place,
  count(*) over (partition by u.offer_id) as units from unit u where u.active"""
BUSY: Final = """
insert into reservation (unit_id, during, state, created_at)
select u.id, tstzrange(day, day + make_interval(hours => 10 + 24 * (u.offer_id %% 3)::int)), 'booked', %(now)s
from seed_unit u, generate_series(u.place, %(busy)s::int - 1, u.units) as j, lateral (
  select %(today)s::timestamptz + interval '7 hours'
    + make_interval(days => ({day} * (%(apart)s::int - 3))::int + 1 + j::int * %(apart)s::int) as day) d"""
TAKEN: Final = """
create temp table seed_taken on commit drop as
select u.offer_id, range_agg(r.during) as taken from reservation r join unit u on u.id = r.unit_id group by 1"""
SCORE: Final = """d.score + %(weight)s::float8 * ({new} - {old})"""
MARK: Final = """greatest(0, least(1000, floor(
  (floor((coalesce({rating}, 0) * {count} + 1750)::float8 / ({count} + 5) + 0.5) - 100) * 2.5 + 0.5)))"""


def grow(wanted: int, busy: int, now: datetime, say: Callable[[str], None]) -> int:
    """Make the catalogue hold `wanted` offers by copying those it holds, with `busy` taken times each.

    Returns how many it holds then. The caller has loaded the first ones, and commits.
    """
    run("set constraints all immediate", {})
    run("set local statement_timeout = 0", {})
    run("set local ensemble.bulk = 'on'", {})
    run("set local work_mem = '256MB'", {})
    with bare(FILLED, say):
        _plan(wanted)
        for statement in _rows(now):
            run(statement, {})
        if busy:
            _take(busy, now)
        say("Search documents")
        _documents(busy, now)
    facets.recount()
    for table in FILLED:
        run(f"analyze {table}", {})
    return wanted


def _plan(wanted: int) -> None:
    run(SOURCES, {})
    ((sources, providers),) = run("select count(*), count(distinct provider_id) from seed_source", {})
    rounds = -(-wanted // sources) - 1
    bases = {name: _reserve(name, wanted) - sources for name in ("offer", "offer_version")}
    bases["organisation"] = _reserve("organisation", max(1, rounds * providers))
    chances = {"north": CHANCE.format(seed="n", salt=1), "east": CHANCE.format(seed="n", salt=2), "most": REVIEWS}
    statement = COPIES.format(**{name: str(value).replace(" % ", " %% ") for name, value in chances.items()})
    run(statement, {**bases, "sources": sources, "providers": providers, "wanted": wanted})
    run(RATED, {})
    run("create index on seed_copy (offer_id)", {})
    run("analyze seed_copy", {})


def _reserve(table: str, count: int) -> int:
    """The first of so many fresh ids."""
    ((first,),) = run("select nextval(pg_get_serial_sequence(%(table)s, 'id'))", {"table": table})
    run("select setval(pg_get_serial_sequence(%(table)s, 'id'), %(last)s)", {"table": table, "last": first + count})
    return int(first)


def _rows(now: datetime) -> list[str]:
    """One statement for each table: the sources' rows with what differs."""
    sellers = "(select distinct provider_id, source_provider_id from seed_copy) c"
    offers, of_offer = "seed_copy c", "join {table} t on t.offer_id = c.source_id"
    return [
        _copied(Organisation, sellers, "join organisation t on t.id = c.source_provider_id",
                id="c.provider_id", siren="null", vat_number="''"),
        _copied(Provider, sellers, "join provider t on t.id = c.source_provider_id", id="c.provider_id"),
        _copied(Offer, offers, "join offer t on t.id = c.source_id", id="c.offer_id", provider_id="c.provider_id",
                slug="left(t.slug, 60) || '-' || c.offer_id", published_version_id="c.version_id",
                rating_hundredths="c.rating", review_count="c.review_count"),
        _copied(OfferVersion, offers, "join offer_version t on t.id = c.source_version_id", id="c.version_id",
                offer_id="c.offer_id", lat="c.lat", lon="c.lon"),
        *(_copied(model, offers, of_offer.format(table=model.__tablename__), offer_id="c.offer_id")
          for model in (Unit, OpeningRule, Blackout, OfferLabel)),
        _copied(Review, offers, "join review t on t.id = any(c.reviews)", offer_id="c.offer_id"),
    ]  # fmt: skip


def _copied(model: type[Base], source: str, join: str, **other: str) -> str:
    table = model.__table__
    assert isinstance(table, Table)
    names = [column.name for column in table.columns if column.name != "id" or "id" in other]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(other.get(name, f't."{name}"') for name in names)
    return f"insert into {table.name} ({columns}) select {values} from {source} {join}"


def _take(busy: int, now: datetime) -> None:
    day = CHANCE.format(seed="u.offer_id * 31 + j", salt=3).replace(" % ", " %% ")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    run(UNITS, {})
    values = {"now": now, "busy": busy, "today": today + timedelta(days=1), "apart": max(5, 360 // busy)}
    run(BUSY.format(day=day), values)
    run(TAKEN, {})


def _documents(busy: int, now: datetime) -> None:
    """Documents of the copies, best first, and everybody's taken times."""
    weights = value_on(ranking.WEIGHTS, french_date(now))
    whole = (weights.rating + weights.answer + weights.completeness) * ranking.WHOLE
    marks = {
        "new": MARK.format(rating="c.rating", count="c.review_count"),
        "old": MARK.format(rating="o.rating_hundredths", count="o.review_count"),
    }
    placed = ", ".join(
        f"'{kind}:' || floor({{lat}} / {size}) || ':' || floor({{lon}} / {size})"
        for kind, size in (("g", FINE), ("G", COARSE))
    )
    steps = ", ".join(map(str, RATINGS))
    rated = "array(select 'r:' || step from unnest(array[{steps}]) step where {rating} >= step)"
    cells = f"array[{placed}]"
    gone = f"{cells.format(lat='d.lat', lon='d.lon')} || {rated.format(steps=steps, rating='d.rating_hundredths')}"
    come = f"{cells.format(lat='c.lat', lon='c.lon')} || {rated.format(steps=steps, rating='c.rating')}"
    run(
        f"""create temp table seed_words on commit drop as select d.offer_id, ts_delete(d.words, {gone}) as words
        from search_document d""",
        {},
    )
    names = [column.name for column in SearchDocument.__table__.columns]
    other: dict[str, Any] = {
        "offer_id": "c.offer_id",
        "version_id": "c.version_id",
        "score": SCORE.format(**marks),
        "lat": "c.lat",
        "lon": "c.lon",
        "rating_hundredths": "c.rating",
        "words": f"w.words || array_to_tsvector({come})",
        "taken": "k.taken" if busy else "d.taken",
    }
    made = ", ".join(f"{other.get(name, f'd.{name}')} as {name}" for name in names)
    kept = ", ".join("k.taken" if busy and name == "taken" else f"d.{name}" for name in names)
    taken = "left join seed_taken k on k.offer_id = {id}" if busy else ""
    run(
        f"""create temp table seed_document on commit drop as
        select {made} from seed_copy c join search_document d on d.offer_id = c.source_id
        join offer o on o.id = c.source_id join seed_words w on w.offer_id = c.source_id {taken.format(id="c.offer_id")}
        union all select {kept} from search_document d {taken.format(id="d.offer_id")}""",
        {"weight": weights.rating / whole},
    )
    run("truncate search_document", {})
    columns = ", ".join(names)
    run(
        f"insert into search_document ({columns}) select {columns} from seed_document order by score desc, offer_id", {}
    )
