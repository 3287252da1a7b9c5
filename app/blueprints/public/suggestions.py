"""Suggestions while somebody types a search: JSON for scripts, a list in HTML for htmx."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request

from app.blueprints.access import public
from app.search.suggestions import suggest

bp = Blueprint("suggestions", __name__)

KEPT_SECONDS = 60


@bp.get("/offers/suggestions")
@public
def index() -> Any:
    found = suggest(request.args.get("q", ""))
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        answer: Any = render_template("public/catalogue/_suggestions.html", found=found)
    else:
        answer = jsonify(found.to_json())
    return answer, 200, {"Cache-Control": f"private, max-age={KEPT_SECONDS}", "Vary": "Accept, Cookie"}
