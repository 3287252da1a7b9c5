"""All offers on sale, page after page, for who reads the whole catalogue: search engines."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select

from app.accounts.models import Provider, ProviderState
from app.core.db import session
from app.offers.models import Offer, OfferState, OfferVersion

PAGE = 25_000
BATCH = 1_000


class Listed(NamedTuple):
    """An offer on sale, and when what it says last changed."""

    id: int
    title: str
    changed_at: datetime


def pages() -> list[int]:
    """The pages that have offers, by number: page n holds the ids from (n - 1) × 25,000 + 1 to n × 25,000."""
    number = ((Offer.id - 1) // PAGE + 1).label("number")
    return sorted(session().scalars(select(number).where(Offer.state == OfferState.PUBLISHED).group_by(number)))


def batch(page: int, after: int) -> list[Listed]:
    """The next thousand offers of a page, those with an id above `after`; empty at its end."""
    first = max((page - 1) * PAGE, after)
    query = _on_sale().where(Offer.id > first, Offer.id <= page * PAGE).order_by(Offer.id)
    return [Listed(*row) for row in session().execute(query.limit(BATCH))]


def _on_sale() -> Select[int, str, datetime]:
    changed = func.coalesce(OfferVersion.published_at, OfferVersion.created_at)
    return (
        select(Offer.id, OfferVersion.title, changed)
        .join(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .join(Provider, Provider.id == Offer.provider_id)
        .where(Offer.state == OfferState.PUBLISHED, Provider.state == ProviderState.APPROVED)
    )
