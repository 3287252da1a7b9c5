"""When an offer is open: its usual weekdays and hours, how far ahead it can be booked, seasons with other hours."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.availability import plan
from app.availability.calendars import openings_of
from app.availability.models import Season
from app.blueprints.access import requires
from app.blueprints.forms import show as show_errors
from app.blueprints.provider import calendar_forms as forms
from app.blueprints.provider.calendar_forms import HorizonForm, SeasonForm, TypedLine
from app.blueprints.provider.scope import own_provider
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.core.outbox import publish
from app.offers import queries
from app.offers.models import Offer
from app.web import locale

bp = Blueprint("provider_opening", __name__, url_prefix="/provider/calendar/<int:offer_id>")


@bp.get("/opening")
@requires(Action.AVAILABILITY_EDIT)
def show(offer_id: int) -> Any:
    offer, openings = _offer(offer_id), openings_of(offer_id)
    form = HorizonForm(formdata=None, data={"horizon_days": openings.horizon_days})
    return _page(offer, form, [TypedLine.of(one) for one in openings.usual])


@bp.post("/opening")
@requires(Action.AVAILABILITY_EDIT)
def save(offer_id: int) -> Any:
    offer, form = _offer(offer_id), HorizonForm()
    lines = forms.typed_lines(request.form, plan.MAX_LINES)
    try:
        with transaction():
            zone = openings_of(offer_id).zone
            plan.set_usual(offer_id, forms.hours_of(lines), horizon_days=form.days(), zone=zone)
            publish("offer.changed", {"offer_id": offer_id}, now=utcnow())
    except InvalidInput as error:
        show_errors(form, error)
        return _page(offer, form, lines, forms.numbered(error.fields, lines)), 422
    flash(_("Les jours et heures d’ouverture sont enregistrés."), "success")
    return redirect(url_for("provider_opening.show", offer_id=offer_id), 303)


@bp.get("/seasons/new")
@requires(Action.AVAILABILITY_EDIT)
def new_season(offer_id: int) -> Any:
    return _season_page(_offer(offer_id), None, SeasonForm.of(None), [])


@bp.post("/seasons/new")
@requires(Action.AVAILABILITY_EDIT)
def add_season(offer_id: int) -> Any:
    return _save_season(_offer(offer_id), None)


@bp.get("/seasons/<int:season_id>")
@requires(Action.AVAILABILITY_EDIT)
def show_season(offer_id: int, season_id: int) -> Any:
    offer = _offer(offer_id)
    season = plan.season_of(offer_id, season_id)
    hours = next(one.hours for one in openings_of(offer_id).seasons if one.id == season_id)
    return _season_page(offer, season, SeasonForm.of(season), [TypedLine.of(one) for one in hours])


@bp.post("/seasons/<int:season_id>")
@requires(Action.AVAILABILITY_EDIT)
def save_season(offer_id: int, season_id: int) -> Any:
    offer = _offer(offer_id)
    return _save_season(offer, plan.season_of(offer_id, season_id))


@bp.post("/seasons/<int:season_id>/remove")
@requires(Action.AVAILABILITY_EDIT)
def remove_season(offer_id: int, season_id: int) -> Response:
    _offer(offer_id)
    with transaction():
        plan.remove_season(offer_id, season_id)
        publish("offer.changed", {"offer_id": offer_id}, now=utcnow())
    flash(_("La saison est supprimée : les horaires habituels s’appliquent."), "success")
    return redirect(url_for("provider_opening.show", offer_id=offer_id), 303)


def _save_season(offer: Offer, season: Season | None) -> Any:
    form, lines = SeasonForm(), forms.typed_lines(request.form, plan.MAX_LINES)
    try:
        first, last = form.days()
        with transaction():
            plan.save_season(
                offer.id,
                season.id if season else None,
                name=form.name.data or "",
                first_day=first,
                last_day=last,
                yearly=bool(form.yearly.data),
                lines=forms.hours_of(lines),
            )
            publish("offer.changed", {"offer_id": offer.id}, now=utcnow())
    except InvalidInput as error:
        show_errors(form, error)
        return _season_page(offer, season, form, lines, forms.numbered(error.fields, lines)), 422
    flash(_("La saison est enregistrée."), "success")
    return redirect(url_for("provider_opening.show", offer_id=offer.id), 303)


def _offer(offer_id: int) -> Offer:
    return queries.own(offer_id, own_provider().id)


def _page(offer: Offer, form: HorizonForm, lines: list[TypedLine], wrong: dict[str, Any] | None = None) -> str:
    openings = openings_of(offer.id)
    hours = {one.id: one.hours for one in openings.seasons}
    return render_template(
        "provider/calendar/opening.html",
        offer=offer,
        form=form,
        seasons=[(season, hours.get(season.id, ())) for season in plan.seasons_of(offer.id)],
        notice_days=openings.notice_days,
        **_lines_page(lines, wrong),
    )


def _season_page(
    offer: Offer,
    season: Season | None,
    form: SeasonForm,
    lines: list[TypedLine],
    wrong: dict[str, Any] | None = None,
) -> str:
    return render_template(
        "provider/calendar/season.html", offer=offer, season=season, form=form, **_lines_page(lines, wrong)
    )


def _lines_page(lines: list[TypedLine], wrong: dict[str, Any] | None) -> dict[str, Any]:
    names = {width: get_day_names(width, locale=locale()) for width in ("abbreviated", "wide")}
    return {
        "lines": lines if wrong else forms.with_spare(lines, plan.MAX_LINES),
        "wrong": wrong or {},
        "names": [(names["abbreviated"][day], names["wide"][day]) for day in range(7)],
    }
