"""Pages the law asks for: who runs the site, the terms, privacy, accessibility, how offers are ranked."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from app.blueprints.access import public
from app.config import Settings
from app.core.clock import local_date, utcnow
from app.rules import ranking
from app.rules.dated import fact_on

bp = Blueprint("legal", __name__)


@bp.get("/providers/join")
@public
def providers_join() -> str:
    settings: Settings = current_app.extensions["settings"]
    return render_template("public/providers_join.html", commission=f"{settings.commission_bps / 100:g}")


@bp.get("/legal/notice")
@public
def notice() -> str:
    return render_template("public/legal/notice.html")


@bp.get("/legal/terms")
@public
def terms() -> str:
    return render_template("public/legal/terms.html")


@bp.get("/legal/privacy")
@public
def privacy() -> str:
    return render_template("public/legal/privacy.html")


@bp.get("/legal/accessibility")
@public
def accessibility() -> str:
    return render_template("public/legal/accessibility.html")


@bp.get("/legal/ranking")
@public
def show_ranking() -> str:
    today = local_date(utcnow(), "Europe/Paris")
    fact = fact_on(ranking.WEIGHTS, today)
    criteria = sorted(
        ((label, getattr(fact.value, name)) for name, label in ranking.LABELS.items()), key=lambda pair: -pair[1]
    )
    return render_template("public/legal/ranking.html", criteria=criteria, whole=ranking.WHOLE, since=fact.valid_from)
