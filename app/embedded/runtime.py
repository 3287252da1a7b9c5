"""INSTANCE_DIR/runtime.json: the ports chosen for this instance's parts and the processes that run them."""

import json
import os
import socket
from functools import partial
from typing import Any

from app.embedded.places import Places
from app.embedded.processes import wait_until

HOST = "127.0.0.1"
PORT_SECONDS = 2.0


def read(places: Places) -> dict[str, Any]:
    """What is noted, empty when there is nothing or the note is unreadable (a torn disk: it is chosen anew)."""
    try:
        noted = json.loads(places.runtime.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def note(places: Places, **values: Any) -> None:
    """Add `values` to the note; None removes a name."""
    with places.locked("runtime"):
        noted = {name: value for name, value in (read(places) | values).items() if value is not None}
        fresh = places.runtime.with_suffix(".new")
        fresh.write_text(json.dumps(noted, indent=2, sort_keys=True) + "\n")
        os.replace(fresh, places.runtime)


def is_free(port: int) -> bool:
    """Whether we could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something listens on this loopback port."""
    try:
        socket.create_connection((HOST, port), timeout=2).close()
    except OSError:
        return False
    return True


def choose_port(places: Places, name: str) -> int:
    """The loopback port noted under `name`, or a free one, noted, when there is none or a stranger has it.

    A part that was just killed may hold its port for a moment more, and others know it by that port: wait for it.
    """
    port = read(places).get(name)
    if isinstance(port, int) and wait_until(partial(is_free, port), PORT_SECONDS):
        return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    note(places, **{name: port})
    return port
