"""Logs: one JSON line each in production, readable lines in embedded mode, with the correlation id in all."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask

from app.config import Settings
from app.core.correlation import correlation_id


def _add_correlation(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if current := correlation_id():
        line["correlation_id"] = current
    return line


def configure(app: Flask) -> None:
    """Set structlog up for this process, writing to standard error."""
    settings: Settings = app.extensions["settings"]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False) if settings.embedded else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            _add_correlation,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
