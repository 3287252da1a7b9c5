"""The Procfile's lines as a host runs them: in production, with a PostgreSQL, a Redis and a mail server of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from bs4 import BeautifulSoup

from app.embedded import maildir
from app.embedded.places import Places
from app.embedded.prepare import libpq_url, newest_revisions
from app.embedded.processes import wait_until
from app.embedded.services import MAIL
from tests.support.site import free_port
from tests.unit.test_settings import GOOD

ROOT = Path(__file__).resolve().parents[2]
LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
START_SECONDS = 90.0


@pytest.fixture
def environment(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Good production settings: an empty database and a mail server, none of them started by the programs."""
    folder = tmp_path / "mail-server"
    name = f"procfile_{os.getpid()}"
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    port = str(free_port())
    values = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PORT": port,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "INSTANCE_DIR": str(tmp_path),
        "DATABASE_URL": re.sub(r"/test_\w+\?", f"/{name}?", database_url),
        "REDIS_URL": redis_url,
        "SMTP_URL": MAIL.start(folder),
        "MEDIA_URL": f"file://{tmp_path}/media",
        "WEB_WORKERS": "1",
        "WORKER_PROCESSES": "1",
        "WORKER_READY_FILE": str(tmp_path / "worker-ready"),
    }
    try:
        yield {key: value for key, value in GOOD.items() if key != "ENSEMBLE_MODE"} | values
    finally:
        MAIL.stop(folder)
        with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


def once(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", LINES[name]], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def running(name: str, environment: dict[str, str], log: Path) -> Iterator[Callable[[], bool]]:
    """The line's program; yields whether it still runs."""
    with log.open("wb") as output:
        program = subprocess.Popen(
            ["sh", "-c", LINES[name]], cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield lambda: program.poll() is None
    finally:
        program.terminate()
        try:
            assert program.wait(40) in (0, -signal.SIGTERM), log.read_text()
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait(10)


def answer(environment: dict[str, str], path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_setting_stops_the_start_with_one_sentence(name: str, environment: dict[str, str]) -> None:
    stopped = once(name, environment | {"SECRET_KEY": "short"})
    assert stopped.returncode == 1
    assert stopped.stderr == "SECRET_KEY is too short: it should be a random text of at least 32 characters.\n"


def test_the_lines_run_the_whole_house(environment: dict[str, str], tmp_path: Path) -> None:
    released = once("release", environment)
    assert released.returncode == 0, released.stderr
    with psycopg.connect(libpq_url(environment["DATABASE_URL"])) as connection:
        versions = connection.execute("select version_num from alembic_version").fetchall()
        assert {row[0] for row in versions} == newest_revisions()
    made = operator(environment)
    assert made.returncode == 0, made.stderr
    logs = {name: tmp_path / f"{name}.log" for name in ("web", "worker", "beat")}
    with (
        running("web", environment, logs["web"]) as web,
        running("worker", environment, logs["worker"]) as worker,
        running("beat", environment, logs["beat"]) as beat,
    ):
        ready = wait_until(lambda: answer(environment, "/healthz") == 200 or not web(), START_SECONDS)
        assert ready and web() and worker() and beat(), {name: log.read_text()[-3000:] for name, log in logs.items()}
        assert [answer(environment, path) for path in ("/", "/offers", "/mailbox/")] == [200, 200, 404]
        ask_for_a_new_password(environment)
        box = MAIL.data(Places.of(tmp_path / "mail-server"))
        assert wait_until(lambda: bool(maildir.list_mails(box)), 60), logs["worker"].read_text()[-3000:]
        assert maildir.list_mails(box)[0].envelope_to == ("marion@example.com",)


def operator(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["flask", "--app", "app", "operator", "create", "marion@example.com", "--name", "Marion"]
    return subprocess.run(
        [*command, "--password", "a-long-password"],
        cwd=ROOT,
        env=environment | {"ENSEMBLE_MODE": "production"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ask_for_a_new_password(environment: dict[str, str]) -> None:
    """Through the site, as its reader would: the mail then goes from web over Redis and the worker."""
    reader = requests.Session()
    url = f"{environment['BASE_URL']}/account/reset"
    page = BeautifulSoup(reader.get(url, timeout=20).text, "html.parser")
    token = page.select_one("form input[name=csrf_token]")
    assert token is not None
    answered = reader.post(url, {"email": "marion@example.com", "csrf_token": str(token["value"])}, timeout=20)
    assert answered.status_code == 200, answered.text
