"""The command line itself: a wrong setting is one sentence, and every command that is listed can work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[2]


def test_a_wrong_setting_is_one_sentence() -> None:
    environment = os.environ | {"COMMISSION_BPS": "8 %", "FLASK_APP": "app"}
    argv = [sys.executable, "-m", "flask", "demo-accounts"]
    ended = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "Error: COMMISSION_BPS is wrong: it should be basis points, such as 800 for 8 %.\n"


def test_no_command_of_an_extension_is_listed_that_cannot_work_here(app: Flask) -> None:
    commands = set(app.cli.commands)
    assert not commands & {"limiter", "roles"}
    assert {"db", "demo-accounts", "invites", "operator", "search", "seed", "users"} <= commands
