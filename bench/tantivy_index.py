"""The search documents of an instance in tantivy, and the same questions asked of it.

Dates are days that an offer can't be had, prices are worked out for the headcounts that are asked for: what such an
engine needs to answer at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from app.core.db import session
from app.search.criteria import Criteria
from app.search.dictionary import understand
from app.search.places import bounding_box
from app.search.statements import run
from app.search.tags import TAG_BITS, codes_in
from app.search.words import typed

AHEAD = 120
ROWS = """
select offer_id, category, score, lat, lon, capacity_min, capacity_max, tags, weekdays,
 array(select lower(t)::date from unnest(taken) t), array(select lower(c) from unnest(closed) c),
 array(select upper(c) from unnest(closed) c), tsvector_to_array(words), tsvector_to_array(head), ladder,
 person_gross_cents, group_gross_cents, notice_days
from search_document"""


class Tantivy:
    """An index of all documents, and one of the dictionary's words."""

    def __init__(self, folder: Path, headcounts: Sequence[int]) -> None:
        self.folder = folder
        self.headcounts = headcounts
        folder.mkdir(parents=True)
        self.schema = self._schema()
        index = tantivy.Index(self.schema, path=str(folder))
        writer = index.writer(256_000_000, 1)
        for document in self._documents():
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()
        self.words = self._dictionary()

    def _schema(self) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", stored=True, fast=True)
        for name in ("category", "tag", "day"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name != "day")
        for name in ("words", "head"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        for name in ("score", "lat", "lon"):
            builder.add_float_field(name, indexed=True, fast=True)
        for name in ("least", "most", *(f"price_{people}" for people in self.headcounts)):
            builder.add_integer_field(name, indexed=True, fast=True)
        return builder.build()

    def _documents(self) -> Iterator[tantivy.Document]:
        connection: Any = session().connection().connection.driver_connection
        with connection.cursor("everything") as cursor:
            cursor.itersize = 5_000
            for row in cursor.execute(ROWS):
                yield self._document(*row)

    def _document(self, offer: int, category: str, score: float, lat: float, lon: float, least: int, most: int,
                  bits: int, weekdays: int, taken: list[date], closes: list[date], reopens: list[date],
                  words: list[str], head: list[str], ladder: list[int] | None, each: int, group: int,
                  notice: int) -> tantivy.Document:  # fmt: skip
        document = tantivy.Document()
        document.add_unsigned("id", offer)
        document.add_text("category", category)
        document.add_text("words", " ".join(word for word in words if ":" not in word))
        document.add_text("head", " ".join(head))
        for code in codes_in(bits, TAG_BITS):
            document.add_text("tag", code)
        for day in self._days(taken, closes, reopens, weekdays, notice):
            document.add_text("day", day.isoformat())
        for name, value in (("score", score), ("lat", lat), ("lon", lon)):
            document.add_float(name, value)
        document.add_integer("least", least)
        document.add_integer("most", most)
        for people in self.headcounts:
            document.add_integer(f"price_{people}", round(_total(ladder, each, group, people) / people))
        return document

    def _days(
        self, taken: list[date], closes: list[date], reopens: list[date], weekdays: int, notice: int
    ) -> set[date]:
        """The days of the coming months on which an offer can't be had."""
        today = date.today()
        days = {today + timedelta(days=n) for n in range(AHEAD)}
        shut = {day for day in days if not weekdays >> day.weekday() & 1 or (day - today).days < notice}
        shut |= {day for first, last in zip(closes, reopens, strict=True) for day in days if first <= day < last}
        return shut | (set(taken) & days)

    def _dictionary(self) -> tantivy.Searcher:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("offers", fast=True)
        index = tantivy.Index(builder.build())
        self.word_schema = index.schema
        writer = index.writer(64_000_000, 1)
        for word, offers in run("select word, offers from search_word", {}):
            document = tantivy.Document()
            document.add_text("word", word)
            document.add_integer("offers", offers)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index.searcher()

    def ask(self, kind: str, question: Criteria | str) -> object:
        """The answer to one of the bench's questions."""
        if isinstance(question, str):
            query = Query.fuzzy_term_query(self.word_schema, "word", question, 2, True, False)
            hits = self.words.search(query, 1, order_by_field="offers").hits
            return self.words.doc(hits[0][1])["word"][0] if hits else ""
        query = self._query(question)
        if kind.startswith("facets"):
            wanted = {name: {"terms": {"field": name, "size": 50}} for name in ("category", "tag")}
            return self.searcher.aggregate(query, wanted)
        order = {} if question.words else {"order_by_field": "score"}
        found = self.searcher.search(query, 24, **order)
        return [self.searcher.doc(address)["id"][0] for _score, address in found.hits]

    def _query(self, criteria: Criteria) -> Query:
        parts = [
            *self._texts(criteria),
            *((Occur.Must, Query.const_score_query(one, 0.0)) for one in self._filters(criteria)),
        ]
        if criteria.first_day:
            parts.append((Occur.MustNot, Query.term_query(self.schema, "day", criteria.first_day.isoformat())))
        return Query.boolean_query(parts)

    def _texts(self, criteria: Criteria) -> Iterator[tuple[Occur, Query]]:
        for word in self.lexemes(criteria.words):
            yield Occur.Must, Query.term_query(self.schema, "words", word)
            yield Occur.Should, Query.term_query(self.schema, "head", word)

    def lexemes(self, text: str) -> list[str]:
        """Stems, looked up once: they are the index's own."""
        known: dict[str, list[str]] = self.__dict__.setdefault("_stems", {})
        if text not in known:
            known[text] = [term.lexeme for term in understand(typed(text)) if term.lexeme]
        return known[text]

    def _filters(self, criteria: Criteria) -> Iterator[Query]:
        whole, real = tantivy.FieldType.Integer, tantivy.FieldType.Float
        if criteria.category:
            yield Query.term_query(self.schema, "category", criteria.category)
        if criteria.headcount:
            yield Query.range_query(self.schema, "least", whole, 0, criteria.headcount)
            yield Query.range_query(self.schema, "most", whole, criteria.headcount, 100_000)
        if criteria.budget_cents is not None:
            name = f"price_{criteria.headcount}"
            yield Query.range_query(self.schema, name, whole, 0, criteria.budget_cents)
        if criteria.near:
            near = criteria.near
            south, west, north, east = bounding_box(near.lat, near.lon, near.radius_km)
            yield Query.range_query(self.schema, "lat", real, south, north)
            yield Query.range_query(self.schema, "lon", real, west, east)

    def size(self) -> int:
        """Bytes on the disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def _total(ladder: list[int] | None, each: int, group: int, people: int) -> int:
    for at in range(len(ladder or ()) - 5, -1, -5):
        if ladder and (ladder[at] <= people or at == 0):
            return ladder[at + 2] * people + ladder[at + 4]
    return each * people + group
