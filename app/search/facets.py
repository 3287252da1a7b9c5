"""Counts of whole categories, kept in a small table: what a page that filters by nothing else shows."""

from __future__ import annotations

from app.search import statements

TOTALS = "select tags, sum(documents)::int from search_facet where category = %(category)s group by tags"
CATEGORIES = "select category, sum(documents)::int from search_facet group by category"
RECOUNT = """
with counted as (select category, tags, count(*) as documents from search_document where sells group by 1, 2),
gone as (delete from search_facet)
insert into search_facet (category, tags, documents) select category, tags, documents from counted"""
FOLD = """
with gone as (delete from search_facet returning category, tags, documents)
insert into search_facet (category, tags, documents)
select category, tags, sum(documents) from gone group by 1, 2 having sum(documents) <> 0"""


def recount() -> None:
    """Count all documents anew. Changes wait until the transaction ends."""
    statements.run("lock table search_facet in share row exclusive mode", {})
    statements.run(RECOUNT, {})


def fold() -> None:
    """Add up the differences that changes have appended: a periodic job keeps the table small."""
    statements.run(FOLD, {})


def categories() -> dict[str, int]:
    """How many documents each category has."""
    return {code: count for code, count in statements.run(CATEGORIES, {}) if count > 0}


def tags(category: str) -> dict[int, int]:
    """How many documents of a category have exactly these tags, by the number that holds them."""
    return {bits: count for bits, count in statements.run(TOTALS, {"category": category}) if count > 0}
