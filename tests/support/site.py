"""The real product, all of it, as `make run` starts it: web, worker, beat and every embedded part, on free ports."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
from bs4 import BeautifulSoup
from icalendar import Calendar

from app.embedded import maildir, postgres, redis, runtime
from app.embedded.maildir import CaughtMail
from app.embedded.parts import stop_all
from app.embedded.places import Places
from app.embedded.prepare import libpq_url
from app.embedded.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 150.0
MAIL_SECONDS = 45.0
PASSWORD = "demonstration-2026"
LETTER = {"\u202f": " ", "\u00a0": " ", "’": "'"}


class Site:
    """One instance under its supervisor. `start` returns when it answers; `stop` leaves nothing behind."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.port = free_port()
        self.output = Path(tempfile.mkstemp(dir=instance.parent, suffix=".out")[1])
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def at(cls, instance: Path) -> Site:
        """The one that runs from this folder already; it can be looked at, not stopped."""
        found = cls(instance.resolve())
        found.port = int(runtime.read(Places.of(instance))["web_port"])
        return found

    @property
    def url(self) -> str:
        """Its address, no slash at the end."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start all of it. Raises AssertionError with what it printed when it doesn't come up."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        environment |= {"INSTANCE_DIR": str(self.instance), "PORT": str(self.port)}
        environment |= {"SPT_NOENV": "1"}  # else a program that sets its title hides whose instance it serves
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "app" / "embedded"), "supervisor"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        wait_until(lambda: "is ready after" in self.said() or self._ended(), START_SECONDS)
        assert "is ready after" in self.said() and self.healthy(), f"the site does not start:\n{self.said()}"

    def stop(self) -> None:
        """Stop all of it, whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stop_all(Places.of(self.instance))

    def said(self) -> str:
        """What the supervisor has printed."""
        return self.output.read_text(errors="replace")

    def log(self, name: str) -> str:
        """The log of a part."""
        path = self.instance / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def healthy(self) -> bool:
        """Whether /healthz answers 200."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    # Its processes

    def pids(self, *words: str) -> list[int]:
        """Its living processes whose command line holds each of `words`, all when none is given."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                environ = (entry / "environ").read_bytes()
            except OSError:
                continue
            ours = os.fsencode(self.instance) in command + environ
            if ours and command and all(word.encode() in command for word in words):
                found.append(int(entry.name))
        return [pid for pid in found if pid != os.getpid()]

    def worker(self) -> int:
        """The worker's main process: its group holds all that work for it."""
        groups = {os.getpgid(pid) for pid in self.pids("celery") if "beat" not in command_of(pid)}
        assert len(groups) == 1, groups
        return groups.pop()

    def redis_pid(self) -> int:
        """The process that is Redis here."""
        return int((self.instance / "redis" / "redis.pid").read_text())

    def mail_pid(self) -> int:
        """The process that catches mail."""
        return int(runtime.read(Places.of(self.instance))["mail_pid"])

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """Inside, nobody mends what breaks: the supervisor sleeps."""
        (supervisor,) = self.pids("app/embedded", "supervisor")
        os.kill(supervisor, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(supervisor, signal.SIGCONT)

    @contextmanager
    def redis_hangs(self) -> Iterator[None]:
        """Inside, Redis accepts connections and never answers."""
        with self.unattended():
            pid = self.redis_pid()
            os.kill(pid, signal.SIGSTOP)
            try:
                yield
            finally:
                os.kill(pid, signal.SIGCONT)

    @contextmanager
    def redis_refuses(self) -> Iterator[None]:
        """Inside, there is no Redis."""
        with self.unattended():
            os.kill(self.redis_pid(), signal.SIGKILL)
            wait_until(lambda: not redis.running(self.instance), 10)
            try:
                yield
            finally:
                redis.start(self.instance)

    # Its data

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement in its database and return the rows, if it gives any."""
        with psycopg.connect(libpq_url(postgres.address(self.instance)), autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    # Its mail

    def mails(self, to: str, subject: str = "", method: str | None = None) -> list[CaughtMail]:
        """The mails to an address, newest first: those with `subject` in theirs and `method` in their calendar part."""
        found = maildir.list_mails(self.instance / "mail", limit=1000, to=to) if self._mail_folder() else []
        return [mail for mail in found if plain(subject) in plain(mail.subject) and _has(mail, method)]

    def _mail_folder(self) -> bool:
        return (self.instance / "mail").is_dir()

    def mail(self, to: str, subject: str = "", method: str | None = None, seconds: float = MAIL_SECONDS) -> CaughtMail:
        """The newest such mail, waited for. Raises AssertionError naming what came instead."""
        wait_until(lambda: bool(self.mails(to, subject, method)), seconds)
        found = self.mails(to, subject, method)
        assert found, (
            f"no mail “{subject}” ({method or 'any'}) to {to}; there are {[m.subject for m in self.mails(to)]}"
        )
        return found[0]

    def mail_count(self) -> int:
        """How many mails the catcher holds."""
        return len(maildir.keys(self.instance / "mail"))


def _has(mail: CaughtMail, method: str | None) -> bool:
    return method is None or (mail.calendar is not None and mail.calendar.method == method)


def calendar_of(mail: CaughtMail) -> Any:
    """The one VEVENT of a mail's calendar part, after the rules that hold for each (docs: calendars)."""
    part = mail.calendar
    assert part is not None, f"“{mail.subject}” has no calendar part"
    calendar = Calendar.from_ical(part.payload)
    assert str(calendar["METHOD"]) == part.method and str(calendar["VERSION"]) == "2.0"
    (event,) = calendar.walk("VEVENT")
    assert all(len(line) <= 75 for line in part.payload.split(b"\r\n"))
    assert b"\n" not in part.payload.replace(b"\r\n", b"")
    attendee = event["ATTENDEE"]
    assert not isinstance(attendee, list), "an invite names nobody but its reader"
    assert unquote(str(attendee)).lower() == f"mailto:{mail.envelope_to[0]}".lower()
    assert event["DTSTART"].dt.tzinfo is not None and event["DTEND"].dt > event["DTSTART"].dt
    assert [part.payload for part in mail.attachments if part.content_type == "application/ics"] == [part.payload]
    return event


def links_of(mail: CaughtMail, containing: str = "") -> list[str]:
    """The addresses that a mail's HTML links to."""
    page = BeautifulSoup(mail.html or "", "html.parser")
    found = [str(link["href"]) for link in page.find_all("a", href=True)]
    return [address for address in found if containing in address]


def plain(text: str) -> str:
    """Lower case, ordinary spaces and apostrophes."""
    for fancy, simple in LETTER.items():
        text = text.replace(fancy, simple)
    return re.sub(r"\s+", " ", text).strip().lower()


def command_of(pid: int) -> str:
    """A process' command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def free_port() -> int:
    """A loopback port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> None:
    """Wait until `condition` holds. Raises AssertionError saying `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"within {seconds:.0f} s: {what}"
        time.sleep(0.05)
