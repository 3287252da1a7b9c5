"""No amount without its basis: beside every figure in euros, in the same block, stands HT or TTC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag
from flask import Flask

from tests.conftest import Browser
from tests.factories import Factories
from tests.web.samples import World
from tests.web.test_access import ROLES, RULES, access_of, address, may
from tests.web.test_statements import fill

BASIS = re.compile(r"\bHT\b|\bTTC\b|\bTVA\b")
APART = ("pictures", "mailbox", "static", "styleguide")  # no pages of the site's own


def test_every_amount_says_net_or_gross(app: Flask, factories: Factories, new_client: Callable[[], Browser]) -> None:
    world = World(factories)
    fill(world)
    seen, bare = 0, []
    for url, page in pages(app, world, new_client):
        for euro in page.find_all(string=re.compile("€")):
            seen += 1
            if not any(BASIS.search(block.get_text(" ")) for block in blocks(euro.parent)):
                bare.append(f"{url}: {euro.strip()}")
    assert seen > 50 and bare == []


def pages(app: Flask, world: World, new_client: Callable[[], Browser]) -> Iterator[tuple[str, BeautifulSoup]]:
    for rule in RULES:
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(APART):
            continue
        access, client = access_of(app, rule), new_client()
        role = next((role for role in ROLES if access != "public" and may(access, role)), None)
        if role is not None:
            client.log_in(getattr(world, role.value))
        response = client.get(address(app, rule, world))
        if response.status_code == 200 and response.mimetype == "text/html":
            yield rule.rule, BeautifulSoup(response.text, "html.parser")


def blocks(tag: Tag | None) -> Iterator[Tag]:
    """What surrounds an amount, up to its card or table, never the whole page."""
    for _ in range(7):
        if tag is None or tag.name in ("main", "body"):
            return
        yield tag
        tag = tag.parent
