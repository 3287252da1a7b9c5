"""Beat's application: `celery -A workers.beat beat`. It wakes tasks by name and loads none of them."""

from __future__ import annotations

import os

from app.config import Settings
from workers.broker import make_celery
from workers.schedule import SCHEDULE

settings = Settings.from_env(os.environ)
app = make_celery(settings.redis_url, beat_schedule=SCHEDULE)
