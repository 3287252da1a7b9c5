"""The catalogue: results with their filters and map, and the tray of the need they are looked through for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.accounts.person import Person
from app.accounts.roles import Action, OrganisationKind
from app.blueprints.access import public
from app.blueprints.company.trays import tray_of
from app.blueprints.public.cards import cards, pins
from app.blueprints.public.fragments import card_fragments
from app.blueprints.public.offer_page import may_ask
from app.blueprints.public.search_args import NAMES, Asked, of_need, read
from app.core.clock import utcnow
from app.events import queries as events
from app.events.models import Need
from app.offers import categories
from app.search import queries
from app.search.criteria import RADII_KM, Sort
from app.web import current_person, locale, price_basis

bp = Blueprint("catalogue", __name__)

LOOSENED = {
    "words": ("q",),
    "category": ("category",),
    "near": ("place", "radius"),
    "headcount": ("headcount",),
    "dates": ("date", "until"),
    "budget": ("budget",),
}


@bp.get("/offers")
@public
def index() -> Any:
    now, who = utcnow(), current_person()
    need = _need(who)
    if need is None and "need" in request.args and who is None:
        return redirect(url_for("security.login", next=request.full_path))
    if need is not None and not _asks(request.args):
        return redirect(_address({"need": str(need.id), **of_need(need.event, need.category)}))
    company = _company(who)
    origin = (company.lat, company.lon) if company and company.lat is not None and company.lon is not None else None
    asked = read(request.args, basis=price_basis(), now=now, event=need.event if need else None, origin=origin)
    results, criteria = queries.search_wider(asked.criteria, now, page=request.args.get("page", 1, type=int))
    page = render_template(
        "public/catalogue/index.html",
        asked=asked,
        criteria=criteria,
        results=results,
        offers=card_fragments(cards(results.found, criteria, company), gap=need is not None or not may_ask(who)),
        pins=pins(results.found, locale()),
        need=need,
        tray=tray_of(need, now) if need else None,
        chips=_chips(asked, results),
        loosen=_loosen(asked, now) if not results.total else [],
        pages_url=_url(asked, page="{page}").replace("%7Bpage%7D", "{page}"),
        url=lambda **changes: _url(asked, **changes),
        radii=RADII_KM,
        sorts=tuple(Sort),
        now=now,
    )
    return page, (422 if asked.errors else 200)


def _asks(args: Any) -> bool:
    return any(name in args for name in NAMES if name != "need")


def _need(who: Person | None) -> Need | None:
    """The need that the catalogue is looked through for, when it is the reader's to fill. Raises NotFound."""
    wanted = request.args.get("need", "")
    if not wanted or who is None:
        return None
    organisation = who.organisation
    mine = organisation is not None and who.can(Action.EVENT_WRITE) and wanted.isascii() and wanted.isdigit()
    return events.need(int(wanted[:18]) if mine else 0, organisation.id if organisation else 0)


def _company(who: Person | None) -> Any:
    return who.organisation if who is not None and who.kind == OrganisationKind.COMPANY else None


def _chips(asked: Asked, results: queries.Results) -> list[dict[str, Any]]:
    """All, then each category that has offers for the other filters: links, since every state is an address."""
    chosen = asked.criteria.category
    all_of_them = {
        "label": "",
        "count": sum(results.facets.values()),
        "url": _url(asked, category=""),
        "on": not chosen,
    }
    each = [
        {
            "label": category.plural,
            "count": results.facets.get(category.code, 0),
            "url": _url(asked, category=category.code),
            "on": category.code == chosen,
        }
        for category in categories.all_categories()
        if results.facets.get(category.code) or category.code == chosen
    ]
    return [all_of_them, *each]


def _loosen(asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """Which single filter to drop to find something, best first."""
    counts = queries.count_without(asked.criteria, now)
    best = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    return [
        {"name": name, "count": count, "url": _url(asked, **dict.fromkeys(LOOSENED[name], ""))} for count, name in best
    ]


def _url(asked: Asked, **changes: Any) -> str:
    return _address({**asked.values, **changes})


def _address(values: dict[str, Any]) -> str:
    return url_for("catalogue.index", **{name: value for name, value in values.items() if value})
