"""A provider's calendar: what is held and what is booked, opening days, closures, units."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.availability import closing, plan
from app.availability import queries as availability
from app.availability.calendars import openings_of
from app.availability.models import Unit
from app.availability.queries import DayState
from app.blueprints.access import person, requires
from app.blueprints.forms import show as show_errors
from app.blueprints.provider.calendar_forms import ClosureForm, OpeningForm, UnitForm
from app.blueprints.provider.scope import own_provider
from app.blueprints.public.month_view import MonthPage, chosen_month, month_page
from app.bookings import occupancy
from app.bookings.occupancy import Occupied
from app.core.clock import local_date, utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition, NotFound
from app.core.outbox import publish
from app.offers import queries
from app.offers.models import Offer
from app.web import locale

bp = Blueprint("provider_calendar", __name__, url_prefix="/provider/calendar")

ZONE = "Europe/Paris"
DAY = timedelta(days=1)


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


@bp.post("/<int:offer_id>/opening")
@requires(Action.AVAILABILITY_EDIT)
def opening(offer_id: int) -> Any:
    offer, form = _offer(offer_id), OpeningForm().named()
    try:
        opens, closes = form.hours()
        with transaction():
            plan.set_opening(offer_id, form.weekdays.data or (), opens, closes)
            publish("offer.changed", {"offer_id": offer_id}, now=utcnow())
    except InvalidInput as error:
        error.fields = {name.removesuffix("-0"): text for name, text in error.fields.items()}
        show_errors(form, error)
        return _page(offer, opening=form, status=422)
    flash(_("Les jours et heures d’ouverture sont enregistrés."), "success")
    return _back(offer_id)


@bp.post("/<int:offer_id>/closures")
@requires(Action.AVAILABILITY_EDIT)
def close(offer_id: int) -> Any:
    offer, form, now = _offer(offer_id), ClosureForm(), utcnow()
    try:
        first, last = form.days()
        with transaction():
            reason = form.reason.data or ""
            closing.close_days(offer_id, first, last, reason=reason, by=person().actor, now=now)
    except InvalidInput as error:
        show_errors(form, error)
        return _page(offer, closure=form, status=422)
    flash(_("Ces jours sont fermés. Les réservations déjà prises ne changent pas."), "success")
    return _back(offer_id)


@bp.post("/<int:offer_id>/closures/<int:closure_id>/remove")
@requires(Action.AVAILABILITY_EDIT)
def reopen(offer_id: int, closure_id: int) -> Response:
    _offer(offer_id)
    with transaction():
        closing.remove_blackout(offer_id, closure_id, by=person().actor, now=utcnow())
    flash(_("Ces jours sont de nouveau ouverts."), "success")
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
        return _page(offer, unit=form, status=422)
    return _back(offer_id)


@bp.post("/<int:offer_id>/units/<int:unit_id>")
@requires(Action.AVAILABILITY_EDIT)
def change_unit(offer_id: int, unit_id: int) -> Any:
    unit, do = _unit(_offer(offer_id).id, unit_id), request.form.get("do", "rename")
    by, now = person().actor, utcnow()
    try:
        with transaction():
            if do == "stop":
                plan.deactivate_unit(unit, by=by, now=now)
            elif do == "start":
                plan.activate_unit(unit, by=by, now=now)
            else:
                plan.rename_unit(unit, request.form.get("name", ""))
    except (InvalidInput, InvalidTransition) as error:
        wrong = {unit_id: (str(error), request.form.get("name", ""))}
        return _page(_offer(offer_id), wrong_units=wrong, status=422 if isinstance(error, InvalidInput) else 409)
    return _back(offer_id)


def _offer(offer_id: int) -> Offer:
    return queries.own(offer_id, own_provider().id)


def _unit(offer_id: int, unit_id: int) -> Unit:
    found = next((unit for unit in availability.units_of(offer_id) if unit.id == unit_id), None)
    if found is None:
        raise NotFound
    return found


def _back(offer_id: int) -> Response:
    month = request.args.get("month") or None
    return redirect(url_for("provider_calendar.show", offer_id=offer_id, month=month), 303)


def _page(
    offer: Offer,
    *,
    opening: OpeningForm | None = None,
    closure: ClosureForm | None = None,
    unit: UnitForm | None = None,
    wrong_units: dict[int, tuple[str, str]] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    now = utcnow()
    today = local_date(now, ZONE)
    first = chosen_month(request.args.get("month", ""), today)
    offers = queries.bookable(offer.provider_id)
    taken = occupancy.of_offer(offer.id, *_bounds(first), now)
    page = render_template(
        "provider/calendar/show.html",
        offer=offer,
        offers=offers,
        title=next((each.title for each in offers if each.id == offer.id), ""),
        month=_month(offer, first, taken, now),
        taken=taken,
        units=availability.units_of(offer.id),
        closures=[each for each in availability.blackouts_of(offer.id) if each.last_day >= today],
        opening=opening or OpeningForm.of(openings_of(offer.id)),
        closure=closure or ClosureForm(formdata=None),
        unit=unit or UnitForm(formdata=None),
        wrong_units=wrong_units or {},
        today=today,
        now=now,
    )
    return page, status


def _bounds(first: date) -> tuple[datetime, datetime]:
    after = (first + 31 * DAY).replace(day=1)
    zone = ZoneInfo(ZONE)
    return datetime(first.year, first.month, 1, tzinfo=zone), datetime(after.year, after.month, 1, tzinfo=zone)


def _month(offer: Offer, first: date, taken: list[Occupied], now: datetime) -> MonthPage:
    today = local_date(now, ZONE)
    days = availability.month(offer, first.year, first.month, now)
    cells = [_cell(day, [one for one in taken if _touches(one, day.day)], today) for day in days]
    return month_page(first, cells, locale=locale(), today=today)


def _cell(day: availability.Day, taken: list[Occupied], today: date) -> dict[str, Any]:
    words = {DayState.CLOSED: _("fermé"), DayState.TAKEN: _("complet")}
    return {
        "n": day.day.day,
        "kind": "past" if day.day < today else "closed" if day.state == DayState.CLOSED else "",
        "word": words.get(day.state, "") if day.day >= today else "",
        "today": day.day == today,
        "entries": [{"tone": _tone(one), "text": _told(one)} for one in taken],
    }


def _tone(one: Occupied) -> str:
    return "yes" if one.booked else "" if one.queued else "wait"


def _told(one: Occupied) -> str:
    """Never by colour alone: the word says whether it is booked."""
    word = _("Réservé") if one.booked else _("En file") if one.queued else _("Option")
    return f"{word} · {one.company or one.unit}"


def _touches(one: Occupied, day: date) -> bool:
    return local_date(one.starts_at, ZONE) <= day <= local_date(one.ends_at - timedelta(seconds=1), ZONE)
