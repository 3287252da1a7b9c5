"""Is this process ready to serve?"""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import text

from app.blueprints.access import public
from app.config import Settings
from app.core.db import session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> tuple[str, int]:
    session().execute(text("select 1"))
    settings: Settings = current_app.extensions["settings"]
    if settings.worker_ready_file is not None and not settings.worker_ready_file.exists():
        return "the worker is starting\n", 503
    return "ok\n", 200
