"""Paying a booking: its page with what is due, the way to the hosted page, and the way back."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.company.scope import company_id
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import GatewayError, InvalidTransition, Unavailable
from app.extensions import limiter
from app.gateway import takes_real_money
from app.payments import onboarding, queries, service
from app.payments.failure_words import failure_sentence
from app.payments.gateways.base import PaymentGateway, PaymentSnapshot
from app.payments.models import Attempt, AttemptState
from app.web import locale

bp = Blueprint("payments", __name__, url_prefix="/company/bookings")
log = structlog.get_logger()


def gateway() -> PaymentGateway:
    """This process's gateway."""
    found: PaymentGateway = current_app.extensions["payment_gateway"]()
    return found


@bp.get("/<int:booking_id>")
@requires(Action.BOOKING_READ)
def booking(booking_id: int) -> Any:
    return _page(bookings.for_company(booking_id, company_id()))


def _page(found: Booking, status: int = 200, *, problem: str = "", problem_title: str = "") -> tuple[str, int]:
    now = utcnow()
    page = render_template(
        "company/bookings/show.html",
        booking=found,
        offer=found.quote.request.offer_version,
        statement=queries.statement(found.id),
        cost=bookings.cancellation_cost(found, now),
        stands=bookings.stands(found, now),
        failure=failure_sentence,
        problem=problem,
        problem_title=problem_title,
        now=now,
    )
    return page, status


@bp.route("/<int:booking_id>/pay", methods=["GET", "POST"])
@limiter.limit("20 per minute", key_func=by_person, methods=["POST"])
@requires(Action.PAYMENT_MAKE)
def pay(booking_id: int) -> Any:
    found = bookings.for_company(booking_id, company_id())
    if request.method == "GET":  # the page that answered a click, loaded again
        return _back(booking_id)
    try:
        return _to_the_page(found)
    except (InvalidTransition, Unavailable) as error:
        return _page(bookings.for_company(booking_id, company_id()), 409, problem=str(error))
    except GatewayError as error:
        log.warning("payment page not opened", booking=booking_id, error=str(error), permanent=error.permanent)
        return _page(
            bookings.for_company(booking_id, company_id()),
            503,
            problem=_("Rien n’a été débité et votre réservation est intacte. Réessayez dans une minute."),
            problem_title=_("La page de paiement ne s’est pas ouverte."),
        )


def _to_the_page(found: Booking) -> Any:
    booking_id = found.id
    parties = service.meet(found, gateway(), locale=locale())
    if not parties.ready:
        return _blocked(found.id, parties)
    for _each in range(2):  # an attempt whose page has ended makes way for a new one
        attempt, seen = _open(booking_id, parties)
        if attempt.state != AttemptState.CANCELLED:
            break
    if seen.checkout_open and seen.checkout_url:
        return redirect(seen.checkout_url, 303)
    _say(attempt)
    return _back(booking_id)


def _open(booking_id: int, parties: service.Parties) -> tuple[Attempt, PaymentSnapshot]:
    by, links = person().actor, _links(booking_id)
    with transaction():
        if parties.account is not None:
            _note_account(booking_id, parties)
        attempt = service.start(booking_id, parties, links, locale=locale(), by=by, now=utcnow())
    attempt_id = attempt.id
    try:
        seen = service.open_page(attempt_id, gateway())
    except GatewayError as error:
        if error.permanent:
            with transaction():
                service.refuse(attempt_id, error.code or "", str(error), now=utcnow())
        raise
    return _settle(attempt_id, seen), seen


def _note_account(booking_id: int, parties: service.Parties) -> None:
    found = bookings.for_company(booking_id, company_id())
    if parties.account is not None:
        onboarding.note_account(found.provider_id, parties.account, now=utcnow())


def _blocked(booking_id: int, parties: service.Parties) -> Any:
    with transaction():
        _note_account(booking_id, parties)
        service.block(booking_id, by=person().actor, now=utcnow())
    found = bookings.for_company(booking_id, company_id())
    return _page(
        found,
        409,
        problem=_(
            "Rien n’a été débité. Nous l’avons prévenu et votre créneau reste réservé\u00a0: revenez ici dès demain.",
        ),
        problem_title=_("%(name)s ne peut pas encore recevoir de paiement.", name=found.provider.name),
    )


def _links(booking_id: int) -> service.Links:
    back = url_for("payments.come_back", booking_id=booking_id, _external=True)
    stop = url_for("payments.booking", booking_id=booking_id, _external=True)
    return service.Links(success=f"{back}?session={{CHECKOUT_SESSION_ID}}", cancel=stop)


@bp.get("/<int:booking_id>/paid")
@requires(Action.PAYMENT_MAKE)
def come_back(booking_id: int) -> Response:
    found = bookings.for_company(booking_id, company_id())
    attempt_id = queries.attempt_of(request.args.get("session", ""), found.id)
    if attempt_id is None:
        return _back(booking_id)
    try:
        seen = service.look_up(attempt_id, gateway())
    except GatewayError as error:
        log.warning("payment not looked up", attempt=attempt_id, error=str(error))
        flash(
            _("Nous vérifions votre paiement. Inutile de payer une seconde fois\u00a0: cette page le dira."), "warning"
        )
        return _back(booking_id)
    if seen is not None:
        _say(_settle(attempt_id, seen))
    return _back(booking_id)


def _settle(attempt_id: int, seen: PaymentSnapshot) -> Attempt:
    settings: Settings = current_app.extensions["settings"]
    with transaction():
        return service.settle(attempt_id, seen, live=takes_real_money(settings), now=utcnow())


def _say(attempt: Attempt) -> None:
    state, booking = attempt.state, attempt.instalment.booking
    if state == AttemptState.SUCCEEDED and attempt.instalment.state == "paid":
        flash(_("Votre paiement est arrivé. Un reçu part par e-mail."), "success")
    elif state == AttemptState.SUCCEEDED:
        flash(
            _("Votre paiement est arrivé trop tard pour cette réservation\u00a0: ce qui vous revient vous est rendu."),
            "warning",
        )
    elif state in (AttemptState.PROCESSING, AttemptState.PARTIALLY_FUNDED):
        flash(_("Votre paiement est en route. Nous vous écrirons dès qu’il est arrivé."), "success")
    elif state == AttemptState.FAILED:
        flash(failure_sentence(attempt.failure_code), "error")
    log.info("payment seen", attempt=attempt.id, booking=booking.id, state=str(state))


def _back(booking_id: int) -> Response:
    return redirect(url_for("payments.booking", booking_id=booking_id), 303)
