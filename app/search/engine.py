"""Finding offers: the statements of a search, and the two ways of running them. Rows are ids and what orders them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.core.clock import french_date
from app.rules import carbon
from app.rules.dated import value_on
from app.search import conditions as sql
from app.search import facets, tags
from app.search.criteria import Criteria, Sort
from app.search.parameters import kind, values
from app.search.plan import BEST, FARTHEST, Plan, by_score, parameters, plan
from app.search.statements import run

PER_PAGE: Final = 24
EXACT: Final = 5000
LAST: Final = 1e9
"""Where what has no figure comes in an order."""


class Hit(NamedTuple):
    """One offer found. `key`: what orders it, smaller first."""

    offer_id: int
    version_id: int
    away_km: float | None
    key: float
    score: float


class Cursor(NamedTuple):
    """The last hit of a page: the next one begins after it."""

    key: float
    score: float
    offer_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A search about to run: criteria, what the words and figures mean, the values of its parameters."""

    criteria: Criteria
    plan: Plan
    given: Mapping[str, Any]


def ask(criteria: Criteria, now: datetime) -> Asked:
    """Make a search of criteria: understand its words, choose its way. Words without meaning filter nothing."""
    found = plan(criteria)
    if criteria.words and not found.words:
        criteria = replace(criteria, words="")
    return Asked(criteria, found, values(criteria, now) | parameters(found) | _carbon(criteria, now))


def find(asked: Asked, *, limit: int = PER_PAGE, after: Cursor | None = None, skipped: int = 0) -> list[Hit]:
    """The first hits in their order, or those after a cursor."""
    for sql_text, given in ways(asked, limit=limit, after=after, skipped=skipped):
        rows = fetch(sql_text, given, asked)
        if len(rows) >= limit or not given.get("walked"):
            break
        if given["walked"] >= asked.plan.documents * asked.plan.of_category:
            break
    return [Hit(*row) for row in rows]


def fetch(sql_text: str, given: Mapping[str, Any], asked: Asked) -> Sequence[Any]:
    """A statement's rows. One that asks the index is kept from reading every document instead: words are long."""
    if asked.plan.questions and not asked.plan.words and not given.get("walked"):
        run("set local enable_seqscan = off", {})  # with words, the statement that understands them says so
    return run(sql_text, given)


def ways(
    asked: Asked, *, limit: int, after: Cursor | None = None, skipped: int = 0
) -> list[tuple[str, dict[str, Any]]]:
    """The statements to try one after the other, with their values: by walking if that is shorter, then by index."""
    own = by_score(asked.criteria, asked.plan)
    given = dict(asked.given)
    fixed = {"limit": limit, "skipped": skipped, "best": BEST}
    if after is not None:
        given |= {"after_key": after.key, "after_score": after.score, "after_id": after.offer_id}
    form = (kind(asked.criteria), bool(asked.plan.words), len(asked.plan.questions), own, after is not None)
    found = [(_fixed(best(*form, walks=False), fixed), given)]
    wanted = skipped + limit if own else BEST
    if asked.criteria.sort == Sort.RELEVANCE and asked.plan.walks(wanted, own=own):
        steps = _round(max(2000, 4 * asked.plan.steps(wanted)))
        text = _fixed(best(*form, walks=True), fixed | {"walked": steps})
        found.insert(0, (text, given | {"walked": steps}))
    return found


def _round(steps: float) -> int:
    """A power of two, within bounds: there are few different statements then."""
    return min(FARTHEST, 1 << (int(steps) - 1).bit_length())


def _fixed(text: str, numbers: Mapping[str, int]) -> str:
    """A statement whose limits are part of it: with parameters there, PostgreSQL would plan it anew each time."""
    for name, number in numbers.items():
        text = text.replace(f"%({name})s::int", str(number))
    return text


@lru_cache(maxsize=1024)
def best(criteria: Criteria, worded: bool, questions: int, own: bool, after: bool, *, walks: bool) -> str:
    """The statement that finds a page of hits, by one of the two ways."""
    key = "-d.score" if own else _key(criteria, worded)
    columns = f"d.offer_id, d.version_id, {sql.away(criteria)} as away_km, {key} as key, d.score"
    filters = sql.exact(criteria)
    paged = "limit %(limit)s::int offset %(skipped)s::int"
    if not walks:
        asked = [f"d.words @@ %(question_{place})s::tsquery" for place in range(questions)]
        later = [_after(own, key)] if after else []
        order = "-d.score, d.offer_id" if own else "key, score desc, offer_id"
        where = " and ".join([*asked, *filters, *later])
        return f"select {columns} from search_document d where {where} order by {order} {paged}"
    worthy = ["d.head @@ %(asked)s::tsquery"] if worded else []
    source = walked(criteria, "d.score <= %(after_score)s::float8" if own and after else "true")
    if own:
        where = " and ".join([*worthy, *filters, *([_after(own, key)] if after else [])])
        return f"select {columns} from {source} where {where} {paged}"
    fitting = f"select {columns} from {source} where {' and '.join([*worthy, *filters])} limit %(best)s::int"
    where = _after(own, "d.key") if after else "true"
    return f"select * from ({fitting}) d where {where} order by key, score desc, offer_id {paged}"


def walked(criteria: Criteria, begin: str = "true") -> str:
    """The best documents by their own score, of a category if one was chosen, as `d`."""
    base = "d.category = %(category)s" if criteria.category else "true"
    order = "order by d.score desc, d.offer_id limit %(walked)s::int"
    return f"(select * from search_document d where {base} and {begin} {order}) d"


def _after(own: bool, key: str) -> str:
    if own:
        same = "d.score = %(after_score)s::float8 and d.offer_id > %(after_id)s::bigint"
        return f"(d.score < %(after_score)s::float8 or {same})"
    return f"({key}, -d.score, d.offer_id) > (%(after_key)s::float8, -%(after_score)s::float8, %(after_id)s::bigint)"


def _key(criteria: Criteria, worded: bool) -> str:
    """What orders the hits, the smallest first."""
    match criteria.sort:
        case Sort.PRICE:
            return f"{sql.total(criteria)} / {sql.people(criteria)}"
        case Sort.DISTANCE:
            return f"coalesce({sql.away(criteria)}, {LAST})"
        case Sort.RATING:
            return "-coalesce(d.rating_hundredths, 0)::float8"
        case Sort.ANSWER:
            return f"coalesce(d.answer_minutes, {LAST})::float8"
        case Sort.CO2 if criteria.origin or criteria.near:
            return _grams(criteria)
    return f"-({_rank(criteria, worded)})"


def _rank(criteria: Criteria, worded: bool) -> str:
    """The published ranking: the document's own score and what depends on the search, by their weights."""
    rank = "d.score * %(weight_of_static)s::float8"
    if worded:
        rank += " + least(1.0, ts_rank(d.head, %(asked)s::tsquery) / 0.6) * %(weight_of_text)s::float8"
    if criteria.near:
        near = f"greatest(0.0, 1 - {sql.away(criteria)} / %(radius_km)s::float8)"
        rank += f" + coalesce({near}, 0.0) * %(weight_of_distance)s::float8"
    if criteria.first_day and criteria.also_taken:
        rank += f" + case when {sql.is_free(criteria)} then %(weight_of_availability)s::float8 else 0.0 end"
    return rank


def _grams(criteria: Criteria) -> str:
    """Grams of CO₂ a person on the way there, by the usual way to go so far; nothing for who comes that far."""
    far = sql.from_origin() if criteria.origin else sql.away(criteria)
    steps = " ".join(
        f"when km <= {limit} then km * %(grams_{place})s::float8" for place, (limit, _) in enumerate(carbon.USUAL_MODE)
    )
    farther = f"km * %(grams_{len(carbon.USUAL_MODE)})s::float8"
    grams = f"(select case {steps} else {farther} end from (select {far} as km) w)"
    return f"case when d.service_radius_km >= {far} then 0.0 else coalesce({grams}, {LAST}) end"


def _carbon(criteria: Criteria, now: datetime) -> dict[str, float]:
    if criteria.sort != Sort.CO2:
        return {}
    modes = [*(mode for _limit, mode in carbon.USUAL_MODE), "plane"]
    on = french_date(now)
    return {
        f"grams_{place}": carbon.PACE[mode][2] / 100 * value_on(carbon.MG_PER_KM[mode], on) / 1000
        for place, mode in enumerate(modes)
    }


@dataclass(frozen=True, slots=True)
class Facets:
    """How many offers fit, and how many of them by category and by tag. With `more`, there are more than `total`.

    Those by category are for the other filters: how many there would be in each; with `categories_more`, at least.
    """

    total: int
    more: bool
    categories: Mapping[str, int]
    tags: Mapping[str, int]
    categories_more: bool = False


def count(asked: Asked) -> Facets:
    """The counts of a search: exact up to 5,000 offers."""
    if not [name for name in asked.criteria.filters if name != "category"]:
        return _browsed(asked.criteria.category)
    wide = _wide(asked)
    rows, more = _counted(wide)
    wider = more
    categories: dict[str, int] = {}
    for category, _bits, number in rows:
        categories[category] = categories.get(category, 0) + number
    if not asked.criteria.category:
        total = min(EXACT, sum(categories.values()))
        return Facets(total, more, categories, _by_tag((bits, n) for _c, bits, n in rows), wider)
    if more:
        rows, more = _counted(asked)
    chosen = [(bits, number) for category, bits, number in rows if category == asked.criteria.category]
    total = min(EXACT, sum(number for _bits, number in chosen))
    return Facets(total, more, categories | {asked.criteria.category: total}, _by_tag(chosen), wider)


def _wide(asked: Asked) -> Asked:
    """The same search in all categories."""
    if not asked.criteria.category:
        return asked
    token = f"'c:{asked.criteria.category}'"
    questions = ("&".join(part for part in question.split("&") if part != token) for question in asked.plan.questions)
    wide = replace(
        asked.plan,
        questions=tuple(question for question in questions if question),
        expected=min(1.0, asked.plan.expected / max(1e-9, asked.plan.of_category)),
        in_head=min(1.0, asked.plan.in_head / max(1e-9, asked.plan.of_category)),
        of_category=1.0,
    )
    given = {name: value for name, value in asked.given.items() if not name.startswith("question_")}
    return Asked(replace(asked.criteria, category=""), wide, given | parameters(wide))


def _browsed(category: str) -> Facets:
    categories = facets.categories()
    if not category:
        return Facets(sum(categories.values()), False, categories, {})
    return Facets(categories.get(category, 0), False, categories, _by_tag(facets.tags(category).items()))


def _by_tag(numbers: Any) -> dict[str, int]:
    """How many have each tag, from how many have each combination."""
    found: dict[str, int] = {}
    for bits, number in numbers:
        for code in _codes(bits):
            found[code] = found.get(code, 0) + number
    return {code: found[code] for code in tags.TAGS if code in found}


@lru_cache(maxsize=65_536)
def _codes(bits: int) -> tuple[str, ...]:
    return tags.codes_in(bits, tags.TAG_BITS)


def _counted(asked: Asked) -> tuple[Sequence[Any], bool]:
    """Numbers by category and tags, of 5,001 offers at most; whether there are more than 5,000."""
    form = (kind(asked.criteria), bool(asked.plan.words), len(asked.plan.questions))
    rows: Sequence[Any] = ()
    if asked.plan.walks(EXACT):
        steps = {"walked": _round(2 * asked.plan.steps(EXACT))}
        text = _fixed(counted(*form, walks=True), {**steps, "most": EXACT + 1})
        rows = fetch(text, {**asked.given, **steps}, asked)
    if sum(row[2] for row in rows) <= EXACT:
        rows = fetch(_fixed(counted(*form, walks=False), {"most": EXACT + 1}), asked.given, asked)
    return rows, sum(row[2] for row in rows) > EXACT


@lru_cache(maxsize=1024)
def counted(criteria: Criteria, worded: bool, questions: int, *, walks: bool) -> str:
    """The statement that counts by category and tags."""
    asked = [f"d.words @@ %(question_{place})s::tsquery" for place in range(questions)]
    source = "search_document d"
    if walks:
        asked = ["d.head @@ %(asked)s::tsquery"] if worded else []
        source = walked(criteria)
    where = " and ".join([*asked, *sql.exact(criteria)])
    found = f"select d.category, d.tags from {source} where {where} limit %(most)s::int"
    return f"select category, tags, count(*)::int from ({found}) f group by 1, 2"
