"""What the French line is about: its days and people, and what the database says of them between stations."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.browser import line
from tests.browser.line import Someone
from tests.browser.person import Person
from tests.support.site import Site

DAY = line.working_day(80)
CLOSED = DAY + timedelta(days=14)
LATER = DAY + timedelta(days=7)
PARIS = ZoneInfo("Europe/Paris")
TITLE = f"Une journée au-dessus de la Saône, salle {secrets.randbelow(9000) + 1000}"

PASTED = """Zoé Lefèvre <zoe.lefevre@invites.example>
"Müller, Jörg" <jorg.muller@invites.example>
anne@invites.example"""
FILE = "Prénom;Nom;E-mail\nChloé;Bérenger;chloe@invites.example\nFrançois;D’Arcy;francois@invites.example\n"
GUESTS = ("zoe.lefevre", "jorg.muller", "anne", "chloe", "francois")


@dataclass
class Story:
    """What the stations hand on to one another."""

    site: Site
    seller: Person
    organiser: Person
    operator: Person
    seller_is: Someone
    organiser_is: Someone
    done: set[int] = field(default_factory=set)
    offer_id: int = 0
    slug: str = ""
    need_id: int = 0
    booking_id: int = 0
    uids: set[str] = field(default_factory=set)

    def after(self, station: int) -> None:
        """Stop here when the station that this one stands on did not end well."""
        if station not in self.done:
            pytest.fail(f"station {station} did not end well")


def guest(name: str, story: Story) -> str:
    """The address of someone who is invited: this story's own."""
    return f"{name}@s{story.need_id}.invites.example"


def said(story: Story, name: str) -> str:
    """What someone has answered, as it is stored."""
    statement = """
        select invitation.answer from invitation join attendee on attendee.id = invitation.attendee_id
        where attendee.email = %s"""
    ((answer,),) = story.site.ask(statement, guest(name, story))
    return str(answer)


def taken(story: Story, day: date) -> bool:
    """Whether a unit of the offer is booked on that day."""
    statement = """
        select 1 from reservation join unit on unit.id = reservation.unit_id
        where unit.offer_id = %s and reservation.state = 'booked' and during && tstzrange(%s, %s)"""
    begins = datetime.combine(day, time(0), PARIS)
    return bool(story.site.ask(statement, story.offer_id, begins, begins + timedelta(days=1)))


def paid_and_refunded(story: Story) -> tuple[int, int]:
    """What the company has paid for the booking and got back, in gross cents."""
    statement = """
        select (select sum(amount_cents) from instalment where booking_id = %s and state = 'paid'),
               (select sum(amount_cents) from refund where booking_id = %s and state = 'succeeded')"""
    ((paid, back),) = story.site.ask(statement, story.booking_id, story.booking_id)
    return paid, back
