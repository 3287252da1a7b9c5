"""The home page: what, where, when, how many, and the ten categories in pictures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.blueprints.access import public
from app.blueprints.public.fragments import category_tiles
from app.core.errors import NotFound
from app.offers.illustrations import SCENES, art
from app.search import queries

bp = Blueprint("home", __name__)

PICTURE_AGE = 7 * 24 * 3600


@bp.get("/")
@public
def index() -> str:
    return render_template("public/home.html", tiles=category_tiles(queries.starting_prices()))


@bp.get("/categories/<code>.svg")
@public
def picture(code: str) -> Any:
    if code not in SCENES:
        raise NotFound
    response = Response(art(code, "home"), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_AGE}"
    response.add_etag()
    return response.make_conditional(request)
