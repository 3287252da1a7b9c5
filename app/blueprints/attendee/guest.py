"""The page of one attendee, opened by the link in her mail. Opening it changes nothing; an answer is a POST."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.blueprints.access import public
from app.blueprints.public.cards import picture_url
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, Unavailable
from app.events.models import Event
from app.extensions import limiter
from app.invites import cards, feeds, queries, service
from app.invites.models import Answer, DeliveryState, Invitation

bp = Blueprint("guest", __name__)

View = TypeVar("View", bound=Callable[..., Any])


def _token() -> str:
    """Limits count per invitation: a whole office answers from one address."""
    return str((request.view_args or {}).get("token", ""))


def discreet(view: View) -> View:
    """The address is a secret: no referrer, no index, no cache."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        response: Response = make_response(view(*args, **kwargs))
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return guarded  # type: ignore[return-value]


@bp.get("/i/<token>")
@public
@discreet
def show(token: str) -> Any:
    invitation, event = queries.by_token(token)
    return _page(invitation, event)


@bp.post("/i/<token>")
@public
@limiter.limit("30 per minute", key_func=_token)
@discreet
def answer(token: str) -> Any:
    invitation, event = queries.by_token(token)
    comment = request.form.get("comment", "")
    try:
        with transaction():
            service.answer(
                invitation,
                event,
                request.form.get("answer", ""),
                comment,
                times_sequence=request.form.get("dates", -1, type=int),
                now=utcnow(),
            )
    except (InvalidInput, Unavailable) as error:
        invitation, event = queries.by_token(token)
        status = 422 if isinstance(error, InvalidInput) else 409
        return _page(invitation, event, comment=comment, problem=str(error)), status
    flash(_("Merci, votre réponse est enregistrée."), "success")
    return redirect(url_for("guest.show", token=token), 303)


@bp.get("/i/<token>/event.ics")
@public
@discreet
def calendar(token: str) -> Response:
    """The event for a calendar, with nobody named in it: nothing that the file does sends a mail."""
    invitation, event = queries.by_token(token)
    stamp = invitation.sent_stamp or event.invites_sent_at or event.created_at
    card = cards.of_event(event, sequence=max(event.sequence, invitation.sent_sequence), stamp=stamp, sent_by="")
    gone = stamp if _is_off(invitation, event) else None
    feed = feeds.render(event.title, f"file-{event.ical_uid}", [feeds.Entry(card, gone)], now=stamp)
    response = Response(feed.content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    return response


@bp.get("/e/<key>")
@public
@discreet
def event(key: str) -> str:
    """What a shared calendar's entry leads to: the same facts, without names and answers."""
    settings: Settings = current_app.extensions["settings"]
    found = queries.public_event(f"{key}@{settings.invites_domain}")
    return render_template(
        "attendee/event.html",
        event=found,
        where=cards.place_of(found),
        route=_route(found),
        picture=_picture(queries.venue_offer(found.id)),
        over=found.ends_at <= utcnow(),
    )


def _picture(offer_id: int | None) -> str:
    return picture_url(offer_id) if offer_id else url_for("home.picture", code="team_day")


def _page(invitation: Invitation, event: Event, *, comment: str | None = None, problem: str = "") -> str:
    now = utcnow()
    suggested = request.args.get("answer", "")
    return render_template(
        "attendee/guest.html",
        invitation=invitation,
        attendee=invitation.attendee,
        event=event,
        organiser=event.organiser.name or event.company.name,
        where=cards.place_of(event),
        route=_route(event),
        programme=cards.programme_days(event),
        picture=_picture(queries.venue_offer(event.id)),
        off=_is_off(invitation, event),
        moved=event.times_sequence > 0 and invitation.answer == Answer.NEEDS_ACTION,
        open=service.answers_open(event, now),
        until=min(event.answer_by or event.starts_at, event.starts_at),
        over=event.ends_at <= now,
        choices=service.CHOICES,
        suggested=suggested if suggested in list(service.CHOICES) and suggested != invitation.answer else "",
        comment=invitation.comment if comment is None else comment,
        problem=problem,
    )


def _is_off(invitation: Invitation, event: Event) -> bool:
    return event.state == "cancelled" or invitation.state == DeliveryState.CANCELLED


def _route(event: Event) -> str:
    """A map of the venue, opened only on a click."""
    if not event.venue_name or event.venue_lat is None or event.venue_lon is None:
        return ""
    at = f"{event.venue_lat:.5f}/{event.venue_lon:.5f}"
    return f"https://www.openstreetmap.org/?mlat={event.venue_lat:.5f}&mlon={event.venue_lon:.5f}#map=16/{at}"
