"""What happens between a provider and the operator, for tests that need its outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.db import session
from app.core.states import advance
from app.offers import service
from app.offers.content import content_of
from app.offers.models import Offer, OfferVersion
from tests.factories import now


def save_change(offer: Offer, **changes: Any) -> OfferVersion:
    """The offer's draft with these changes, written and committed."""
    content = replace(content_of(service.latest_version(offer)), **changes)
    version = service.save(offer, content, by="user:1", now=now())
    session().commit()
    return version


def submit_change(offer: Offer, **changes: Any) -> OfferVersion:
    """The same, in review, whatever it still lacks."""
    version = save_change(offer, **changes)
    advance(version, "submit", by="user:1", now=now(), also={"submitted_at": now()})
    session().commit()
    return version


def publish_change(offer: Offer, **changes: Any) -> OfferVersion:
    """The same, on sale."""
    version = submit_change(offer, **changes)
    service.publish(version, by="user:2", now=now())
    session().commit()
    return version
