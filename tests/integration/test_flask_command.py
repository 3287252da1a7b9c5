"""The command line itself: a wrong setting is one sentence, and every command that is listed can work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
from flask import Flask

from app.cli import MODULES

ROOT = Path(__file__).resolve().parents[2]


def test_a_wrong_setting_is_one_sentence() -> None:
    environment = os.environ | {"COMMISSION_BPS": "8 %", "FLASK_APP": "app"}
    argv = [sys.executable, "-m", "flask", "demo-accounts"]
    ended = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "Error: COMMISSION_BPS is wrong: it should be basis points, such as 800 for 8 %.\n"


def test_every_command_that_is_listed_can_work_here(app: Flask) -> None:
    context = click.Context(app.cli)
    listed = set(app.cli.list_commands(context))
    assert not listed & {"limiter", "roles"}
    assert {"db", "users", *MODULES} <= listed
    assert all(isinstance(app.cli.get_command(context, name), click.Command) for name in listed)


def test_a_web_process_reads_no_command() -> None:
    program = "import sys, app; app.create_app(); print([name for name in sys.modules if name.endswith('demo.cli')])"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_what_is_read_at_the_start_is_never_looked_at_again() -> None:
    program = "import gc, app; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "True True\n"
