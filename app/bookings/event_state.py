"""What bookings mean for their event: confirmed or not, and at which venue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.outbox import publish
from app.core.states import advance
from app.events.models import Event, EventState
from app.offers import categories
from app.offers.models import Offer, OfferVersion
from app.quotes.models import Quote, QuoteRequest


def follow_bookings(event: Event, *, by: str, now: datetime) -> None:
    """Confirm an event that has a paid booking, take that back from one that has none left, and keep its venue right.

    The event is locked. Publishes `event.venue_changed` when people invited already are to come to another place.
    """
    confirmed = _has_confirmed(event)
    if confirmed and event.state == EventState.DRAFT:
        advance(event, "plan", by=by, now=now)
    if confirmed and event.state == EventState.PLANNING:
        advance(event, "confirm", by=by, now=now)
    if not confirmed and event.state == EventState.CONFIRMED:
        advance(event, "unconfirm", by=by, now=now)
    if _set_venue(event, _venue(event)) and event.invites_sent_at is not None:
        publish("event.venue_changed", {"event_id": event.id}, now=now)
    session().flush()


def _has_confirmed(event: Event) -> bool:
    query = select(Booking.id).where(Booking.event_id == event.id, Booking.state == BookingState.CONFIRMED)
    return session().scalar(query.limit(1)) is not None


def _venue(event: Event) -> OfferVersion | None:
    """Where the first confirmed booking of a place is; a provider that comes to the customer is no place."""
    query = (
        select(OfferVersion)
        .join(QuoteRequest, QuoteRequest.offer_version_id == OfferVersion.id)
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .join(Booking, Booking.quote_id == Quote.id)
        .join(Offer, Offer.id == QuoteRequest.offer_id)
        .where(
            Booking.event_id == event.id,
            Booking.state == BookingState.CONFIRMED,
            Offer.category.in_(categories.places()),
            OfferVersion.service_radius_km.is_(None),
        )
        .order_by(Booking.confirmed_at, Booking.id)
        .limit(1)
    )
    return session().scalars(query).one_or_none()


def _set_venue(event: Event, venue: OfferVersion | None) -> bool:
    """Write the venue's name, address and position on the event. Returns whether they changed."""
    before = (event.venue_name, event.venue_address)
    event.venue_name = venue.offer.provider.name if venue else ""
    event.venue_address = _address(venue) if venue else ""
    event.venue_lat = venue.lat if venue else None
    event.venue_lon = venue.lon if venue else None
    return before != (event.venue_name, event.venue_address)


def _address(version: OfferVersion) -> str:
    town = " ".join(filter(None, (version.postcode, version.place_name)))
    return ", ".join(filter(None, (version.street, town)))
