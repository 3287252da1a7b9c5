"""The tray of a need: picking offers for it, and sending the request to those who are in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.company.event_forms import RequestForm, picked_ids
from app.blueprints.company.scope import company_id
from app.blueprints.company.trays import tray_of
from app.blueprints.forms import show
from app.blueprints.next_page import is_ours
from app.blueprints.public.cards import cards
from app.blueprints.wording import requirement_words
from app.bookings import needs
from app.core.clock import to_utc, utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.events import queries as events
from app.events.models import Event, Need
from app.extensions import limiter
from app.offers import categories
from app.quotes import asked, requests
from app.search import queries as search
from app.search.criteria import DEFAULT_RADIUS_KM, Criteria, Near

bp = Blueprint("picks", __name__, url_prefix="/company")


@bp.get("/picks/new")
@requires(Action.EVENT_WRITE)
def choose() -> str:
    """For which need is this offer picked? Asked when the reader didn't come from one."""
    now, wanted = utcnow(), request.args.get("offer", "")
    found = search.of_offers(picked_ids([wanted]), Criteria(), now)
    category = found[0].category if found else ""
    open_needs = _needs_to_fill(category, now)
    trays = events.picks_of([need.id for need in open_needs])
    return render_template(
        "company/picks/choose.html",
        offer=cards(found, Criteria(), person().organisation)[0] if found else None,
        category=category,
        needs=open_needs,
        trays={need_id: {row.offer_id for row in rows} for need_id, rows in trays.items()},
        kinds={category.code: category.label for category in categories.all_categories()},
        most=requests.most_providers(now),
    )


def _needs_to_fill(category: str, now: datetime) -> list[Any]:
    """The company's needs without a booking: those of the offer's category first, each in their order."""
    found = events.open_needs(company_id(), now)
    met = needs.booked_among([need.id for need in found], now)
    return sorted((need for need in found if need.id not in met), key=lambda need: need.category != category)


@bp.post("/needs/<int:need_id>/picks")
@requires(Action.EVENT_WRITE)
def toggle(need_id: int) -> Any:
    need, who, now = events.need(need_id, company_id()), person(), utcnow()
    offer_id = next(iter(picked_ids([request.form.get("offer", "")])), 0)
    inside = offer_id in {row.offer_id for row in events.picks_of([need_id]).get(need_id, [])}
    try:
        with transaction():
            change = requests.unpick if inside else requests.pick
            change(need_id, offer_id, by=who.actor, now=now)
    except InvalidInput as error:
        return _review(events.need(need_id, company_id()), RequestForm(formdata=None), str(error)), 422
    if request.headers.get("HX-Request"):
        return render_template("company/picks/_tray.html", tray=tray_of(events.need(need_id, company_id()), now))
    return redirect(_back(need), 303)


@bp.get("/needs/<int:need_id>/request")
@requires(Action.EVENT_WRITE)
def review(need_id: int) -> str:
    need, form = events.need(need_id, company_id()), RequestForm()
    form.use_local(requests.answer_bounds(need.event, utcnow())[1], need.event.zone)
    return _review(need, form)


@bp.post("/needs/<int:need_id>/request")
@limiter.limit("60 per hour", key_func=by_person)
@requires(Action.EVENT_WRITE)
def send(need_id: int) -> Any:
    need, form, now = events.need(need_id, company_id()), RequestForm(), utcnow()
    slug, zone, problem = need.event.slug, need.event.zone, ""
    if form.validate():
        try:
            answer_by = to_utc(form.answer_by.data, zone, field="answer_by")  # type: ignore[arg-type]
            with transaction():
                sent = requests.send(
                    need_id,
                    picked_ids(request.form.getlist("offers")),
                    message=form.message.data or "",
                    answer_by=answer_by,
                    by=person().actor,
                    now=now,
                )
            flash(_sent_sentence(len(sent)), "success")
            return redirect(url_for("events.show", slug=slug), 303)
        except InvalidInput as error:
            show(form, error)
            problem = str(error.fields.get("offers", ""))
    return _review(events.need(need_id, company_id()), form, problem), 422


@bp.post("/requests/<int:request_id>/withdraw")
@requires(Action.EVENT_WRITE)
def withdraw(request_id: int) -> Response:
    found = asked.request_of(request_id, company_id())
    with transaction():
        slug = found.event.slug
        requests.withdraw(found, by=person().actor, now=utcnow(), reason=request.form.get("reason", "")[:1000])
    flash(_("La demande est retirée ; le prestataire est prévenu."), "success")
    return redirect(url_for("events.show", slug=slug), 303)


def _review(need: Need, form: RequestForm, problem: str = "") -> str:
    now, event = utcnow(), need.event
    if form.answer_by.data is None and not form.answer_by.raw_data:
        form.use_local(requests.answer_bounds(event, now)[1], event.zone)
    tray = tray_of(need, now)
    days = event.starts_local.date(), event.ends_local.date()
    criteria = Criteria(
        near=_around(event),
        headcount=event.headcount,
        first_day=days[0],
        last_day=days[1],
        window=(event.starts_at, event.ends_at),
        also_taken=True,
    )
    found = search.of_offers([pick["id"] for pick in tray.picks], criteria, now)
    rows = [row for row in asked.of_event(event.id) if row.need_id == need.id]
    competing = [row for row in rows if row.state not in requests.FREES_ITS_PLACE]
    return render_template(
        "company/picks/review.html",
        need=need,
        event=event,
        form=form,
        problem=problem,
        category=categories.get(need.category),
        offers=cards(found, criteria, person().organisation),
        gone=[pick for pick in tray.picks if pick["id"] not in {one.offer_id for one in found}],
        asked=rows,
        competitors=len(competing) + len(found),
        left=tray.left,
        bounds=requests.answer_bounds(event, now),
        requirement_words=requirement_words,
    )


def _around(event: Event) -> Near | None:
    if event.lat is None or event.lon is None:
        return None
    return Near(event.place_name, event.lat, event.lon, DEFAULT_RADIUS_KM)


def _sent_sentence(count: int) -> str:
    return str(
        ngettext(
            "La demande est envoyée : le prestataire est prévenu par courriel.",
            "La demande est envoyée à %(num)s prestataires, prévenus par courriel.",
            count,
        )
    )


def _back(need: Need) -> str:
    """Where she clicked, when that is a page of ours; else the results for the need."""
    came = urlsplit(request.referrer or "")
    path = came.path + (f"?{came.query}" if came.query else "")
    if came.netloc == request.host and is_ours(path) and "/picks/new" not in path:
        return path
    return url_for("catalogue.index", need=need.id)
