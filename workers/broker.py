"""Celery's connection to Redis, as the workers use it and as the web nudges through it."""

from __future__ import annotations

from typing import Any

from celery import Celery

VISIBILITY_SECONDS = 3600
"""Above the longest retry of any task, else Redis hands a running task out twice."""


def broker_url(redis_url: str) -> str:
    """Our REDIS_URL as kombu spells it: unix sockets are redis+socket://."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def make_celery(redis_url: str, **options: Any) -> Celery:
    """A Celery application that speaks through `redis_url`. No results are kept: tasks only act."""
    celery = Celery("ensemble", broker=broker_url(redis_url))
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=300,
        task_time_limit=360,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue="ensemble",
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "socket_keepalive": True,
        },
        timezone="UTC",
        **options,
    )
    return celery
