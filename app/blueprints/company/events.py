"""Events: the list, the description, the needs, and the cockpit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.company import cockpit_lines as lines
from app.blueprints.company import links
from app.blueprints.company.cockpit import cockpit_of
from app.blueprints.company.event_forms import EventForm, NeedForm
from app.blueprints.company.scope import company_id
from app.blueprints.forms import show as show_errors
from app.blueprints.wording import requirement_words
from app.bookings import needs
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.events import queries, service
from app.events.models import Event
from app.offers import categories
from app.payments import queries as payments
from app.quotes import asked

bp = Blueprint("events", __name__, url_prefix="/company/events")


@bp.get("")
@requires(Action.EVENT_READ)
def index() -> str:
    now, past = utcnow(), request.args.get("when") == "past"
    coming, over = queries.count_by_time(company_id(), now)
    listed = queries.of_company(company_id(), now, past=past)
    ids = [] if past else [event.id for event in listed]
    return render_template(
        "company/events/index.html",
        events=listed,
        waits=needs.waiting_for(ids, now),
        owed=payments.due_of_events(ids),
        past=past,
        coming=coming,
        over=over,
    )


@bp.get("/new")
@requires(Action.EVENT_WRITE)
def new() -> str:
    return render_template("company/events/form.html", form=EventForm(), event=None, times_fixed=False)


@bp.post("/new")
@requires(Action.EVENT_WRITE)
def create() -> Any:
    form, who = EventForm(), person()
    if form.validate():
        settings: Settings = current_app.extensions["settings"]
        try:
            plan = form.plan()
            with transaction():
                event = service.create(
                    company_id(),
                    who.user.id,
                    plan,
                    invites_domain=settings.invites_domain,
                    by=who.actor,
                    now=utcnow(),
                )
                slug = event.slug
            return redirect(url_for("events.need_new", slug=slug), 303)
        except InvalidInput as error:
            show_errors(form, error)
    return render_template("company/events/form.html", form=form, event=None, times_fixed=False), 422


@bp.get("/<slug>")
@requires(Action.EVENT_READ)
def show(slug: str) -> str:
    event, now = queries.by_slug(slug, company_id()), utcnow()
    cockpit = cockpit_of(event, person(), now)
    return render_template(
        "company/events/show.html",
        event=event,
        cockpit=cockpit,
        alerts=lines.alerts(cockpit),
        timeline=lines.timeline(cockpit),
        links=links,
        requirement_words=requirement_words,
        now=now,
    )


@bp.get("/<slug>/edit")
@requires(Action.EVENT_WRITE)
def edit(slug: str) -> str:
    event = queries.by_slug(slug, company_id())
    return render_template(
        "company/events/form.html", form=EventForm.of(event), event=event, times_fixed=asked.is_asked(event.id)
    )


@bp.post("/<slug>/edit")
@requires(Action.EVENT_WRITE)
def change(slug: str) -> Any:
    event, form = queries.by_slug(slug, company_id()), EventForm()
    fixed = asked.is_asked(event.id)
    if form.validate():
        try:
            plan = form.plan()
            with transaction():
                service.change(event, plan, times_fixed=fixed, by=person().actor, now=utcnow())
            flash(_saved_sentence(event), "success")
            return redirect(url_for("events.show", slug=slug), 303)
        except InvalidInput as error:
            show_errors(form, error)
    return render_template("company/events/form.html", form=form, event=event, times_fixed=fixed), 422


@bp.get("/<slug>/needs/new")
@requires(Action.EVENT_WRITE)
def need_new(slug: str) -> str:
    event = queries.by_slug(slug, company_id())
    code = request.args.get("category", "")
    if code not in categories.codes():
        return render_template("company/events/need_kind.html", event=event, categories=categories.all_categories())
    form = NeedForm()
    form.offer_choices(code)
    return _need_page(event, code, form)


@bp.post("/<slug>/needs/new")
@requires(Action.EVENT_WRITE)
def need_create(slug: str) -> Any:
    event, form = queries.by_slug(slug, company_id()), NeedForm()
    code = categories.get(request.args.get("category", "")).code
    form.offer_choices(code)
    if form.validate():
        try:
            with transaction():
                need = service.add_need(event, form.brief(code), by=person().actor, now=utcnow())
                need_id = need.id
            return _after_need(slug, need_id)
        except InvalidInput as error:
            show_errors(form, error)
    return _need_page(event, code, form), 422


@bp.get("/needs/<int:need_id>/edit")
@requires(Action.EVENT_WRITE)
def need_edit(need_id: int) -> str:
    need = queries.need(need_id, company_id())
    return _need_page(need.event, need.category, NeedForm.of(need), need_id, asked.was_asked(need_id))


@bp.post("/needs/<int:need_id>/edit")
@requires(Action.EVENT_WRITE)
def need_change(need_id: int) -> Any:
    need, form = queries.need(need_id, company_id()), NeedForm()
    form.offer_choices(need.category)
    if form.validate():
        try:
            with transaction():
                service.change_need(need, form.brief(need.category), by=person().actor, now=utcnow())
                slug = need.event.slug
            flash(_("Le besoin est enregistré."), "success")
            return redirect(url_for("events.show", slug=slug), 303)
        except InvalidInput as error:
            show_errors(form, error)
    return _need_page(need.event, need.category, form, need_id, asked.was_asked(need_id)), 422


@bp.post("/needs/<int:need_id>/remove")
@requires(Action.EVENT_WRITE)
def need_remove(need_id: int) -> Response:
    need = queries.need(need_id, company_id())
    with transaction():
        slug = need.event.slug
        service.remove_need(need, asked=asked.was_asked(need_id), by=person().actor, now=utcnow())
    flash(_("Le besoin est retiré."), "success")
    return redirect(url_for("events.show", slug=slug), 303)


def _saved_sentence(event: Event) -> str:
    if event.invites_sent_at is not None:
        return str(_("L’évènement est enregistré. Prévenez les invités depuis la page des participants."))
    return str(_("L’évènement est enregistré."))


def _after_need(slug: str, need_id: int) -> Response:
    if request.form.get("then") == "another":
        return redirect(url_for("events.need_new", slug=slug), 303)
    return redirect(url_for("catalogue.index", need=need_id), 303)


def _need_page(event: Event, code: str, form: NeedForm, need_id: int | None = None, was_asked: bool = False) -> str:
    return render_template(
        "company/events/need.html",
        event=event,
        category=categories.get(code),
        form=form,
        need_id=need_id,
        was_asked=was_asked,
    )
