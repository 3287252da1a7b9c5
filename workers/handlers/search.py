"""Keeping the search document in step with what is on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.offers.models import Offer
from app.search import service


def index(payload: dict[str, Any], now: datetime) -> None:
    """Write an offer's search document anew, or remove it when the offer is not on sale any more."""
    service.index_offer(payload["offer_id"], now)


def index_provider(payload: dict[str, Any], now: datetime) -> None:
    """Do so for all offers of a provider: approved, suspended, or with another name."""
    offers = select(Offer.id).where(Offer.provider_id == payload["provider_id"])
    service.index_offers(session().scalars(offers).all(), now)
