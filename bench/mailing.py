"""Invites: built a second, mailed a second, and the whole path from the button to the last mail.

Building is the outbox's drain (each message's text, HTML and calendar part, into the queue of mails); mailing is the
mail worker's drain into a real SMTP server that keeps every mail on the disk. The whole path has the product's own
worker do both, woken by the broker.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import func, select

from app.core.clock import utcnow
from app.core.db import session, transaction
from app.events.models import Event
from app.invites import service
from app.mail.models import MailState, OutgoingMail
from bench.instance import Instance, application
from bench.report import Figure
from bench.servers import working
from bench.world import Rows
from workers import mailer, outbox

SECTION = "Invites (each a mail with its calendar part, for one person)"
PATIENCE_SECONDS = 300.0


def measure(instance: Instance, *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    """Figures for one event's invites."""
    people = 100 if quick else 500
    with application(instance) as app, _tasks(app, instance):
        say(f"{people} invites, one step after another")
        yield from _steps(instance, people)
        say(f"{people} invites through the worker")
        with working(instance, {"BASE_URL": instance.settings().base_url}):
            time.sleep(10)  # loaded, connected, idle
            yield _whole(people)


@contextmanager
def _tasks(app: Flask, instance: Instance) -> Iterator[None]:
    """The context that a task of the worker runs in."""
    with app.test_request_context(base_url=instance.settings().base_url):
        yield


def _steps(instance: Instance, people: int) -> Iterator[Figure]:
    outbox.drain()
    mailer.drain(instance.settings().smtp_url)
    event_id = _event(people)
    yield _figure("asked for (the button's own transaction)", people, _timed(lambda: _press(event_id)))
    yield _figure("built, by one worker process", people, _timed(outbox.drain))
    yield _figure("mailed, by one worker process", people, _timed(lambda: mailer.drain(instance.settings().smtp_url)))
    _all_sent(people, event_id)


def _whole(people: int) -> Figure:
    event_id = _event(people)
    before = _sent()
    begun = time.perf_counter()
    _press(event_id)
    while _sent() < before + people:
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            raise TimeoutError(f"{_sent() - before} of {people} invites were sent within {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.02)
    return _figure("from the button to the last mail, by the product's worker", people, time.perf_counter() - begun)


def _event(people: int) -> int:
    rows = Rows()
    event = rows.event()
    for _ in range(people):
        rows.attendee(event)
    session().commit()
    return event.id


def _press(event_id: int) -> None:
    with transaction():
        service.send(session().get_one(Event, event_id), by="bench", now=utcnow())


def _timed(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def _sent() -> int:
    session().rollback()
    query = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state == MailState.SENT)
    return session().scalar(query) or 0


def _all_sent(people: int, event_id: int) -> None:
    if _sent() < people:
        raise RuntimeError(f"{_sent()} of the {people} invites of event {event_id} were sent")


def _figure(name: str, count: int, seconds: float) -> Figure:
    return Figure(SECTION, name, {"invites": count, "s": seconds, "invites/s": count / seconds})
