"""The process in which other people's bytes are read or fetched: started by its path, with limits of its own.

One JSON line in, and the file's bytes when there is one to read; one JSON line out, and the body that was fetched.
It has no settings, no database and nothing of the application but `app.availability.imports`.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 25
ALL_SERIES = 15.0
ONE_SERIES = 2.0


def main() -> None:
    """Do one task."""
    _set_limits()
    package = types.ModuleType("app")  # `import app` would bring the whole application along
    package.__path__ = [str(ROOT / "app")]
    sys.modules["app"] = package
    sys.path.insert(0, str(ROOT))
    task: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    answer, body = TASKS[task["do"]](task)
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


def _set_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    from app.availability.imports.notes import Trouble, Unreadable  # noqa: PLC0415 - after `app` is in place
    from app.availability.imports.reading import OutOfTime, read  # noqa: PLC0415
    from app.availability.imports.zones import named  # noqa: PLC0415

    zone = named(task["zone"])
    assert zone is not None
    window = (datetime.fromtimestamp(task["from"], UTC), datetime.fromtimestamp(task["to"], UTC))
    limit = _limit(OutOfTime)
    try:
        reading = read(sys.stdin.buffer.read(), window, zone, own_domain=task["own_domain"], limit=limit)
    except Unreadable as error:
        return {"trouble": error.trouble}, b""
    except MemoryError:
        return {"trouble": Trouble.TOO_HEAVY}, b""
    busy = [[start.timestamp(), end.timestamp()] for start, end in reading.busy]
    return {"busy": busy, "notes": [note.to_json() for note in reading.notes], "events": reading.events}, b""


def _limit(error: type[Exception]) -> Callable[[], Any]:
    """A context that raises `error` when one series, or all together, have used their time."""

    def ring(*_: Any) -> None:
        raise error

    signal.signal(signal.SIGVTALRM, ring)
    until = time.process_time() + ALL_SERIES

    @contextmanager
    def one() -> Iterator[None]:
        left = min(until - time.process_time(), ONE_SERIES)
        if left <= 0:
            raise error
        signal.setitimer(signal.ITIMER_VIRTUAL, left)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return one


def _fetch(task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    from app.availability.imports.fetching import FetchFailed, Known, get  # noqa: PLC0415 - after `app` is in place

    try:
        got = get(task["url"], Known(task["etag"], task["last_modified"]), seconds=task["seconds"])
    except FetchFailed as error:
        return {"problem": error.problem, "status": error.status, "retry_after": error.retry_after}, b""
    return {"status": got.status, "etag": got.etag, "last_modified": got.last_modified}, got.body


TASKS: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], bytes]]] = {"read": _read, "fetch": _fetch}


if __name__ == "__main__":
    main()
