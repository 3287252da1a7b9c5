"""Every periodic job on one page: name, task, seconds between two runs.

Beat only wakes; each task looks for what is due and does nothing when there is none. A job that beat sends twice, or
that two workers run at once, claims its rows with SKIP LOCKED.
"""

from __future__ import annotations

from typing import Any

TASK_MODULES = ("workers.outbox", "workers.mailer", "workers.periodic", "workers.calendars")

_JOBS: dict[str, float] = {
    "outbox.drain": 5,
    "outbox.sweep": 60,
    "mail.drain": 5,
    "mail.sweep": 60,
    "bookings.expire_unpaid": 30,
    "availability.expire_holds": 60,
    "availability.poll_calendars": 60,
    "quotes.expire": 60,
    "payments.fall_due": 600,
    "payments.reconcile": 300,
    "bookings.complete_past": 3600,
    "offers.expire_labels": 3600,
    "search.fold_counts": 600,
}

SCHEDULE: dict[str, dict[str, Any]] = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in _JOBS.items()
}
