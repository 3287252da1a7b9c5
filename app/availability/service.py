"""Taking and giving back a unit's time: holds, bookings, queued options.

Two things keep time from being taken twice: the exclusion constraint in the database, whatever Python believes, and one
order of locks, so that nobody deadlocks and a queued option is not overtaken. The order through the whole house is
event, request, quote, booking, **all units of the offer**, reservation. Whoever changes reservations of several offers
calls `lock_offers` or `lock_units` for all of them first; what each function here locks again is then ours already.

A hold whose `expires_at` has passed blocks nobody: whoever wants its time expires it first, so no worker is needed.
What a reservation takes includes the time its unit needs before and after, as it was when it was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import insert

from app.availability.busy import is_taken_for_good, with_buffers
from app.availability.models import Reservation, ReservationState, Unit, span
from app.core.db import session
from app.core.errors import InvalidInput, Unavailable
from app.core.outbox import publish
from app.core.states import advance, audit, can

TAKEN = _l("Ce créneau vient d’être réservé\u00a0: choisissez une autre date ou un autre prestataire.")
NO_UNIT = _l("Cette prestation ne peut pas être réservée pour le moment : demandez au prestataire.")
ENDED = _l("Cette option n’est plus en cours : son délai est passé.")
WAITING = (ReservationState.ACTIVE, ReservationState.QUEUED)
SYSTEM = "system"


class SlotTaken(Unavailable):
    """The time that one reservation was to move to is taken; `reservation` says which."""

    def __init__(self, reservation: Reservation) -> None:
        super().__init__(TAKEN)
        self.reservation = reservation


def lock_offers(offer_ids: Iterable[int]) -> None:
    """Lock every unit of these offers in id order until the transaction ends: only we change their reservations."""
    _lock_where(Unit.offer_id.in_(set(offer_ids)))


def lock_units(unit_ids: Iterable[int]) -> None:
    """Lock every unit of the offers that these units belong to, as `lock_offers` does."""
    _lock_where(Unit.offer_id.in_(select(Unit.offer_id).where(Unit.id.in_(set(unit_ids)))))


def _lock_where(condition: ColumnElement[bool]) -> None:
    session().execute(select(Unit.id).where(condition).order_by(Unit.id).with_for_update(key_share=True))


def take(
    offer_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    expires_at: datetime | None,
    now: datetime,
    unit_ids: Sequence[int] | None = None,
    by: str = SYSTEM,
) -> Reservation:
    """Reserve [starts_at, ends_at) on the first free active unit of an offer, or of `unit_ids` alone.

    With `expires_at` the reservation is a hold (active) until then; with None it is booked for good. Overdue holds are
    expired first, and options queued behind them come before us.
    Raises Unavailable when every unit is taken, InvalidInput for a time that is empty or a hold that ends before now.
    """
    _check_times(starts_at, ends_at, expires_at, now)
    tidy([offer_id], now=now)
    units = _active_units(offer_id, unit_ids)
    return _take_one(units, starts_at, ends_at, expires_at, now=now, by=by)


def queue(
    offer_id: int, starts_at: datetime, ends_at: datetime, *, expires_at: datetime, now: datetime, by: str = SYSTEM
) -> Reservation:
    """Put an option behind those that hold an offer's time. Promoted when its turn comes; takes the time if it is free.

    Returns the reservation: queued, or active when the time was free after all.
    Raises Unavailable when the offer has no active unit, InvalidInput as `take` does.
    """
    _check_times(starts_at, ends_at, expires_at, now)
    lock_offers([offer_id])
    units = _active_units(offer_id, None)
    first = session().get_one(Unit, units[0], populate_existing=True)
    reservation = Reservation(
        **_place(first, starts_at, ends_at), state=ReservationState.QUEUED, expires_at=expires_at, created_at=now
    )
    session().add(reservation)
    session().flush()
    audit(reservation, "queue", by=by, now=now, to_state=str(reservation.state))
    _clear_overdue([offer_id], now=now)
    _promote([offer_id], now=now)
    return reservation


def release(reservation: Reservation, *, now: datetime, by: str = SYSTEM, reason: str = "") -> None:
    """Give back a reservation's time, and promote who waits for it. One that is already given back stays so."""
    _end(reservation, "release", now=now, by=by, reason=reason)


def expire(reservation: Reservation, *, now: datetime, by: str = SYSTEM) -> None:
    """Expire a hold, queued or active, and promote who waits for its time. Does nothing to one that is not overdue."""
    lock_units([reservation.unit_id])
    session().refresh(reservation)
    if reservation.expires_at is not None and reservation.expires_at <= now:
        _end(reservation, "expire", now=now, by=by, reason="overdue")


def expire_overdue(now: datetime, *, limit: int = 100) -> list[Reservation]:
    """Expire the holds whose time to stand has passed, of the offers with the `limit` oldest ones. Returns them.

    A periodic job tidies with it; nothing depends on it.
    """
    query = (
        select(Reservation.id, Unit.offer_id)
        .join(Unit)
        .where(_overdue(now))
        .order_by(Reservation.expires_at, Reservation.id)
        .limit(limit)
    )
    return tidy({offer_id for _, offer_id in session().execute(query)}, now=now)


def tidy(offer_ids: Iterable[int], *, now: datetime) -> list[Reservation]:
    """Expire every overdue hold of these offers and let the queue move up. Returns the expired."""
    offer_ids = set(offer_ids)
    lock_offers(offer_ids)
    return _clear_overdue(offer_ids, now=now)


def extend(reservation: Reservation, until: datetime, *, now: datetime, by: str = SYSTEM) -> None:
    """Let a hold stand until a later moment; an earlier one changes nothing. Overdue but still in place counts.

    Raises Unavailable when it was released or expired, or is no hold any more.
    """
    _lock(reservation)
    if reservation.state != ReservationState.ACTIVE:
        raise Unavailable(ENDED)
    if reservation.expires_at is None or until > reservation.expires_at:
        reservation.expires_at = until
        audit(reservation, "extend", by=by, now=now, reason=until.isoformat())


def convert(reservation: Reservation, expires_at: datetime, *, now: datetime, by: str = SYSTEM) -> None:
    """Make a quote's hold the hold of the booking that came of it: it now stands exactly until `expires_at`.

    Raises Unavailable when it doesn't hold its time any more.
    """
    _lock(reservation)
    if not holds(reservation, now):
        raise Unavailable(ENDED)
    reservation.expires_at = expires_at
    audit(reservation, "convert", by=by, now=now, reason=expires_at.isoformat())


def keep(reservation: Reservation, expires_at: datetime, *, now: datetime, by: str = SYSTEM) -> None:
    """Let an option, active or queued, stand exactly until `expires_at`, for a new version of its quote.

    Raises Unavailable when it was given back or has expired meanwhile.
    """
    _lock(reservation)
    if reservation.state not in WAITING:
        raise Unavailable(ENDED)
    reservation.expires_at = expires_at
    audit(reservation, "keep", by=by, now=now, reason=expires_at.isoformat())


def book(reservation: Reservation, *, now: datetime, by: str = SYSTEM) -> None:
    """Make a hold final: it expires no more. Overdue but still in place counts: nobody has taken the time since.

    Raises Unavailable when it was released or expired.
    """
    _lock(reservation)
    if reservation.state != ReservationState.ACTIVE:
        raise Unavailable(TAKEN)
    advance(reservation, "book", by=by, now=now, also={"expires_at": None})


def retake(reservation: Reservation, *, expires_at: datetime | None, now: datetime, by: str = SYSTEM) -> Reservation:
    """Take the time of a lost reservation again, for money that came late: on any unit of its offer.

    Returns the new reservation. Raises Unavailable when the time is taken meanwhile.
    """
    (offer_id,) = offers_of([reservation.unit_id])
    starts_at, ends_at = times(reservation)
    return take(offer_id, starts_at, ends_at, expires_at=expires_at, now=now, by=by)


def swap(
    reservation: Reservation, starts_at: datetime, ends_at: datetime, *, now: datetime, by: str = SYSTEM
) -> Reservation:
    """Release a reservation and take another time at the same offer: both, or neither. See `swap_all`."""
    return swap_all([(reservation, starts_at, ends_at)], now=now, by=by)[0]


def swap_all(
    changes: Sequence[tuple[Reservation, datetime, datetime]], *, now: datetime, by: str = SYSTEM
) -> list[Reservation]:
    """Release live reservations and take another time for each at its own offer, all or none. Returns the new ones.

    State and expiry stay, but a hold never outlives the new start; the same unit is tried first. Inside a savepoint:
    when one time is taken, every old reservation stands as it was. Raises SlotTaken saying which one, InvalidInput for
    a time that is empty or past, Unavailable when a reservation doesn't hold its time any more.
    """
    offer_ids = offers_of([reservation.unit_id for reservation, _, _ in changes])
    tidy(offer_ids, now=now)
    for reservation, starts_at, ends_at in changes:
        _check_times(starts_at, ends_at, starts_at, now)
        session().refresh(reservation, with_for_update={"of": Reservation})
        if not live(reservation, now):
            raise Unavailable(ENDED)
    with session().begin_nested():
        for reservation, _, _ in changes:
            advance(reservation, "release", by=by, now=now, reason="moved")
        taken = [_retime(*change, now=now, by=by) for change in changes]
    _promote(offer_ids, now=now)
    return taken


def promote_queued(offer_ids: Iterable[int], *, now: datetime) -> list[Reservation]:
    """Give queued options of these offers the time that has become free, first come first served. Returns them.

    Publishes `hold.promoted` for each.
    """
    lock_offers(offer_ids)
    return _promote(offer_ids, now=now)


def live(reservation: Reservation, now: datetime) -> bool:
    """Whether a reservation, as last read, blocks its time: booked, or a hold that is not overdue."""
    return reservation.state == ReservationState.BOOKED or holds(reservation, now)


def holds(reservation: Reservation, now: datetime) -> bool:
    """Whether a reservation, as last read, is a hold that stands."""
    until = reservation.expires_at
    return reservation.state == ReservationState.ACTIVE and until is not None and until > now


def times(reservation: Reservation) -> tuple[datetime, datetime]:
    """Start and end of what a reservation is for, without the time that its unit needs before and after."""
    first, last = reservation.during.lower, reservation.during.upper
    if first is None or last is None:
        raise ValueError("a reservation without bounds")
    return first + _minutes(reservation.before_minutes), last - _minutes(reservation.after_minutes)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _place(unit: Unit, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """What a reservation of a time takes of a unit."""
    return {
        "unit_id": unit.id,
        "during": span(starts_at - _minutes(unit.before_minutes), ends_at + _minutes(unit.after_minutes)),
        "before_minutes": unit.before_minutes,
        "after_minutes": unit.after_minutes,
    }


def _check_times(starts_at: datetime, ends_at: datetime, expires_at: datetime | None, now: datetime) -> None:
    if ends_at <= starts_at:
        raise InvalidInput(_l("La fin est avant le début."), field="ends_at")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(_l("L’option se terminerait avant d’avoir commencé."), field="expires_at")


def _active_units(offer_id: int, among: Sequence[int] | None) -> Sequence[int]:
    query = select(Unit.id).where(Unit.offer_id == offer_id, Unit.active).order_by(Unit.id)
    if among is not None:
        query = query.where(Unit.id.in_(among))
    units = session().scalars(query).all()
    if not units:
        raise Unavailable(NO_UNIT)
    return units


def offers_of(unit_ids: Iterable[int]) -> set[int]:
    """The ids of the offers that these units belong to."""
    wanted = set(unit_ids)
    return set(session().scalars(select(Unit.offer_id).where(Unit.id.in_(wanted)))) if wanted else set()


def _lock(reservation: Reservation) -> None:
    """Lock a reservation's unit, then reread the reservation: what we see stays true until we commit."""
    session().flush()
    lock_units([reservation.unit_id])
    session().refresh(reservation, with_for_update={"of": Reservation})


def _end(reservation: Reservation, action: str, *, now: datetime, by: str, reason: str) -> None:
    _lock(reservation)
    if not can(reservation, action):
        return
    advance(reservation, action, by=by, now=now, reason=reason)
    _promote(offers_of([reservation.unit_id]), now=now)


def _insert(unit: Unit, starts_at: datetime, ends_at: datetime, expires_at: datetime | None) -> Reservation | None:
    """Insert unless the exclusion constraint objects: None then. A plain INSERT would deadlock under contention."""
    state = ReservationState.ACTIVE if expires_at else ReservationState.BOOKED
    statement = (
        insert(Reservation)
        .values(**_place(unit, starts_at, ends_at), state=state, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(Reservation)
    )
    return session().scalars(statement).one_or_none()


def _take_one(
    units: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    expires_at: datetime | None,
    *,
    now: datetime,
    by: str,
    prefer: int | None = None,
) -> Reservation:
    free = _free_units(units, starts_at, ends_at)
    for unit in sorted(free, key=lambda unit: (unit.id != prefer, unit.id)):
        reservation = _insert(unit, starts_at, ends_at, expires_at)
        if reservation is not None:
            audit(reservation, "take", by=by, now=now, to_state=str(reservation.state))
            return reservation
    raise Unavailable(TAKEN)


def _retime(reservation: Reservation, starts_at: datetime, ends_at: datetime, *, now: datetime, by: str) -> Reservation:
    """Take another time for a reservation that was just released, on its own unit if possible."""
    (offer_id,) = offers_of([reservation.unit_id])
    expires_at = min(reservation.expires_at, starts_at) if reservation.expires_at else None
    units = sorted({*_active_units(offer_id, None), reservation.unit_id})
    try:
        return _take_one(units, starts_at, ends_at, expires_at, now=now, by=by, prefer=reservation.unit_id)
    except Unavailable as error:
        raise SlotTaken(reservation) from error


def _free_units(units: Sequence[int], starts_at: datetime, ends_at: datetime) -> Sequence[Unit]:
    """The units that nothing takes in that time and their own before and after it; read under their lock.

    Reservations that are overdue count: whoever asks has expired them before, or may not overlap them.
    """
    taken = is_taken_for_good(with_buffers(starts_at, ends_at))
    query = select(Unit).where(Unit.id.in_(units), ~taken).order_by(Unit.id)
    return session().scalars(query.execution_options(populate_existing=True)).all()


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(Reservation.state.in_(WAITING), Reservation.expires_at <= now)


def _clear_overdue(offer_ids: Iterable[int], *, now: datetime) -> list[Reservation]:
    """Expire every overdue hold of offers whose units are locked, and let the queue move up. Returns the expired."""
    units = select(Unit.id).where(Unit.offer_id.in_(set(offer_ids)))
    query = select(Reservation).where(_overdue(now), Reservation.unit_id.in_(units)).order_by(Reservation.id)
    found = list(session().scalars(query))
    for reservation in found:
        advance(reservation, "expire", by=SYSTEM, now=now, reason="overdue")
    if found:
        _promote(offer_ids, now=now)
    return found


def _promote(offer_ids: Iterable[int], *, now: datetime) -> list[Reservation]:
    """Activate queued options that have a free unit, in the order they queued. The units are locked."""
    query = (
        select(Reservation, Unit.offer_id)
        .join(Unit, Unit.id == Reservation.unit_id)
        .where(
            Unit.offer_id.in_(set(offer_ids)),
            Reservation.state == ReservationState.QUEUED,
            Reservation.expires_at > now,
        )
        .order_by(Reservation.created_at, Reservation.id)
    )
    return [row for row, offer_id in session().execute(query).all() if _activate(row, offer_id, now=now)]


def _activate(queued: Reservation, offer_id: int, *, now: datetime) -> bool:
    active = session().scalars(select(Unit.id).where(Unit.offer_id == offer_id, Unit.active).order_by(Unit.id)).all()
    free = _free_units(active, *times(queued))
    if not free:
        return False
    for name, value in _place(free[0], *times(queued)).items():
        setattr(queued, name, value)
    advance(queued, "activate", by=SYSTEM, now=now)
    publish("hold.promoted", {"reservation_id": queued.id}, now=now)
    return True
