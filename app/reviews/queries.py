"""Reading reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.reviews.models import Review


def of_offer(offer_id: int, *, limit: int = 8) -> Sequence[Any]:
    """Author, stars, text, demonstration and created_at of an offer's latest reviews, newest first."""
    columns = select(Review.author, Review.stars, Review.text, Review.demonstration, Review.created_at)
    query = columns.where(Review.offer_id == offer_id).order_by(Review.created_at.desc(), Review.id.desc())
    return session().execute(query.limit(limit)).all()
