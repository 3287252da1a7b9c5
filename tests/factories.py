"""Rows for tests, made through the models. Each call commits, so that other connections see them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app.accounts.models import Company, Membership, Organisation, Platform, Provider, ProviderState, User
from app.accounts.roles import Role
from app.availability.models import OpeningRule, Unit
from app.bookings import service as bookings
from app.bookings.models import Booking
from app.core.db import Base, session, transaction
from app.core.documents import Document, store
from app.events.models import Attendee, Event, EventState, Need
from app.invites.models import Invitation
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from app.offers.price_rule import Component, PriceRule, quote_lines
from app.offers.terms import CancellationStep, HeadcountReduction, Terms
from app.quotes.models import Quote, QuoteLine, QuoteRequest, QuoteState, RequestState

PASSWORD_HASH = "unusable"

RULE = PriceRule(
    components=(
        Component("Salle plénière", "room_hire", "group", 90_000, ("meeting_room",)),
        Component("Déjeuner et pauses", "food_immediate", "person", 4_200, ("lunch", "breaks")),
        Component("Dîner", "food_immediate", "person", 3_800, ("dinner",), optional=True),
    )
)
TERMS = Terms(
    deposit_bps=3_000,
    balance_days_before=14,
    cancellation=(CancellationStep(45, 3_000), CancellationStep(14, 10_000)),
    headcount_reduction=HeadcountReduction(1_000, 10),
)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def in_days(days: int, hour: int = 9) -> datetime:
    """That many days from today at `hour` UTC."""
    return (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0)


class Factories:
    """Makes rows and remembers counters, so that names and numbers differ."""

    def __init__(self) -> None:
        self.count = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    def add(self, *rows: Base) -> None:
        session().add_all(rows)
        session().commit()

    def siren(self) -> str:
        """A SIREN with a right check digit."""
        base = f"9{self._next():07d}"
        total = sum(sum(divmod(int(digit) * (2 if index % 2 else 1), 10)) for index, digit in enumerate(base))
        return base + str(-total % 10)

    def user(self, **values: Any) -> User:
        n = self._next()
        user = User(
            **{
                "email": f"personne{n}@example.com",
                "name": f"Personne {n}",
                "password": PASSWORD_HASH,
                "fs_uniquifier": secrets.token_hex(16),
                "confirmed_at": now(),
                "active": True,
            }
            | values
        )
        self.add(user)
        return user

    def member(self, organisation: Organisation, role: Role, user: User | None = None) -> User:
        user = user or self.user()
        self.add(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
        return user

    def company(self, **values: Any) -> Company:
        company = Company(
            **{
                "name": f"Atelier {self._next()}",
                "legal_form": "SAS",
                "siren": self.siren(),
                "street": "3 rue des Lilas",
                "postcode": "69003",
                "city": "Lyon",
                "lat": 45.76,
                "lon": 4.85,
                "email": "contact@atelier.example",
            }
            | values
        )
        self.add(company)
        return company

    def organiser(self, company: Company | None = None, role: Role = Role.ORGANISER) -> tuple[User, Company]:
        company = company or self.company()
        return self.member(company, role), company

    def provider(self, **values: Any) -> Provider:
        provider = Provider(
            **{
                "name": f"Domaine {self._next()}",
                "legal_form": "SARL",
                "siren": self.siren(),
                "street": "12 chemin des Sources",
                "postcode": "69630",
                "city": "Chaponost",
                "lat": 45.71,
                "lon": 4.74,
                "email": "bonjour@domaine.example",
                "state": ProviderState.APPROVED,
                "commission_bps": 800,
                "gateway_account": f"acct_{secrets.token_hex(6)}",
                "charges_enabled": True,
                "payouts_enabled": True,
            }
            | values
        )
        self.add(provider)
        return provider

    def seller(self, provider: Provider | None = None) -> tuple[User, Provider]:
        provider = provider or self.provider()
        return self.member(provider, Role.SELLER), provider

    def operator(self) -> User:
        platform = Platform(name="Ensemble")
        self.add(platform)
        return self.member(platform, Role.OPERATOR)

    def offer(
        self, provider: Provider | None = None, *, units: int = 1, published: bool = True, **values: Any
    ) -> Offer:
        provider = provider or self.provider()
        n = self._next()
        category = values.pop("category", "day_seminar")
        offer = Offer(
            provider_id=provider.id,
            category=category,
            slug=f"offre-{n}",
            state=OfferState.PUBLISHED if published else OfferState.DRAFT,
        )
        self.add(offer)
        version = OfferVersion(
            **{
                "offer_id": offer.id,
                "number": 1,
                "state": VersionState.PUBLISHED if published else VersionState.DRAFT,
                "title": f"Journée au domaine {n}",
                "summary": "Une salle lumineuse et un déjeuner de saison.",
                "description": "Une grande salle, un parc et une table.",
                "details": {},
                "place_name": "Chaponost",
                "street": "12 chemin des Sources",
                "postcode": "69630",
                "lat": 45.71,
                "lon": 4.74,
                "capacity_min": 8,
                "capacity_max": 80,
                "notice_days": 0,
                "price_rule": RULE.to_json(),
                "terms": TERMS.to_json(),
                "published_at": now() if published else None,
            }
            | values
        )
        self.add(version)
        if published:
            offer.published_version_id = version.id
        rule = OpeningRule(offer_id=offer.id, weekdays=[0, 1, 2, 3, 4, 5, 6], opens=time(0), closes=time(0))
        self.add(offer, rule, *(Unit(offer_id=offer.id, position=i, name=f"Salle {i + 1}") for i in range(units)))
        return offer

    def event(self, company: Company | None = None, organiser: User | None = None, **values: Any) -> Event:
        if company is None or organiser is None:
            organiser, company = self.organiser(company)
        starts_at = values.pop("starts_at", in_days(90))
        ends_at = values.pop("ends_at", starts_at + timedelta(hours=8))
        zone = values.pop("zone", "UTC")
        event = Event(
            **{
                "company_id": company.id,
                "organiser_id": organiser.id,
                "title": f"Séminaire {self._next()}",
                "state": EventState.PLANNING,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "starts_local": starts_at.replace(tzinfo=None),
                "ends_local": ends_at.replace(tzinfo=None),
                "zone": zone,
                "headcount": 40,
                "place_name": "Lyon",
                "lat": 45.76,
                "lon": 4.85,
                "ical_uid": f"{secrets.token_hex(12)}@ensemble.test",
            }
            | values
        )
        self.add(event)
        return event

    def need(self, event: Event, **values: Any) -> Need:
        need = Need(
            **{
                "event_id": event.id,
                "position": self._next(),
                "category": "day_seminar",
                "requirements": [
                    {"code": "meeting_room", "label": "Salle"},
                    {"code": "lunch", "label": "Déjeuner"},
                    {"code": "dinner", "label": "Dîner"},
                ],
            }
            | values
        )
        self.add(need)
        return need

    def request(self, offer: Offer | None = None, need: Need | None = None, **values: Any) -> QuoteRequest:
        offer = offer or self.offer()
        need = need or self.need(self.event())
        event = session().get_one(Event, need.event_id)
        request = QuoteRequest(
            **{
                "need_id": need.id,
                "event_id": event.id,
                "provider_id": offer.provider_id,
                "offer_id": offer.id,
                "offer_version_id": offer.published_version_id,
                "state": RequestState.OPEN,
                "headcount": event.headcount,
                "starts_at": event.starts_at,
                "ends_at": event.ends_at,
                "zone": event.zone,
                "requirements": need.requirements,
                "answer_by": now() + timedelta(days=3),
                "sent_at": now(),
            }
            | values
        )
        self.add(request)
        return request

    def quote(self, request: QuoteRequest | None = None, *, rule: PriceRule = RULE, **values: Any) -> Quote:
        """A sent quote with lines from `rule`, totals that sum, and a stored document."""
        request = request or self.request()
        lines = quote_lines(rule, request.headcount, on=request.starts_at.date())
        net = sum(line.net_cents for line in lines if not line.optional)
        vat_cents = sum(line.net_cents * line.vat_bps // 10_000 for line in lines if not line.optional)
        quote = Quote(
            **{
                "request_id": request.id,
                "provider_id": request.provider_id,
                "state": QuoteState.SENT,
                "number": f"D-2026-{self._next():04d}",
                "headcount": request.headcount,
                "starts_at": request.starts_at,
                "ends_at": request.ends_at,
                "valid_until": now() + timedelta(days=10),
                "terms": TERMS.to_json(),
                "net_cents": net,
                "vat_cents": vat_cents,
                "gross_cents": net + vat_cents,
                "document_id": self.document().id,
                "sent_at": now(),
            }
            | values
        )
        quote.lines = [
            QuoteLine(
                position=position,
                label=line.label,
                basis=line.basis,
                group_size=line.group_size,
                minimum_headcount=line.minimum_headcount,
                quantity=line.quantity,
                unit_net_cents=line.unit_net_cents,
                vat_category=line.vat_category,
                vat_bps=line.vat_bps,
                optional=line.optional,
                covers=list(line.covers),
            )
            for position, line in enumerate(lines)
        ]
        request.state = RequestState.ANSWERED
        self.add(quote)
        return quote

    def document(self) -> Document:
        document = store("quote", "devis.pdf", "application/pdf", b"%PDF " + secrets.token_bytes(8), now=now())
        session().commit()
        return document

    def attendee(self, event: Event, **values: Any) -> Attendee:
        n = self._next()
        attendee = Attendee(
            **{"event_id": event.id, "name": f"Invitée {n}", "email": f"invitee{n}@example.com"} | values
        )
        self.add(attendee)
        return attendee

    def invitation(self, attendee: Attendee, **values: Any) -> Invitation:
        invitation = Invitation(**{"attendee_id": attendee.id, "event_id": attendee.event_id} | values)
        self.add(invitation)
        return invitation

    def booking(
        self, event: Event | None = None, *, confirmed: bool = True, offer: Offer | None = None, **quote: Any
    ) -> Booking:
        """A booking of the event as its organiser makes it; `confirmed` by its first payment."""
        event = event or self.event()
        sent = self.quote(self.request(offer, self.need(event)), **quote)
        user = session().get_one(User, event.organiser_id)
        with transaction():
            booking = bookings.accept(
                sent.id, user=user, company_id=event.company_id, invites_domain="invites.example.org", now=now()
            )
        if confirmed:
            with transaction():
                bookings.confirm(booking, by="stripe", now=now())
        return booking
