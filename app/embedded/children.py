"""The programs of the application itself that the supervisor runs: web, worker, beat."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.embedded.places import Places, last_lines
from app.embedded.processes import end_group, spawn
from app.embedded.runtime import HOST

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # a program that ran this long starts again at once
STOP_SECONDS = {"web": 5.0, "worker": 15.0, "beat": 5.0}


@dataclass(slots=True)
class Child:
    """One program: started, watched, started again with growing pauses when it ends by itself."""

    name: str
    argv: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = 1.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it now."""
        self.started = time.monotonic()
        self.process = spawn(self.argv, log=self.log, cwd=ROOT, env=dict(environment), tied=True)

    def ended(self) -> bool:
        """Whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """How it ended and the end of its log."""
        code = self.process.poll() if self.process else None
        return f"{self.name} ended (exit code {code}); the end of {self.log}:\n{last_lines(self.log, 12)}"

    def watch(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Start it again when it has ended and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.ended():
            self.pause = 1.0 if now - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            self.due = now + self.pause
            code = self.process.returncode
            end_group(self.process, 0)
            self.process = None
            say(f"{self.name} ended (exit code {code}) and starts again in {self.pause:.0f} s; see {self.log}")
        elif self.process is None and now >= self.due:
            self.start(environment)
            say(f"{self.name} started again")

    def stop(self) -> None:
        """End it and all that it started."""
        if self.process is not None:
            end_group(self.process, STOP_SECONDS[self.name])


def children(places: Places, port: int) -> list[Child]:
    """Web, worker and beat of one instance, none of them started."""
    web = f"granian --interface wsgi --host {HOST} --port {port} --workers 2 --blocking-threads 4 --no-ws"
    celery = "celery -A workers.celery_app"
    programs = {
        # a worker of granian's that is told to stop while it starts may hang: hence the kill
        "web": [*web.split(), "--respawn-failed-workers", "--workers-kill-timeout", "4", "app.wsgi:app"],
        "worker": f"{celery} worker --concurrency 2 --loglevel INFO --without-mingle --without-gossip".split(),
        "beat": [*["celery", "-A", "workers.beat", "beat", "--pidfile=", "--schedule"], str(places.instance / "beat")],
    }
    python = [sys.executable, "-m"]
    return [Child(name=name, argv=[*python, *argv], log=places.open_log(name)) for name, argv in programs.items()]
