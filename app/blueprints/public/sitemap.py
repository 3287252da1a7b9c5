"""For search engines: what they may read, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Flask, Response, current_app, url_for

from app.blueprints.access import public
from app.blueprints.public.addresses import full
from app.core.errors import NotFound
from app.offers import categories, directory
from app.offers.address import words_of

bp = Blueprint("sitemap", __name__)

AGE = 3600
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PAGES = (
    "home.index",
    "catalogue.index",
    "legal.providers_join",
    "legal.show_ranking",
    "legal.notice",
    "legal.terms",
    "legal.privacy",
    "legal.accessibility",
)
ROBOTS = """User-agent: *
Allow: /offers?category=
Disallow: /offers?
Disallow: /offers/*?
Disallow: /offers/*/price
Disallow: /company/
Disallow: /provider/
Disallow: /operator/
Disallow: /account/
Disallow: /i/
Disallow: /mailbox/

Sitemap: {sitemap}
"""


@bp.get("/robots.txt")
@public
def robots() -> Response:
    return _kept(Response(ROBOTS.format(sitemap=full(url_for("sitemap.index"))), mimetype="text/plain"))


@bp.get("/sitemap.xml")
@public
def index() -> Response:
    parts = [url_for("sitemap.pages"), *(url_for("sitemap.offers", page=page) for page in directory.pages())]
    listed = "".join(f"<sitemap><loc>{escape(full(path))}</loc></sitemap>\n" for path in parts)
    return _xml([HEAD, f'<sitemapindex xmlns="{XMLNS}">\n', listed, "</sitemapindex>\n"])


@bp.get("/sitemaps/pages.xml")
@public
def pages() -> Response:
    paths = [url_for(endpoint) for endpoint in PAGES]
    paths += [url_for("catalogue.index", category=code) for code in categories.codes()]
    return _xml([HEAD, f'<urlset xmlns="{XMLNS}">\n', *(_url(full(path)) for path in paths), "</urlset>\n"])


@bp.get("/sitemaps/offers-<int:page>.xml")
@public
def offers(page: int) -> Response:
    if not 1 <= page < 2**40:
        raise NotFound
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return _xml(_offers(app, page, full(url_for("catalogue.index"))))


def _offers(app: Flask, page: int, root: str) -> Iterator[str]:
    """Written out while it is read, a thousand offers at a time: a slow reader holds no connection in between."""
    yield f'{HEAD}<urlset xmlns="{XMLNS}">\n'
    after = 0
    while found := _batch(app, page, after):
        after = found[-1].id
        yield "".join(
            _url(f"{root}/{each.id}-{words_of(each.title)}", f"{each.changed_at:%Y-%m-%dT%H:%M:%SZ}") for each in found
        )
    yield "</urlset>\n"


def _batch(app: Flask, page: int, after: int) -> list[directory.Listed]:
    with app.app_context():
        return directory.batch(page, after)


def _url(address: str, changed: str = "") -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{lastmod}</url>\n"


def _xml(body: Any) -> Response:
    return _kept(Response(body, mimetype="application/xml"))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={AGE}"
    return response
