"""Quotes, as the company sees them: who has answered, the comparison, one quote, accepting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.company import comparison_view
from app.blueprints.company.scope import company_id
from app.blueprints.documents import as_stored
from app.blueprints.freshness import freshen
from app.blueprints.wording import category_words, requirement_words
from app.bookings import needs
from app.bookings import queries as bookings
from app.bookings.accepting import STATE_SENTENCES, accept
from app.core.clock import local_date, utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.events.models import Need
from app.offers.categories import facts
from app.offers.terms import Terms, fee_bps, reduced_headcount, reduction_until, schedule, thresholds
from app.payments.schedule import open_schedule
from app.quotes import comparing, queries
from app.quotes.models import Quote, QuoteState
from app.quotes.pricing import option_price, totals
from app.quotes.proposal import lines_of
from app.quotes.service import decline_words
from app.web import locale

bp = Blueprint("quotes", __name__, url_prefix="/company")


class AcceptForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The signature: one box, never ticked for her."""

    agreed = BooleanField(_l("Bon pour accord\u00a0: j’ai lu le devis et ses conditions, et j’engage mon entreprise"))


@bp.get("/quotes")
@requires(Action.QUOTE_COMPARE)
def index() -> str:
    page, now = max(request.args.get("page", 1, type=int), 1), utcnow()
    rows, total = needs.of_company(company_id(), now, page=page)
    pages = -(-total // queries.PAGE)
    return render_template(
        "company/quotes/index.html", rows=rows, page=page, pages=pages, category_label=category_words, now=now
    )


@bp.get("/events/<slug>/needs/<int:need_id>/compare")
@requires(Action.QUOTE_COMPARE)
def compare(slug: str, need_id: int) -> Any:
    need, now = queries.need_for_company(slug, need_id, company_id()), utcnow()
    typed, problem = request.args.get("headcount", "").strip(), None
    headcount = int(typed[:9]) if typed.isascii() and typed.isdigit() else need.event.headcount
    if typed and typed != str(headcount):
        problem = _("Indiquez un nombre entier.")
    try:
        found = comparing.load(need, headcount=headcount, now=now)
    except InvalidInput as error:
        problem, headcount = str(error), need.event.headcount
        found = comparing.load(need, headcount=headcount, now=now)
    return _comparison_page(need, found, headcount, typed or str(headcount), problem, now)


def _comparison_page(
    need: Need, found: comparing.Compared, headcount: int, typed: str, problem: str | None, now: datetime
) -> tuple[str, int]:
    zone = need.event.zone
    page = render_template(
        "company/quotes/compare.html",
        need=need,
        event=need.event,
        found=found,
        columns=comparison_view.columns_of(found, zone),
        groups=comparison_view.groups_of(found, zone),
        uncovered=[requirement_words({"code": one.code, "label": one.label}) for one in found.comparison.uncovered],
        booking=bookings.booked_needs(need.event_id, now).get(need.id),
        category_label=category_words,
        headcount=headcount,
        typed=typed,
        problem=problem,
        decline_words=decline_words,
        now=now,
    )
    return page, 422 if problem else 200


@bp.get("/quotes/<int:quote_id>")
@requires(Action.QUOTE_COMPARE)
def show_one(quote_id: int) -> str:
    quote, now = queries.quote_for_company(quote_id, company_id()), utcnow()
    booking = bookings.of_quote(quote.id) if quote.state == QuoteState.ACCEPTED else None
    return render_template("company/quotes/show.html", booking=booking, **_facts(quote, now))


def _facts(quote: Quote, now: datetime) -> dict[str, Any]:
    """What both pages show of a quote: its lines and totals, when what is due, what cancelling would cost."""
    zone, terms = quote.request.zone, Terms.from_json(quote.terms)
    starts_on, today, lines = local_date(quote.starts_at, zone), local_date(now, zone), lines_of(quote)
    lowest, until = reduced_headcount(terms, quote.headcount), reduction_until(terms, starts_on)
    costs = thresholds(terms, quote.gross_cents, starts_on, min(today, starts_on))
    return {
        "quote": quote,
        "asked": quote.request,
        "offer_facts": facts(quote.request.offer.category, quote.request.offer_version.details, locale()),
        "event": quote.request.event,
        "zone": zone,
        "terms": terms,
        "lines": lines,
        "option_price": option_price,
        "price": totals(lines, quote.headcount, quote.currency),
        "instalments": schedule(quote.gross_cents, terms, starts_on, min(today, starts_on)),
        "costs": [(day, cents, fee_bps(terms, starts_on, day)) for day, cents in costs],
        "starts_on": starts_on,
        "lowest": lowest if until is not None and until >= today and lowest < quote.headcount else None,
        "reduction_until": until,
        "open": quote.state == QuoteState.SENT and quote.valid_until > now,
        "now": now,
    }


@bp.get("/quotes/<int:quote_id>/pdf")
@requires(Action.QUOTE_COMPARE)
def pdf(quote_id: int) -> Response:
    return as_stored(queries.quote_for_company(quote_id, company_id()))


@bp.get("/quotes/<int:quote_id>/accept")
@requires(Action.QUOTE_ACCEPT)
def confirm(quote_id: int) -> Any:
    quote, now = queries.quote_for_company(quote_id, company_id()), utcnow()
    if quote.state != QuoteState.SENT or quote.valid_until <= now:
        state = QuoteState.EXPIRED if quote.state == QuoteState.SENT else quote.state
        return _refused(quote, STATE_SENTENCES[state])
    return render_template("company/quotes/accept.html", form=AcceptForm(), **_facts(quote, now))


@bp.post("/quotes/<int:quote_id>/accept")
@requires(Action.QUOTE_ACCEPT)
def agree(quote_id: int) -> Any:
    quote, now, form = queries.quote_for_company(quote_id, company_id()), utcnow(), AcceptForm()
    if not form.agreed.data:
        form.agreed.errors = [_("Cochez la case pour donner votre accord.")]
        return render_template("company/quotes/accept.html", form=form, **_facts(quote, now)), 422
    freshen([quote.request.offer_id])
    user, company, domain = person().user, company_id(), current_app.extensions["settings"].invites_domain
    try:
        with transaction():
            booking = accept(quote_id, user=user, company_id=company, invites_domain=domain, now=now)
            open_schedule(booking, now)
            booking_id = booking.id
    except (InvalidTransition, Unavailable) as error:
        return _refused(queries.quote_for_company(quote_id, company), error, taken=isinstance(error, Unavailable))
    flash(_("Le devis est accepté. Réglez le premier versement pour confirmer la réservation."), "success")
    return redirect(f"/company/bookings/{booking_id}", 303)


def _refused(quote: Quote, reason: object, *, taken: bool = False) -> tuple[str, int]:
    """Why this quote can't be accepted, and what to do instead."""
    asked = quote.request
    page = render_template(
        "company/quotes/refused.html",
        quote=quote,
        asked=asked,
        event=asked.event,
        sentence=str(reason),
        taken=taken,
        booking=bookings.of_quote(quote.id),
        compare_url=url_for("quotes.compare", slug=asked.event.slug, need_id=asked.need_id),
    )
    return page, 409
