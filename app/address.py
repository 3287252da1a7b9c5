"""Which addresses the site has: one in production, whatever a request says of its own; on one machine, local names.

The links in mails, what the gateway leads back to, and the check of where a form came from are built from the request's
host. A proxy that passes on a forged `Host` must not decide where a link to a new password points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.config import LOOPBACK

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class OneAddress:
    """WSGI middleware: every request is one to `base_url`."""

    def __init__(self, inner: WSGIApplication, base_url: str) -> None:
        self.inner = inner
        parts = urlsplit(base_url)
        self.values = {"HTTP_HOST": parts.netloc, "wsgi.url_scheme": parts.scheme}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.inner(environ | self.values, start_response)


class LocalNames:
    """WSGI middleware for the one-machine default: refuses every host but `base_url`'s and this machine's own names.

    There, each mail lies open and a click signs in. A page elsewhere can have its own name point to this machine, and
    the reader's browser would then let it read all of that.
    """

    def __init__(self, inner: WSGIApplication, base_url: str) -> None:
        self.inner = inner
        self.base_url = base_url
        self.names = {urlsplit(base_url).hostname or "", *LOOPBACK}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = _name(environ.get("HTTP_HOST", "localhost"))
        if name in self.names or name.endswith(".localhost"):
            return self.inner(environ, start_response)
        start_response("421 Misdirected Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"Open {self.base_url}, or set BASE_URL to the address that you use.\n".encode()]


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
