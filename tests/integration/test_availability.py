"""Taking time: holds, the queue, swaps; what a provider sets; what a calendar shows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.availability import closing, plan, queries, service
from app.availability.models import OpeningRule, Reservation, ReservationState, Unit, span
from app.availability.openings import Hours
from app.availability.queries import DayState
from app.core.db import session, transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.core.outbox import OutboxRow
from app.core.states import AuditEntry
from app.offers.models import Offer
from tests.factories import Factories, in_days, now

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def take(offer: Offer, starts_at: datetime, hours: int = 8, **more: Any) -> Reservation:
    values: dict[str, Any] = {"expires_at": now() + DAY, "now": now()} | more
    with transaction():
        return service.take(offer.id, starts_at, starts_at + hours * HOUR, **values)


def queue(offer: Offer, starts_at: datetime, **more: Any) -> Reservation:
    values: dict[str, Any] = {"expires_at": now() + 3 * DAY, "now": now()} | more
    with transaction():
        return service.queue(offer.id, starts_at, starts_at + 8 * HOUR, **values)


def free(offer: Offer, starts_at: datetime, at: datetime | None = None) -> int:
    return queries.free_units([offer.id], starts_at, starts_at + 8 * HOUR, at or now())[offer.id]


@pytest.fixture
def at(app: object) -> datetime:
    return in_days(60)


def test_units_are_taken_in_order_until_none_is_left(factories: Factories, at: datetime) -> None:
    offer = factories.offer(units=2)
    first, second = take(offer, at), take(offer, at)
    assert (first.unit_id, second.unit_id) == tuple(session().scalars(select(Unit.id).order_by(Unit.id)))
    with pytest.raises(Unavailable, match="vient d’être réservé"):
        take(offer, at + 7 * HOUR)
    assert take(offer, at + 8 * HOUR).unit_id == first.unit_id
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "take").limit(1)).one()
    assert (entry.entity, entry.to_state) == ("reservation", "active")


def test_the_database_refuses_an_overlap_whatever_python_believes(factories: Factories, at: datetime) -> None:
    taken = take(factories.offer(), at, expires_at=None)
    values = {"unit_id": taken.unit_id, "during": span(at + HOUR, at + 2 * HOUR), "state": ReservationState.BOOKED}
    session().add(Reservation(**values))
    with pytest.raises(IntegrityError, match="ex_reservation_overlap"):
        session().commit()


def test_an_overdue_hold_blocks_nobody_and_is_expired_by_who_wants_the_time(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    old = take(offer, at, expires_at=now() - HOUR, now=now() - 2 * HOUR)
    assert free(offer, at) == 1
    new = take(offer, at)
    assert (old.state, new.state) == (ReservationState.EXPIRED, ReservationState.ACTIVE)


def test_inactive_units_and_offers_without_units_are_not_taken(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    unit = session().scalars(select(Unit)).one()
    with transaction():
        plan.deactivate_unit(unit, by="user:1", now=now())
    assert free(offer, at) == 0
    with pytest.raises(Unavailable, match="ne peut pas être réservée"):
        take(offer, at)
    with transaction():
        plan.activate_unit(unit, by="user:1", now=now())
    assert take(offer, at).unit_id == unit.id


def test_impossible_times_are_refused(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    with pytest.raises(InvalidInput):
        take(offer, at, hours=0)
    with pytest.raises(InvalidInput):
        take(offer, at, expires_at=now())


def test_who_waits_gets_the_time_in_turn_when_it_is_released(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    first, second, third = take(offer, at), queue(offer, at), queue(offer, at)
    assert (second.state, third.state) == (ReservationState.QUEUED, ReservationState.QUEUED)
    with transaction():
        service.release(first, now=now())
    assert (second.state, third.state) == (ReservationState.ACTIVE, ReservationState.QUEUED)
    signal = session().scalars(select(OutboxRow)).one()
    assert (signal.signal, signal.payload) == ("hold.promoted", {"reservation_id": second.id})


def test_who_waits_comes_before_a_stranger_even_while_no_worker_runs(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    take(offer, at, expires_at=now() + HOUR)
    waiting = queue(offer, at)
    later = now() + 2 * HOUR
    assert free(offer, at, later) == 0
    with pytest.raises(Unavailable), transaction():
        service.take(offer.id, at, at + HOUR, expires_at=later + HOUR, now=later)
    with transaction():
        assert service.promote_queued([offer.id], now=later) == []
        assert [row.state for row in service.expire_overdue(later)] == [ReservationState.EXPIRED]
    assert waiting.state == ReservationState.ACTIVE


def test_a_queued_option_expires_too_and_one_on_free_time_is_active_at_once(factories: Factories, at: datetime) -> None:
    offer = factories.offer(units=2)
    assert queue(offer, at).state == ReservationState.ACTIVE
    assert queue(offer, at).state == ReservationState.ACTIVE
    waiting = queue(offer, at, expires_at=now() + HOUR)
    with transaction():
        service.expire(waiting, now=now())
    assert waiting.state == ReservationState.QUEUED
    with transaction():
        service.expire(waiting, now=now() + HOUR)
    assert waiting.state == ReservationState.EXPIRED


def test_extending_booking_and_taking_again(factories: Factories, at: datetime) -> None:
    hold = take(factories.offer(), at)
    with transaction():
        service.extend(hold, now() + 5 * DAY, now=now())
        service.extend(hold, now() + 4 * DAY, now=now())
    assert hold.expires_at is not None
    assert hold.expires_at > now() + 4 * DAY + HOUR
    with transaction():
        service.book(hold, now=now())
    assert (hold.state, hold.expires_at) == (ReservationState.BOOKED, None)
    with transaction():
        service.release(hold, now=now())
        again = service.retake(hold, expires_at=None, now=now())
    assert (again.state, service.times(again)) == (ReservationState.BOOKED, service.times(hold))
    with pytest.raises(Unavailable), transaction():
        service.extend(hold, now() + 9 * DAY, now=now())
    with pytest.raises(Unavailable), transaction():
        service.book(hold, now=now())


def test_a_swap_moves_or_leaves_everything_as_it_was(factories: Factories, at: datetime) -> None:
    one, two = factories.offer(), factories.offer()
    first, second = take(one, at, expires_at=None), take(two, at)
    blocker = take(two, at + DAY)
    changes = [(row, at + DAY, at + DAY + HOUR) for row in (first, second)]
    with transaction(), pytest.raises(service.SlotTaken) as caught:
        service.swap_all(changes, now=now())
    assert caught.value.reservation is second
    assert (first.state, second.state) == (ReservationState.BOOKED, ReservationState.ACTIVE)
    with transaction():
        service.release(blocker, now=now())
        moved = service.swap_all(changes, now=now())
    assert [row.state for row in moved] == [ReservationState.BOOKED, ReservationState.ACTIVE]
    assert [row.unit_id for row in moved] == [first.unit_id, second.unit_id]
    assert first.state == ReservationState.RELEASED


def test_free_units_of_a_whole_page_in_one_statement(factories: Factories, at: datetime, count_statements: Any) -> None:
    offers = [factories.offer(units=n % 3 + 1) for n in range(6)]
    take(offers[0], at)
    take(offers[1], at)
    ids = [offer.id for offer in offers]
    with count_statements() as statements:
        found = queries.free_units([*ids, 999_999], at, at + HOUR, now())
    assert len(statements) == 1
    assert found == dict(zip(ids, (0, 1, 3, 1, 2, 3), strict=True)) | {999_999: 0}


def test_blackouts_that_overlap_or_touch_become_one(factories: Factories) -> None:
    offer = factories.offer()
    day = date(2090, 3, 1)
    today = date(2090, 1, 1)
    who: dict[str, Any] = {"by": "user:1", "now": datetime.fromisoformat("2090-01-01T09:00+00:00")}
    for first, last in ((0, 2), (10, 12), (3, 4), (20, 20), (4, 11)):
        with transaction():
            closing.close_days(offer.id, day + first * DAY, day + last * DAY, reason="Congés", **who)
    rows = queries.blackouts_of(offer.id)
    assert [(row.first_day, row.last_day) for row in rows] == [(day, day + 12 * DAY), (day + 20 * DAY, day + 20 * DAY)]
    with transaction():
        closing.remove_blackout(factories.offer().id, rows[0].id, **who)
        closing.remove_blackout(offer.id, rows[1].id, **who)
    assert len(queries.blackouts_of(offer.id)) == 1
    for first, last, field in ((day, today, "last_day"), (today - DAY, today - DAY, "last_day")):
        with pytest.raises(InvalidInput) as caught:
            closing.close_days(offer.id, first, last, **who)
        assert caught.value.field == field


def test_units_are_added_renamed_and_not_retired_while_reserved(factories: Factories, at: datetime) -> None:
    offer = factories.offer()
    with transaction():
        unit = plan.add_unit(offer.id, " Salle verte ", by="user:1", now=now())
        plan.rename_unit(unit, "Salle bleue")
    assert (unit.position, unit.name) == (1, "Salle bleue")
    with pytest.raises(InvalidInput):
        plan.rename_unit(unit, "  ")
    held = take(offer, at, unit_ids=[unit.id])
    with pytest.raises(InvalidTransition, match="à venir"), transaction():
        plan.deactivate_unit(unit, by="user:1", now=now())
    with transaction():
        service.release(held, now=now())
        plan.deactivate_unit(unit, by="user:1", now=now())
    assert [row.active for row in queries.units_of(offer.id)] == [True, False]


def test_opening_rules_are_checked(factories: Factories) -> None:
    offer = factories.offer()
    with transaction():
        plan.set_opening(offer.id, [4, 0, 4], time(18), time(2))
    rule = session().get_one(OpeningRule, offer.id)
    assert (rule.weekdays, rule.opens, rule.closes, rule.zone) == ([0, 4], time(18), time(2), "Europe/Paris")
    for days, zone, field in (
        ([], "Europe/Paris", "weekdays-0"),
        ([7], "Europe/Paris", "weekdays-0"),
        ([1], "Mars", "zone"),
    ):
        with pytest.raises(InvalidInput) as caught:
            plan.set_opening(offer.id, days, time(9), time(18), zone=zone)
        assert caught.value.field == field


def test_why_not_says_what_stands_in_the_way(factories: Factories) -> None:
    offer = factories.offer(notice_days=10)
    with transaction():
        plan.set_opening(offer.id, range(5), time(8), time(19), zone="UTC")
        closing.close_days(offer.id, date(2090, 5, 1), date(2090, 5, 3), by="user:1", now=now())
    at = datetime.fromisoformat("2090-04-24T09:00+00:00")  # a Monday

    def why(starts_at: datetime, hours: int = 8, headcount: int = 40) -> str | None:
        moment = datetime.fromisoformat("2090-04-01T09:00+00:00")
        found = queries.why_not(offer, starts_at, starts_at + hours * HOUR, headcount, moment)
        return found if found is None else str(found)

    assert why(at) is None
    assert why(at + 5 * DAY) == "Le prestataire est fermé le 29 avril 2090."
    assert why(at + 7 * DAY) == "Le prestataire est fermé le 1 mai 2090."
    assert why(at, 12) == "Le prestataire ouvre de 08:00 à 19:00."
    assert why(at - 17 * DAY) == "Trop tôt\u00a0: le prestataire prend les réservations à partir du 11 avril 2090."
    assert why(at - 70 * DAY) == "Cette date est passée."
    assert why(at, headcount=81) == "Au plus 80 personnes."
    assert why(at, headcount=7) == "Au moins 8 personnes."
    take(offer, at, expires_at=None)
    assert why(at) == "Ce créneau est déjà pris."
    assert queries.is_open(offer, at, at + HOUR, now())
    assert not queries.is_open(offer, at, at + 12 * HOUR, now())


def test_a_month_shows_each_day_in_two_statements(factories: Factories, count_statements: Any) -> None:
    offer = factories.offer(units=2, notice_days=2)
    with transaction():
        plan.set_opening(offer.id, range(6), time(8), time(18), zone="UTC")
        closing.close_days(offer.id, date(2090, 5, 10), date(2090, 5, 11), by="user:1", now=now())
    moment = datetime.fromisoformat("2090-05-02T10:00+00:00")
    for day, hours in (("05", 10), ("05", 10), ("06", 10), ("08", 2), ("08", 2)):
        take(offer, datetime.fromisoformat(f"2090-05-{day}T08:00+00:00"), hours, expires_at=None)
    assert offer.published_version is not None
    with count_statements() as statements:
        days = queries.month(offer, 2090, 5, moment)
    assert len(statements) == 2
    states = {row.day.day: (row.state, row.free_units) for row in days}
    assert len(states) == 31
    assert {day: states[day] for day in (1, 3, 4, 5, 6, 7, 8, 10)} == {
        1: (DayState.NOTICE, 0),
        3: (DayState.NOTICE, 0),
        4: (DayState.FREE, 2),
        5: (DayState.TAKEN, 0),
        6: (DayState.PART, 1),
        7: (DayState.CLOSED, 0),
        8: (DayState.PART, 0),
        10: (DayState.CLOSED, 0),
    }


def test_buffers_are_in_what_the_database_guards_and_not_in_the_events_times(
    factories: Factories, at: datetime
) -> None:
    offer = factories.offer()
    unit = session().scalars(select(Unit)).one()
    with transaction():
        plan.set_buffers(unit, 30, 60, by="user:1", now=now())
    taken = take(offer, at)
    assert service.times(taken) == (at, at + 8 * HOUR)
    assert taken.during == span(at - HOUR / 2, at + 9 * HOUR)
    for gap, free_then in ((60, 0), (89, 0), (90, 1)):  # the hour after the first and the half hour before the next
        assert free(offer, at + 8 * HOUR + timedelta(minutes=gap)) == free_then
    with pytest.raises(Unavailable):
        take(offer, at + 8 * HOUR + timedelta(minutes=89))
    values = {"unit_id": unit.id, "during": span(at + 8 * HOUR, at + 9 * HOUR), "state": ReservationState.BOOKED}
    session().add(Reservation(**values))
    with pytest.raises(IntegrityError, match="ex_reservation_overlap"):
        session().commit()
    session().rollback()
    with transaction():
        plan.set_buffers(unit, 0, 0, by="user:1", now=now())
    assert service.times(taken) == (at, at + 8 * HOUR) and free(offer, at + 8 * HOUR + HOUR / 2) == 0
    assert take(offer, at + 9 * HOUR).during == span(at + 9 * HOUR, at + 17 * HOUR)


def test_who_waits_takes_the_buffers_of_the_unit_that_becomes_free(factories: Factories, at: datetime) -> None:
    offer = factories.offer(units=2)
    first, second = session().scalars(select(Unit).order_by(Unit.id)).all()
    with transaction():
        plan.set_buffers(second, 120, 45, by="user:1", now=now())
    take(offer, at)
    held = take(offer, at)
    assert held.unit_id == second.id
    waiting = queue(offer, at)
    assert (waiting.unit_id, waiting.before_minutes) == (first.id, 0)
    with transaction():
        service.release(held, now=now())
    assert (waiting.unit_id, waiting.before_minutes, waiting.after_minutes) == (second.id, 120, 45)
    assert service.times(waiting) == (at, at + 8 * HOUR)
    assert waiting.during == span(at - 2 * HOUR, at + 8 * HOUR + 3 * HOUR / 4)


def test_the_horizon_is_a_last_day(factories: Factories) -> None:
    offer = factories.offer()
    moment = datetime.fromisoformat("2090-05-02T10:00+00:00")
    with transaction():
        plan.set_usual(offer.id, [Hours()], horizon_days=10, zone="UTC")
    last = moment + 10 * DAY
    assert queries.why_not(offer, last, last + HOUR, 40, moment) is None
    said = queries.why_not(offer, last + DAY, last + DAY + HOUR, 40, moment)
    assert str(said) == "Trop loin\u00a0: le prestataire prend les réservations jusqu’au 12 mai 2090."
    states = {day.day.day: day.state for day in queries.month(offer, 2090, 5, moment)}
    assert (states[12], states[13]) == (DayState.FREE, DayState.FAR)


def test_several_hours_a_day_are_said_in_full(factories: Factories) -> None:
    offer = factories.offer()
    with transaction():
        hours = [Hours(opens=time(9), closes=time(12)), Hours(opens=time(14), closes=time(18))]
        plan.set_usual(offer.id, hours, zone="UTC")
        closing.close_hours(offer.id, (date(2090, 5, 3), date(2090, 5, 3)), (time(15), time(16)), by="x", now=now())
    noon = datetime.fromisoformat("2090-05-02T11:00+00:00")
    said = queries.why_not(offer, noon, noon + 4 * HOUR, 40, now())
    assert str(said) == "Le prestataire ouvre de 09:00 à 12:00 et de 14:00 à 18:00."
    said = queries.why_not(offer, noon + DAY + 3 * HOUR, noon + DAY + 5 * HOUR + HOUR / 2, 40, now())
    assert str(said) == "Le prestataire est fermé le 3 mai 2090 de 15:00 à 16:00."


def test_a_date_is_answered_from_an_index_however_long_the_past_is(factories: Factories, at: datetime) -> None:
    offers = [factories.offer(units=2) for _ in range(4)]
    units = session().scalars(select(Unit.id).order_by(Unit.id)).all()
    session().execute(
        text(
            "insert into reservation (unit_id, during, state) select unit, tstzrange(day, day + interval '6 hours'),"
            " 'booked' from unnest(cast(:units as bigint[])) unit,"
            " generate_series(timestamptz '2000-01-01', '2026-01-01', '2 days') day"
        ),
        {"units": list(units)},
    )
    session().commit()
    session().execute(text("analyze reservation"))
    given = {"offer_ids": [offer.id for offer in offers], "starts_at": at, "ends_at": at + HOUR, "now": now()}
    connection = session().connection()
    asked = queries._free_counts().compile(dialect=connection.dialect)
    rows = connection.exec_driver_sql(f"explain {asked}", {**asked.params, **given})
    said = "\n".join(row[0] for row in rows)
    assert "Seq Scan on reservation" not in said and "ix_reservation_unit_until" in said, said
