"""Rows to measure with, made through the tests' factories: enough of each kind for a real page."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import Company, User
from app.core.db import Base, session
from app.core.documents import Document, store
from app.events.models import Event, Need
from tests.factories import Factories, in_days, now
from tests.web.samples import World

RIVALS = 4
NEEDS = 3
ATTENDEES = 40


class Rows(Factories):
    """As the tests' factories, but without a commit for each row: who uses it commits."""

    made = 0

    def add(self, *rows: Base) -> None:
        session().add_all(rows)
        session().flush()

    def __init__(self) -> None:
        super().__init__()
        Rows.made += 1
        self.count = Rows.made * 100_000  # names and numbers differ from those of any other set of rows

    def document(self) -> Document:
        return store("quote", "devis.pdf", "application/pdf", b"%PDF-1.7 " + b"x" * 60_000, now=now())


def furnished() -> World:
    """A world whose event has three needs with rival quotes and forty people invited."""
    rows = Rows()
    world = World(rows)
    _rival_quotes(rows, world.need)
    for _ in range(NEEDS - 1):
        _rival_quotes(rows, rows.need(world.event, category="catering"))
    for _ in range(ATTENDEES):
        rows.invitation(rows.attendee(world.event))
    session().commit()
    return world


def _rival_quotes(rows: Rows, need: Need) -> None:
    for _ in range(RIVALS):
        rows.quote(rows.request(rows.offer(), need))


def acceptable(rows: Rows, count: int, *, hot: int = 0) -> list[tuple[int, int, int]]:
    """That many quotes to accept, as (quote, user, company) ids, each of a company's own event.

    Every quote has a slot of its own; with `hot`, quotes share one unit of one offer, `hot` of them every slot, in
    the order returned.
    """
    offer = rows.offer() if hot else None
    user, company = rows.organiser()
    made = []
    for number in range(count):
        event = _event(rows, company, user, number // hot if hot else number % 300)
        quote = rows.quote(rows.request(offer or rows.offer(), rows.need(event)))
        made.append((quote, user, company))
    ids = [(quote.id, user.id, company.id) for quote, user, company in made]
    session().commit()
    return ids


def _event(rows: Rows, company: Company, user: User, day: int) -> Event:
    return rows.event(company, user, starts_at=in_days(60) + timedelta(days=day))
