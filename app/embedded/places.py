"""Where one instance keeps its embedded parts: data, sockets, logs, locks.

The instance directory may be anywhere, have any length and belong to anyone. Two things cannot always
live inside it: a unix socket (its path is limited to about a hundred characters) and, when we are root,
PostgreSQL's cluster (it runs as another account, which may not be able to enter the instance directory).
"""

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import EmbeddedError

LONGEST_SOCKET_DIR = 80
SYSTEM_ROOT = Path("/var/lib/ensemble")


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one instance; `Places.of(instance_dir)` makes them."""

    instance: Path

    @classmethod
    def of(cls, instance_dir: str | Path) -> "Places":
        """Resolve `instance_dir`, create it (private to us) where it is missing, and return its places.

        Raises EmbeddedError when it cannot be created or written.
        """
        instance = Path(instance_dir).expanduser().resolve()
        try:
            instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"INSTANCE_DIR {instance} cannot be created: {error.strerror}.") from error
        if not os.access(instance, os.W_OK | os.X_OK):
            raise EmbeddedError(f"INSTANCE_DIR {instance} is not writable for this user.")
        return cls(instance)

    @property
    def key(self) -> str:
        """A short name for this instance directory, stable as long as it stays where it is."""
        return hashlib.sha256(os.fsencode(self.instance)).hexdigest()[:16]

    @property
    def log(self) -> Path:
        return private_dir(self.instance / "log")

    @property
    def runtime(self) -> Path:
        return self.instance / "runtime.json"

    @property
    def sockets(self) -> Path:
        """The directory of our own sockets: inside the instance where that is short enough, else under /tmp."""
        inside = self.instance / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
            return private_dir(inside)
        return private_dir(Path(f"/tmp/ensemble-{os.geteuid()}-{self.key}"))

    def open_log(self, name: str) -> Path:
        """The log file of the part `name`; one that grew past 10 MB is set aside first."""
        path = self.log / f"{name}.log"
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(path.with_suffix(".log.1"))
        return path

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock `name` of this instance, waiting for whoever has it; it dies with its holder."""
        descriptor = os.open(private_dir(self.instance / "lock") / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def private_dir(path: Path) -> Path:
    """Create `path`, readable by us alone, or check that it is our own directory. Raises EmbeddedError."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{path} exists but is not a directory of this user; remove it or choose another INSTANCE_DIR."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)
    return path


def last_lines(path: Path, count: int = 8) -> str:
    """The end of a log file, for an error message; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4000))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])
