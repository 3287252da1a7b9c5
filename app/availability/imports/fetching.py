"""Fetching a calendar by its address, so that it can't be led to where only we can go.

A name is resolved once, its addresses are checked, and one of *these* is connected to, with the name as Host and for
the certificate: a name that changes meanwhile changes nothing. The same again for each redirect.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError

from app.availability.imports.addresses import Address, Resolve, is_public, resolve
from app.availability.imports.lines import MAX_BYTES

SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 6.0
MAX_REDIRECTS: Final = 3
MAX_URL: Final = 2_000
PORTS: Final = frozenset({80, 443})
_SCHEMES: Final = {"https": 443, "http": 80, "webcal": 443, "webcals": 443}
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_CHUNK: Final = 64 * 1024
_SAFE: Final = "%:/?#[]@!$&'()*+,;=~"
_AGENT: Final = "Ensemble-Calendar/1.0"


class Problem(StrEnum):
    """Why an address gave no calendar."""

    BAD_URL = "bad_url"
    REFUSED_ADDRESS = "refused_address"
    REFUSED_PORT = "refused_port"
    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    STATUS = "status"


class FetchFailed(Exception):
    """There is nothing from this address now. `status` is HTTP's, 0 without one; `retry_after` in seconds, or 0."""

    def __init__(self, problem: Problem, status: int = 0, retry_after: int = 0) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Known:
    """What the last answer said of itself, to be asked for changes only."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: 200 with a body, or 304 without."""

    status: int
    body: bytes
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask: the host's name in ASCII, its port, what to ask for there."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address, for what a redirect says relative to it."""
        return f"{'https' if self.secure else 'http'}://{self.host_header}{self.path}"

    @property
    def host_header(self) -> str:
        """The host as a request names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


def get(
    url: str,
    known: Known,
    *,
    seconds: float = SECONDS,
    resolve: Resolve = resolve,
    admit: Callable[[Address], bool] = is_public,
    ports: frozenset[int] = PORTS,
) -> Fetched:
    """Ask an address for its calendar. Raises FetchFailed."""
    deadline = time.monotonic() + seconds
    target = parse(url, ports)
    for _ in range(MAX_REDIRECTS + 1):
        response = _ask(target, _checked(target, resolve, admit), known, deadline)
        try:
            if response.status not in _MOVED:
                return _answer(response, deadline)
            target = _next(target, response, ports)
        finally:
            response.close()
    raise FetchFailed(Problem.REDIRECTS)


def parse(url: str, ports: frozenset[int] = PORTS) -> Target:
    """An address of a kind that is asked at all. Raises FetchFailed."""
    try:
        parts = urlsplit(url.strip())
        return _target(parts, ports)
    except (ValueError, idna.IDNAError) as error:
        raise FetchFailed(Problem.BAD_URL) from error


def _target(parts: SplitResult, ports: frozenset[int]) -> Target:
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if scheme not in _SCHEMES or not host or "%" in host or len(parts.geturl()) > MAX_URL:
        raise ValueError("not an address of a calendar")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a log-in in an address")
    port = parts.port if parts.port is not None else _SCHEMES[scheme]
    if port not in ports:
        raise FetchFailed(Problem.REFUSED_PORT)
    secure = scheme != "http" and not (scheme == "webcal" and port == 80)
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Target(secure, _ascii(host), port, path)


def _ascii(host: str) -> str:
    return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


def _checked(target: Target, resolve: Resolve, admit: Callable[[Address], bool]) -> list[Address]:
    """The addresses of a host. One that isn't public refuses all: a host has no reason to have both kinds."""
    try:
        found = list(resolve(target.host, target.port))
    except (OSError, UnicodeError) as error:
        raise FetchFailed(Problem.UNKNOWN_HOST) from error
    if not found:
        raise FetchFailed(Problem.UNKNOWN_HOST)
    if not all(admit(address) for address in found):
        raise FetchFailed(Problem.REFUSED_ADDRESS)
    return found[:3]


def _ask(target: Target, addresses: list[Address], known: Known, deadline: float) -> HTTPResponse:
    headers = {"Host": target.host_header, "User-Agent": _AGENT, "Accept": "text/calendar, */*;q=0.1"}
    headers["Accept-Encoding"] = "gzip"
    headers |= {"If-None-Match": known.etag} if known.etag else {}
    headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
    failure: Exception | None = None
    for address in addresses:
        try:
            with _pool(target, address, deadline) as pool:
                response = pool.request(
                    "GET", target.path, headers=headers, redirect=False, retries=False, preload_content=False
                )
            assert isinstance(response, HTTPResponse)
            return response
        except (HTTPError, OSError, ValueError) as error:
            failure = error
    raise FetchFailed(Problem.UNREACHABLE) from failure


def _pool(target: Target, address: Address, deadline: float) -> HTTPConnectionPool:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed(Problem.TOO_SLOW)
    timeout = Timeout(connect=min(CONNECT_SECONDS, left), read=left)
    if not target.secure:
        return HTTPConnectionPool(str(address), target.port, timeout=timeout)
    return HTTPSConnectionPool(
        str(address),
        target.port,
        timeout=timeout,
        ssl_context=ssl.create_default_context(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _next(target: Target, response: HTTPResponse, ports: frozenset[int]) -> Target:
    following = parse(urljoin(target.url, response.headers.get("Location", "")), ports)
    if target.secure and not following.secure:  # the address is a secret: it doesn't travel in the open
        raise FetchFailed(Problem.REDIRECTS)
    return following


def _answer(response: HTTPResponse, deadline: float) -> Fetched:
    etag, changed = response.headers.get("ETag", "")[:500], response.headers.get("Last-Modified", "")[:100]
    if response.status == 304:
        return Fetched(304, b"", etag, changed)
    if response.status != 200:
        raise FetchFailed(Problem.STATUS, response.status, _retry_after(response.headers.get("Retry-After", "")))
    return Fetched(200, _body(response, deadline), etag, changed)


def _body(response: HTTPResponse, deadline: float) -> bytes:
    """The body, no more of it than is allowed, counted after it was unpacked."""
    if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", "gzip", "x-gzip", ""):
        raise FetchFailed(Problem.UNREACHABLE)
    found = bytearray()
    try:
        while chunk := response.read1(_CHUNK, decode_content=True):  # what has come: drops must not fill a chunk
            found += chunk
            if len(found) > MAX_BYTES:
                raise FetchFailed(Problem.TOO_LARGE)
            if time.monotonic() > deadline:
                raise FetchFailed(Problem.TOO_SLOW)
    except (HTTPError, OSError) as error:
        raise FetchFailed(Problem.UNREACHABLE) from error
    return bytes(found)


def _retry_after(value: str) -> int:
    """Seconds, from a number or a date; 0 for neither."""
    if value.strip().isdecimal():
        return min(int(value.strip()[:9]), 7 * 86_400)
    try:
        wait = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0
    return min(max(int(wait), 0), 7 * 86_400)
