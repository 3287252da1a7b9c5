"""Moving an event: proposing other times to those who are booked, or moving at once when nobody is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.blueprints.company.event_forms import WallTime
from app.blueprints.company.scope import company_id
from app.blueprints.forms import message_field, show
from app.bookings import moving, new_times
from app.bookings import queries as bookings
from app.bookings.models import Move, MoveState
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition
from app.events import queries as events
from app.events.models import Event

bp = Blueprint("moves", __name__, url_prefix="/company")


class MoveForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """New times, on the wall where the event is."""

    starts_local = WallTime(
        _l("Nouveau début"), validators=[InputRequired(_l("Indiquez le jour et l’heure du début."))]
    )
    ends_local = WallTime(_l("Nouvelle fin"), validators=[InputRequired(_l("Indiquez le jour et l’heure de la fin."))])
    reason = message_field(_l("Votre message aux prestataires"))


@bp.get("/events/<slug>/move")
@requires(Action.BOOKING_CHANGE)
def new(slug: str) -> str:
    event = events.by_slug(slug, company_id())
    form = MoveForm(formdata=None, starts_local=event.starts_local, ends_local=event.ends_local)
    return _page(event, form)


@bp.post("/events/<slug>/move")
@requires(Action.BOOKING_CHANGE)
def propose(slug: str) -> Any:
    event, form = events.by_slug(slug, company_id()), MoveForm()
    if form.validate():
        try:
            with transaction():
                state, asked = _propose(event, form)
            if state == MoveState.AGREED:
                flash(_("L’évènement est déplacé. Les personnes invitées en sont prévenues."), "success")
                return redirect(url_for("events.show", slug=slug), 303)
            words = ngettext(
                "La proposition part à un prestataire.", "La proposition part à %(num)s prestataires.", asked
            )
            flash(words, "success")
            return redirect(url_for("moves.new", slug=slug), 303)
        except InvalidInput as error:
            show(form, error)
        except InvalidTransition as error:
            flash(str(error), "error")
            return redirect(url_for("moves.new", slug=slug), 303)
    return _page(events.by_slug(slug, company_id()), form), 422


@bp.post("/moves/<int:move_id>/withdraw")
@requires(Action.BOOKING_CHANGE)
def withdraw(move_id: int) -> Any:
    try:
        with transaction():
            slug = moving.withdraw(move_id, company_id=company_id(), user=person().user, now=utcnow()).event.slug
    except InvalidTransition as error:
        flash(str(error), "error")
        return redirect(url_for("events.index"), 303)
    flash(_("La proposition est retirée\u00a0: rien ne change."), "success")
    return redirect(url_for("moves.new", slug=slug), 303)


def _propose(event: Event, form: MoveForm) -> tuple[MoveState, int]:
    """Propose what was typed. Raises InvalidInput naming who has nothing free then: nothing is asked."""
    typed, now = form.data, utcnow()
    move = moving.propose(
        event.id,
        typed["starts_local"],
        typed["ends_local"],
        typed["reason"] or "",
        company_id=company_id(),
        user=person().user,
        now=now,
    )
    busy = new_times.busy_at(event, move, now) if move.state == MoveState.PROPOSED else []
    if busy:
        names = ", ".join(busy)
        raise InvalidInput(
            _("Ce créneau n’est pas libre chez %(names)s : choisissez-en un autre.", names=names), field="starts_local"
        )
    return move.state, len(move.answers)


def _page(event: Event, form: MoveForm) -> str:
    now, last = utcnow(), bookings.last_move(event.id)
    return render_template(
        "company/moves/move.html",
        event=event,
        form=form,
        standing=[one for one in bookings.of_event(event.id) if bookings.stands(one, now)],
        open_move=last if last is not None and last.state == MoveState.PROPOSED else None,
        declined=_declined(last),
        over=event.state in ("cancelled", "completed") or event.ends_at <= now,
        invited=event.invites_sent_at is not None,
    )


def _declined(last: Move | None) -> list[Any]:
    """Who said no to the last proposal."""
    if last is None or last.state != MoveState.DECLINED:
        return []
    return [answer for answer in last.answers if answer.declined_at]
