"""Random histories of taking, queueing, releasing, expiring and swapping, against a model in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.availability import queries, service
from app.availability.busy import BLOCKING
from app.availability.models import Reservation, Unit
from app.core.db import session, transaction
from app.core.errors import Unavailable
from tests.conftest import clean
from tests.factories import Factories, in_days

HOUR = timedelta(hours=1)
HOURS = 6
UNITS = 2


@dataclass(frozen=True)
class Row:
    """A reservation in the model: hours and minutes are small integers, units count from 0."""

    unit: int
    first: int
    last: int
    expires: int | None
    state: str

    def meets(self, first: int, last: int) -> bool:
        return self.first < last and first < self.last


@dataclass
class Model:
    rows: list[Row] = field(default_factory=list)

    def free(self, first: int, last: int) -> list[int]:
        taken = {row.unit for row in self.rows if row.state in ("active", "booked") and row.meets(first, last)}
        return [unit for unit in range(UNITS) if unit not in taken]

    def tidy(self, now: int) -> None:
        """Expire what is overdue; then everyone who waits tries, in order."""
        for index, row in enumerate(self.rows):
            if row.state in ("active", "queued") and row.expires is not None and row.expires <= now:
                self.rows[index] = replace(row, state="expired")
        self.promote()

    def promote(self) -> None:
        for index, row in enumerate(self.rows):
            if row.state == "queued" and (free := self.free(row.first, row.last)):
                self.rows[index] = replace(row, state="active", unit=free[0])

    def take(self, first: int, last: int, expires: int | None, prefer: int | None = None) -> bool:
        free = self.free(first, last)
        if free:
            unit = prefer if prefer in free else free[0]
            self.rows.append(Row(unit, first, last, expires, "active" if expires else "booked"))
        return bool(free)

    def swap(self, index: int, first: int, last: int) -> bool:
        before, row = list(self.rows), self.rows[index]
        self.rows[index] = replace(row, state="released")
        if not self.take(first, last, row.expires, row.unit):
            self.rows = before
            return False
        self.promote()
        return True


Step = tuple[str, int, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "book", "queue", "release", "expire", "swap", "look"]),
        st.integers(0, HOURS - 1),
        st.integers(1, 3),
        st.integers(1, 40),
        st.integers(0, 9),
    ),
    max_size=25,
)


@given(history=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_matches_the_model(app: Flask, history: Sequence[Step]) -> None:
    session().rollback()
    session().expunge_all()
    clean()
    World(Factories()).live(history)


class World:
    """An offer with two units, and the model beside it. Every step takes five minutes."""

    def __init__(self, factories: Factories) -> None:
        self.offer = factories.offer(units=UNITS)
        self.units = list(session().scalars(select(Unit.id).order_by(Unit.id)))
        self.model = Model()
        self.opens = in_days(30)
        self.epoch = in_days(1)

    def at(self, hour: int) -> datetime:
        return self.opens + hour * HOUR

    def moment(self, minute: int) -> datetime:
        return self.epoch + timedelta(minutes=minute)

    def live(self, history: Sequence[Step]) -> None:
        for number, (verb, first, length, patience, pick) in enumerate(history, 1):
            minute = number * 5
            expected = self.expect(verb, first, first + length, minute, patience, pick)
            try:
                with transaction():
                    self.act(verb, first, first + length, minute, patience, pick)
                happened = True
            except Unavailable:
                happened = False
            assert happened == expected, (verb, self.model)
            self.compare(minute)

    def act(self, verb: str, first: int, last: int, minute: int, patience: int, pick: int) -> None:
        now, until = self.moment(minute), self.moment(minute + patience)
        rows = self.rows()
        if verb in ("take", "book"):
            expires_at = until if verb == "take" else None
            service.take(self.offer.id, self.at(first), self.at(last), expires_at=expires_at, now=now)
        elif verb == "queue":
            service.queue(self.offer.id, self.at(first), self.at(last), expires_at=until, now=now)
        elif verb == "expire":
            service.expire_overdue(now)
        elif rows and verb == "release":
            service.release(rows[pick % len(rows)], now=now)
        elif rows and verb == "swap":
            service.swap(rows[pick % len(rows)], self.at(first), self.at(last), now=now)

    def expect(self, verb: str, first: int, last: int, minute: int, patience: int, pick: int) -> bool:
        model, before = self.model, list(self.model.rows)
        index = pick % len(before) if before else 0
        done = True
        if verb in ("take", "book", "queue", "expire") or (verb == "swap" and before):
            model.tidy(minute)
        if verb in ("take", "book"):
            done = model.take(first, last, minute + patience if verb == "take" else None)
        elif verb == "queue":
            model.rows.append(Row(0, first, last, minute + patience, "queued"))
            model.promote()
        elif before and verb == "release" and before[index].state in ("active", "booked", "queued"):
            model.rows[index] = replace(before[index], state="released")
            self.promote_standing(minute)
        elif before and verb == "swap":
            done = model.rows[index].state in ("active", "booked") and model.swap(index, first, last)
        if not done:
            model.rows = before
        return done

    def promote_standing(self, minute: int) -> None:
        """A release lets nobody up whose own patience has run out, even if nothing has expired it yet."""
        for index, row in enumerate(self.model.rows):
            waits = row.state == "queued" and row.expires is not None and row.expires > minute
            if waits and (free := self.model.free(row.first, row.last)):
                self.model.rows[index] = replace(row, state="active", unit=free[0])

    def rows(self) -> list[Reservation]:
        return list(session().scalars(select(Reservation).order_by(Reservation.id)))

    def compare(self, minute: int) -> None:
        session().rollback()
        found = [(row.state, service.times(row), row.expires_at) for row in self.rows()]
        assert found == [
            (row.state, (self.at(row.first), self.at(row.last)), self.moment(row.expires) if row.expires else None)
            for row in self.model.rows
        ]
        placed = [self.units.index(row.unit_id) for row in self.rows() if row.state in BLOCKING]
        assert placed == [row.unit for row in self.model.rows if row.state in ("active", "booked")]
        self.compare_free(minute)

    def compare_free(self, minute: int) -> None:
        """What a reader is told to be free is what somebody who asks now would find.

        Left out: options that wait behind a hold which has run out and is not tidied away yet.
        """
        asked = Model(list(self.model.rows))
        asked.tidy(minute)
        if any(
            old.state == "queued" and new.state != "queued"
            for old, new in zip(self.model.rows, asked.rows, strict=True)
        ):
            return
        for hour in range(HOURS):
            found = queries.free_units([self.offer.id], self.at(hour), self.at(hour + 1), self.moment(minute))
            assert found[self.offer.id] == len(asked.free(hour, hour + 1)), (hour, self.model)
