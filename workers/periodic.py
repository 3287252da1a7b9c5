"""Periodic jobs: thin tasks that call the features' verbs."""

from __future__ import annotations

from celery import shared_task

from app.availability import service as availability
from app.bookings import service as bookings
from app.core.clock import utcnow
from app.core.db import transaction
from app.offers import labels
from app.payments import service as payments
from app.quotes import queries as quote_queries
from app.quotes import service as quotes
from app.search import facets
from workers.handlers.payments import reconcile


@shared_task(name="payments.fall_due")  # type: ignore[untyped-decorator]
def payments_fall_due() -> None:
    """What has reached its day is due; what was not paid in time is overdue; both sides are told."""
    with transaction():
        payments.fall_due(utcnow())


@shared_task(name="payments.reconcile")  # type: ignore[untyped-decorator]
def payments_reconcile() -> None:
    """Ask the gateway about what has been open for long: no lost webhook leaves a payment unseen."""
    reconcile(utcnow())


@shared_task(name="quotes.expire")  # type: ignore[untyped-decorator]
def expire_quotes() -> None:
    """Close requests and quotes whose time has passed: one transaction each, so that no two wait for one another."""
    now = utcnow()
    for request_id in quote_queries.overdue_requests(now):
        with transaction():
            quotes.expire_request(request_id, now=now)
    for quote_id in quote_queries.overdue_quotes(now):
        with transaction():
            quotes.expire_quote(quote_id, now=now)


@shared_task(name="bookings.expire_unpaid")  # type: ignore[untyped-decorator]
def expire_unpaid() -> None:
    """Free the slots of bookings whose deposit has not come in time; both sides are told."""
    more = True
    while more:
        with transaction():
            more = bool(bookings.expire_unpaid(utcnow()))


@shared_task(name="bookings.complete_past")  # type: ignore[untyped-decorator]
def complete_past() -> None:
    """Close bookings and events that are over."""
    more = True
    while more:
        with transaction():
            more = bool(bookings.complete_past(utcnow()))


@shared_task(name="offers.expire_labels")  # type: ignore[untyped-decorator]
def expire_labels() -> None:
    """Providers are told thirty days before a label's last day; after it, nobody finds the offer by it."""
    for step in (labels.remind, labels.lapse):
        more = True
        while more:
            with transaction():
                more = bool(step(utcnow()))


@shared_task(name="availability.expire_holds")  # type: ignore[untyped-decorator]
def expire_holds() -> None:
    """Tidy holds that have run out. Nothing depends on it: whoever wants the time expires them first."""
    more = True
    while more:
        with transaction():
            more = bool(availability.expire_overdue(utcnow()))


@shared_task(name="search.fold_counts")  # type: ignore[untyped-decorator]
def fold_counts() -> None:
    """Add up the changes of the search's counts, so that reading them stays quick."""
    with transaction():
        facets.fold()
