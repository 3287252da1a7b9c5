"""Run everything on one machine: `python app/embedded supervisor`, behind `make run`.

Starts the embedded parts, prepares the data, runs web, worker and beat, and watches them all until SIGINT,
SIGTERM or SIGHUP. Settings come from the environment: PORT, INSTANCE_DIR and every other one.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from app.config import SettingError, Settings
from app.embedded import runtime
from app.embedded.children import ROOT, Child, children
from app.embedded.errors import EmbeddedError
from app.embedded.ondemand import ensure
from app.embedded.parts import PARTS, embedded_parts, stop_all
from app.embedded.places import Places, private_dir
from app.embedded.prepare import newest_revisions
from app.embedded.services import DEFAULT_PORT
from app.embedded.users import join, leave

READY_SECONDS = 90.0
SPARE_BYTES = 200_000_000


class Supervisor:
    """One run, from the first check to the last stop."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.begun = time.monotonic()
        self.settings = Settings.from_env(environ)
        self.port = int(environ.get("PORT") or DEFAULT_PORT)
        self.places = Places.of(self.settings.instance_dir)
        self.worker_ready = private_dir(self.places.instance / "run") / "worker-ready"
        self.environment = environ | {
            "INSTANCE_DIR": str(self.places.instance),
            "PORT": str(self.port),
            "WORKER_READY_FILE": str(self.worker_ready),
        }
        self.children: list[Child] = []
        self.stopping = False
        self.tried: dict[str, float] = {}

    def run(self) -> None:
        """Start everything, watch it until asked to stop, stop everything. Raises EmbeddedError."""
        self._check()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start()
            while not self.stopping:
                self._watch()
                time.sleep(0.25)
        except EmbeddedError:
            if not self.stopping:  # what Ctrl-C interrupts has not failed: the next start goes on from there
                raise
        finally:
            self._stop()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            raise KeyboardInterrupt  # asked twice: wait for nothing any more
        self.stopping = True

    def _check(self) -> None:
        """Everything that would fail later is said at once. Raises EmbeddedError."""
        if not self.settings.embedded:
            raise EmbeddedError(
                "`make run` is for ENSEMBLE_MODE=embedded; in production start the lines of the Procfile."
            )
        self._be_the_only_one()
        if not runtime.is_free(self.port):
            raise EmbeddedError(f"Port {self.port} is in use: stop what uses it or choose another: make run PORT=8001.")
        if shutil.disk_usage(self.places.instance).free < SPARE_BYTES:
            raise EmbeddedError(f"The disk of {self.places.instance} is full: at least 200 MB must be free.")

    def _be_the_only_one(self) -> None:
        path = private_dir(self.places.instance / "lock") / "supervisor"
        self.only = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.only, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            port = runtime.read(self.places).get("web_port", self.port)
            message = f"Ensemble already runs from {self.places.instance}: http://localhost:{port}"
            raise EmbeddedError(message) from None

    def _start(self) -> None:
        secret = self.settings.stripe_webhook_secrets[0]
        runtime.note(self.places, web_port=self.port, webhook_secret=secret)
        join(self.places)
        addresses = ensure(self.settings, ())
        self.environment |= addresses
        self.children = children(self.places, self.port)
        self.worker_ready.unlink(missing_ok=True)
        if self._was_prepared():
            self._start_children()  # they take seconds to load, and need nobody for that
        if ensure(self.settings, say=say) != addresses:  # a stranger has a port that was ours
            self._stop_children()
        runtime.note(self.places, prepared=sorted(newest_revisions()))
        say("Starting web, worker and beat")
        self._start_children()
        self._await()
        if not self.stopping:
            self._announce()

    def _was_prepared(self) -> bool:
        """Whether the last start left the database as this version's code wants it."""
        return runtime.read(self.places).get("prepared") == sorted(newest_revisions())

    def _start_children(self) -> None:
        for child in self.children:
            if child.process is None and not self.stopping:
                child.start(self.environment)

    def _stop_children(self) -> None:
        self.environment |= ensure(self.settings, ())
        for child in self.children:
            child.stop()
            child.process = None

    def _await(self) -> None:
        """Wait until the site answers that all is ready, the worker too. Raises EmbeddedError."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping and not _answers(f"http://{runtime.HOST}:{self.port}/healthz"):
            for child in self.children:
                if child.ended():
                    raise EmbeddedError(f"Ensemble did not start. {child.last_words()}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Ensemble did not start within {READY_SECONDS:.0f} s: see {self.places.log}.")
            time.sleep(0.05)

    def _announce(self) -> None:
        lines = [f"Ensemble is ready after {time.monotonic() - self.begun:.1f} s.", ""]
        lines += [f"  Site     {self.settings.base_url}"]
        if "mail" in embedded_parts(self.settings):
            lines += [f"  Mailbox  {self.settings.base_url}/mailbox  (every mail that was sent)"]
        if "stripe" in embedded_parts(self.settings):
            lines += [f"  Stripe   {self.environment['STRIPE_API_BASE']}  (a stand-in; card 4242 4242 4242 4242)"]
        lines += [f"  Logs     {self.places.log}", "", *self._log_ins(), "Ctrl-C stops everything.", ""]
        print("\n".join(lines), flush=True)

    def _log_ins(self) -> list[str]:
        """The demonstration's log-ins, as `flask demo-accounts` says them on the first start; none in other data."""
        noted = runtime.read(self.places).get("log_ins")
        if noted is None:
            argv = [sys.executable, "-m", "flask", "demo-accounts"]
            environment = self.environment | {"FLASK_APP": "app"}
            shown = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            noted = [*shown.stdout.splitlines(), ""] if shown.returncode == 0 else []
            runtime.note(self.places, log_ins=noted)
        return list(noted)

    def _watch(self) -> None:
        for child in self.children:
            child.watch(self.environment, log)
        for name in embedded_parts(self.settings):
            self._watch_part(name)

    def _watch_part(self, name: str) -> None:
        if PARTS[name].running(self.places.instance) or time.monotonic() < self.tried.get(name, 0):
            return
        log(f"{name} does not answer and is started again; see {self.places.log / name}.log")
        self.tried[name] = time.monotonic() + 5
        try:
            PARTS[name].start(self.places.instance)
        except EmbeddedError as error:
            log(str(error))

    def _stop(self) -> None:
        self.stopping = True
        with contextlib.suppress(KeyboardInterrupt):
            say("Stopping")
            for child in reversed(self.children):
                if child.process is not None and child.process.poll() is None:
                    child.process.terminate()
        for child in reversed(self.children):
            child.stop()
        stop_all(self.places)
        leave(self.places)
        say("Stopped")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def say(line: str) -> None:
    """One line of progress, whole even where several parts start at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def log(line: str) -> None:
    """One line about what happened meanwhile, with its time."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def main() -> int:
    """Run until asked to stop; 1 after saying in one sentence why that is not possible."""
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    try:
        Supervisor(dict(os.environ)).run()
    except (EmbeddedError, SettingError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"\nEnsemble cannot run: {error.strerror or error} ({error.filename}).", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
