"""Reading reviews."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import session
from app.reviews.models import Review


def of_offer(offer_id: int, *, limit: int = 8) -> Sequence[Review]:
    """The latest reviews of an offer, newest first."""
    query = select(Review).where(Review.offer_id == offer_id).order_by(Review.created_at.desc(), Review.id.desc())
    return session().scalars(query.limit(limit)).all()
