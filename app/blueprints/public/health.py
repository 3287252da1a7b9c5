"""Is this process ready to serve?"""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from app.blueprints.access import public
from app.core.db import session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> tuple[str, int]:
    session().execute(text("select 1"))
    return "ok\n", 200
