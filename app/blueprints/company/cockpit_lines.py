"""The cockpit's time line and its alerts, in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.blueprints.company import links
from app.blueprints.company.cockpit import Cockpit, NeedView
from app.bookings import queries as bookings
from app.bookings.models import BookingState
from app.core.clock import local_date
from app.events.models import EventState
from app.formatting import moment_in_words, money, short_date
from app.offers.terms import Terms, reduced_headcount, reduction_until
from app.payments.models import InstalmentKind, InstalmentState
from app.quotes.models import RequestState

EXPIRES_SOON_HOURS = 72
KINDS = {
    InstalmentKind.DEPOSIT: lambda: _("Acompte"),
    InstalmentKind.BALANCE: lambda: _("Solde"),
    InstalmentKind.FULL: lambda: _("Totalité"),
}


def alerts(cockpit: Cockpit) -> list[dict[str, Any]]:
    """What must not be missed, the most pressing first: tone, title, text, and where to act."""
    return [*_unpaid(cockpit), *_overdue(cockpit), *_expiring(cockpit), *_reductions(cockpit)]


def timeline(cockpit: Cockpit) -> list[dict[str, Any]]:
    """What was decided, what is to do now, and what comes, as the macro `timeline` takes it."""
    lines = [*_created(cockpit), *_booked(cockpit), *_invited(cockpit), *_payments(cockpit), *_answers(cockpit)]
    lines.append(_the_day(cockpit))
    lines.sort(key=lambda line: (line["state"] != "done", line["on"]))
    return [line | {"at": _short(line["on"], cockpit)} for line in lines]


def _short(day: date, cockpit: Cockpit) -> str:
    return short_date(day, _locale(), today=cockpit.today)


def _locale() -> str:
    return str(get_locale() or "fr")[:2]


def _moment(at: datetime, cockpit: Cockpit) -> str:
    return moment_in_words(at, _locale(), zone=cockpit.event.zone, today=cockpit.today)


def _line(state: str, title: Any, on: date, text: Any = "", url: str = "") -> dict[str, Any]:
    return {"state": state, "title": title, "text": text, "on": on, "url": url}


def _day(cockpit: Cockpit, at: datetime) -> date:
    return local_date(at, cockpit.event.zone)


def _created(cockpit: Cockpit) -> list[dict[str, Any]]:
    event = cockpit.event
    return [_line("done", _("Évènement décrit"), _day(cockpit, event.created_at))]


def _booked(cockpit: Cockpit) -> list[dict[str, Any]]:
    names = {view.booking.id: view.label for view in cockpit.needs if view.booking}
    lines = []
    for booking in cockpit.bookings:
        name, price = names.get(booking.id, _("Réservation")), money(booking.gross_cents, locale=_locale())
        text = _("%(provider)s, %(price)s TTC", provider=booking.provider.name, price=price)
        url = links.booking(booking.id)
        if booking.confirmed_at and booking.state in (BookingState.CONFIRMED, BookingState.COMPLETED):
            title = _("%(need)s : devis accepté, réservation confirmée", need=name)
            lines.append(_line("done", title, _day(cockpit, booking.confirmed_at), text, url))
        elif booking.state == BookingState.HELD and bookings.stands(booking, cockpit.now):
            title = _("%(need)s : payer pour confirmer la réservation", need=name)
            lines.append(_line("now", title, _day(cockpit, booking.expires_at or cockpit.now), text, url))
        elif booking.state == BookingState.CANCELLED and booking.cancelled_at:
            lines.append(_line("late", _("Réservation annulée"), _day(cockpit, booking.cancelled_at), text, url))
    return lines


def _invited(cockpit: Cockpit) -> list[dict[str, Any]]:
    event, tally = cockpit.event, cockpit.tally
    if event.invites_sent_at is None:
        return []
    title = ngettext("Invitation envoyée à une personne", "Invitations envoyées à %(num)s personnes", tally.invited)
    text = _("%(yes)s oui, %(maybe)s peut-être, %(no)s non", yes=tally.yes, maybe=tally.maybe, no=tally.no)
    return [_line("done", title, _day(cockpit, event.invites_sent_at), text, links.attendees(event))]


def _payments(cockpit: Cockpit) -> list[dict[str, Any]]:
    standing = {one.id for one in cockpit.bookings if bookings.stands(one, cockpit.now)}
    lines = []
    for row in cockpit.instalments:
        if row.booking_id not in standing:
            continue
        title = f"{KINDS[row.kind]()}, {money(row.amount_cents, row.currency, _locale())}"
        state = {InstalmentState.PAID: "done", InstalmentState.DUE: "now", InstalmentState.OVERDUE: "late"}
        on = _day(cockpit, row.paid_at) if row.paid_at else row.due_on
        lines.append(_line(state.get(row.state, ""), title, on, row.provider, links.booking(row.booking_id)))
    return lines


def _answers(cockpit: Cockpit) -> list[dict[str, Any]]:
    lines = []
    for view in cockpit.needs:
        if view.booking is None and view.quotes:
            on = min(_day(cockpit, row.valid_until) for row in view.quotes)
            title = ngettext(
                "%(need)s : un devis à examiner",
                "%(need)s : choisir entre %(num)s devis",
                len(view.quotes),
                need=view.label,
            )
            names = ", ".join(row.provider for row in view.quotes)
            lines.append(_line("now", title, on, names, links.compare(cockpit.event, view.need)))
        if view.booking is None and view.waiting:
            on = max(_day(cockpit, row.answer_by) for row in view.waiting)
            title = ngettext(
                "%(need)s : une réponse attendue",
                "%(need)s : %(num)s réponses attendues",
                len(view.waiting),
                need=view.label,
            )
            lines.append(_line("", title, on, ", ".join(row.provider for row in view.waiting)))
    return lines


def _the_day(cockpit: Cockpit) -> dict[str, Any]:
    event = cockpit.event
    if event.state == EventState.CANCELLED:
        return _line("late", _("Évènement annulé"), _day(cockpit, event.starts_at), _("il était prévu ce jour-là"))
    over = event.ends_at <= cockpit.now
    return _line(
        "done" if over else "", event.title, _day(cockpit, event.starts_at), event.venue_name or event.place_name
    )


def _unpaid(cockpit: Cockpit) -> list[dict[str, Any]]:
    return [
        {
            "tone": "wait",
            "title": _(
                "%(provider)s vous attend jusqu’au %(moment)s.",
                provider=one.provider.name,
                moment=_moment(one.expires_at, cockpit),
            ),
            "text": _("Sans paiement d’ici là, la réservation expire et le créneau est rendu."),
            "action": (_("Payer"), links.booking(one.id)),
        }
        for one in cockpit.bookings
        if one.state == BookingState.HELD and one.expires_at and bookings.stands(one, cockpit.now)
    ]


def _overdue(cockpit: Cockpit) -> list[dict[str, Any]]:
    late = [row for row in cockpit.instalments if row.state == InstalmentState.OVERDUE]
    return [
        {
            "tone": "no",
            "title": _("Paiement en retard."),
            "text": _(
                "%(amount)s à %(provider)s étaient dus le %(day)s.",
                amount=money(row.amount_cents, row.currency, _locale()),
                provider=row.provider,
                day=_short(row.due_on, cockpit),
            ),
            "action": (_("Régler"), links.booking(row.booking_id)),
        }
        for row in late
    ]


def _expiring(cockpit: Cockpit) -> list[dict[str, Any]]:
    """Quotes to decide on soon, and needs for which nobody can."""
    found = []
    for view in cockpit.needs:
        soon = [row for row in view.quotes if _hours_left(cockpit, row) <= EXPIRES_SOON_HOURS]
        if soon and view.booking is None:
            found.append(_expiring_quotes(cockpit, view, soon))
        if view.asked and all(row.state in (RequestState.DECLINED, RequestState.EXPIRED) for row in view.asked):
            title = _("%(need)s : personne ne peut.", need=view.label)
            text = _("Tous les prestataires ont décliné ou laissé passer le délai : choisissez d’autres offres.")
            action = (_("Choisir des offres"), url_for("catalogue.index", need=view.need.id))
            found.append({"tone": "wait", "title": title, "text": text, "action": action})
    return found


def _hours_left(cockpit: Cockpit, row: Any) -> float:
    return float((row.valid_until - cockpit.now).total_seconds() / 3600)


def _expiring_quotes(cockpit: Cockpit, view: NeedView, rows: list[Any]) -> dict[str, Any]:
    first = min(rows, key=lambda row: row.valid_until)
    names = ", ".join(row.provider for row in rows)
    title = ngettext(
        "Le devis de %(names)s expire bientôt.", "Les devis de %(names)s expirent bientôt.", len(rows), names=names
    )
    text = _("Décidez avant le %(moment)s.", moment=_moment(first.valid_until, cockpit))
    action = (_("Comparer"), links.compare(cockpit.event, view.need))
    return {"tone": "wait", "title": title, "text": text, "action": action}


def _reductions(cockpit: Cockpit) -> list[dict[str, Any]]:
    """The last days on which the headcount can fall for free, told with who has said yes."""
    found = []
    for booking in cockpit.bookings:
        if booking.state != BookingState.CONFIRMED:
            continue
        terms = Terms.from_json(booking.terms)
        until = reduction_until(terms, _day(cockpit, booking.starts_at))
        if until is None or not cockpit.today <= until <= cockpit.soon or cockpit.tally.yes >= booking.headcount:
            continue
        found.append(
            _reduction(
                cockpit, booking.provider.name, booking.headcount, reduced_headcount(terms, booking.headcount), until
            )
        )
    return found


def _reduction(cockpit: Cockpit, provider: str, headcount: int, least: int, until: date) -> dict[str, Any]:
    days = (until - cockpit.today).days
    title = ngettext("Encore %(num)s jour", "Encore %(num)s jours", days) if days else _("Dernier jour")
    text = _(
        "pour baisser l’effectif sans frais chez %(provider)s, jusqu’à %(least)s : %(yes)s oui sur %(count)s.",
        provider=provider,
        least=least,
        yes=cockpit.tally.yes,
        count=headcount,
    )
    return {
        "tone": "wait",
        "title": title,
        "text": text,
        "action": (_("Voir les réponses"), links.attendees(cockpit.event)),
    }
