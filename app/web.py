"""What every request gets: correlation id, language, net or gross, security headers, and what templates ask for."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, has_request_context, request, session, url_for
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.person import Person, person_of
from app.core import correlation

LOCALES = ("fr", "en")
BASES = ("net", "gross")
FORM_BYTES = 1024 * 1024
"""How heavy a body without files may be: it is read into memory at once, a million fields of it in a second."""

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """A form of this view brings files: its body may be as heavy as MAX_CONTENT_LENGTH says."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def register(app: Flask) -> None:
    """Install the hooks and the template globals. Before every extension that reads a body, such as the CSRF check."""
    app.before_request(_begin)
    app.before_request(_limit_body)
    app.after_request(_headers)
    app.jinja_env.globals.update(
        asset=_asset,
        csp_nonce=csp_nonce,
        price_basis=price_basis,
        locale=locale,
        settings=app.extensions["settings"],
    )
    app.context_processor(lambda: {"current_person": person_for_page()})


def _begin() -> None:
    correlation.begin(request.headers.get("X-Request-Id", "")[:64] or None)


def _limit_body() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype != "multipart/form-data" or not getattr(view, "takes_files", False):
        request.max_content_length = FORM_BYTES
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise RequestEntityTooLarge


def select_locale() -> str:
    """The reader's language: chosen here, else the account's, else the browser's, else French."""
    if not has_request_context():
        return "fr"
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES) or "fr"


def locale() -> str:
    """`fr` or `en`."""
    return str(get_locale() or "fr")[:2]


def price_basis() -> str:
    """`net` or `gross`: what the reader has switched to. Gross until she chooses."""
    chosen = request.cookies.get("price_basis", "gross") if has_request_context() else "gross"
    return chosen if chosen in BASES else "gross"


def csp_nonce() -> str:
    """This response's nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def current_person() -> Person | None:
    """The person who is logged in, with the organisation she acts for now. None for an anonymous reader."""
    if not has_request_context():
        return None
    if "person" not in g:
        g.person = _load_person()
    found: Person | None = g.person
    return found


def _load_person() -> Person | None:
    if not current_user.is_authenticated:
        return None
    return person_of(current_user._get_current_object(), session.get("organisation_id"))


def person_for_page() -> Person | None:
    """As `current_person`, for templates: an error page must show even when the database can't say who reads it."""
    try:
        return current_person()
    except SQLAlchemyError:
        g.person = None
        return None


def _headers(response: Response) -> Response:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    ancestors, framed = ("'self'", "SAMEORIGIN") if g.get("framed") else ("'none'", "DENY")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self'{nonce}; style-src 'self'{nonce}; "
        f"img-src 'self' data:{_tile_host()}; font-src 'self'; connect-src 'self'; object-src 'none'; "
        f"base-uri 'none'; frame-ancestors {ancestors}; form-action 'self' {_form_targets()}",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", framed)
    response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("X-Request-Id", correlation.correlation_id())
    return response


def _tile_host() -> str:
    """Where the map's tiles come from, when TILE_URL names a server."""
    parts = urlsplit(current_app.extensions["settings"].tile_url or "")
    return f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""


def _form_targets() -> str:
    """Where a form's redirect may lead: the gateway's hosted pages."""
    return str(current_app.extensions["payment_pages"]())


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    """Read once: a server serves the build it started with."""
    path = Path(__file__).parent / "static" / "dist" / "manifest.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _asset(name: str) -> str:
    """URL of a built asset, with its content's hash in the name."""
    return _static_url(request.script_root if has_request_context() else "", name)


@lru_cache(maxsize=1_024)
def _static_url(root: str, name: str) -> str:
    """Built once: a page with many icons asks a hundred times. `root` is where the application is mounted."""
    return url_for("static", filename="dist/" + _manifest()[name])
