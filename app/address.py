"""The site has one address in production, whatever a request says of its own.

The links in mails, what the gateway leads back to, and the check of where a form came from are built from the request's
host. A proxy that passes on a forged `Host` must not decide where a link to a new password points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
