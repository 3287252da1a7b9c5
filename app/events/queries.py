"""Reading events and needs, scoped to the company whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select
from sqlalchemy.orm import contains_eager

from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Event, EventState, Need, Pick
from app.offers.models import Offer, OfferPhoto, OfferVersion

NO_EVENT = _l("Cet évènement n’existe pas.")
NO_NEED = _l("Ce besoin n’existe pas.")
OPEN = (EventState.DRAFT, EventState.PLANNING, EventState.CONFIRMED)


def by_slug(slug: str, company_id: int) -> Event:
    """A company's event. Raises NotFound."""
    query = select(Event).where(Event.slug == slug, Event.company_id == company_id)
    event = session().scalars(query).one_or_none()
    if event is None:
        raise NotFound(NO_EVENT)
    return event


def need(need_id: int, company_id: int) -> Need:
    """A need of a company's event, with the event. Raises NotFound."""
    query = (
        select(Need)
        .join(Event, Event.id == Need.event_id)
        .options(contains_eager(Need.event))
        .where(Need.id == need_id, Event.company_id == company_id)
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(NO_NEED)
    return found


def needs_of(event_id: int) -> Sequence[Need]:
    """The needs of an event in their order."""
    return session().scalars(select(Need).where(Need.event_id == event_id).order_by(Need.position, Need.id)).all()


def of_company(company_id: int, now: datetime, *, past: bool = False, limit: int = 100) -> Sequence[Row[Any]]:
    """A company's events as a list shows them: those to come soonest first, or those over latest first."""
    needs = select(func.count(Need.id)).where(Need.event_id == Event.id).correlate(Event).scalar_subquery()
    query = select(
        Event.id, Event.slug, Event.title, Event.state, Event.starts_at, Event.ends_at, Event.zone, Event.headcount,
        Event.place_name, Event.venue_name, needs.label("needs"),
    ).where(Event.company_id == company_id)  # fmt: skip
    if past:
        query = query.where(Event.ends_at <= now).order_by(Event.ends_at.desc())
    else:
        query = query.where(Event.ends_at > now).order_by(Event.starts_at)
    return cast(Sequence[Row[Any]], session().execute(query.limit(limit)).all())


def count_by_time(company_id: int, now: datetime) -> tuple[int, int]:
    """How many of a company's events are to come, and how many are over."""
    coming = func.count().filter(Event.ends_at > now)
    query = select(coming, func.count() - coming).select_from(Event).where(Event.company_id == company_id)
    row = session().execute(query).one()
    return row[0], row[1]


def open_needs(company_id: int, now: datetime, *, limit: int = 60) -> Sequence[Row[Any]]:
    """Needs of a company's events to come for which offers can be picked, with the event's title and times."""
    query = (
        select(
            Need.id, Need.category, Need.title, Event.id.label("event_id"), Event.slug, Event.title.label("event"),
            Event.starts_at, Event.ends_at, Event.zone, Event.headcount, Event.place_name,
        )
        .join(Event, Event.id == Need.event_id)
        .where(Event.company_id == company_id, Event.starts_at > now, Event.state.in_(OPEN))
        .order_by(Event.starts_at, Event.id, Need.position, Need.id)
        .limit(limit)
    )  # fmt: skip
    return cast(Sequence[Row[Any]], session().execute(query).all())


def picks_of(need_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """What lies in the trays of needs, in the order picked: offer, title, category, its first photo."""
    photo = select(OfferPhoto.id).where(OfferPhoto.version_id == Offer.published_version_id)
    first = photo.order_by(OfferPhoto.position).limit(1).correlate(Offer).scalar_subquery()
    query = (
        select(
            Pick.need_id, Pick.offer_id, Offer.slug, Offer.category, Offer.state, Offer.provider_id,
            OfferVersion.title, OfferVersion.place_name, first.label("photo_id"),
        )
        .join(Offer, Offer.id == Pick.offer_id)
        .outerjoin(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .where(Pick.need_id.in_(need_ids))
        .order_by(Pick.id)
    )  # fmt: skip
    found: dict[int, list[Row[Any]]] = {}
    for row in session().execute(query):
        found.setdefault(row.need_id, []).append(row)
    return found
