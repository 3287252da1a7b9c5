"""The provider's day: what to answer, what is coming, what is to be paid."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.accounts.roles import Action
from app.blueprints.access import requires
from app.blueprints.provider.scope import own_provider
from app.bookings import queries as bookings
from app.bookings.models import BookingState
from app.core.clock import local_date, utcnow
from app.payments import earnings
from app.quotes import queries
from app.web import locale

bp = Blueprint("provider_day", __name__)

PARIS = "Europe/Paris"
SHOWN = 6


@bp.get("/provider")
@requires(Action.REQUEST_ANSWER)
def show() -> str:
    now, provider = utcnow(), own_provider()
    mine = provider.id
    coming, options = bookings.coming_for_provider(mine, now), queries.options_of(mine, now)
    today = local_date(now, PARIS)
    taken = _days((booking.starts_at, booking.ends_at, booking.event.zone, "busy") for booking in coming)
    held = _days((option.starts_at, option.ends_at, option.zone, "held") for option in options)
    return render_template(
        "provider/day.html",
        provider=provider,
        today=today,
        rows=queries.inbox(mine, "open", now, size=SHOWN),
        counts=queries.inbox_counts(mine, now),
        moves=bookings.move_answers_awaited(mine),
        coming=coming[:SHOWN],
        confirmed=sum(booking.state == BookingState.CONFIRMED for booking in coming),
        options=options[:SHOWN],
        money_of=earnings.of_provider(mine),
        months=[_month(first, held | taken, today) for first in _two_months(today, [*taken, *held])],
        day_names=[get_day_names("narrow", locale=locale())[index] for index in range(7)],
        now=now,
    )


def _days(items: Iterable[tuple[datetime, datetime, str, str]]) -> dict[date, str]:
    """Each day that a time touches, with what it is."""
    found: dict[date, str] = {}
    for starts_at, ends_at, zone, kind in items:
        first, last = local_date(starts_at, zone), local_date(ends_at - timedelta(seconds=1), zone)
        for offset in range((last - first).days + 1):
            found[first + timedelta(days=offset)] = kind
    return found


def _two_months(today: date, days: Iterable[date]) -> tuple[date, date]:
    """This month and the next one in which something happens, else the one after this."""
    first = today.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    later = [day.replace(day=1) for day in days if day >= following]
    return first, min(later, default=following)


def _month(first: date, days: dict[date, str], today: date) -> dict[str, Any]:
    """One month as the macro `month` takes it."""
    words = {"busy": _("réservé"), "held": _("option")}
    cells: list[dict[str, Any] | None] = []
    for day in Calendar().itermonthdates(first.year, first.month):
        kind = days.get(day, "")
        inside = day.month == first.month
        cells.append(
            {"n": day.day, "kind": kind, "word": words.get(kind, ""), "today": day == today} if inside else None
        )
    return {"name": format_date(first, "LLLL yyyy", locale=locale()), "cells": cells}
