"""A provider's calendar: what is held, booked and imported; closing and opening days and hours; units."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.availability import closing, plan
from app.availability import queries as availability
from app.availability.calendars import openings_of
from app.availability.models import Unit
from app.availability.openings import DAY, Openings
from app.blueprints.access import person, requires
from app.blueprints.forms import show as show_errors
from app.blueprints.provider import calendar_view as view
from app.blueprints.provider.calendar_forms import ClosureForm, UnitForm
from app.blueprints.provider.scope import own_provider
from app.blueprints.public.month_view import chosen_month
from app.bookings import occupancy
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.offers import queries
from app.offers.models import Offer

bp = Blueprint("provider_calendar", __name__, url_prefix="/provider/calendar")

MOST_PERIODS = 40


@dataclass(slots=True)
class Wrong:
    """What a refused form held: the page shows it again."""

    closure: ClosureForm | None = None
    unit: UnitForm | None = None
    units: dict[int, dict[str, Any]] = field(default_factory=dict)
    grid: str = ""


@bp.get("")
@requires(Action.AVAILABILITY_EDIT)
def index() -> Any:
    offers = queries.bookable(own_provider().id)
    if offers:
        return redirect(url_for("provider_calendar.show", offer_id=offers[0].id))
    return render_template("provider/calendar/empty.html")


@bp.get("/<int:offer_id>")
@requires(Action.AVAILABILITY_EDIT)
def show(offer_id: int) -> Any:
    return _page(_offer(offer_id))


@bp.post("/<int:offer_id>/days")
@requires(Action.AVAILABILITY_EDIT)
def change_days(offer_id: int) -> Any:
    """Close or open the days that were chosen in the month."""
    offer, opened = _offer(offer_id), request.form.get("do") == "open"
    chosen = view.chosen_days(request.form.getlist("cell"))
    by, now = person().actor, utcnow()

    def change() -> None:
        for first, last in chosen:
            if opened:
                closing.open_days(offer_id, first, last, by=by, now=now)
            else:
                closing.close_days(offer_id, first, last, by=by, now=now)

    count = sum((last - first).days + 1 for first, last in chosen)
    return _changed(offer, change, len(chosen), view.days_changed(count, opened=opened))


@bp.post("/<int:offer_id>/hours")
@requires(Action.AVAILABILITY_EDIT)
def change_hours(offer_id: int) -> Any:
    """Close or open the hours that were chosen in the week."""
    offer, opened = _offer(offer_id), request.form.get("do") == "open"
    chosen = view.chosen_hours(request.form.getlist("cell"))
    put = closing.open_hours if opened else closing.close_hours
    by, now = person().actor, utcnow()

    def change() -> None:
        for days, hours in chosen:
            put(offer_id, days, hours, by=by, now=now)

    return _changed(
        offer, change, len(chosen), view.hours_changed(len(set(request.form.getlist("cell"))), opened=opened)
    )


@bp.post("/<int:offer_id>/undo")
@requires(Action.AVAILABILITY_EDIT)
def undo(offer_id: int) -> Any:
    offer = _offer(offer_id)
    with transaction():
        done = closing.undo(offer_id, now=utcnow())
    return _done(offer, _("La dernière modification est annulée.") if done else _("Il n’y a plus rien à annuler."))


@bp.post("/<int:offer_id>/closures")
@requires(Action.AVAILABILITY_EDIT)
def close(offer_id: int) -> Any:
    """Close days, or hours of days, that were typed."""
    offer, form, by, now = _offer(offer_id), ClosureForm(), person().actor, utcnow()
    try:
        (first, last), hours = form.days(), form.hours()
        with transaction():
            if hours:
                closing.close_hours(offer_id, (first, last), hours, by=by, now=now)
            else:
                closing.close_days(offer_id, first, last, reason=form.reason.data or "", by=by, now=now)
    except InvalidInput as error:
        show_errors(form, error)
        return _page(offer, Wrong(closure=form), status=422)
    flash(_("C’est fermé. Les réservations déjà prises ne changent pas."), "success")
    return _back(offer_id)


@bp.post("/<int:offer_id>/closures/<int:closure_id>/remove")
@requires(Action.AVAILABILITY_EDIT)
def reopen(offer_id: int, closure_id: int) -> Response:
    _offer(offer_id)
    with transaction():
        closing.remove_blackout(offer_id, closure_id, by=person().actor, now=utcnow())
    flash(_("Ces jours sont de nouveau ouverts."), "success")
    return _back(offer_id)


@bp.post("/<int:offer_id>/exceptions/<int:exception_id>/remove")
@requires(Action.AVAILABILITY_EDIT)
def forget(offer_id: int, exception_id: int) -> Response:
    _offer(offer_id)
    with transaction():
        closing.remove_exception(offer_id, exception_id, by=person().actor, now=utcnow())
    flash(_("Les horaires habituels reprennent."), "success")
    return _back(offer_id)


@bp.post("/<int:offer_id>/units")
@requires(Action.AVAILABILITY_EDIT)
def add_unit(offer_id: int) -> Any:
    offer, form = _offer(offer_id), UnitForm()
    try:
        with transaction():
            plan.add_unit(offer_id, form.name.data or "", by=person().actor, now=utcnow())
    except InvalidInput as error:
        show_errors(form, error)
        return _page(offer, Wrong(unit=form), status=422)
    return _back(offer_id)


@bp.post("/<int:offer_id>/units/<int:unit_id>")
@requires(Action.AVAILABILITY_EDIT)
def change_unit(offer_id: int, unit_id: int) -> Any:
    unit, do = _unit(_offer(offer_id).id, unit_id), request.form.get("do", "save")
    by, now = person().actor, utcnow()
    try:
        with transaction():
            if do == "stop":
                plan.deactivate_unit(unit, by=by, now=now)
            elif do == "start":
                plan.activate_unit(unit, by=by, now=now)
            else:
                plan.rename_unit(unit, request.form.get("name", ""))
                plan.set_buffers(unit, _minutes("before_minutes"), _minutes("after_minutes"), by=by, now=now)
    except (InvalidInput, InvalidTransition) as error:
        typed = {name: request.form.get(name, "") for name in ("name", "before_minutes", "after_minutes")}
        wrong = {"field": getattr(error, "field", None) or "name", "error": str(error), **typed}
        status = 422 if isinstance(error, InvalidInput) else 409
        return _page(_offer(offer_id), Wrong(units={unit_id: wrong}), status=status)
    return _back(offer_id)


def _minutes(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidInput(_("Indiquez un nombre de minutes."), field=name)
    return int(text)


def _offer(offer_id: int) -> Offer:
    return queries.own(offer_id, own_provider().id)


def _unit(offer_id: int, unit_id: int) -> Unit:
    found = next((unit for unit in availability.units_of(offer_id) if unit.id == unit_id), None)
    if found is None:
        raise NotFound
    return found


def _changed(offer: Offer, change: Callable[[], None], periods: int, said: str) -> Any:
    """Do what was asked in the grid, and say so; or say why not."""
    try:
        if not periods:
            raise InvalidInput(_("Choisissez d’abord des jours ou des heures."))
        if periods > MOST_PERIODS:
            raise InvalidInput(_("C’est trop à la fois : choisissez moins de périodes."))
        with transaction():
            change()
    except InvalidInput as error:
        return _page(offer, Wrong(grid=str(error)), status=422)
    return _done(offer, said)


def _done(offer: Offer, said: str) -> Any:
    """The part of the page that a script asked for, or the way back to the page."""
    if request.headers.get("HX-Request"):
        return _page(offer, said=said)
    flash(said, "success")
    return _back(offer.id)


def _back(offer_id: int) -> Response:
    month, week = request.args.get("month") or None, request.args.get("week") or None
    return redirect(url_for("provider_calendar.show", offer_id=offer_id, month=month, week=week), 303)


def _page(offer: Offer, wrong: Wrong | None = None, *, said: str = "", status: int = 200) -> tuple[str, int]:
    now, wrong = utcnow(), wrong or Wrong()
    openings = openings_of(offer.id)
    today = openings.local(now).date()
    first, last, monday = _shown(today)
    taken = _taken(offer, openings, first, last, now)
    offers = queries.bookable(offer.provider_id)
    page = render_template(
        "provider/calendar/show.html",
        offer=offer,
        offers=offers,
        title=next((each.title for each in offers if each.id == offer.id), ""),
        grid=_grid(offer, openings, taken, now),
        taken=taken,
        first=first,
        month_key=f"{first:%Y-%m}",
        week_key=(monday or _week_of(first, today)).isoformat(),
        legend=view.legend(),
        openings=openings,
        units=availability.units_of(offer.id),
        closures=[each for each in availability.blackouts_of(offer.id) if each.last_day >= today],
        exceptions=closing.exceptions_of(offer.id, today),
        can_undo=closing.can_undo(offer.id),
        closure=wrong.closure or ClosureForm(formdata=None),
        unit=wrong.unit or UnitForm(formdata=None),
        wrong_units=wrong.units,
        wrong=wrong.grid,
        said=said,
        today=today,
        now=now,
    )
    return page, status


def _shown(today: date) -> tuple[date, date, date | None]:
    """The first and last day that the page shows, and the Monday when it shows a week."""
    monday = view.chosen_week(request.args.get("week", ""), today)
    if monday is not None:
        return monday, monday + 6 * DAY, monday
    first = chosen_month(request.args.get("month", ""), today)
    return first, first.replace(day=monthrange(first.year, first.month)[1]), None


def _week_of(first: date, today: date) -> date:
    day = max(first, today)
    return day - day.weekday() * DAY


def _taken(offer: Offer, openings: Openings, first: date, last: date, now: datetime) -> list[view.Taken]:
    begins = openings.instant(datetime.combine(first, time(0)))
    ends = openings.instant(datetime.combine(last + timedelta(days=1), time(0)))
    occupied = occupancy.of_offer(offer.id, begins, ends, now)
    return view.all_taken(occupied, availability.imported(offer.id, begins, ends))


def _grid(offer: Offer, openings: Openings, taken: list[view.Taken], now: datetime) -> view.Page:
    today = openings.local(now).date()
    first, last, monday = _shown(today)
    if monday is not None:
        return view.week_page(monday, taken, openings, now)
    days = availability.days(offer, first, last, now, openings=openings)
    return view.month_page(first, days, taken, openings, today)
