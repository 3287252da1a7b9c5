"""The mails as their readers get them, word for word. UPDATE_GOLDEN=1 writes them anew; read the difference."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.bookings.cancelling import Side, cancel, cancel_event
from app.bookings.moving import answer, propose
from app.core.db import session, transaction
from app.events.models import EventState
from app.invites import service
from app.invites.models import Invitation
from tests.factories import Factories
from tests.invite_parts import BY, Letter, Party

FOLDER = Path(__file__).parents[1] / "golden" / "mails"
STARTS = datetime(2031, 3, 11, 8, tzinfo=UTC)
NOW = datetime(2030, 9, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def fixed(party: Party) -> Party:
    """The party with dates, names and secrets that stay."""
    event = party.event
    event.starts_at, event.ends_at = STARTS, STARTS + timedelta(hours=32)
    event.starts_local, event.ends_local = datetime(2031, 3, 11, 9), datetime(2031, 3, 12, 17)
    event.venue_name, event.venue_address = "Domaine de la Fontaine", "12 chemin des Sources, 69630 Chaponost"
    event.venue_lat, event.venue_lon = 45.71, 4.74
    event.ical_uid, event.slug = "golden@ensemble.test", "seminaire-produit"
    event.description = "Deux jours pour décider de la suite ; venez comme vous êtes."
    event.programme = [
        {"at": "2031-03-11T09:00", "title": "Café d’accueil", "note": "Grand salon"},
        {"at": "2031-03-12T10:30", "title": "Atelier : la feuille de route"},
    ]
    session().commit()
    party.list("lea@example.org")
    with transaction():
        service.send(event, by=BY, now=NOW)
    invitation = session().query(Invitation).one()
    invitation.token, invitation.reply_token, invitation.created_at = "GUEST-TOKEN", "0123456789abcdef", NOW
    session().commit()
    party.work(lambda: NOW + timedelta(minutes=1))
    party.deliver(at(10))
    return party


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def written(letter: Letter) -> str:
    """Subject, sender, text and calendar of a mail; the HTML holds the same words and is looked at in a browser."""
    head = "\n".join(f"{name}: {letter.mail[name]}" for name in ("From", "Reply-To", "To", "Subject"))
    ics = letter.ics.decode().replace("\r\n ", "").replace("\r\n", "\n") if letter.has_calendar else ""
    return f"{head}\n\n{letter.text}\n{ics}"


def check(letter: Letter, name: str) -> None:
    found, path = written(letter), FOLDER / f"{name}.txt"
    found = re.sub(r"(b-|UID:)[0-9a-f]{16,32}@", r"\1RANDOM@", found)
    found = re.sub(r"(?<=DTSTAMP:)\d{8}T\d{6}Z", "STAMP", found)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found)
    assert found == path.read_text()


@pytest.mark.parametrize("locale", ["fr"])
def test_invitation_and_what_follows(fixed: Party, locale: str) -> None:
    fixed.organiser.locale = locale
    session().commit()
    with transaction():
        service.resend(fixed.attendees()[0], by=BY, now=at(2))
    fixed.work(lambda: at(3))
    check(fixed.letters()[-1], f"invitation-{locale}")
    fixed.deliver(at(10))
    with transaction():
        service.notify(fixed.event, by=BY, now=at(4))
    fixed.work(lambda: at(5))
    check(fixed.letters()[-1], f"updated-{locale}")
    fixed.deliver(at(10))
    with transaction():
        propose(
            fixed.event.id, fixed.event.starts_local + WEEK, fixed.event.ends_local + WEEK, "",
            company_id=fixed.company.id, user=fixed.organiser, now=at(6),
        )  # fmt: skip
    fixed.work(lambda: at(7))
    check(fixed.letters()[-1], f"moved-{locale}")
    fixed.deliver(at(10))
    with transaction():
        cancel_event(fixed.event.id, "", company_id=fixed.company.id, user=fixed.organiser, now=at(8))
    fixed.work(lambda: at(9))
    check(fixed.letters()[-1], f"cancelled-{locale}")


@pytest.mark.parametrize("locale", ["fr"])
def test_bookings(app: Flask, fixed: Party, factories: Factories, locale: str) -> None:
    fixed.organiser.locale = locale
    fixed.company.name = "Atelier Nord"
    fixed.event.state = EventState.PLANNING
    seller, provider = factories.seller()
    seller.name, seller.email, seller.locale, provider.name = "Paul", "paul@domaine.example.org", locale, "Domaine"
    session().commit()
    booking = factories.booking(fixed.event, offer=factories.offer(provider, title="Journée au vert"))
    booking.quote.number = "D-2031-0001"
    session().commit()
    fixed.work(lambda: at(20))
    for side in ("company", "provider"):
        check(fixed.letters(f"bookings/confirmed_{side}")[-1], f"confirmed-{side}-{locale}")
    fixed.forget_mails()
    with transaction():
        move = propose(
            fixed.event.id, fixed.event.starts_local + WEEK, fixed.event.ends_local + WEEK, "Salle en travaux",
            company_id=fixed.company.id, user=fixed.organiser, now=at(6),
        )  # fmt: skip
        answer_id = move.answers[0].id
    fixed.work(lambda: at(21))
    check_without_ids(fixed.letters("bookings/move_proposed")[-1], f"move-proposed-{locale}")
    with transaction():
        answer(answer_id, True, "", provider_id=provider.id, user=seller, now=at(7))
    fixed.work(lambda: at(22))
    for side in ("company", "provider"):
        check(fixed.letters(f"bookings/moved_{side}")[-1], f"moved-{side}-{locale}")
    fixed.forget_mails()
    with transaction():
        cancel(booking, Side.PROVIDER, "Dégât des eaux", user=seller, now=at(8))
    fixed.work(lambda: at(23))
    for side in ("company", "provider"):
        check(fixed.letters(f"bookings/cancelled_{side}")[-1], f"cancelled-{side}-{locale}")


def check_without_ids(letter: Letter, name: str) -> None:
    assert not letter.has_calendar
    check(letter, name)
