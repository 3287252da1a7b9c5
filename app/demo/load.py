"""Writing the catalogue in bulk: rows by the thousand, ids reserved ahead, one search index at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import func, select, text

from app.accounts.models import Organisation, Provider, ProviderState
from app.accounts.roles import OrganisationKind
from app.availability.models import Blackout, OpeningRule, Unit
from app.core.db import Base, session
from app.demo import series
from app.demo.bulk import copy_rows
from app.demo.firms import slug
from app.demo.proofs import label_rows
from app.demo.seeds import OfferSeed, ProviderSeed
from app.offers.models import Offer, OfferLabel, OfferState, OfferVersion, VersionState
from app.offers.terms import Terms
from app.reviews.models import Review
from app.rules.identifiers import vat_number_of
from app.search.service import index_offers

BATCH = 1000
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(slots=True)
class Loaded:
    """What was written so far."""

    providers: int = 0
    offers: int = 0
    reviews: int = 0
    provider_ids: dict[int, int] = field(default_factory=dict)
    """Id by the provider's number in the catalogue."""


def count_offers() -> int:
    """How many offers the database holds."""
    return session().scalar(select(func.count()).select_from(Offer)) or 0


def load(
    offers: Iterable[OfferSeed], *, commission_bps: int, now: datetime, say: Callable[[Loaded], None] | None = None
) -> Loaded:
    """Write offers with their providers, units, calendars and reviews, published and searchable.

    `commission_bps`: the platform's, in basis points. `say` hears how far it is, batch by batch. The caller commits.
    """
    loaded = Loaded()
    for batch in _batches(offers):
        _load_batch(batch, loaded, commission_bps, now)
        if say:
            say(loaded)
    return loaded


def grow(loaded: Loaded, wanted: int, busy: int, *, now: datetime, say: Callable[[str], None]) -> None:
    """Make the catalogue hold `wanted` offers, each with `busy` taken times: see `series`. The caller commits."""
    loaded.offers = series.grow(wanted, busy, now, say)
    for count, model in (("providers", Provider), ("reviews", Review)):
        setattr(loaded, count, session().scalar(select(func.count()).select_from(model)) or 0)


def _batches(offers: Iterable[OfferSeed]) -> Iterator[list[OfferSeed]]:
    source = iter(offers)
    while batch := list(islice(source, BATCH)):
        yield batch


def _load_batch(batch: list[OfferSeed], loaded: Loaded, commission_bps: int, now: datetime) -> None:
    sellers = {one.provider.number: one.provider for one in batch if one.provider.number not in loaded.provider_ids}
    joined: dict[int, datetime] = {}
    for one in batch:
        joined[one.provider.number] = min(joined.get(one.provider.number, one.published_at), one.published_at)
    _write_providers(list(sellers.values()), joined, loaded, commission_bps)
    offer_ids, version_ids = _reserve(Offer, len(batch)), _reserve(OfferVersion, len(batch))
    numbered = list(zip(offer_ids, version_ids, batch, strict=True))
    copy_rows(Offer, [_offer(*one, loaded) for one in numbered])
    copy_rows(OfferVersion, [_version(*one) for one in numbered])
    copy_rows(Unit, [row for offer_id, _version_id, one in numbered for row in _units(offer_id, one)])
    copy_rows(OpeningRule, [_opening(offer_id, one) for offer_id, _version_id, one in numbered])
    copy_rows(Blackout, [row for offer_id, _version_id, one in numbered for row in _blackouts(offer_id, one)])
    reviews = [row for offer_id, _version_id, one in numbered for row in _reviews(offer_id, one)]
    copy_rows(Review, reviews)
    copy_rows(OfferLabel, list(label_rows(numbered, now)))
    index_offers(offer_ids, now)
    loaded.offers += len(batch)
    loaded.reviews += len(reviews)


def _reserve(model: type[Base], count: int) -> list[int]:
    """That many fresh ids of a table."""
    sequence = text("select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :count)")
    return list(session().scalars(sequence, {"table": model.__tablename__, "count": count}))


def _write_providers(
    sellers: list[ProviderSeed], joined: dict[int, datetime], loaded: Loaded, commission_bps: int
) -> None:
    """`joined`: when each provider, by its number, published its first offer; it registered ten days before."""
    ids = _reserve(Organisation, len(sellers))
    rows = [(number, one, joined[one.number] - timedelta(days=10)) for number, one in zip(ids, sellers, strict=True)]
    copy_rows(Organisation, [_organisation(*row) for row in rows])
    copy_rows(
        Provider, [_provider(number, seller, commission_bps) for number, seller in zip(ids, sellers, strict=True)]
    )
    loaded.provider_ids |= {seller.number: number for number, seller in zip(ids, sellers, strict=True)}
    loaded.providers += len(sellers)


def _organisation(number: int, seller: ProviderSeed, registered_at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "kind": OrganisationKind.PROVIDER,
        "name": seller.name.title,
        "legal_form": seller.legal_form,
        "siren": seller.siren,
        "rcs_city": seller.rcs_city,
        "vat_number": "" if seller.vat_franchise else vat_number_of(seller.siren),
        "street": seller.street,
        "postcode": seller.spot.postcode,
        "city": seller.spot.city,
        "country": "FR",
        "lat": seller.lat,
        "lon": seller.lon,
        "email": seller.email,
        "phone": seller.phone,
        "created_at": registered_at,
    }


def _provider(number: int, seller: ProviderSeed, commission_bps: int) -> dict[str, Any]:
    return {
        "id": number,
        "state": ProviderState.APPROVED,
        "state_reason": "",
        "about": seller.about,
        "vat_franchise": seller.vat_franchise,
        "resells_stays": bool(seller.atout_france),
        "atout_france": seller.atout_france,
        "guarantor": seller.guarantor,
        "insurer": seller.insurer,
        "commission_bps": commission_bps,
        "charges_enabled": False,
        "payouts_enabled": False,
        "answer_minutes": seller.answer_minutes,
        "review_count": 0,
    }


def _offer(offer_id: int, version_id: int, one: OfferSeed, loaded: Loaded) -> dict[str, Any]:
    stars = [review.stars for review in one.reviews]
    return {
        "id": offer_id,
        "provider_id": loaded.provider_ids[one.provider.number],
        "category": one.category,
        "slug": f"{slug(one.title)[:60].rstrip('-')}-{_short(offer_id)}",
        "state": OfferState.PUBLISHED,
        "published_version_id": version_id,
        "rating_hundredths": round(100 * sum(stars) / len(stars)) if stars else None,
        "review_count": len(stars),
        "created_at": one.published_at,
    }


def _short(number: int) -> str:
    """A number in few letters, none that is mistaken for another."""
    letters = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters


def _version(offer_id: int, version_id: int, one: OfferSeed) -> dict[str, Any]:
    return {
        "id": version_id,
        "offer_id": offer_id,
        "number": 1,
        "state": VersionState.PUBLISHED,
        "title": one.title,
        "summary": one.summary,
        "description": one.description,
        "details": one.details,
        "place_name": one.place_name,
        "street": one.provider.street if one.place_name == one.provider.spot.name else "",
        "postcode": one.postcode,
        "lat": one.lat,
        "lon": one.lon,
        "service_radius_km": one.service_radius_km,
        "capacity_min": one.capacity_min,
        "capacity_max": one.capacity_max,
        "duration_minutes": one.duration_minutes,
        "notice_days": one.notice_days,
        "languages": list(one.languages),
        "price_rule": one.price_rule.to_json(),
        "terms": _terms(one.terms),
        "review_note": "",
        "created_at": one.published_at,
        "submitted_at": one.published_at,
        "published_at": one.published_at,
    }


@cache
def _terms(terms: Terms) -> dict[str, Any]:
    return terms.to_json()


def _units(offer_id: int, one: OfferSeed) -> Iterator[dict[str, Any]]:
    for position, name in enumerate(one.units):
        yield {"offer_id": offer_id, "position": position, "name": name, "active": True}


def _opening(offer_id: int, one: OfferSeed) -> dict[str, Any]:
    return {
        "offer_id": offer_id,
        "weekdays": list(one.weekdays),
        "opens": one.opens,
        "closes": one.closes,
        "zone": "Europe/Paris",
    }


def _blackouts(offer_id: int, one: OfferSeed) -> Iterator[dict[str, Any]]:
    for first, last, reason in one.blackouts:
        yield {"offer_id": offer_id, "first_day": first, "last_day": last, "reason": reason}


def _reviews(offer_id: int, one: OfferSeed) -> Iterator[dict[str, Any]]:
    for review in one.reviews:
        yield {
            "offer_id": offer_id,
            "demonstration": True,
            "author": review.author,
            "stars": review.stars,
            "text": review.text,
            "created_at": review.written_at,
        }


def rate_providers() -> None:
    """Sum up each provider's reviews on the provider, as the handler does for new ones."""
    session().execute(
        text(
            "update provider set review_count = found.number, rating_hundredths = found.mean from ("
            " select offer.provider_id, count(*) as number, round(avg(review.stars) * 100)::int as mean"
            " from review join offer on offer.id = review.offer_id group by offer.provider_id"
            ") found where provider.id = found.provider_id"
        )
    )
