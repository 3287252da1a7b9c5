"""Beat only names tasks that exist, and each runs on an empty database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workers.schedule import SCHEDULE

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from workers.beat import app as beat
from workers.celery_app import app
app.loader.import_default_modules()
missing = {job["task"] for job in beat.conf.beat_schedule.values()} - set(app.tasks)
assert not missing, missing
for name in sys.argv[1:]:
    app.tasks[name]()
"""


@pytest.fixture
def environment(app: object, database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "INSTANCE_DIR": str(tmp_path),
    }


def test_every_periodic_job_runs_with_nothing_to_do(environment: dict[str, str]) -> None:
    jobs = sorted(SCHEDULE)
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *jobs], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr[-3000:]
