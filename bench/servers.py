"""The product's web server and the plain page's, both as the supervisor would start them."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench.instance import Instance

READY_SECONDS = 60.0
HOST = "127.0.0.1"


@contextmanager
def serving(instance: Instance, *, target: str = "app.wsgi:app", ready: str = "/healthz") -> Iterator[int]:
    """Granian with the supervisor's own settings, serving `target`; the port."""
    port = _free_port()
    child = instance.program("web", port)
    child.argv[-1] = target
    child.start({**instance.environment, "BASE_URL": f"http://localhost:{port}"})
    try:
        _await(port, ready)
        yield port
    finally:
        child.stop()


@contextmanager
def working(instance: Instance, environment: Mapping[str, str]) -> Iterator[None]:
    """The product's worker, as the supervisor starts it."""
    child = instance.program("worker")
    child.start({**instance.environment, **environment})
    try:
        yield
    finally:
        child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await(port: int, path: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"nothing answers on port {port}")
