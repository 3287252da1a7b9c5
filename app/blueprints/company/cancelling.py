"""Cancelling a booking, or a whole event: first what it costs, then a reason, then it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.company.scope import company_id
from app.blueprints.forms import agreed_field, message_field, show
from app.bookings import cancelling
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition
from app.events import queries as events
from app.events.models import Event
from app.invites import tally
from app.offers.terms import refund_due
from app.payments import queries as payments

bp = Blueprint("cancelling", __name__, url_prefix="/company")


class CancelForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Why, and that she has read what it costs."""

    reason = message_field(_l("Pourquoi"))
    agreed = agreed_field(_l("J’ai lu ce que l’annulation coûte"))
    fee_cents = HiddenField()


@dataclass(frozen=True, slots=True)
class Cost:
    """What cancelling one booking now means, in gross cents."""

    booking: Booking
    fee_cents: int
    paid_cents: int

    @property
    def refund_cents(self) -> int:
        """What goes back."""
        return refund_due(self.paid_cents, self.fee_cents)


def cost_of(booking: Booking, side: cancelling.Side) -> Cost:
    """What cancelling a booking today costs that side."""
    fee = cancelling.fee_to_cancel(booking, side, utcnow())
    return Cost(booking, fee, payments.statement(booking.id).paid_cents)


@bp.get("/bookings/<int:booking_id>/cancel")
@requires(Action.BOOKING_CHANGE)
def booking(booking_id: int) -> str:
    return _booking_page(bookings.for_company(booking_id, company_id()), CancelForm(formdata=None))


@bp.post("/bookings/<int:booking_id>/cancel")
@requires(Action.BOOKING_CHANGE)
def cancel_booking(booking_id: int) -> Any:
    found, form = bookings.for_company(booking_id, company_id()), CancelForm()
    if form.validate() and _cost_read(form, [cost_of(found, cancelling.Side.COMPANY)]):
        try:
            with transaction():
                reason = form.reason.data or ""
                cancelling.cancel(found, cancelling.Side.COMPANY, reason, user=person().user, now=utcnow())
            flash(_("La réservation est annulée. Le prestataire est prévenu."), "success")
            return redirect(url_for("payments.booking", booking_id=booking_id), 303)
        except InvalidInput as error:
            show(form, error)
        except InvalidTransition as error:
            flash(str(error), "error")
            return redirect(url_for("payments.booking", booking_id=booking_id), 303)
    return _booking_page(bookings.for_company(booking_id, company_id()), form), 422


@bp.get("/events/<slug>/cancel")
@requires(Action.EVENT_WRITE)
def event(slug: str) -> str:
    return _event_page(events.by_slug(slug, company_id()), CancelForm(formdata=None))


@bp.post("/events/<slug>/cancel")
@requires(Action.EVENT_WRITE)
def cancel_event(slug: str) -> Any:
    found, form = events.by_slug(slug, company_id()), CancelForm()
    if form.validate() and _cost_read(form, _costs(found)):
        try:
            with transaction():
                reason = form.reason.data or ""
                cancelling.cancel_event(found.id, reason, company_id=company_id(), user=person().user, now=utcnow())
            flash(_("L’évènement est annulé. Tout le monde est prévenu."), "success")
            return redirect(url_for("events.show", slug=slug), 303)
        except InvalidInput as error:
            show(form, error)
        except InvalidTransition as error:
            flash(str(error), "error")
            return redirect(url_for("events.show", slug=slug), 303)
    return _event_page(events.by_slug(slug, company_id()), form), 422


def _cost_read(form: CancelForm, costs: list[Cost]) -> bool:
    """Whether she has read today's fee: it may have risen since the page was opened."""
    if str(sum(cost.fee_cents for cost in costs)) == form.fee_cents.data:
        return True
    form.agreed.errors = [_("Le coût a changé depuis l’ouverture de cette page\u00a0: relisez-le.")]
    form.agreed.data = False
    return False


def _costs(event: Event) -> list[Cost]:
    now = utcnow()
    live = [one for one in bookings.of_event(event.id) if bookings.stands(one, now) and one.ends_at > now]
    return [cost_of(one, cancelling.Side.COMPANY) for one in live]


def _booking_page(booking: Booking, form: CancelForm) -> str:
    cost = cost_of(booking, cancelling.Side.COMPANY)
    form.fee_cents.data = str(cost.fee_cents)
    return render_template(
        "company/moves/cancel_booking.html",
        booking=booking,
        offer=booking.quote.request.offer_version,
        form=form,
        cost=cost,
        live=booking.state in ("held", "confirmed") and booking.ends_at > utcnow(),
    )


def _event_page(event: Event, form: CancelForm) -> str:
    costs = _costs(event)
    form.fee_cents.data = str(sum(cost.fee_cents for cost in costs))
    return render_template(
        "company/moves/cancel_event.html",
        event=event,
        form=form,
        costs=costs,
        invited=tally.of_event(event.id).invited,
        live=event.state not in ("cancelled", "completed"),
    )
