"""What every event of the demonstration is made with: the domain's own verbs, at moments that lie in the past."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, UnaryExpression, func, select

from app.accounts.models import Company, Membership, User
from app.bookings import service as bookings
from app.core.clock import local_date
from app.core.db import session
from app.demo import people
from app.demo.days import ZONE
from app.demo.standin import StandIn
from app.events.models import Need
from app.mail.compose import Post
from app.offers.models import Offer, OfferState, OfferVersion
from app.offers.price_rule import Component, PricedLine, PriceRule, quote_lines
from app.offers.terms import Terms
from app.payments import service as payments
from app.quotes import proposal, requests
from app.quotes import service as quotes
from app.quotes.models import Quote, QuoteRequest


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, and with what. `standin` is None where real test money would be needed: then nothing is paid."""

    now: datetime
    post: Post
    platform_name: str
    invites_domain: str
    standin: StandIn | None

    @property
    def organiser(self) -> User:
        """Camille, who plans."""
        return people.find("organiser")

    @property
    def by(self) -> str:
        """The organiser, as the audit log names her."""
        return f"user:{self.organiser.id}"

    @property
    def company(self) -> Company:
        """The company that she plans for."""
        return session().get_one(Company, self.organiser.memberships[0].organisation_id)

    def pay(self, booking_id: int, *moments: datetime, telling: Collection[str] = ()) -> None:
        """Pay a booking's next instalment at each of these moments; only the handlers in `telling` hear of it."""
        links = payments.Links(
            success=f"{self.post.base_url}/company/bookings/{booking_id}/paid?session={{CHECKOUT_SESSION_ID}}",
            cancel=f"{self.post.base_url}/company/bookings/{booking_id}",
        )
        for moment in moments if self.standin else ():
            assert self.standin is not None
            self.standin.pay(booking_id, links, by=self.by, now=moment, handlers=telling)

    def accept(self, quote: Quote, now: datetime) -> int:
        """Accept a quote; the id of the booking that this makes."""
        company_id, domain = self.company.id, self.invites_domain
        booking = bookings.accept(quote.id, user=self.organiser, company_id=company_id, invites_domain=domain, now=now)
        payments.open_schedule(booking, now)
        return booking.id


@dataclass(frozen=True, slots=True)
class Answer:
    """A quote to be sent: lines and terms (None: those of the offer), days that it and its option stand."""

    message: str
    valid_days: int
    lines: Sequence[Component] | None = None
    terms: Terms | None = None
    hold_days: int | None = None


def sold_by(key: str, category: str, headcount: int, styles: Collection[str] = ()) -> Offer:
    """What the provider of one of the demonstration's people sells of a category, best for so many people."""
    seller_id = people.find(key).memberships[0].organisation_id
    query = _on_sale(category).where(Offer.provider_id == seller_id)
    return session().scalars(query.order_by(*_best(headcount, styles), Offer.id).limit(1)).one()


def others(category: str, near: Offer, headcount: int, count: int, styles: Collection[str] = ()) -> list[Offer]:
    """The nearest other providers' offers of a category, one each; those that take so many people come first.

    `styles`: what such an offer's style should be; others serve when there are not enough.
    """
    version = near.published_version
    assert version is not None and version.lat is not None and version.lon is not None
    away = func.power(OfferVersion.lat - version.lat, 2) + func.power((OfferVersion.lon - version.lon) * 0.7, 2)
    query = _on_sale(category).where(Offer.provider_id != near.provider_id)
    found: dict[int, Offer] = {}
    for offer in session().scalars(query.order_by(*_best(headcount, styles), away, Offer.id).limit(200)):
        found.setdefault(offer.provider_id, offer)
    return list(found.values())[:count]


def ask(
    need: Need, offers: Sequence[Offer], message: str, *, by: str, now: datetime, answer_by: datetime | None = None
) -> list[QuoteRequest]:
    """Pick these offers and ask them all; they have the usual time to answer."""
    ids = [offer.id for offer in offers]
    for offer_id in ids:
        requests.pick(need.id, offer_id, by=by, now=now)
    usual = requests.answer_bounds(need.event, now)[1]
    return requests.send(need.id, ids, message=message, answer_by=answer_by or usual, by=by, now=now)


def respond(asked: QuoteRequest, answer: Answer, *, platform_name: str, now: datetime) -> Quote:
    """Answer a request with a quote, from the first person who sells for the provider."""
    today = local_date(now, ZONE)
    proposed = proposal.Proposal(
        lines=_lines(asked, answer),
        terms=answer.terms or Terms.from_json(asked.offer_version.terms),
        valid_until=proposal.end_of(today + timedelta(days=answer.valid_days), asked),
        message=answer.message,
        hold_until=proposal.end_of(today + timedelta(days=answer.hold_days), asked) if answer.hold_days else None,
    )
    return quotes.send_quote(asked.id, proposed, by=seller(asked), now=now, platform_name=platform_name)


def seller(asked: QuoteRequest) -> str:
    """Who answers a request, as the audit log names her."""
    query = select(Membership.user_id).where(Membership.organisation_id == asked.provider_id).order_by(Membership.id)
    found = session().scalar(query.limit(1))
    return f"user:{found}" if found else "demonstration"


def _lines(asked: QuoteRequest, answer: Answer) -> tuple[PricedLine, ...]:
    if answer.lines is None:
        return proposal.starting_lines(asked)
    on, franchise = local_date(asked.starts_at, asked.zone), asked.provider.vat_franchise
    return tuple(quote_lines(PriceRule(tuple(answer.lines)), asked.headcount, on=on, franchise=franchise))


def _best(headcount: int, styles: Collection[str]) -> tuple[UnaryExpression[bool], UnaryExpression[bool]]:
    """The order of offers: those of a style wished for first, then those that take so many people."""
    fits = (OfferVersion.capacity_min <= headcount) & (OfferVersion.capacity_max >= headcount)
    return func.coalesce(OfferVersion.details["style"].astext.in_(styles), False).desc(), fits.desc()


def _on_sale(category: str) -> Select[Offer]:
    query = select(Offer).join(OfferVersion, OfferVersion.id == Offer.published_version_id)
    return query.where(Offer.category == category, Offer.state == OfferState.PUBLISHED)
