"""Writing the search document: one row for each offer that can be sold, from its published version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from flask_babel import force_locale
from sqlalchemy import delete, exists, func, select

from app.accounts.models import Provider, ProviderState
from app.availability.calendars import openings_of_all
from app.core.clock import french_date
from app.core.db import session
from app.offers.models import LabelState, Offer, OfferLabel, OfferPhoto, OfferState, OfferVersion
from app.offers.price_rule import PriceRule
from app.search import dictionary, facets, statements
from app.search.calendars import ALWAYS, calendar
from app.search.documents import document, vocabulary
from app.search.models import SearchDocument

BATCH: Final = 500


class Source(NamedTuple):
    """What a document is made from: columns of an offer, its published version and its provider."""

    id: int
    category: str
    rating_hundredths: int | None
    review_count: int
    version_id: int
    title: str
    summary: str
    description: str
    details: dict[str, Any]
    place_name: str
    postcode: str
    lat: float | None
    lon: float | None
    service_radius_km: int | None
    capacity_min: int
    capacity_max: int
    duration_minutes: int | None
    notice_days: int
    languages: Sequence[str]
    price_rule: PriceRule
    provider: str
    answer_minutes: int | None
    vat_franchise: bool
    pictured: bool


def is_empty() -> bool:
    """Whether there is no document at all."""
    return session().scalar(select(SearchDocument.offer_id).limit(1)) is None


def index_offer(offer_id: int, now: datetime) -> bool:
    """Write an offer's search document, or remove it when the offer can't be sold. Returns whether it can be found."""
    return index_offers([offer_id], now) == 1


def index_offers(offer_ids: Iterable[int], now: datetime) -> int:
    """Write or remove the documents of many offers. Returns how many of them can be found now."""
    wanted = sorted(set(offer_ids))
    return sum(_index_batch(wanted[at : at + BATCH], now, None) for at in range(0, len(wanted), BATCH))


def reindex(
    now: datetime,
    *,
    transaction: Callable[[], AbstractContextManager[Any]] | None = None,
    say: Callable[[int, int], None] | None = None,
) -> int:
    """Write the documents of all offers anew, and the dictionary and counts after them. Returns how many can be found.

    With `transaction`, each batch is one of its own: searches and changes go on meanwhile. `say` hears how many of how
    many offers are done.
    """
    run = transaction or _Same
    with run():
        wanted = session().scalars(select(Offer.id).order_by(Offer.id)).all()
    heard = dictionary.Heard()
    list(heard.spell(vocabulary()))
    found = 0
    for at in range(0, len(wanted), BATCH):
        with run():
            found += _index_batch(wanted[at : at + BATCH], now, heard)
        if say:
            say(min(at + BATCH, len(wanted)), len(wanted))
    with run():
        statements.run("set local statement_timeout = 0", {})
        dictionary.replace(heard)
        facets.recount()
        statements.run("analyze search_document", {})
    return found


class _Same(AbstractContextManager[None]):
    """The caller's own transaction."""

    def __exit__(self, *_error: object) -> None:
        return None


def _index_batch(offer_ids: Sequence[int], now: datetime, heard: dictionary.Heard | None) -> int:
    session().flush()
    sources, labels = _sellable(offer_ids), _labels(offer_ids, french_date(now))
    openings = openings_of_all(source.id for source in sources)
    kept = {source.id for source in sources}
    gone = [offer_id for offer_id in offer_ids if offer_id not in kept]
    if gone:
        session().execute(delete(SearchDocument).where(SearchDocument.offer_id.in_(gone)))
    if sources:
        on = french_date(now)
        with force_locale("fr"):
            documents = [
                document(source, on, labels.get(source.id, ())) | calendar(openings.get(source.id, ALWAYS), on)
                for source in sources
            ]
        write(documents, now)
        hear(sources, documents, heard)
    return len(sources)


def hear(sources: Iterable[Source], documents: Iterable[dict[str, Any]], heard: dictionary.Heard | None = None) -> None:
    """Note the words of documents; without `heard`, the dictionary learns them at once."""
    words = dictionary.Heard() if heard is None else heard
    for source, made in zip(sources, documents, strict=True):
        written = (source.title, source.place_name, source.provider, source.summary, source.description)
        words.hear(*written, made["about"], made["body"])
    if heard is None:
        list(words.spell(vocabulary()))
        dictionary.learn(words)


def write(documents: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write documents as `documents.document` makes them, best first, then when their units are taken."""
    rows = json.dumps(documents, ensure_ascii=False)
    statements.run(statements.WRITE, {"rows": rows, "now": now})
    statements.run(statements.TAKEN, {"ids": [one["offer_id"] for one in documents]})


def _sellable(offer_ids: Sequence[int]) -> list[Source]:
    """What the documents are made from, of those offers that are published by an approved provider."""
    pictured = exists().where(OfferPhoto.version_id == OfferVersion.id).label("pictured")
    query = (
        select(
            Offer.id, Offer.category, Offer.rating_hundredths, Offer.review_count,
            OfferVersion.id.label("version_id"), OfferVersion.title, OfferVersion.summary, OfferVersion.description,
            OfferVersion.details, OfferVersion.place_name, OfferVersion.postcode, OfferVersion.lat, OfferVersion.lon,
            OfferVersion.service_radius_km, OfferVersion.capacity_min, OfferVersion.capacity_max,
            OfferVersion.duration_minutes, OfferVersion.notice_days, OfferVersion.languages, OfferVersion.price_rule,
            Provider.name.label("provider"), Provider.answer_minutes, Provider.vat_franchise, pictured,
        )
        .join(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .join(Provider, Provider.id == Offer.provider_id)
        .where(Offer.id.in_(offer_ids), Offer.state == OfferState.PUBLISHED, Provider.state == ProviderState.APPROVED)
        .order_by(Offer.id)
    )  # fmt: skip
    found = [Source(*row) for row in session().execute(query)]
    return [source._replace(price_rule=PriceRule.from_json(source.price_rule)) for source in found]


def _labels(offer_ids: Sequence[int], on: date) -> dict[int, list[str]]:
    """The labels of offers whose proof was accepted and has not expired, by offer; only of those that gave proofs."""
    valid = (OfferLabel.state == LabelState.ACCEPTED) & (OfferLabel.valid_until >= on)
    codes = func.array_agg(OfferLabel.code).filter(valid)
    query = select(OfferLabel.offer_id, codes).where(OfferLabel.offer_id.in_(offer_ids)).group_by(OfferLabel.offer_id)
    return {offer_id: list(found or ()) for offer_id, found in session().execute(query)}
