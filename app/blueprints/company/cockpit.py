"""An event at a glance: what was decided, what is next, what it costs, who comes, and what must not be missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts.person import Person
from app.accounts.roles import Action
from app.blueprints.company import links
from app.bookings import queries as bookings
from app.bookings.models import Booking, BookingState
from app.core.clock import local_date
from app.events import programme, queries
from app.events.models import Event, EventState, Need
from app.invites import tally
from app.invites.tally import Tally
from app.offers import categories
from app.payments import agenda
from app.payments.models import InstalmentState
from app.quotes import asked
from app.quotes.models import QuoteState, RequestState

WHOLE = 1000
OPEN = (EventState.DRAFT, EventState.PLANNING, EventState.CONFIRMED)
FALLEN = (BookingState.CANCELLED, BookingState.EXPIRED)
TO_PAY = (InstalmentState.DUE, InstalmentState.OVERDUE)


@dataclass(slots=True)
class NeedView:
    """A need with what lies in its tray, whom it was sent to, and the booking that meets it."""

    need: Need
    label: str
    picture: str
    picks: list[Any] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    booking: Booking | None = None

    @property
    def quotes(self) -> list[Any]:
        """Requests whose quote can be accepted."""
        return [row for row in self.asked if row.quote_state == QuoteState.SENT]

    @property
    def waiting(self) -> list[Any]:
        """Requests without an answer yet."""
        return [row for row in self.asked if row.state == RequestState.OPEN]


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do: what the button says and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Budget:
    """Gross cents: decided, the least still to choose, and the parts of the bar in thousandths."""

    total_cents: int | None
    decided_cents: int
    open_cents: int
    headcount: int

    @property
    def left_cents(self) -> int | None:
        return None if self.total_cents is None else self.total_cents - self.decided_cents - self.open_cents

    @property
    def parts(self) -> list[tuple[int, str]]:
        whole = max(self.total_cents or 0, self.decided_cents + self.open_cents, 1)
        return [(self.decided_cents * WHOLE // whole, "blue"), (self.open_cents * WHOLE // whole, "mid")]


class Cockpit:
    """Reads once, in a bounded number of statements; the page's parts are computed from that."""

    def __init__(self, event: Event, who: Person, now: datetime) -> None:
        self.event, self.who, self.now = event, who, now
        self.today = local_date(now, event.zone)
        self.bookings: Sequence[Booking] = bookings.of_event(event.id)
        self.fallen = {one.quote_id: one.state for one in self.bookings if one.state in FALLEN}
        self.asked = asked.of_event(event.id)
        self.needs = self._needs(queries.needs_of(event.id))
        self.instalments = agenda.of_event(event.id)
        self.tally: Tally = tally.of_event(event.id)
        self.programme = programme.by_day(event.programme)

    @property
    def may_write(self) -> bool:
        """Whether the reader may change the event, and it can be changed."""
        return self.who.can(Action.EVENT_WRITE) and self.event.state in OPEN

    def _needs(self, needs: Sequence[Need]) -> list[NeedView]:
        picks = queries.picks_of([need.id for need in needs])
        need_of_quote = {row.quote_id: row.need_id for row in self.asked if row.quote_id}
        met = {need_of_quote.get(one.quote_id): one for one in self.bookings if bookings.stands(one, self.now)}
        return [
            NeedView(
                need=need,
                label=need.title or str(categories.get(need.category).label),
                picture=url_for("home.picture", code=need.category),
                picks=picks.get(need.id, []),
                asked=[row for row in self.asked if row.need_id == need.id],
                booking=met.get(need.id),
            )
            for need in needs
        ]

    @cached_property
    def budget(self) -> Budget:
        """What is decided against what may be spent."""
        decided = sum(one.gross_cents for one in self.bookings if bookings.stands(one, self.now))
        unmet = [view for view in self.needs if view.booking is None and view.quotes]
        least = sum(min(row.gross_cents for row in view.quotes) for view in unmet)
        return Budget(self.event.budget_cents, decided, least, self.event.headcount)

    @cached_property
    def next_step(self) -> Step | None:
        """The one thing to do now; None while others are to answer, or when all is done."""
        if self.event.state not in OPEN or self.event.ends_at <= self.now:
            return None
        return next(
            (step for step in (*self._payment_steps(), *self._need_steps(), *self._people_steps()) if step), None
        )

    def _payment_steps(self) -> Iterable[Step | None]:
        if not self.who.can(Action.PAYMENT_MAKE):
            return
        for booking in self.bookings:
            if booking.state == BookingState.HELD and bookings.stands(booking, self.now):
                yield Step(
                    _("Payer l’acompte à %(provider)s", provider=booking.provider.name), links.booking(booking.id)
                )
        for row in self.instalments:
            if row.state in TO_PAY:
                yield Step(_("Régler %(provider)s", provider=row.provider), links.booking(row.booking_id))

    def _need_steps(self) -> Iterable[Step | None]:
        unmet = [view for view in self.needs if view.booking is None]
        for view in unmet:
            if view.quotes and self.who.can(Action.QUOTE_COMPARE):
                count = len(view.quotes)
                label = _("Comparer %(count)s devis", count=count) if count > 1 else _("Examiner le devis reçu")
                yield Step(label, links.compare(self.event, view.need))
        if not self.may_write:
            return
        if not self.needs:
            yield Step(_("Dire ce qu’il vous faut"), url_for("events.need_new", slug=self.event.slug))
        for view in unmet:
            if view.picks:
                yield Step(_("Demander %(count)s devis", count=len(view.picks)), links.request(view.need))
        for view in sorted(unmet, key=lambda one: not one.need.must):
            if not view.waiting and not view.quotes:
                label = _("Choisir des offres : %(need)s", need=view.label)
                yield Step(label, url_for("catalogue.index", need=view.need.id))

    def _people_steps(self) -> Iterable[Step | None]:
        if not self.who.can(Action.INVITE_SEND) or not self.bookings:
            return
        if not self.tally.listed:
            yield Step(_("Ajouter les participants"), links.attendees(self.event))
        elif self.tally.invited < self.tally.listed:
            yield Step(_("Envoyer les invitations"), links.attendees(self.event))

    @property
    def soon(self) -> date:
        """Until when a deadline is worth an alert."""
        return self.today + timedelta(days=10)


def cockpit_of(event: Event, who: Person, now: datetime) -> Cockpit:
    """All that the cockpit page shows of an event."""
    return Cockpit(event, who, now)
