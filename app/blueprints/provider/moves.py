"""What a provider is asked about moving events, and cancelling a booking from its side."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.forms import agreed_field, message_field, show
from app.blueprints.provider.scope import own_provider
from app.bookings import cancelling, moving
from app.bookings import queries as bookings
from app.bookings.models import Booking, MoveState
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.payments import queries as payments

bp = Blueprint("provider_moves", __name__, url_prefix="/provider")


class AnswerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A word with the answer."""

    reason = message_field(_l("Votre message"))


class ProviderCancelForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Why, which the customer reads."""

    reason = message_field(_l("Pourquoi"), InputRequired(_l("Dites pourquoi\u00a0: le client le lira.")))
    agreed = agreed_field(_l("Je sais que le client est remboursé en totalité"))


@bp.get("/moves")
@requires(Action.SALE_CHANGE)
def index() -> str:
    return render_template("provider/moves/index.html", rows=bookings.move_answers_awaited(own_provider().id))


@bp.get("/moves/<int:answer_id>")
@requires(Action.SALE_CHANGE)
def show_one(answer_id: int) -> str:
    return _page(answer_id, AnswerForm(formdata=None))


@bp.post("/moves/<int:answer_id>/agree")
@requires(Action.SALE_CHANGE)
def agree(answer_id: int) -> Any:
    return _answer(answer_id, yes=True)


@bp.post("/moves/<int:answer_id>/decline")
@requires(Action.SALE_CHANGE)
def decline(answer_id: int) -> Any:
    return _answer(answer_id, yes=False)


@bp.get("/bookings/<int:booking_id>/cancel")
@requires(Action.SALE_CHANGE)
def cancel(booking_id: int) -> str:
    return _cancel_page(booking_id, ProviderCancelForm(formdata=None))


@bp.post("/bookings/<int:booking_id>/cancel")
@requires(Action.SALE_CHANGE)
def cancel_booking(booking_id: int) -> Any:
    found, form = bookings.for_provider(booking_id, own_provider().id), ProviderCancelForm()
    if form.validate():
        try:
            with transaction():
                reason = form.reason.data or ""
                cancelling.cancel(found, cancelling.Side.PROVIDER, reason, user=person().user, now=utcnow())
            flash(_("La réservation est annulée. Le client est prévenu et remboursé."), "success")
            return redirect(url_for("provider_bookings.show", booking_id=booking_id), 303)
        except InvalidInput as error:
            show(form, error)
        except InvalidTransition as error:
            flash(str(error), "error")
            return redirect(url_for("provider_bookings.show", booking_id=booking_id), 303)
    return _cancel_page(booking_id, form), 422


def _answer(answer_id: int, *, yes: bool) -> Any:
    provider_id, form = own_provider().id, AnswerForm()
    bookings.move_asked(answer_id, provider_id)
    if not form.validate():
        return _page(answer_id, form), 422
    try:
        with transaction():
            reason = form.reason.data or ""
            move = moving.answer(answer_id, yes, reason, provider_id=provider_id, user=person().user, now=utcnow())
            done = move.state == MoveState.AGREED
    except (Unavailable, InvalidTransition) as error:
        return _page(answer_id, form, str(error)), 409
    except InvalidInput as error:
        return _page(answer_id, form, str(error)), 422
    flash(_said(yes, done), "success")
    return redirect(url_for("provider_moves.show_one", answer_id=answer_id), 303)


def _said(yes: bool, done: bool) -> Any:
    if not yes:
        return _("Votre refus est parti\u00a0: rien ne change.")
    if done:
        return _("C’est fait\u00a0: la réservation est aux nouvelles dates.")
    return _("Votre accord est noté. Tout change dès que les autres prestataires ont donné le leur.")


def _page(answer_id: int, form: AnswerForm, problem: str = "") -> str:
    move, answer = bookings.move_asked(answer_id, own_provider().id)
    return render_template(
        "provider/moves/show.html",
        move=move,
        answer=answer,
        booking=answer.booking,
        event=answer.booking.event,
        form=form,
        problem=problem,
        waits=move.state == MoveState.PROPOSED and not answer.agreed_at and not answer.declined_at,
    )


def _cancel_page(booking_id: int, form: ProviderCancelForm) -> str:
    booking = bookings.for_provider(booking_id, own_provider().id)
    return render_template(
        "provider/moves/cancel.html",
        booking=booking,
        offer=booking.quote.request.offer_version,
        form=form,
        paid_cents=payments.statement(booking.id).paid_cents,
        live=_live(booking),
    )


def _live(booking: Booking) -> bool:
    return booking.state in ("held", "confirmed") and booking.ends_at > utcnow()
