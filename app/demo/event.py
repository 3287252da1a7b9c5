"""The demonstration's event, slug `demo`: a venue that is paid, a lunch to choose, an activity that is being asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from app.core.clock import local_date
from app.core.db import session
from app.core.states import advance
from app.demo import menus, words
from app.demo.days import THURSDAY, ZONE, ago, next_weekday, open_days, programme, wall
from app.demo.guests import GUESTS
from app.demo.outgoing import telling
from app.demo.stage import Answer, Stage, ask, others, respond, seller, sold_by
from app.events import service as events
from app.events.attendee_list import Person
from app.events.models import Event, Need
from app.events.service import Brief, Plan
from app.invites import attendees, queries
from app.invites import service as invites
from app.invites.models import Answer as Said
from app.invites.models import Invitation
from app.mail.invitations import Desk, Kind, queue_all
from app.offers.models import Offer
from app.quotes import service as quotes
from app.quotes.models import Quote, QuoteRequest

SLUG: Final = "demo"
HEADCOUNT: Final = 12
AHEAD_DAYS: Final = 105
BEGINS, ENDS = time(9, 30), time(16, 30)
BUDGET_CENTS: Final = 720_000
LUNCH_STYLES: Final = ("buffet", "seated", "live_cooking")
VENUE_ASKED: Final = ("plenary_room", "av_equipment", "wifi", "breaks", "dinner", "breakfast", "single_rooms")
PROGRAMME: Final = (
    (
        ("09:30", "Café d’accueil", ""),
        ("10:00", "Où en sommes-nous", "Chiffres de l’année, une heure de questions"),
        ("12:30", "Déjeuner", ""),
        ("14:00", "Ateliers en trois groupes", "Produit, clients, organisation"),
        ("17:00", "Activité d’équipe", "Prenez des chaussures confortables"),
        ("20:00", "Dîner", ""),
    ),
    (
        ("08:00", "Petit déjeuner", ""),
        ("09:15", "Restitution des ateliers", ""),
        ("11:00", "Ce que nous décidons", "Une page, dix lignes au plus"),
        ("12:45", "Déjeuner sur place", "Servi par le traiteur"),
        ("14:15", "Feuille de route", ""),
        ("16:30", "Départ", ""),
    ),
)
CONFIRMED: Final = ("bookings:confirmed", "payment_mails:received")


def exists() -> bool:
    """Whether this database holds the event."""
    return session().scalar(select(Event.id).where(Event.slug == SLUG)) is not None


def create(stage: Stage) -> None:
    """Make the event as if three weeks had been spent on it. Opens transactions of its own."""
    now = stage.now
    with telling(now=now):
        event = _describe(stage, sold_by("venue", "residential_seminar", HEADCOUNT))
        event_id, chosen = event.id, _find_venue(stage, event)
        booking_id = stage.accept(chosen, ago(now, 18, "14:20"))
    stage.pay(booking_id, ago(now, 18, "14:32"), telling=CONFIRMED)
    with telling(("quotes:quote_sent", "quotes:request_declined"), now=now):
        _compare_lunches(stage, session().get_one(Event, event_id))
    with telling(("quotes:request_sent",), now=now):
        _ask_for_activity(stage, session().get_one(Event, event_id))
    with telling(now=now):
        _invite(stage, session().get_one(Event, event_id))


def _describe(stage: Stage, venue: Offer) -> Event:
    begun = ago(stage.now, 24, "09:05")
    day = next_weekday(local_date(stage.now, ZONE) + timedelta(days=AHEAD_DAYS), THURSDAY)
    first = open_days(venue, day, 2, (BEGINS, ENDS), HEADCOUNT, stage.now)
    event = events.create(
        stage.company.id,
        stage.organiser.id,
        _plan(first, venue),
        invites_domain=stage.invites_domain,
        by=stage.by,
        now=begun,
    )
    event.slug, event.created_at = SLUG, begun
    return event


def _plan(first: date, venue: Offer) -> Plan:
    version = venue.published_version
    return Plan(
        title="Séminaire annuel de l’équipe",
        starts_local=wall(first, BEGINS),
        ends_local=wall(first + timedelta(days=1), ENDS),
        headcount=HEADCOUNT,
        place_name="Lyon et ses environs",
        lat=version.lat if version else None,
        lon=version.lon if version else None,
        budget_cents=BUDGET_CENTS,
        description=words.DESCRIPTION,
        programme=programme(first, PROGRAMME),
    )


def _need(stage: Stage, event: Event, brief: Brief, days: int) -> Need:
    return events.add_need(event, brief, by=stage.by, now=ago(stage.now, days, "09:15"))


def _find_venue(stage: Stage, event: Event) -> Quote:
    """Two places answered, a third one was full; the first is chosen. Returns its quote."""
    now, venue = stage.now, sold_by("venue", "residential_seminar", HEADCOUNT)
    need = _need(stage, event, Brief("residential_seminar", True, VENUE_ASKED, title="Un lieu avec chambres"), 24)
    offers = [venue, *others("residential_seminar", venue, HEADCOUNT, 2)]
    asked = ask(need, offers, words.FOR_VENUES, by=stage.by, now=ago(now, 24, "09:40"))
    answers = (Answer(words.FROM_VENUE, 20, hold_days=10), Answer(words.FROM_ANOTHER_VENUE, 16))
    found = [
        respond(request, answer, platform_name=stage.platform_name, now=ago(now, 23, f"1{place}:25"))
        for place, (request, answer) in enumerate(zip(asked, answers, strict=False))
    ]
    for request in asked[len(answers) :]:
        _decline(request, "", ago(now, 23, "08:50"))
    return found[0]


def _compare_lunches(stage: Stage, event: Event) -> None:
    """Three caterers answered, each in its own way, and a fourth declined."""
    now, first = stage.now, sold_by("caterer", "catering", HEADCOUNT, LUNCH_STYLES)
    need = _need(stage, event, Brief("catering", True, menus.ASKED, title="Le déjeuner du vendredi"), 6)
    offers = [first, *others("catering", first, HEADCOUNT, 3, LUNCH_STYLES)]
    asked = ask(need, offers, words.FOR_CATERERS, by=stage.by, now=ago(now, 4, "10:15"))
    said = ((menus.WHOLE, 4, "15:05"), (menus.LEAN, 3, "09:30"), (menus.SERVED, 3, "11:50"))
    for request, (answer, days, at) in zip(asked, said, strict=False):
        respond(request, answer, platform_name=stage.platform_name, now=ago(now, days, at))
    for request in asked[len(said) :]:
        _decline(request, words.FROM_FULL_CATERER, ago(now, 3, "17:10"))


def _ask_for_activity(stage: Stage, event: Event) -> None:
    """Two crews were asked this morning; neither has answered."""
    first = sold_by("crew", "activity", HEADCOUNT)
    codes = ("activity", "activity_gear", "host")
    need = _need(stage, event, Brief("activity", False, codes, title="Une activité le jeudi soir"), 6)
    offers = [first, *others("activity", first, HEADCOUNT, 1)]
    ask(need, offers, words.FOR_CREWS, by=stage.by, now=stage.now - timedelta(hours=3))


def _decline(asked: QuoteRequest, text: str, now: datetime) -> None:
    quotes.decline_request(asked.id, "full", text, by=seller(asked), now=now)


def _invite(stage: Stage, event: Event) -> None:
    """The invitations left last week; their mails wait for the mail worker, dated then. Most people have answered."""
    sent = ago(stage.now, 6, "11:00")
    people = [Person(guest.name, guest.email, line) for line, guest in enumerate(GUESTS, 1)]
    attendees.add(event, people, by=stage.by, now=ago(stage.now, 9, "16:40"))
    invites.send(event, by=stage.by, now=sent)
    found = queries.with_attendees(queries.of_event(event.id))
    desk = Desk(stage.post, stage.invites_domain, queries.event_to_invite(event.id))
    queue_all(desk, found, Kind.INVITATION, now=sent)
    by_address = {invitation.attendee.email: invitation for invitation in found}
    for guest in GUESTS:
        invitation = by_address[guest.email]
        advance(invitation, "send", by="mail", now=sent)
        invitation.sent_at = sent
        if guest.said is not Said.NEEDS_ACTION:
            _answer(invitation, event, guest.said, guest.comment, ago(stage.now, guest.days, guest.at))


def _answer(invitation: Invitation, event: Event, said: Said, comment: str, now: datetime) -> None:
    invites.answer(invitation, event, said, comment, times_sequence=event.times_sequence, now=now)
