"""What a provider's calendar program reads here: its bookings, of all units or of one, as entries of a feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.availability.imports.models import PublishedFeed
from app.availability.models import Reservation, Unit
from app.bookings.models import Booking, BookingState
from app.core.db import session
from app.core.states import AuditEntry
from app.invites import cards
from app.invites.feeds import CANCELLED_KEPT, Entry, Feed, render
from app.quotes.models import Quote, QuoteRequest

KEPT_BEHIND: Final = timedelta(days=90)
OVER: Final = (BookingState.CANCELLED, BookingState.EXPIRED)


def feed_of(published: PublishedFeed, *, sender: tuple[str, str], base_url: str, now: datetime) -> Feed:
    """A published calendar, in French: it has no reader whose language is known. Bounded in statements."""
    bookings = _bookings(published, now)
    changes = _changes(booking.id for booking in bookings)
    with force_locale("fr"):
        entries = [_entry(each, changes.get(each.id, each.created_at), sender, base_url, now) for each in bookings]
        return render(_name(published), published.ical_uid, entries, now=now)


def _bookings(published: PublishedFeed, now: datetime) -> list[Booking]:
    quote = joinedload(Booking.quote).joinedload(Quote.request).joinedload(QuoteRequest.offer_version)
    recent = now - CANCELLED_KEPT
    query = (
        select(Booking)
        .where(Booking.provider_id == published.provider_id, Booking.ends_at > now - KEPT_BEHIND)
        .where(or_(Booking.state.not_in(OVER), Booking.cancelled_at > recent, Booking.expires_at > recent))
        .options(quote, joinedload(Booking.event), joinedload(Booking.company), joinedload(Booking.provider))
        .order_by(Booking.starts_at, Booking.id)
    )
    if published.unit_id is not None:
        query = query.join(Reservation).where(Reservation.unit_id == published.unit_id)
    return list(session().scalars(query))


def _changes(booking_ids: Iterable[int]) -> dict[int, datetime]:
    """When each booking last changed: as long as none has, a feed's bytes stay the same."""
    entry = AuditEntry
    query = (
        select(entry.entity_id, func.max(entry.at))
        .where(entry.entity == Booking.__tablename__, entry.entity_id.in_(list(booking_ids)))
        .group_by(entry.entity_id)
    )
    return dict(session().execute(query).all())


def _entry(booking: Booking, changed_at: datetime, sender: tuple[str, str], base_url: str, now: datetime) -> Entry:
    lapsed = booking.state == BookingState.HELD and booking.expires_at is not None and booking.expires_at <= now
    over = booking.state in OVER or lapsed
    ended = (booking.cancelled_at or booking.expires_at or changed_at) if over else None
    people = _("%(count)s personnes", count=booking.headcount)
    summary = f"{booking.company.name} · {booking.event.title}"
    if booking.state == BookingState.HELD:
        summary = _("%(what)s (acompte attendu)", what=summary)
    card = cards.of_booking(
        booking,
        uid=booking.provider_ical_uid,
        summary=summary,
        description="\n".join(
            (people, _("Devis %(number)s", number=booking.quote.number), f"{base_url}/provider/bookings/{booking.id}")
        ),
        stamp=max(changed_at, ended) if ended is not None else changed_at,
        sender=sender,
    )
    return Entry(card, ended)


def _name(published: PublishedFeed) -> str:
    unit = session().get(Unit, published.unit_id) if published.unit_id is not None else None
    return f"Ensemble · {unit.name}" if unit is not None else _("Ensemble · réservations")
