"""The workers' application: `celery -A workers.celery_app worker`. Beat has a lighter one: `workers/beat.py`."""

from __future__ import annotations

from typing import Any

from celery import Task
from celery.signals import worker_ready
from flask import Flask

from app import create_app
from app.config import Settings
from app.core import correlation
from workers.broker import make_celery
from workers.schedule import TASK_MODULES

flask_app: Flask = create_app()
settings: Settings = flask_app.extensions["settings"]


class ContextTask(Task):  # type: ignore[misc]  # Celery has no type stubs
    """Runs inside a request context of the site's own address, so that mails can build links with `url_for`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task with a context and a fresh correlation id."""
        with flask_app.test_request_context(base_url=settings.base_url):
            correlation.begin()
            return self.run(*args, **kwargs)


app = make_celery(settings.redis_url, imports=TASK_MODULES)
app.Task = ContextTask
app.set_default()


@worker_ready.connect  # type: ignore[untyped-decorator]
def say_ready(**_: Any) -> None:
    """Tell whoever waits for this worker that it can work."""
    if settings.worker_ready_file is not None:
        settings.worker_ready_file.touch()
