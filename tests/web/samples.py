"""One object of every kind, for routes with ids: what `test_access.py` puts into their addresses.

Whoever adds a route with arguments adds a line to SAMPLES: endpoint -> the arguments that lead to an object of the
world's company or provider. A stranger (the same role elsewhere) must read 404 there, unless the endpoint is in OPEN.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import time, timedelta
from functools import cached_property
from typing import Any

from flask import current_app

from app.accounts import members
from app.accounts.models import Company, Membership, MembershipInvite, Provider, User
from app.accounts.roles import Role
from app.availability.imports import feeds
from app.availability.imports.models import CalendarFeed, PublishedFeed
from app.availability.models import Blackout, OpeningException, Season, Unit
from app.bookings import service as bookings
from app.bookings.models import Booking, Move
from app.bookings.moving import propose
from app.core.clock import utcnow
from app.core.db import session, transaction
from app.core.documents import store
from app.core.outbox import OutboxRow, OutboxState
from app.events.models import Attendee, Event, Need
from app.invites.models import Invitation
from app.mail.models import MailState, OutgoingMail
from app.offers.models import (
    Offer,
    OfferLabel,
    OfferPhoto,
    OfferQuestion,
    OfferTyped,
    OfferVersion,
    QuestionState,
    VersionState,
)
from app.payments.models import (
    Attempt,
    AttemptState,
    Instalment,
    InstalmentKind,
    InstalmentState,
    Refund,
    RefundState,
    WebhookEvent,
)
from app.quotes.models import Quote, QuoteRequest
from tests.factories import Factories, now

DEPOSIT: dict[str, Any] = {"kind": InstalmentKind.DEPOSIT, "amount_cents": 10_000, "state": InstalmentState.DUE}


class World:
    """Everything is made when it is first asked for."""

    def __init__(self, factories: Factories) -> None:
        self.factories = factories

    @cached_property
    def company(self) -> Company:
        return self.factories.company()

    @cached_property
    def provider(self) -> Provider:
        return self.factories.provider()

    @cached_property
    def organiser(self) -> User:
        return self.factories.member(self.company, Role.ORGANISER)

    @cached_property
    def approver(self) -> User:
        return self.factories.member(self.company, Role.APPROVER)

    @cached_property
    def finance(self) -> User:
        return self.factories.member(self.company, Role.FINANCE)

    @cached_property
    def seller(self) -> User:
        return self.factories.member(self.provider, Role.SELLER)

    @cached_property
    def operator(self) -> User:
        return self.factories.operator()

    def stranger(self, role: Role) -> User:
        """A person with `role` in another organisation."""
        if role == Role.SELLER:
            return self.factories.seller()[0]
        return self.factories.organiser(role=role)[0]

    @cached_property
    def event(self) -> Event:
        return self.factories.event(self.company, self.organiser)

    @cached_property
    def need(self) -> Need:
        return self.factories.need(self.event)

    @cached_property
    def offer(self) -> Offer:
        return self.factories.offer(self.provider)

    @cached_property
    def label(self) -> OfferLabel:
        """A label that waits for the operator."""
        document = store("label_proof", "a.pdf", "application/pdf", b"%PDF-", now=now())
        until = now().date() + timedelta(days=200)
        row = OfferLabel(offer_id=self.offer.id, code="bcorp", document_id=document.id, valid_until=until)
        self.factories.add(row)
        return row

    @cached_property
    def question(self) -> OfferQuestion:
        asked = {"text": "Y a-t-il un parking ?", "asked_at": now()}
        row = OfferQuestion(offer_id=self.offer.id, company_id=self.company.id, **asked)
        self.factories.add(row)
        return row

    @cached_property
    def hidden_question(self) -> OfferQuestion:
        self.question.state = QuestionState.HIDDEN
        self.factories.add(self.question)
        return self.question

    @cached_property
    def request(self) -> QuoteRequest:
        return self.factories.request(self.offer, self.need)

    @cached_property
    def quote(self) -> Quote:
        return self.factories.quote(self.request)

    @cached_property
    def booking(self) -> Booking:
        """A held booking of the quote, with its payments due."""
        with transaction():
            booking = bookings.accept(
                self.quote.id, user=self.organiser, company_id=self.company.id, invites_domain="e.test", now=now()
            )
        self.factories.add(Instalment(booking_id=booking.id, position=0, **DEPOSIT, due_on=now().date()))
        return booking

    @cached_property
    def refund(self) -> Refund:
        """A refund that failed."""
        instalment = session().query(Instalment).filter_by(booking_id=self.booking.id).first()
        assert instalment is not None
        made = {"idempotency_key": secrets.token_hex(8), "amount_cents": 100, "created_at": now()}
        attempt = Attempt(instalment_id=instalment.id, number=1, state=AttemptState.SUCCEEDED, **made)
        self.factories.add(attempt)
        refund = Refund(booking_id=self.booking.id, attempt_id=attempt.id, state=RefundState.FAILED, **made)
        self.factories.add(refund)
        return refund

    @cached_property
    def webhook(self) -> WebhookEvent:
        row = WebhookEvent(gateway="stripe", event_id="evt_1", type="charge.updated", livemode=False, payload={})
        self.factories.add(row)
        return row

    @cached_property
    def attendee(self) -> Attendee:
        return self.factories.attendee(self.event)

    @cached_property
    def invitation(self) -> Invitation:
        return self.factories.invitation(self.attendee)

    @cached_property
    def move(self) -> Move:
        """A proposal to move the event, of which the provider has not said anything yet."""
        later = timedelta(days=7)
        starts, ends = self.booking.event.starts_local + later, self.booking.event.ends_local + later
        with transaction():
            return propose(self.event.id, starts, ends, "", company_id=self.company.id, user=self.organiser, now=now())

    @property
    def secret_key(self) -> str:
        return str(current_app.extensions["settings"].secret_key)

    @cached_property
    def calendar_feed(self) -> CalendarFeed:
        """A calendar that the provider has uploaded."""
        row = CalendarFeed(
            provider_id=self.provider.id, offer_id=self.offer.id, name="Agenda", zone="Europe/Paris", notes=[]
        )
        self.factories.add(row)
        return row

    @cached_property
    def published_feed(self) -> PublishedFeed:
        """The provider's bookings at a secret address."""
        with transaction():
            return feeds.open_published(
                self.provider.id, None, secret_key=self.secret_key, domain="e.test", by="user:1", now=now()
            )

    @cached_property
    def colleague(self) -> Membership:
        """One more organiser of the company."""
        user = self.factories.member(self.company, Role.ORGANISER)
        return session().query(Membership).filter_by(user_id=user.id).one()

    @cached_property
    def invite(self) -> MembershipInvite:
        """A colleague who was asked to join the company."""
        row = MembershipInvite(
            organisation_id=self.company.id,
            invited_by_id=self.organiser.id,
            email="invitee@example.com",
            role=Role.FINANCE,
            created_at=now(),
            expires_at=now() + timedelta(days=14),
        )
        self.factories.add(row)
        return row

    @cached_property
    def failed_effect(self) -> OutboxRow:
        row = OutboxRow(
            signal="provider.approved",
            handler="accounts:provider_approved",
            payload={},
            state=OutboxState.FAILED,
            created_at=now(),
            available_at=now(),
        )
        self.factories.add(row)
        return row

    @cached_property
    def failed_mail(self) -> OutgoingMail:
        row = OutgoingMail(
            message_id="1@example.com",
            kind="account/reset",
            sender="a@example.com",
            recipient="b@example.com",
            subject="Bonjour",
            content=b"",
            state=MailState.FAILED,
            available_at=now(),
        )
        self.factories.add(row)
        return row


def _join_token(world: World) -> dict[str, Any]:
    return {"token": members.invite_token(world.invite.id, current_app.config["SECRET_KEY"])}


def _typed(world: World) -> OfferTyped:
    now = utcnow()
    row = OfferTyped(offer_id=world.offer.id, tab="a", fields=[], current=False, token=0, typed_at=now, typed_by="user")
    world.factories.add(row)
    return row


def _photo(world: World) -> OfferPhoto:
    version_id = world.offer.published_version_id
    photo = OfferPhoto(version_id=version_id, position=0, media_key="0" * 32, width=640, height=400)
    world.factories.add(photo)
    return photo


def _submitted(world: World) -> OfferVersion:
    """A version that waits for the operator."""
    offer = world.factories.offer(world.provider, published=False)
    version = session().query(OfferVersion).filter_by(offer_id=offer.id).one()
    version.state = VersionState.IN_REVIEW
    world.factories.add(version)
    return version


def _unit(world: World) -> Unit:
    return session().query(Unit).filter_by(offer_id=world.offer.id).one()


def _closure(world: World) -> Blackout:
    day = now().date() + timedelta(days=9)
    row = Blackout(offer_id=world.offer.id, first_day=day, last_day=day)
    world.factories.add(row)
    return row


def _season(world: World) -> Season:
    day = now().date()
    row = Season(offer_id=world.offer.id, first_day=day, last_day=day + timedelta(days=60), name="Été")
    world.factories.add(row)
    return row


def _exception(world: World) -> OpeningException:
    day = now().date() + timedelta(days=9)
    row = OpeningException(
        offer_id=world.offer.id, first_day=day, last_day=day, opened=False, opens=time(9), closes=time(12)
    )
    world.factories.add(row)
    return row


def _shared(world: World) -> dict[str, Any]:
    """The event as a shared calendar names it."""
    domain = current_app.extensions["settings"].invites_domain
    world.event.ical_uid = f"0123456789abcdef@{domain}"
    session().commit()
    return {"key": "0123456789abcdef"}


SAMPLES: dict[str, Callable[[World], dict[str, Any]]] = {
    # offers and their calendar
    "offers.show": lambda world: {"offer_id": world.offer.id},
    "sitemap.offers": lambda world: {"page": (world.offer.id - 1) // 25_000 + 1},
    "offers.ask": lambda world: {"offer_id": world.offer.id},
    "offer_exchange.export": lambda world: {"kind": "csv"},
    "offer_history.show": lambda world: {"offer_id": world.offer.id},
    "offer_labels.index": lambda world: {"offer_id": world.offer.id},
    "offer_labels.add": lambda world: {"offer_id": world.offer.id},
    "offer_labels.proof": lambda world: {"label_id": world.label.id},
    "offer_labels.remove": lambda world: {"label_id": world.label.id},
    "operator_labels.proof": lambda world: {"label_id": world.label.id},
    "operator_labels.accept": lambda world: {"label_id": world.label.id},
    "operator_labels.refuse": lambda world: {"label_id": world.label.id},
    "provider_questions.answer": lambda world: {"question_id": world.question.id},
    "operator_questions.hide": lambda world: {"question_id": world.question.id},
    "operator_questions.restore": lambda world: {"question_id": world.hidden_question.id},
    "offers.price": lambda world: {"offer_id": world.offer.id},
    "pictures.drawing": lambda world: {"category": "evening", "seed": "a"},
    "pictures.illustration": lambda world: {"offer_id": world.offer.id},
    "pictures.photo": lambda world: {"photo_id": _photo(world).id, "width": 480},
    "provider_offers.edit": lambda world: {"offer_id": world.offer.id},
    "provider_offers.save": lambda world: {"offer_id": world.offer.id},
    "provider_offers.preview": lambda world: {"offer_id": world.offer.id},
    "provider_offers.change": lambda world: {"offer_id": world.offer.id, "change": "pause"},
    "provider_drafts.keep": lambda world: {"offer_id": world.offer.id},
    "provider_drafts.live": lambda world: {"offer_id": world.offer.id},
    "provider_drafts.add_photo": lambda world: {"offer_id": world.offer.id},
    "provider_drafts.order_photos": lambda world: {"offer_id": world.offer.id},
    "provider_drafts.choose": lambda world: {
        "offer_id": world.offer.id,
        "typed_id": _typed(world).id,
        "change": "forget",
    },
    "provider_calendar.show": lambda world: {"offer_id": world.offer.id},
    "provider_opening.show": lambda world: {"offer_id": world.offer.id},
    "provider_opening.save": lambda world: {"offer_id": world.offer.id},
    "provider_opening.new_season": lambda world: {"offer_id": world.offer.id},
    "provider_opening.add_season": lambda world: {"offer_id": world.offer.id},
    "provider_opening.show_season": lambda world: {"offer_id": world.offer.id, "season_id": _season(world).id},
    "provider_opening.save_season": lambda world: {"offer_id": world.offer.id, "season_id": _season(world).id},
    "provider_opening.remove_season": lambda world: {"offer_id": world.offer.id, "season_id": _season(world).id},
    "provider_calendar.change_days": lambda world: {"offer_id": world.offer.id},
    "provider_calendar.change_hours": lambda world: {"offer_id": world.offer.id},
    "provider_calendar.undo": lambda world: {"offer_id": world.offer.id},
    "provider_calendar.forget": lambda world: {"offer_id": world.offer.id, "exception_id": _exception(world).id},
    "provider_calendar.close": lambda world: {"offer_id": world.offer.id},
    "provider_calendar.reopen": lambda world: {"offer_id": world.offer.id, "closure_id": _closure(world).id},
    "provider_calendar.add_unit": lambda world: {"offer_id": world.offer.id},
    "calendar_feeds.refresh": lambda world: {"feed_id": world.calendar_feed.id},
    "calendar_feeds.remove": lambda world: {"feed_id": world.calendar_feed.id},
    "calendar_feeds.revoke": lambda world: {"feed_id": world.published_feed.id},
    "feeds.bookings": lambda world: {"token": feeds.token_of(world.published_feed, world.secret_key)},
    "provider_calendar.change_unit": lambda world: {"offer_id": world.offer.id, "unit_id": _unit(world).id},
    "moderation.show_one": lambda world: {"version_id": _submitted(world).id},
    "moderation.publish": lambda world: {"version_id": _submitted(world).id},
    "moderation.send_back": lambda world: {"version_id": _submitted(world).id},
    # search, events, picks
    "home.picture": lambda world: {"code": "ski_trip"},
    "events.show": lambda world: {"slug": world.event.slug},
    "events.edit": lambda world: {"slug": world.event.slug},
    "events.change": lambda world: {"slug": world.event.slug},
    "events.need_new": lambda world: {"slug": world.event.slug},
    "events.need_create": lambda world: {"slug": world.event.slug, "category": "day_seminar"},
    "events.need_edit": lambda world: {"need_id": world.need.id},
    "events.need_change": lambda world: {"need_id": world.need.id},
    "events.need_remove": lambda world: {"need_id": world.need.id},
    "picks.toggle": lambda world: {"need_id": world.need.id},
    "picks.review": lambda world: {"need_id": world.need.id},
    "picks.send": lambda world: {"need_id": world.need.id},
    "picks.withdraw": lambda world: {"request_id": world.request.id},
    # quotes and requests
    "provider_requests.show_one": lambda world: {"request_id": world.request.id},
    "provider_requests.decline": lambda world: {"request_id": world.request.id},
    "provider_requests.new_quote": lambda world: {"request_id": world.request.id},
    "provider_requests.answer": lambda world: {"request_id": world.request.id},
    "provider_requests.withdraw": lambda world: {"quote_id": world.quote.id},
    "provider_requests.pdf": lambda world: {"quote_id": world.quote.id},
    "quotes.compare": lambda world: {"slug": world.event.slug, "need_id": world.need.id},
    "quotes.show_one": lambda world: {"quote_id": world.quote.id},
    "quotes.pdf": lambda world: {"quote_id": world.quote.id},
    "quotes.confirm": lambda world: {"quote_id": world.quote.id},
    "quotes.agree": lambda world: {"quote_id": world.quote.id},
    # bookings and payments
    "payments.booking": lambda world: {"booking_id": world.booking.id},
    "payments.pay": lambda world: {"booking_id": world.booking.id},
    "payments.come_back": lambda world: {"booking_id": world.booking.id},
    "provider_bookings.show": lambda world: {"booking_id": world.booking.id},
    "cancelling.booking": lambda world: {"booking_id": world.booking.id},
    "cancelling.cancel_booking": lambda world: {"booking_id": world.booking.id},
    "cancelling.event": lambda world: {"slug": world.event.slug},
    "cancelling.cancel_event": lambda world: {"slug": world.event.slug},
    "moves.new": lambda world: {"slug": world.event.slug},
    "moves.propose": lambda world: {"slug": world.event.slug},
    "moves.withdraw": lambda world: {"move_id": world.move.id},
    "provider_moves.show_one": lambda world: {"answer_id": world.move.answers[0].id},
    "provider_moves.agree": lambda world: {"answer_id": world.move.answers[0].id},
    "provider_moves.decline": lambda world: {"answer_id": world.move.answers[0].id},
    "provider_moves.cancel": lambda world: {"booking_id": world.booking.id},
    "provider_moves.cancel_booking": lambda world: {"booking_id": world.booking.id},
    # attendees
    "attendees.index": lambda world: {"slug": world.event.slug},
    "attendees.add": lambda world: {"slug": world.event.slug},
    "attendees.send": lambda world: {"slug": world.event.slug},
    "attendees.notify": lambda world: {"slug": world.event.slug},
    "attendees.edit": lambda world: {"attendee_id": world.attendee.id},
    "attendees.change": lambda world: {"attendee_id": world.attendee.id},
    "attendees.remove": lambda world: {"attendee_id": world.attendee.id},
    "attendees.resend": lambda world: {"attendee_id": world.attendee.id},
    "guest.show": lambda world: {"token": world.invitation.token},
    "guest.answer": lambda world: {"token": world.invitation.token},
    "guest.event": _shared,
    "guest.calendar": lambda world: {"token": world.invitation.token},
    "operator_payments.retry_refund": lambda world: {"refund_id": world.refund.id},
    "operator_payments.retry_event": lambda world: {"webhook_id": world.webhook.id},
    # accounts
    "security.confirm_email": lambda world: {"token": "nonsense"},
    "security.reset_password": lambda world: {"token": "nonsense"},
    "account_members.join": _join_token,
    "account_members.accept": _join_token,
    "account_members.remove": lambda world: {"membership_id": world.colleague.id},
    "account_members.withdraw": lambda world: {"invite_id": world.invite.id},
    # the mailbox of the embedded mode
    "mailbox.show": lambda world: {"key": "unknown"},
    "mailbox.html": lambda world: {"key": "unknown"},
    "mailbox.raw": lambda world: {"key": "unknown"},
    "mailbox.part": lambda world: {"key": "unknown", "index": 1},
    # operator
    "operator_providers.show_one": lambda world: {"provider_id": world.provider.id},
    "operator_providers.approve": lambda world: {"provider_id": world.provider.id},
    "operator_providers.suspend": lambda world: {"provider_id": world.provider.id},
    "operator_failures.retry_effect": lambda world: {"row_id": world.failed_effect.id},
    "operator_failures.retry_mail": lambda world: {"mail_id": world.failed_mail.id},
}

OPEN: frozenset[str] = frozenset({"account_members.join", "offers.ask", "offer_exchange.export"})
"""Endpoints with arguments that any person with the right role may open: what they show belongs to nobody."""

NOT_FOUND: frozenset[str] = frozenset(
    {"account_members.accept", "mailbox.show", "mailbox.html", "mailbox.raw", "mailbox.part"}
)
"""Endpoints whose sample belongs to none of the people of the test: even an allowed role reads 404."""
