"""Writing the search document: one row for each offer that can be sold, from its published version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Row, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Provider, ProviderState
from app.availability.models import OpeningRule
from app.core.clock import french_date
from app.core.db import session
from app.offers import categories
from app.offers.models import Offer, OfferPhoto, OfferState, OfferVersion
from app.offers.price_rule import PriceRule, figures
from app.rules import ranking, requirements
from app.rules.dated import value_on
from app.search.models import SearchDocument
from app.search.words import fold, vector

EVERY_DAY = 0b1111111
BATCH = 500
LONG_DESCRIPTION = 240
TEXTS = ("title", "about", "body")


def index_offer(offer_id: int, now: datetime) -> bool:
    """Write an offer's search document, or remove it when the offer can't be sold. Returns whether it can be found."""
    return index_offers([offer_id], now) == 1


def index_offers(offer_ids: Iterable[int], now: datetime) -> int:
    """Write or remove the documents of many offers. Returns how many of them can be found now."""
    wanted = sorted(set(offer_ids))
    return sum(_index_batch(wanted[at : at + BATCH], now) for at in range(0, len(wanted), BATCH))


def reindex(now: datetime) -> int:
    """Write the documents of all offers anew. Returns how many can be found."""
    return index_offers(session().scalars(select(Offer.id)).all(), now)


def _index_batch(offer_ids: Sequence[int], now: datetime) -> int:
    session().flush()
    with force_locale("fr"):
        rows = [_document(found, now) for found in _sellable(offer_ids)]
    kept = {row["offer_id"] for row in rows}
    gone = [offer_id for offer_id in offer_ids if offer_id not in kept]
    if gone:
        session().execute(delete(SearchDocument).where(SearchDocument.offer_id.in_(gone)))
    if rows:
        session().execute(_upsert(), rows)
    return len(rows)


def _sellable(offer_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """What the documents are made from, of those offers that are published by an approved provider."""
    pictured = exists().where(OfferPhoto.version_id == OfferVersion.id).label("pictured")
    query = (
        select(
            Offer.id, Offer.category, Offer.rating_hundredths, Offer.review_count,
            OfferVersion.id.label("version_id"), OfferVersion.title, OfferVersion.summary, OfferVersion.description,
            OfferVersion.details, OfferVersion.place_name, OfferVersion.postcode, OfferVersion.lat, OfferVersion.lon,
            OfferVersion.service_radius_km, OfferVersion.capacity_min, OfferVersion.capacity_max,
            OfferVersion.notice_days, OfferVersion.price_rule,
            Provider.name.label("provider"), Provider.answer_minutes, Provider.vat_franchise,
            OpeningRule.weekdays, pictured,
        )
        .join(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .join(Provider, Provider.id == Offer.provider_id)
        .outerjoin(OpeningRule, OpeningRule.offer_id == Offer.id)
        .where(Offer.id.in_(offer_ids), Offer.state == OfferState.PUBLISHED, Provider.state == ProviderState.APPROVED)
        .order_by(Offer.id)
    )  # fmt: skip
    return session().execute(query).all()


def _upsert() -> Any:
    texts: dict[str, Any] = {name: bindparam(name) for name in TEXTS}
    words = vector(texts["title"], "A").op("||")(vector(texts["about"], "B")).op("||")(vector(texts["body"], "C"))
    columns = [column.name for column in SearchDocument.__table__.columns if column.name != "words"]
    statement = insert(SearchDocument).values(words=words, **{name: bindparam(name) for name in columns})
    fresh = {name: statement.excluded[name] for name in (*columns, "words") if name != "offer_id"}
    return statement.on_conflict_do_update(index_elements=["offer_id"], set_=fresh)


def _document(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "offer_id": row.id,
        "version_id": row.version_id,
        "category": row.category,
        "lat": row.lat,
        "lon": row.lon,
        "service_radius_km": row.service_radius_km,
        "capacity_min": row.capacity_min,
        "capacity_max": row.capacity_max,
        "notice_days": row.notice_days,
        "weekdays": EVERY_DAY if row.weekdays is None else sum(1 << day for day in set(row.weekdays)),
        "score": _score(row, now),
        "sells": True,
        "updated_at": now,
        **_texts(row),
        **_prices(row, now),
    }


def _texts(row: Row[Any]) -> dict[str, str]:
    category = categories.get(row.category)
    covered = {code for component in row.price_rule.get("components", ()) for code in component.get("covers", ())}
    labels = [str(label) for code, label in requirements.REQUIREMENTS.items() if code in covered]
    kind = [str(category.label), str(category.plural), str(category.description), category.code.replace("_", " ")]
    about = [row.summary, *kind, row.place_name, row.postcode, row.provider, *labels]
    facts = [f"{label} {text}" for label, text in categories.facts(row.category, row.details, "fr")]
    return {"title": fold(row.title), "about": fold(" ".join(about)), "body": fold(" ".join([row.description, *facts]))}


def _prices(row: Row[Any], now: datetime) -> dict[str, int]:
    """What one person and the group cost, in cents: exact for a full house, of the usual length and out of season."""
    rule = PriceRule.from_json(row.price_rule)
    return figures(rule, row.capacity_max, on=french_date(now), franchise=row.vat_franchise)._asdict()


def _score(row: Row[Any], now: datetime) -> float:
    """The part of the published ranking that doesn't depend on the search, from 0 to 1."""
    weights = value_on(ranking.WEIGHTS, french_date(now))
    marks = (
        (weights.rating, ranking.rating_mark(row.rating_hundredths, row.review_count)),
        (weights.answer, ranking.answer_mark(row.answer_minutes)),
        (weights.completeness, _completeness(row)),
    )
    whole = sum(weight for weight, _mark in marks) * ranking.WHOLE
    return sum(weight * mark for weight, mark in marks) / whole if whole else 0.0


def _completeness(row: Row[Any]) -> int:
    """How much of its sheet the provider has filled, from 0 to 1000."""
    names = categories.get(row.category).names
    told: float = sum(name in row.details for name in names) / len(names) if names else 1.0
    described: float = min(1.0, len(row.description) / LONG_DESCRIPTION)
    share = 0.4 * told + 0.3 * described + (0.2 if row.pictured else 0.0) + (0.1 if row.summary else 0.0)
    return round(ranking.WHOLE * share)
