"""What every page of the stand-in shares: templates, both languages, its headers, and who may post to it."""

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_datetime, get_timezone
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

from .texts import TEXTS

HERE = Path(__file__).parent
PARIS = get_timezone("Europe/Paris")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}
ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class Words:
    """The sentences of one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def __call__(self, key: str, **values: Any) -> str:
        return TEXTS[key][self.locale].format(**values)

    def money(self, cents: int, currency: str) -> str:
        return format_currency(cents / 100, currency.upper(), locale="fr_FR" if self.locale == "fr" else "en_GB")

    def plain(self, cents: int) -> str:
        """An amount as one types it."""
        text = f"{cents / 100:.2f}"
        return text.replace(".", ",") if self.locale == "fr" else text

    def when(self, timestamp: int) -> str:
        """Date and time in Paris."""
        shape = "d MMMM y 'à' H 'h' mm" if self.locale == "fr" else "d MMMM y 'at' HH:mm"
        moment = dt.datetime.fromtimestamp(timestamp, dt.UTC)
        return str(format_datetime(moment, shape, tzinfo=PARIS, locale=self.locale))


def words_for(request: Request, locale: str | None = None) -> Words:
    """The language of the link, then the session's, then the browser's; French when neither is known."""
    asked = request.args.get("lang") or (locale if locale not in (None, "auto") else None)
    asked = asked or request.accept_languages.best_match(["fr", "en"], default="fr")
    return Words("en" if str(asked).startswith("en") else "fr")


def render(
    template: str, words: Words, *, status: int = 200, leave_to: tuple[str | None, ...] = (), **values: Any
) -> Response:
    """A page. `leave_to` names the addresses that its forms may lead to in the end."""
    html = ENVIRONMENT.get_template(template).render(t=words, lang=words.locale, **values)
    reply = Response(html, status, content_type="text/html; charset=utf-8")
    return with_headers(reply, " ".join(sorted({origin(url) for url in leave_to if url})))


def with_headers(reply: Response, targets: str = "") -> Response:
    reply.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {targets}".strip()
    )
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Referrer-Policy"] = "same-origin"  # with no-referrer, browsers post our own forms from origin "null"
    reply.headers["Cache-Control"] = "no-store"
    return reply


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def leave(url: str) -> Response:
    """Send the buyer on with a GET."""
    return with_headers(Response(status=303, headers={"Location": url}))


def from_here(request: Request) -> bool:
    """Whether the request names this machine, and no page of another site sent it."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        return False
    sender = request.headers.get("Origin")
    return sender is None or request.method == "GET" or sender == request.host_url.rstrip("/")


def stylesheet(_: Request) -> Response:
    css = (HERE / "static" / "standin.css").read_text(encoding="utf-8")
    return with_headers(Response(css, content_type="text/css; charset=utf-8"))
