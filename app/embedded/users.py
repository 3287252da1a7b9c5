"""Who uses an instance: its parts run as long as somebody does, and stop after the last user.

Every program that uses an instance (a command line tool, the supervisor) holds a shared lock on it. A keeper
process waits for the exclusive one: it gets it when the last user is gone, however that ended, and stops the parts.
"""

import contextlib
import fcntl
import os
import sys
from pathlib import Path

from app.embedded.parts import stop_all
from app.embedded.places import Places, private_dir
from app.embedded.processes import spawn
from app.embedded.services import LAUNCHER

_held: dict[Path, int] = {}


def join(places: Places) -> None:
    """Become a user of this instance until this process ends, and see that a keeper waits for that end."""
    if places.instance in _held:
        return
    descriptor = _open(places, "users")
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a keeper is stopping the parts
    _held[places.instance] = descriptor
    if not _has_keeper(places):
        _start_keeper(places)


def leave(places: Places) -> None:
    """Stop being a user of this instance."""
    with contextlib.suppress(KeyError):
        os.close(_held.pop(places.instance))


def keep(places: Places) -> None:
    """Wait until nobody uses the instance any more, then stop its parts. One keeper an instance: others return."""
    keeping, using = _open(places, "keeper"), _open(places, "users")
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(keeping, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(using, fcntl.LOCK_EX)
        if places.instance.exists():
            stop_all(places)
    os.close(keeping)  # first: who gets the other lock next must find no keeper, and start one
    os.close(using)


def _has_keeper(places: Places) -> bool:
    descriptor = _open(places, "keeper")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _start_keeper(places: Places) -> None:
    argv = [sys.executable, str(LAUNCHER), "keeper", str(places.instance)]
    spawn(argv, log=places.open_log("keeper"), cwd=Path("/"), env=dict(os.environ))


def _open(places: Places, name: str) -> int:
    return os.open(private_dir(places.instance / "lock") / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
