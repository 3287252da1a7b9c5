"""One whole instance under its supervisor: starting, mending, stopping, dying."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.embedded import postgres, redis
from app.embedded.parts import PARTS, stop_all
from app.embedded.places import Places
from app.embedded.prepare import libpq_url
from app.embedded.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = """
import sys, types
package = types.ModuleType("app"); package.__path__ = ["app"]; sys.modules["app"] = package
from app.embedded import prepare, supervisor
prepare.SEED = ("--version",)
sys.exit(supervisor.main())
"""


class Run:
    """`make run` of one instance, with what it prints."""

    def __init__(self, instance: Path, port: int, launch: str = LAUNCH) -> None:
        self.instance, self.port = instance, port
        self.output = Path(tempfile.mkstemp(dir=instance.parent, suffix=".out")[1])
        environment = os.environ | {"INSTANCE_DIR": str(instance), "PORT": str(port)}
        environment |= {"SPT_NOENV": "1"}  # else a program that sets its title overwrites what processes_of reads
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", launch],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    def says(self, text: str, seconds: float = 90) -> bool:
        """Wait until it has printed a line with `text` (True) or ended without (False)."""
        wait_until(lambda: self._said(text) or self.process.poll() is not None, seconds)
        return self._said(text)

    def _said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def answers(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "instance"
    yield folder
    for pid in processes_of(folder):
        os.kill(pid, signal.SIGKILL)
    stop_all(Places.of(folder))


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def processes_of(instance: Path, what: str = "") -> list[int]:
    """The living processes that were started for this instance, those with `what` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            if os.fsencode(instance) in (entry / "environ").read_bytes() + words and what.encode() in words and words:
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def test_it_starts_mends_stops_and_starts_again_with_its_data(instance: Path, port: int) -> None:
    run = Run(instance, port)
    assert run.says("Ensemble is ready after"), run.lines
    assert run.says(f"http://localhost:{port}") and run.answers()
    with psycopg.connect(libpq_url(postgres.address(instance)), autocommit=True) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")

    assert wait_until(lambda: bool(processes_of(instance, "MainProcess] -active-")), 30)
    (worker,) = processes_of(instance, "MainProcess] -active-")
    os.kill(worker, signal.SIGKILL)
    assert run.says("worker ended (exit code -9) and starts again") and run.says("worker started again")
    os.kill(int((instance / "redis" / "redis.pid").read_text()), signal.SIGKILL)
    assert run.says("redis does not answer and is started again")
    assert wait_until(lambda: redis.running(instance), 20)

    assert run.end(signal.SIGINT) == 0 and run.lines[-1] == "Stopped"
    assert wait_until(lambda: not processes_of(instance), 10), processes_of(instance)
    assert not any(part.running(instance) for part in PARTS.values())

    again = Run(instance, port)
    assert again.says("Ensemble is ready after"), again.lines
    with psycopg.connect(libpq_url(postgres.address(instance))) as connection:
        assert connection.execute("SELECT text FROM note").fetchone() == ("kept",)
    seconds = re.search(r"ready after ([\d.]+) s", "\n".join(again.lines))
    assert seconds and float(seconds[1]) < 30  # under 5 on an idle machine; the tests may share theirs
    assert again.end(signal.SIGTERM) == 0


def test_nothing_lives_on_after_a_supervisor_that_was_killed(instance: Path, port: int) -> None:
    run = Run(instance, port)
    assert run.says("Ensemble is ready after"), run.lines
    assert processes_of(instance)
    run.end(signal.SIGKILL)
    assert wait_until(lambda: not processes_of(instance), 40), processes_of(instance)
    assert not any(part.running(instance) for part in PARTS.values())


def test_a_second_one_of_the_same_instance_or_port_is_told_so(instance: Path, port: int, tmp_path: Path) -> None:
    run = Run(instance, port)
    assert run.says("Ensemble is ready after"), run.lines
    same = Run(instance, port)
    assert same.process.wait(30) == 1 and same.says(f"Ensemble already runs from {instance}: http://localhost:{port}")
    other = Run(tmp_path / "other", port)
    assert other.process.wait(30) == 1 and other.says(f"Port {port} is in use")
    assert run.answers()
    assert run.end(signal.SIGHUP) == 0


def test_a_stop_while_it_starts_stops_everything(instance: Path, port: int) -> None:
    run = Run(instance, port)
    assert run.says("Starting postgres")
    assert run.end(signal.SIGINT) == 0
    assert wait_until(lambda: not processes_of(instance), 30), processes_of(instance)


def test_ctrl_c_while_the_demonstration_is_loaded_is_a_stop_and_no_failure(instance: Path, port: int) -> None:
    run = Run(instance, port, LAUNCH.replace('("--version",)', "prepare.SEED"))
    assert run.says("Loading the demonstration")
    assert wait_until(lambda: bool(processes_of(instance, "--demo")), 30)
    run.process.send_signal(signal.SIGINT)  # a terminal tells the whole group
    for pid in processes_of(instance, "--demo"):
        os.kill(pid, signal.SIGINT)
    assert run.process.wait(60) == 0 and run.lines[-1] == "Stopped", run.lines
    assert not run.says("failed")


def test_a_wrong_setting_ends_in_its_name(instance: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("COMMISSION_BPS", "many")
    run = Run(instance, port)
    assert run.process.wait(30) == 1
    assert run.says("COMMISSION_BPS is wrong")
    assert not instance.exists()
