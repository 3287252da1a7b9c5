"""A visitor without a browser: pages and forms over HTTP, cookies and CSRF tokens kept as a browser keeps them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
from bs4 import BeautifulSoup, Tag

from tests.support.site import PASSWORD, Site


class Visitor:
    """One person at the site. `slowest` is the longest that any answer took, in seconds."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.slowest = 0.0
        self.page = BeautifulSoup("", "html.parser")

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self._timed("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> requests.Response:
        """Send a form with the token of the page that was opened last."""
        return self._timed("POST", path, {"csrf_token": self.token(), **fields})

    def submit(self, action: str, changed: Mapping[str, str | list[str]] | None = None) -> requests.Response:
        """Send the form of this page whose address ends in `action`, as it is filled in, but for what is `changed`."""
        form = next(one for one in self.page.find_all("form") if str(one.get("action", "")).endswith(action))
        fields: dict[str, list[str]] = {}
        for control in form.find_all(["input", "select", "textarea"]):
            for value in _values(control):
                fields.setdefault(str(control["name"]), []).append(value)
        fields |= {name: value if isinstance(value, list) else [value] for name, value in (changed or {}).items()}
        return self._timed("POST", str(form["action"]).removeprefix(self.site.url), fields)

    def token(self) -> str:
        """The CSRF token of the page that was opened last."""
        found = self.page.find("meta", attrs={"name": "csrf-token"})
        return str(found["content"]) if isinstance(found, Tag) else ""

    def log_in(self, email: str) -> None:
        """Be someone of the demonstration."""
        self.get("/account/login")
        answer = self.post("/account/login", {"email": email, "password": PASSWORD})
        assert answer.status_code == 200 and "/login" not in answer.url, (answer.status_code, answer.url)

    def _timed(self, method: str, path: str, fields: Mapping[str, Any] | None) -> requests.Response:
        begun = time.monotonic()
        answer = self.session.request(method, self.site.url + path, data=fields, timeout=60)
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, took)
        if "html" in answer.headers.get("Content-Type", ""):
            self.page = BeautifulSoup(answer.text, "html.parser")
        return answer


def _values(control: Tag) -> list[str]:
    """What a browser would send for an untouched control."""
    kind = str(control.get("type", ""))
    if not control.get("name") or kind in ("submit", "button", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    if control.name == "textarea":
        return [control.text.removeprefix("\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [one for one in options if one.has_attr("selected")] or options[:1]
        return [str(one.get("value", one.text)) for one in chosen]
    return [str(control.get("value", ""))]
