"""The search document, one narrow row for each published offer, and what goes with it: counts and the dictionary.

All of it is derived: `flask search reindex` writes it anew, online. Documents are written in the offer's own
transaction; when their units are taken, and the counts, follow by triggers (see `triggers.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATEMULTIRANGE, TSTZMULTIRANGE, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.availability import models as availability  # noqa: F401  the triggers stand on these tables
from app.availability.imports import models as imports  # noqa: F401
from app.core.db import Base
from app.search import triggers


class SearchDocument(Base):
    """What a result list filters and sorts by. Words are folded (no accents) before they are indexed.

    `words` holds every word and the tokens (`tokens.py`), and lives outside the row, since with its positions it is too
    long to stay; `head`, in the row, only the words of title, place, category and provider: the ranking reads it. The
    table is written in the order of the score.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        Index("ix_search_document_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_search_document_browse", "category", text("score desc"), "offer_id"),
        Index("ix_search_document_score", text("score desc"), "offer_id"),
        {"postgresql_with": {"fillfactor": "85", "toast_tuple_target": "640"}},
    )

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float] = mapped_column(Float)
    """Static quality score, 0 to 1, from rating, answers and completeness: see `app/rules/ranking.py`."""
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    tags: Mapped[int] = mapped_column(BigInteger)
    covers: Mapped[int] = mapped_column(BigInteger)
    """Bits of `tags.TAGS` and `tags.COVERS`."""
    updated_at: Mapped[datetime]
    person_net_cents: Mapped[int] = mapped_column(Integer)
    """Net price of what is counted per person; a headcount pays person × n + group."""
    person_gross_cents: Mapped[int] = mapped_column(Integer)
    group_net_cents: Mapped[int] = mapped_column(Integer)
    group_gross_cents: Mapped[int] = mapped_column(Integer)
    """What is counted once for a group, whatever its size. For filters and order; pages show exact prices."""
    capacity_min: Mapped[int] = mapped_column(Integer)
    capacity_max: Mapped[int] = mapped_column(Integer)
    service_radius_km: Mapped[int | None] = mapped_column(Integer)
    duration_minutes: Mapped[int | None] = mapped_column(Integer)
    answer_minutes: Mapped[int | None] = mapped_column(Integer)
    rating_hundredths: Mapped[int | None] = mapped_column(SmallInteger)
    notice_days: Mapped[int] = mapped_column(SmallInteger)
    horizon_days: Mapped[int | None] = mapped_column(SmallInteger)
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    """Bit n set: open on weekday n (Monday is 0)."""
    opens: Mapped[int | None] = mapped_column(SmallInteger)
    closes: Mapped[int | None] = mapped_column(SmallInteger)
    """Minutes from the day's first midnight, NULL for all day; `closes` is after `opens`, past 1440 at night."""
    sells: Mapped[bool] = mapped_column(Boolean, default=True)
    category: Mapped[str] = mapped_column(Text)
    zone: Mapped[str | None] = mapped_column(Text)
    """NULL for Europe/Paris."""
    ladder: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """For a price that is no straight line: (from headcount, person net, person gross, group net, group gross)…"""
    closed: Mapped[Any | None] = mapped_column(DATEMULTIRANGE)
    """Days on whose weekday it usually opens, but doesn't: closures, seasons, exceptions."""
    taken: Mapped[Any | None] = mapped_column(TSTZMULTIRANGE)
    """When at least one unit is taken, or held until somebody finds that the hold ran out. Outside, all are free."""
    head: Mapped[Any] = mapped_column(TSVECTOR)
    words: Mapped[Any] = mapped_column(TSVECTOR)


class SearchFacet(Base):
    """How many documents a category has with these tags exactly: the sum of `documents` over its rows.

    Each change of documents appends its difference, so that nobody waits for a row; `fold` adds them up.
    """

    __tablename__ = "search_facet"
    __table_args__ = (Index("ix_search_facet_category", "category"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    tags: Mapped[int] = mapped_column(BigInteger)
    documents: Mapped[int] = mapped_column(Integer)


class SearchWord(Base):
    """A word of the catalogue, folded, as it is best written, and about how many offers have it."""

    __tablename__ = "search_word"
    __table_args__ = (Index("ix_search_word_lexeme", "lexeme"),)

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    lexeme: Mapped[str] = mapped_column(Text(collation="C"))
    """What the index makes of it: its stem."""
    written: Mapped[str] = mapped_column(Text)
    offers: Mapped[int] = mapped_column(Integer)


class SearchTypo(Base):
    """What a word looks like with up to two letters left out: two words that share one are near each other."""

    __tablename__ = "search_typo"
    __table_args__ = (PrimaryKeyConstraint("key", "word"),)

    key: Mapped[str] = mapped_column(Text(collation="C"))
    word: Mapped[str] = mapped_column(
        ForeignKey("search_word.word", ondelete="CASCADE"), type_=Text(collation="C"), index=True
    )


for statement in triggers.CREATE:
    event.listen(Base.metadata, "after_create", triggers.ddl(statement))
