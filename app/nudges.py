"""Waking the workers after a commit: best effort, off the request's thread: no page ever waits for the broker."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

from app.config import Settings
from app.core.outbox import on_nudge
from workers.broker import make_celery

log = structlog.get_logger()


class Nudger:
    """A daemon thread with a short queue. A nudge that finds the queue full is dropped: beat sweeps soon after."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._waiting: queue.Queue[str] = queue.Queue(maxsize=8)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        """Ask for the drain `name` to be woken. Never blocks, never raises."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(name)
        except queue.Full:
            log.warning("nudge dropped", queue=name)

    def _run(self) -> None:
        while True:
            name = self._waiting.get()
            try:
                self._send(name)
            except Exception as error:  # noqa: BLE001  # whatever the broker's client raises: beat sweeps
                log.warning("nudge failed", queue=name, error=repr(error))


def register(settings: Settings) -> None:
    """Make commits of this process wake the drains, where a broker is known."""
    if not settings.redis_url:
        return
    celery = make_celery(settings.redis_url)
    on_nudge(Nudger(lambda name: celery.send_task(f"{name}.drain", ignore_result=True)))
