"""What a provider does with calendars: adding and removing those we read, opening and closing those we publish."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.availability.imports.fetching import FetchFailed, parse
from app.availability.imports.keeping import keep
from app.availability.imports.looking import Read
from app.availability.imports.models import CalendarFeed, PublishedFeed
from app.availability.imports.wording import failure
from app.availability.models import Unit
from app.availability.service import lock_offers
from app.core.db import session
from app.core.errors import InvalidInput, NotFound
from app.core.outbox import publish
from app.core.sealed import seal, unseal
from app.core.states import audit
from app.offers.models import Offer, OfferState, OfferVersion

MAX_FEEDS: Final = 100
NAME_LENGTH: Final = 80
TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose time a calendar takes: one unit's, or that of all units of an offer."""

    offer_id: int
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """An offer with its units, to choose from unless it was withdrawn."""

    offer_id: int
    title: str
    units: tuple[Unit, ...]
    withdrawn: bool = False


def choices(provider_id: int) -> list[Choice]:
    """The offers of a provider with their units, in two statements."""
    title = func.coalesce(
        select(OfferVersion.title).where(OfferVersion.id == Offer.published_version_id).scalar_subquery(),
        select(OfferVersion.title).where(OfferVersion.offer_id == Offer.id).order_by(OfferVersion.number.desc())
        .limit(1).scalar_subquery(),
        "",
    )  # fmt: skip
    offers = select(Offer.id, title, Offer.state).where(Offer.provider_id == provider_id).order_by(Offer.id)
    units: dict[int, list[Unit]] = {}
    for unit in session().scalars(
        select(Unit).join(Offer).where(Offer.provider_id == provider_id).order_by(Unit.offer_id, Unit.position)
    ):
        units.setdefault(unit.offer_id, []).append(unit)
    return [
        Choice(offer_id, name, tuple(units[offer_id]), state == OfferState.WITHDRAWN)
        for offer_id, name, state in session().execute(offers)
        if offer_id in units
    ]


def check_url(url: str) -> str:
    """An address as it will be asked for; its host. Raises InvalidInput."""
    try:
        return parse(url).host
    except FetchFailed as error:
        raise InvalidInput(failure(error), field="url") from error


def check_room(provider_id: int) -> None:
    """Raises InvalidInput when a provider has as many calendars as anyone may have."""
    count = session().scalar(select(func.count()).where(CalendarFeed.provider_id == provider_id))
    if (count or 0) >= MAX_FEEDS:
        raise InvalidInput(_l("Au plus %(most)s calendriers.", most=MAX_FEEDS), field="url")


def add(
    provider_id: int,
    whose: Whose,
    name: str,
    found: Read,
    *,
    url: str,
    zone: str,
    secret_key: str,
    by: str,
    now: datetime,
) -> CalendarFeed:
    """Add a calendar that was read just now: by its address, or a file when `url` is empty.

    Raises NotFound for an offer or a unit that isn't the provider's, InvalidInput.
    """
    _check_whose(provider_id, whose)
    host = check_url(url) if url else ""
    check_room(provider_id)
    feed = CalendarFeed(
        provider_id=provider_id,
        offer_id=whose.offer_id,
        unit_id=whose.unit_id,
        name=" ".join(name.split())[:NAME_LENGTH] or host,
        host=host,
        sealed_url=seal(url, secret_key) if url else None,
        zone=zone,
        notes=[],
    )
    session().add(feed)
    session().flush()
    audit(feed, "add", by=by, now=now)
    keep(feed.id, found, now=now)
    return feed


def _check_whose(provider_id: int, whose: Whose) -> None:
    query = select(Unit.id).join(Offer).where(Offer.provider_id == provider_id, Offer.id == whose.offer_id)
    if whose.unit_id is not None:
        query = query.where(Unit.id == whose.unit_id)
    if session().scalar(query.limit(1)) is None:
        raise NotFound


def of_provider(provider_id: int) -> Sequence[CalendarFeed]:
    """The calendars of a provider, by offer and unit."""
    query = (
        select(CalendarFeed)
        .where(CalendarFeed.provider_id == provider_id)
        .options(joinedload(CalendarFeed.unit))
        .order_by(CalendarFeed.offer_id, CalendarFeed.unit_id.nulls_first(), CalendarFeed.id)
    )
    return session().scalars(query).all()


def own(feed_id: int, provider_id: int) -> CalendarFeed:
    """A calendar of a provider. Raises NotFound."""
    feed = session().get(CalendarFeed, feed_id)
    if feed is None or feed.provider_id != provider_id:
        raise NotFound
    return feed


def remove(feed: CalendarFeed, *, by: str, now: datetime) -> None:
    """Forget a calendar: the time it took is free at once."""
    lock_offers([feed.offer_id])
    audit(feed, "remove", by=by, now=now)
    publish("offer.changed", {"offer_id": feed.offer_id}, now=now)
    session().delete(feed)
    session().flush()


def published_of(provider_id: int) -> Sequence[PublishedFeed]:
    """The calendars that a provider can subscribe to: of everything first, then of single units."""
    query = (
        select(PublishedFeed)
        .outerjoin(PublishedFeed.unit)
        .where(PublishedFeed.provider_id == provider_id, PublishedFeed.revoked_at.is_(None))
        .options(contains_eager(PublishedFeed.unit))
        .order_by(Unit.offer_id.nulls_first(), Unit.position)
    )
    return session().scalars(query).all()


def open_published(
    provider_id: int, unit_id: int | None, *, secret_key: str, domain: str, by: str, now: datetime
) -> PublishedFeed:
    """Publish what is booked, of all units or of one, at a new secret address; an older one ends.

    Raises NotFound for a unit that isn't the provider's.
    """
    if unit_id is not None:
        query = select(Unit.id).join(Offer).where(Unit.id == unit_id, Offer.provider_id == provider_id)
        if session().scalar(query) is None:
            raise NotFound
    same = PublishedFeed.unit_id.is_not_distinct_from(unit_id)
    query_open = select(PublishedFeed).where(
        PublishedFeed.provider_id == provider_id, same, PublishedFeed.revoked_at.is_(None)
    )
    for older in session().scalars(query_open.with_for_update()):
        revoke(older, by=by, now=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = PublishedFeed(
        provider_id=provider_id,
        unit_id=unit_id,
        token_digest=_digest(token),
        sealed_token=seal(token, secret_key),
        ical_uid=f"{secrets.token_hex(16)}@{domain}",
        created_at=now,
    )
    session().add(feed)
    session().flush()
    audit(feed, "open", by=by, now=now)
    return feed


def own_published(feed_id: int, provider_id: int) -> PublishedFeed:
    """A published calendar of a provider that is still open. Raises NotFound."""
    feed = session().get(PublishedFeed, feed_id)
    if feed is None or feed.provider_id != provider_id or feed.revoked_at is not None:
        raise NotFound
    return feed


def revoke(feed: PublishedFeed, *, by: str, now: datetime) -> None:
    """End a published calendar: its address answers no more."""
    feed.revoked_at = now
    session().flush()
    audit(feed, "revoke", by=by, now=now)


def token_of(feed: PublishedFeed, secret_key: str) -> str:
    """The secret part of a published calendar's address. Raises Unsealable."""
    return unseal(feed.sealed_token, secret_key)


def by_token(token: str) -> PublishedFeed:
    """The published calendar at an address. Raises NotFound."""
    query = select(PublishedFeed).where(
        PublishedFeed.token_digest == _digest(token), PublishedFeed.revoked_at.is_(None)
    )
    feed = session().scalars(query).one_or_none()
    if feed is None:
        raise NotFound
    return feed


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
