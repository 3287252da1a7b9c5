"""What surrounds the demonstration's event: a day that is over and reviewed, an evening, a weekend in the snow."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select

from app.bookings import service as bookings
from app.bookings.models import Booking
from app.core.clock import local_date
from app.core.db import session
from app.demo import load, words
from app.demo.days import FRIDAY, THURSDAY, TUESDAY, ZONE, ago, next_weekday, open_days, wall
from app.demo.outgoing import telling
from app.demo.stage import Answer, Stage, ask, others, respond, sold_by
from app.events import service as events
from app.events.models import Event, Need
from app.events.service import Brief, Plan
from app.offers.models import Offer
from app.quotes.models import Quote
from app.reviews.models import Review

PAST_DAYS: Final = 150


def create(stage: Stage) -> None:
    """Make the other events. Opens transactions of its own."""
    _past_day(stage)
    with telling(now=stage.now):
        _evening(stage)
    with telling(now=stage.now):
        _sales_day(stage)
    with telling(now=stage.now):
        _snow(stage)


def _event(stage: Stage, plan: Plan, begun: datetime) -> Event:
    company_id, organiser_id, domain = stage.company.id, stage.organiser.id, stage.invites_domain
    event = events.create(company_id, organiser_id, plan, invites_domain=domain, by=stage.by, now=begun)
    event.created_at = begun
    return event


def _need(stage: Stage, event: Event, now: datetime, category: str, *codes: str) -> Need:
    return events.add_need(event, Brief(category, codes=codes), by=stage.by, now=now)


def _headcount(offer: Offer, wanted: int) -> int:
    """So many people as an offer takes."""
    version = offer.published_version
    return max(version.capacity_min, min(wanted, version.capacity_max)) if version else wanted


def _past_day(stage: Stage) -> None:
    """A working day of last season: paid, held, and reviewed by the organiser."""
    offer = sold_by("room", "day_seminar", 24)
    day = next_weekday(local_date(stage.now, ZONE) - timedelta(days=PAST_DAYS), TUESDAY)
    first = open_days(offer, day, 1, (time(9), time(17)), _headcount(offer, 24), ago(stage.now, PAST_DAYS + 40))
    gone = (local_date(stage.now, ZONE) - first).days
    with telling(now=stage.now):
        quote = _past_quote(stage, offer, first, gone)
        booking_id = stage.accept(quote, ago(stage.now, gone + 36, "16:00"))
    stage.pay(booking_id, ago(stage.now, gone + 36, "16:10"), ago(stage.now, gone + 16, "09:30"))
    if stage.standin:
        with telling(now=stage.now):
            bookings.complete_past(ago(stage.now, gone - 1, "08:00"))
            _review(booking_id, ago(stage.now, gone - 3, "17:45"))


def _past_quote(stage: Stage, offer: Offer, first: date, gone: int) -> Quote:
    """The quote for a day that was `gone` days ago, with all that led to it."""
    begun, people = ago(stage.now, gone + 39, "10:10"), _headcount(offer, 24)
    plan = Plan("Journée produit", wall(first, time(9)), wall(first, time(17)), people, place_name="Lyon")
    need = _need(stage, _event(stage, plan, begun), begun, "day_seminar", "meeting_room", "lunch", "welcome_coffee")
    (asked,) = ask(need, [offer], "", by=stage.by, now=begun)
    at = ago(stage.now, gone + 38, "09:20")
    return respond(asked, Answer(words.FROM_ROOM, 10), platform_name=stage.platform_name, now=at)


def _review(booking_id: int, now: datetime) -> None:
    booking = session().get_one(Booking, booking_id)
    offer_id = booking.quote.request.offer_id
    session().add(
        Review(
            offer_id=offer_id, booking_id=booking_id, author="Camille R.", stars=4, text=words.REVIEW, created_at=now
        )
    )
    session().flush()
    count, mean = (
        session().execute(select(func.count(), func.avg(Review.stars)).where(Review.offer_id == offer_id)).one()
    )
    offer = session().get_one(Offer, offer_id)
    offer.review_count, offer.rating_hundredths = count, round(100 * mean)
    session().flush()
    load.rate_providers()


def _evening(stage: Stage) -> None:
    """An afterwork in six weeks: one bar has answered, another one still may."""
    now, offer = stage.now, sold_by("bar", "afterwork", 30)
    people, begun, hours = _headcount(offer, 30), ago(now, 5, "14:00"), (time(18, 30), time(22))
    day = next_weekday(local_date(now, ZONE) + timedelta(days=45), THURSDAY)
    first = open_days(offer, day, 1, hours, people, now)
    starts, ends = wall(first, hours[0]), wall(first, hours[1])
    plan = Plan("Afterwork des nouveaux", starts, ends, people, place_name="Lyon", budget_cents=250_000)
    need = _need(stage, _event(stage, plan, begun), begun, "afterwork", "cocktail", "drinks", "exclusive_use")
    asked = ask(
        need,
        [offer, *others("afterwork", offer, people, 1)],
        words.FOR_BARS,
        by=stage.by,
        now=now - timedelta(hours=20),
    )
    answer = Answer(words.FROM_BAR, 14, hold_days=5)
    respond(asked[0], answer, platform_name=stage.platform_name, now=now - timedelta(hours=2))


def _sales_day(stage: Stage) -> None:
    """A working day in two months, for which two places were asked and have not answered yet."""
    now, offer = stage.now, sold_by("room", "day_seminar", 18)
    people, begun, hours = _headcount(offer, 18), ago(now, 3, "09:50"), (time(9), time(17, 30))
    day = next_weekday(local_date(now, ZONE) + timedelta(days=63), TUESDAY)
    first = open_days(offer, day, 1, hours, people, now)
    plan = Plan("Journée commerciale", wall(first, hours[0]), wall(first, hours[1]), people, place_name="Lyon")
    codes = ("meeting_room", "av_equipment", "wifi", "welcome_coffee", "lunch")
    need = _need(stage, _event(stage, plan, begun), begun, "day_seminar", *codes)
    ask(
        need,
        [offer, *others("day_seminar", offer, people, 1)],
        words.FOR_ROOMS,
        by=stage.by,
        now=now - timedelta(hours=26),
    )


def _snow(stage: Stage) -> None:
    """A weekend in the snow, just begun: one seller is asked."""
    now, offer = stage.now, sold_by("mountain", "ski_trip", 20)
    people, begun, hours = _headcount(offer, 20), ago(now, 2, "11:30"), (time(15), time(16))
    day = next_weekday(local_date(now, ZONE) + timedelta(days=75), FRIDAY)
    first = open_days(offer, day, 3, hours, people, now)
    last = first + timedelta(days=2)
    plan = Plan("Week-end à la neige", wall(first, hours[0]), wall(last, hours[1]), people, place_name="Alpes")
    codes = ("lodging", "breakfast", "dinner", "ski_pass", "ski_hire", "transfer")
    need = _need(stage, _event(stage, plan, begun), begun, "ski_trip", *codes)
    ask(need, [offer], words.FOR_SNOW, by=stage.by, now=now - timedelta(hours=6))
