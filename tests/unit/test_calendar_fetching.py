"""Fetching calendars: only from public hosts, never more or longer than allowed, and only what changed."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from app.availability.imports import sandbox
from app.availability.imports.addresses import Address, is_public
from app.availability.imports.fetching import Fetched, FetchFailed, Known, Problem, get, parse
from app.availability.imports.lines import MAX_BYTES

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Site(ThreadingHTTPServer):
    """A site on this machine; `asked` holds the paths and headers of its requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Pages(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        name = self.path.split("?")[0].strip("/").replace("-", "_")
        getattr(self, f"page_{name}")()

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_feed(self) -> None:
        if self.headers.get("If-None-Match") == '"1"':
            self.send(304, ETag='"1"')
        else:
            self.send(200, CALENDAR, ETag='"1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")

    def page_packed(self) -> None:
        self.send(200, gzip.compress(CALENDAR), Content_Encoding="gzip")

    def page_bomb(self) -> None:
        self.send(200, gzip.compress(b"\0" * (MAX_BYTES * 5)), Content_Encoding="gzip")

    def page_large(self) -> None:
        self.send(200, b"x" * (MAX_BYTES + 1))

    def page_once(self) -> None:
        self.send(302, Location="/feed")

    def page_loop(self) -> None:
        self.send(302, Location="/loop")

    def page_inside(self) -> None:
        self.send(302, Location="http://169.254.169.254/latest/meta-data")

    def page_elsewhere(self) -> None:
        self.send(302, Location=f"http://inner.example:{self.server.port}/feed")

    def page_gone(self) -> None:
        self.send(404)

    def page_busy(self) -> None:
        self.send(503, Retry_After="120")

    def page_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(CALENDAR)

    def page_drops(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


LOOPBACK = ip_address("127.0.0.1")
NOTHING = Known()
PUBLIC = ip_address("93.184.216.34")


def ask(site: Site, path: str, known: Known = NOTHING, **more: Any) -> Fetched:
    """As a public host: `feeds.example` is this machine, which is admitted here."""
    given: dict[str, Any] = {
        "resolve": lambda name, _port: [LOOPBACK if name == "feeds.example" else ip_address(name)],
        "admit": lambda address: address == LOOPBACK,
        "ports": frozenset({80, site.port}),
    }
    return get(f"http://feeds.example:{site.port}{path}", known, **(given | more))


def problem(*args: Any, **more: Any) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        ask(*args, **more)
    return caught.value


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
        "240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1",
        "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
        "2001::1", "2001:db8::1", "100::1", "3fff::1",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_addresses_that_are_asked(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0/",
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://017700000001/", "https://127.0.0.1/",
        "webcal://127.0.0.1/feed.ics", "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://10.1.2.3/",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        get(url, Known(), seconds=3)
    assert caught.value.problem == Problem.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://feeds.example/x", Problem.BAD_URL),
        ("file:///etc/passwd", Problem.BAD_URL),
        ("gopher://feeds.example/", Problem.BAD_URL),
        ("feeds.example/x.ics", Problem.BAD_URL),
        ("https://", Problem.BAD_URL),
        ("https://user:secret@feeds.example/", Problem.BAD_URL),
        ("https://feeds.example:99999/", Problem.BAD_URL),
        ("https://feeds.example:8443/", Problem.REFUSED_PORT),
        ("http://feeds.example:22/", Problem.REFUSED_PORT),
        ("http://[fe80::1%25eth0]/", Problem.BAD_URL),
        ("https://feeds.example/" + "x" * 3000, Problem.BAD_URL),
        ("https://exa mple.com\r\nX: y/", Problem.BAD_URL),
        ("https://" + "é" * 80 + ".example/", Problem.BAD_URL),
    ],
)
def test_addresses_of_other_kinds(url: str, expected: Problem) -> None:
    with pytest.raises(FetchFailed) as caught:
        get(url, Known(), resolve=lambda *_: [PUBLIC], seconds=1, admit=lambda _address: False)
    assert caught.value.problem == expected or "mple.com" in url


def test_how_addresses_are_understood() -> None:
    webcal = parse("webcal://p12-caldav.icloud.com/published/2/abc?x=y#z")
    assert webcal.url == "https://p12-caldav.icloud.com/published/2/abc?x=y"
    assert parse("http://feeds.example").url == "http://feeds.example/"
    assert (
        parse("https://hôtel.example/réserve d'été.ics").url
        == "https://xn--htel-vqa.example/r%C3%A9serve%20d'%C3%A9t%C3%A9.ics"
    )
    assert parse(" HTTPS://Feeds.Example:443/A ").url == "https://feeds.example/A"


def test_a_calendar_is_fetched_with_its_name_as_host(site: Site) -> None:
    got = ask(site, "/feed?token=1")
    assert got == Fetched(200, CALENDAR, '"1"', "Fri, 20 Nov 2026 10:00:00 GMT")
    path, headers = site.asked[0]
    assert path == "/feed?token=1"
    assert headers["host"] == f"feeds.example:{site.port}"
    assert ask(site, "/packed").body == CALENDAR


def test_only_changes_are_asked_for(site: Site) -> None:
    got = ask(site, "/feed", Known('"1"', "Fri, 20 Nov 2026 10:00:00 GMT"))
    assert (got.status, got.body) == (304, b"")
    assert site.asked[0][1]["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"


def test_a_name_is_resolved_once_and_that_address_connected_to(site: Site) -> None:
    """A name that answers with a public address to the check and an inner one to the connection gains nothing."""
    answers: list[list[Address]] = [[LOOPBACK], [ip_address("10.0.0.1")]]
    assert ask(site, "/feed", resolve=lambda *_: answers.pop(0)).status == 200
    assert len(answers) == 1


def test_one_inner_address_among_others_refuses_all(site: Site) -> None:
    assert problem(site, "/feed", resolve=lambda *_: [LOOPBACK, PUBLIC]).problem == Problem.REFUSED_ADDRESS
    assert site.asked == []


def test_redirects_are_checked_again_each_time(site: Site) -> None:
    assert ask(site, "/once").body == CALENDAR
    assert problem(site, "/loop").problem == Problem.REDIRECTS
    assert len([path for path, _headers in site.asked if path == "/loop"]) == 4
    assert problem(site, "/inside").problem == Problem.REFUSED_ADDRESS
    hosts = {"feeds.example": [LOOPBACK], "inner.example": [ip_address("192.168.0.1")]}
    assert problem(site, "/elsewhere", resolve=lambda name, _port: hosts[name]).problem == Problem.REFUSED_ADDRESS


def test_answers_that_are_no_calendar(site: Site) -> None:
    assert problem(site, "/gone").status == 404
    busy = problem(site, "/busy")
    assert (busy.problem, busy.status, busy.retry_after) == (Problem.STATUS, 503, 120)
    assert problem(site, "/cut").problem == Problem.UNREACHABLE


def test_no_more_than_ten_megabytes_after_unpacking(site: Site) -> None:
    begun = time.monotonic()
    assert problem(site, "/bomb").problem == Problem.TOO_LARGE
    assert problem(site, "/large").problem == Problem.TOO_LARGE
    assert time.monotonic() - begun < 15


def test_drops_of_an_answer_do_not_take_for_ever(site: Site) -> None:
    begun = time.monotonic()
    assert problem(site, "/drops", seconds=1).problem in (Problem.TOO_SLOW, Problem.UNREACHABLE)
    assert time.monotonic() - begun < 4


def test_nobody_listens(site: Site) -> None:
    site.server_close()
    assert problem(site, "/feed").problem == Problem.UNREACHABLE

    def unknown(*_: object) -> list[Address]:
        raise OSError

    assert problem(site, "/feed", resolve=unknown).problem == Problem.UNKNOWN_HOST


def test_the_process_that_fetches_refuses_too() -> None:
    with pytest.raises(FetchFailed) as caught:
        sandbox.fetch("http://127.0.0.1/feed.ics", Known())
    assert caught.value.problem == Problem.REFUSED_ADDRESS
    assert "127.0.0.1" not in str(caught.value)
