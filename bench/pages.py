"""SQL statements and time of every page a person can open, each read by the first role that may.

In this process, without a web server: the time is the application's own, from request to response.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule

from app.accounts.models import User
from app.accounts.roles import PERMISSIONS, Action, Role
from app.core.db import session
from app.extensions import db
from bench.instance import Instance, application
from bench.report import Figure
from bench.web import searches
from bench.world import furnished
from tests.web.samples import SAMPLES, World

ROLES = (Role.ORGANISER, Role.SELLER, Role.OPERATOR, Role.FINANCE, Role.APPROVER)
SECTION = "SQL statements and time of each page (median; in the application, without the web server)"
WORDED = {"catalogue.index": searches()[0]}
FIRST = ("provider_requests.new_quote", "quotes.confirm")  # while the request is open, and its quote not accepted
SKIPPED = ("static", "mailbox.", "styleguide.", "health.", "pictures.", "home.picture")


def measure(instance: Instance, *, quick: bool, say: Callable[[str], None]) -> Iterator[Figure]:
    """One figure for each page, by address."""
    times = 3 if quick else 15
    with application(instance) as app:
        world = furnished()
        routes = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint not in FIRST, rule.rule))
        found = [figure for rule in routes if _is_page(rule) for figure in _read(app, rule, world, times, say)]
    yield from sorted(found, key=lambda figure: figure.name)


def _is_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and not rule.endpoint.startswith(SKIPPED)


def _read(app: Flask, rule: Rule, world: World, times: int, say: Callable[[str], None]) -> Iterator[Figure]:
    if rule.arguments and rule.endpoint not in SAMPLES:
        say(f"{rule.rule}: no sample")
        return
    address, role = _address(app, rule, world), _role(app, rule)
    client = app.test_client()
    if role is not None:
        _log_in(client, getattr(world, role.value))
    session().commit()
    first = _get(client, address)
    if first.status_code != 200 or first.mimetype != "text/html":
        say(f"{rule.rule}: no page ({first.status_code}, {first.mimetype})")
        return
    counted, took = [], []
    for _ in range(times):
        begun = time.perf_counter()
        with _listening() as statements:
            _get(client, address)
        took.append((time.perf_counter() - begun) * 1000)
        counted.append(len(statements))
    values = {"as": role.value if role else "anyone", "SQL": int(median(counted)), "ms": median(took)}
    yield Figure(SECTION, rule.rule, values | {"KB": len(first.data) / 1000})


def _get(client: FlaskClient, address: str) -> Any:
    """What the application answers, outside our own application context: the reader is another in each request."""
    return contextvars.Context().run(client.get, address)


def _address(app: Flask, rule: Rule, world: World) -> str:
    if rule.endpoint in WORDED:
        return WORDED[rule.endpoint]
    arguments = SAMPLES[rule.endpoint](world) if rule.arguments else {}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **arguments)


def _role(app: Flask, rule: Rule) -> Role | None:
    access = getattr(app.view_functions[rule.endpoint], "access", "public")
    if access == "public":
        return None
    return next(role for role in ROLES if access == "logged_in" or role in PERMISSIONS[Action(access)])


def _log_in(client: FlaskClient, user: User) -> None:
    with client.session_transaction() as stored:
        stored.update({"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set"})


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The SQL statements of what runs inside."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
