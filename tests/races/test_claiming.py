"""Two workers at one queue: each effect and each mail is one worker's. Controls show it without the lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import outbox as effects
from app.core.db import transaction
from app.core.mime import Mailbox
from app.mail import service
from app.mail.compose import Post, queue_rendered
from tests.factories import now
from tests.races.conftest import Together, errors
from workers import outbox

pytestmark = pytest.mark.race

POST = Post(sender=Mailbox("Ensemble", "bonjour@ensemble.test"), base_url="http://localhost")
COUNT = 4
Queue = tuple[Any, Callable[[], list[int]]]


@pytest.fixture(params=["outbox", "mails"])
def queue(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """A queue with work for two, and what one worker does with it: claim its share, and take a while to commit."""
    monkeypatch.setitem(effects.REACTIONS, "test.happened", ("probe:note",))
    with transaction():
        for number in range(2 * COUNT):
            effects.publish("test.happened", {"number": number}, now=now())
            to = Mailbox("", f"p{number}@example.org")
            queue_rendered(POST, "test", to, "Bonjour", "Bonjour", "<p>Bonjour</p>", now=now())
    module: Any = outbox if request.param == "outbox" else service

    def claim() -> list[int]:
        found = module.claim(COUNT, now=now())
        time.sleep(0.5)
        return [getattr(one, "id", one) for one in found]

    return module, claim


def test_two_workers_take_different_work(queue: Queue, together: Together) -> None:
    _, claim = queue
    results = together(claim, claim)
    assert not errors(results)
    assert [len(found) for found in results] == [COUNT, COUNT]
    assert not set(results[0]) & set(results[1])


def test_control_without_the_lock_both_take_the_same(
    queue: Queue, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, claim = queue
    bare = str(module._CLAIM).replace("for update of m skip locked", "").replace("for update skip locked", "")
    monkeypatch.setattr(module, "_CLAIM", text(bare))
    results = together(claim, claim)
    assert not errors(results)
    assert set(results[0]) == set(results[1])
