"""Requests for quotes, as the provider sees them: what is asked, until when, and its answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.accounts.roles import Action
from app.availability import queries as availability
from app.blueprints.access import by_person, person, requires
from app.blueprints.documents import as_stored
from app.blueprints.forms import show, stripped
from app.blueprints.provider import quote_reading
from app.blueprints.provider.priced_forms import terms_values
from app.blueprints.provider.quote_forms import QuoteForm, line_values
from app.blueprints.provider.scope import own_provider
from app.blueprints.wording import requirement_words
from app.bookings.accepting import need_is_booked
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.extensions import limiter
from app.offers.price_rule import Price
from app.offers.terms import Terms
from app.quotes import queries, service
from app.quotes.models import Quote, QuoteRequest, QuoteState
from app.quotes.pricing import OptionPrice, option_price, totals
from app.quotes.proposal import lines_of, measured, starting_lines, usual_hold, usual_measures, usual_validity

bp = Blueprint("provider_requests", __name__, url_prefix="/provider")

POSITION = re.compile(r"\d{1,3}", re.ASCII)
NO_HOLD = ("none", _l("Sans option\u00a0: la date reste libre pour d’autres"))
TAB_WORDS = {
    "open": _l("À répondre"),
    "sent": _l("Devis envoyés"),
    "won": _l("Retenus"),
    "closed": _l("Closes"),
}


class DeclineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Why not: a reason from the list, and a sentence."""

    reason = RadioField(
        _l("Pourquoi"), choices=[SelectChoice(code, words) for code, words in service.DECLINE_REASONS.items()]
    )
    text = TextAreaField(_l("Votre message"), filters=[stripped], render_kw={"rows": 3, "maxlength": 1000})


@bp.get("/requests")
@requires(Action.REQUEST_ANSWER)
def index() -> str:
    now, tab = utcnow(), request.args.get("tab", "open")
    tab = tab if tab in queries.TABS else "open"
    page = max(request.args.get("page", 1, type=int), 1)
    counts = queries.inbox_counts(own_provider().id, now)
    return render_template(
        "provider/requests/index.html",
        rows=queries.inbox(own_provider().id, tab, now, page=page),
        tab=tab,
        words=TAB_WORDS,
        counts=counts,
        page=page,
        pages=-(-counts[tab] // queries.PAGE),
        now=now,
    )


@bp.get("/requests/<int:request_id>")
@requires(Action.REQUEST_ANSWER)
def show_one(request_id: int) -> Any:
    return _page(queries.request_for_provider(request_id, own_provider().id), DeclineForm())


def _page(asked: QuoteRequest, form: DeclineForm, status: int = 200) -> tuple[str, int]:
    now, versions = utcnow(), queries.versions_of(asked.id)
    page = render_template(
        "provider/requests/show.html",
        asked=asked,
        versions=versions,
        closed=_why_closed(asked, versions[0] if versions else None, now),
        free=availability.free_units([asked.offer_id], asked.starts_at, asked.ends_at, now)[asked.offer_id],
        declined=service.decline_words(asked.decline_reason),
        lines_of=lines_of,
        option_price=option_price,
        requirement=requirement_words,
        form=form,
        now=now,
    )
    return page, status


@bp.post("/requests/<int:request_id>/decline")
@requires(Action.REQUEST_ANSWER)
def decline(request_id: int) -> Any:
    asked, form = queries.request_for_provider(request_id, own_provider().id), DeclineForm()
    try:
        with transaction():
            reason, text = form.reason.data or "", form.text.data or ""
            service.decline_request(asked.id, reason, text, by=person().actor, now=utcnow())
    except InvalidInput as error:
        show(form, error)
        return _page(queries.request_for_provider(request_id, own_provider().id), form, 422)
    except InvalidTransition as error:
        return _refused(request_id, error)
    flash(_("Votre réponse est partie\u00a0: l’entreprise lira votre raison."), "success")
    return redirect(url_for("provider_requests.index"), 303)


@bp.get("/requests/<int:request_id>/quote")
@requires(Action.REQUEST_ANSWER)
def new_quote(request_id: int) -> Any:
    asked, now = queries.request_for_provider(request_id, own_provider().id), utcnow()
    versions = queries.versions_of(asked.id)
    latest = versions[0] if versions else None
    sentence = _why_closed(asked, latest, now)
    if sentence is not None:
        return _refused(request_id, InvalidTransition(sentence))
    return _form_page(asked, _prefilled(asked, latest, now), latest, now)


@bp.post("/requests/<int:request_id>/quote")
@limiter.limit("120 per minute", key_func=by_person)
@requires(Action.REQUEST_ANSWER)
def answer(request_id: int) -> Any:
    asked, now, form = queries.request_for_provider(request_id, own_provider().id), utcnow(), QuoteForm()
    versions = queries.versions_of(asked.id)
    latest, do = versions[0] if versions else None, request.form.get("do", "update")
    sentence = _why_closed(asked, latest, now)
    if sentence is not None:
        return _refused(request_id, InvalidTransition(sentence))
    if do == "send":
        return _send(asked, form, latest, now)
    if do == "preview":
        return _preview(asked, form, latest, now)
    if do == "add":
        form.lines.add()
        form.lines[-1].form.label.render_kw = {"maxlength": "300", "autofocus": True}
    elif do == "refill":
        return _refilled(asked, form, latest, now)
    elif do.startswith("remove-") and POSITION.fullmatch(do[7:]):
        form.lines.remove(int(do[7:]))
    return _form_page(asked, form, latest, now)


def _refilled(asked: QuoteRequest, form: QuoteForm, latest: Quote | None, now: datetime) -> Any:
    """The lines of the offer's rule anew, for the nights, hours and children typed, in place of those in the form."""
    measures = quote_reading.read_measures(form, asked)
    if measures is None:
        return _form_page(asked, form, latest, now, 422)
    try:
        form.lines.fill(line_values(line) for line in starting_lines(asked, measures))
    except InvalidInput as error:
        form.nights.errors = [str(error)]
        return _form_page(asked, form, latest, now, 422)
    return _form_page(asked, form, latest, now)


def _send(asked: QuoteRequest, form: QuoteForm, latest: Quote | None, now: datetime) -> Any:
    request_id, proposal = asked.id, quote_reading.read_proposal(form, asked)
    if proposal is None:
        return _form_page(asked, form, latest, now, 422)
    try:
        with transaction():
            quote = service.send_quote(
                request_id,
                proposal,
                by=person().actor,
                now=now,
                platform_name=_platform(),
                renewable=not need_is_booked(asked.need_id, now=now),
                follows=request.form.get("follows", type=int),
            )
            number = quote.number
    except InvalidInput as error:
        quote_reading.show(form, error)
        return _again(request_id, form, now, 422)
    except Unavailable:
        form.hold.errors = [_("Ce créneau est déjà pris. Envoyez le devis en deuxième option, ou sans option.")]
        return _again(request_id, form, now, 409, taken=True)
    except InvalidTransition as error:
        return _refused(request_id, error)
    flash(_("Le devis %(number)s est parti. L’entreprise vient d’en être prévenue.", number=number), "success")
    return redirect(url_for("provider_requests.show_one", request_id=request_id), 303)


def _preview(asked: QuoteRequest, form: QuoteForm, latest: Quote | None, now: datetime) -> Any:
    proposal = quote_reading.read_proposal(form, asked)
    if proposal is None:
        return _form_page(asked, form, latest, now, 422)
    version = latest.version + 1 if latest else 1
    try:
        content = service.preview(asked, proposal, version=version, now=now, platform_name=_platform())
    except InvalidInput as error:
        quote_reading.show(form, error)
        return _form_page(asked, form, latest, now, 422)
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "inline; filename=projet.pdf"})


def _again(request_id: int, form: QuoteForm, now: datetime, status: int, *, taken: bool = False) -> Any:
    """The form once more, after a rollback has emptied the session."""
    asked, versions = queries.request_for_provider(request_id, own_provider().id), queries.versions_of(request_id)
    return _form_page(asked, form, versions[0] if versions else None, now, status, taken=taken)


def _form_page(
    asked: QuoteRequest, form: QuoteForm, latest: Quote | None, now: datetime, status: int = 200, *, taken: bool = False
) -> tuple[str, int]:
    form.wear(asked, _holds(asked, latest, now, taken=taken))
    price, extras = _figures(form, asked, quiet=status == 200)
    page = render_template(
        "provider/requests/quote.html",
        asked=asked,
        form=form,
        latest=latest,
        price=price,
        extras=extras,
        wrong=list(form.wrong()),
        franchise=asked.provider.vat_franchise,
        measured=measured(asked),
        now=now,
    )
    return page, status


def _figures(
    form: QuoteForm, asked: QuoteRequest, *, quiet: bool
) -> tuple[Price | None, list[tuple[str, OptionPrice]]]:
    """Totals and options of what is typed; nothing while a line can't be read. `quiet`: says not yet what is wrong."""
    lines = quote_reading.read_lines(form, asked)
    if quiet:
        form.hush()
    if lines is None:
        return None, []
    try:
        price = totals(lines, asked.headcount)
    except InvalidInput:
        return None, []
    return price, [(line.label, option_price(line)) for line in lines if line.optional]


def _prefilled(asked: QuoteRequest, latest: Quote | None, now: datetime) -> QuoteForm:
    """The form from the version before, else from the offer's price rule and terms."""
    usual = usual_measures(asked)
    terms = Terms.from_json(latest.terms if latest else asked.offer_version.terms)
    try:
        lines = lines_of(latest) if latest else starting_lines(asked)
    except InvalidInput:
        lines = ()
    values: dict[str, Any] = {
        "lines": [line_values(line) for line in lines] or [{}],
        "nights": str(usual.nights),
        "hours": str(usual.hours),
        "children": str(usual.children),
        "follows": str(latest.version if latest else 0),
        "valid_until": usual_validity(asked, now),
        "hold": "hold" if latest and latest.reservation_id else "none",
        "hold_until": min(usual_hold(asked, now), usual_validity(asked, now)),
        "message": latest.message if latest else "",
        **terms_values(terms),
    }
    return QuoteForm(formdata=None, data=values)


def _holds(asked: QuoteRequest, latest: Quote | None, now: datetime, *, taken: bool) -> list[tuple[str, Any]]:
    mine = latest is not None and latest.state == QuoteState.SENT and latest.reservation_id is not None
    free = availability.free_units([asked.offer_id], asked.starts_at, asked.ends_at, now)[asked.offer_id]
    if mine or (free and not taken):
        return [NO_HOLD, ("hold", _l("Poser une option\u00a0: la date est gardée pour cette entreprise"))]
    return [NO_HOLD, ("queue", _l("Se placer en deuxième option\u00a0: le créneau est déjà pris par une autre"))]


def _why_closed(asked: QuoteRequest, latest: Quote | None, now: datetime) -> Any | None:
    settled = latest is not None and latest.state in service.SETTLED
    renewable = settled and not need_is_booked(asked.need_id, now=now)
    return service.why_closed(asked, asked.event, latest, now=now, renewable=renewable)


def _refused(request_id: int, error: InvalidTransition) -> tuple[str, int]:
    asked = queries.request_for_provider(request_id, own_provider().id)
    return render_template("provider/requests/closed.html", asked=asked, sentence=str(error)), 409


def _platform() -> str:
    return str(current_app.extensions["settings"].operator.name)


@bp.post("/quotes/<int:quote_id>/withdraw")
@requires(Action.REQUEST_ANSWER)
def withdraw(quote_id: int) -> Any:
    request_id = queries.quote_for_provider(quote_id, own_provider().id).request_id
    try:
        with transaction():
            service.withdraw_quote(quote_id, by=person().actor, now=utcnow())
    except InvalidTransition as error:
        return _refused(request_id, error)
    flash(_("Le devis est retiré. L’entreprise vient d’en être prévenue."), "success")
    return redirect(url_for("provider_requests.show_one", request_id=request_id), 303)


@bp.get("/quotes/<int:quote_id>/pdf")
@requires(Action.REQUEST_ANSWER)
def pdf(quote_id: int) -> Response:
    return as_stored(queries.quote_for_provider(quote_id, own_provider().id))
