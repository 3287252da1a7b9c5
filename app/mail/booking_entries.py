"""The confirmation of a booking, its change and its end, for each side's own calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.models import User
from app.bookings.models import Booking
from app.core.mime import Attachment, Mailbox
from app.invites import cards
from app.invites.ical import Method, Recipient, render
from app.mail.compose import CalendarPart, Post, queue
from app.offers import categories


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a booking: who it is in templates, the UID of its entry, and where its page is."""

    name: str
    uid: str
    path: str
    people: tuple[Mailbox, ...]
    locales: tuple[str, ...]


def sides(booking: Booking) -> tuple[Side, Side]:
    """The company's side (its organiser) and the provider's (its people, or its own address when it has none)."""
    organiser = booking.event.organiser
    sellers = accounts.people_of(booking.provider_id)
    people = tuple(_mailbox(user) for user in sellers) or (Mailbox(booking.provider.name, booking.provider.email),)
    locales = tuple(user.locale for user in sellers) or ("fr",)
    return (
        Side("company", booking.company_ical_uid, "company", (_mailbox(organiser),), (organiser.locale,)),
        Side("provider", booking.provider_ical_uid, "provider", people, locales),
    )


def tell(
    post: Post,
    booking: Booking,
    kind: str,
    method: Method,
    *,
    invites_domain: str,
    now: datetime,
    context: dict[str, Any] | None = None,
) -> int:
    """Write one mail to each person of both sides, `bookings/<kind>_company` or `…_provider`. Returns how many.

    A calendar document goes along once the booking was confirmed: before that, nobody has it in a calendar.
    """
    count = 0
    for side in sides(booking):
        for to, locale in zip(side.people, side.locales, strict=True):
            calendar = _calendar(post, booking, side, to, method, locale, invites_domain, now)
            queue(
                post,
                f"bookings/{kind}_{side.name}",
                to,
                {"booking": booking, "to": to, **_links(post, booking, side), **(context or {})},
                locale=locale,
                now=now,
                calendar=calendar if booking.confirmed_at else None,
                attachments=tuple(_quote(booking)) if method is Method.REQUEST else (),
                topic=f"booking:{booking.id}:{to.email}",
                version=booking.ical_sequence,
            )
            count += 1
    return count


def _mailbox(user: User) -> Mailbox:
    return Mailbox(user.name, user.email)


def _links(post: Post, booking: Booking, side: Side) -> dict[str, Any]:
    return {
        "link": f"{post.base_url}/{side.path}/bookings/{booking.id}",
        "event_link": f"{post.base_url}/company/events/{booking.event.slug}",
        "base_url": post.base_url,
        "event": booking.event,
        "offer": booking.quote.request.offer_version,
        "zone": booking.event.zone,
    }


def _calendar(
    post: Post,
    booking: Booking,
    side: Side,
    to: Mailbox,
    method: Method,
    locale: str,
    domain: str,
    now: datetime,
) -> CalendarPart:
    link = f"{post.base_url}/{side.path}/bookings/{booking.id}"
    with force_locale(locale):
        summary, description = _words(booking, side, link)
    card = cards.of_booking(
        booking,
        uid=side.uid,
        summary=summary,
        description=description,
        stamp=cards.next_stamp(now, None),
        sender=(post.sender.name, post.sender.email),
    )
    reader = Recipient(to.name, to.email, cards.booking_address(side.uid, domain))
    return CalendarPart(content=render(card, reader, method), method=method)


def _words(booking: Booking, side: Side, link: str) -> tuple[str, str]:
    """Title and text of the entry, in the reader's language."""
    other = booking.provider.name if side.name == "company" else booking.company.name
    what = categories.get(booking.quote.request.offer.category).label
    summary = f"{booking.event.title} · {other}" if side.name == "company" else f"{other} · {booking.event.title}"
    people = _("%(count)s personnes", count=booking.headcount)
    number = _("Devis %(number)s", number=booking.quote.number)
    return summary, "\n".join((f"{what}, {people}", number, link))


def _quote(booking: Booking) -> Iterator[Attachment]:
    document = booking.quote.document
    if document is not None:
        yield Attachment(document.filename, document.content, document.mime)
