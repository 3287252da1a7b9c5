"""Parts of pages that are the same for everyone: rendered once for each set of values and language, then reused.

A card costs more to render than its row to find. What belongs to one reader (a form with its token) goes into a gap.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import get_locale
from markupsafe import Markup

from app.offers import categories

GAP = Markup("<!--gap-->")
KEPT = 16_384
EAGER = 3


class Card(NamedTuple):
    """A rendered card in two halves; the button that picks the offer goes between when there is a gap."""

    id: int
    title: str
    before: Markup
    after: Markup


def card_fragments(offers: Iterable[dict[str, Any]], *, gap: bool) -> list[Card]:
    """The cards of a page of results, as `cards.cards` made them; with a gap for the reader's own button, or a link."""
    key = _key()
    found = []
    for place, offer in enumerate(offers):
        before, after = _card(key, tuple(offer.items()), place < EAGER, gap)
        found.append(Card(offer["id"], offer["title"], before, after))
    return found


def category_tiles(prices: dict[str, tuple[int, int, int]]) -> list[Markup]:
    """The ten categories with what a person pays at least, to the whole euro below."""
    key = _key()
    return [
        _tile(key, code, *(cents // 100 * 100 for cents in prices.get(code, (0, 0, 0))[1:]))
        for code in categories.codes()
    ]


def part(template: str, **values: Hashable) -> Markup:
    """A section of a page that says the same to everyone, kept by what it shows."""
    return _part(_key(), template, tuple(values.items()))


@lru_cache(maxsize=KEPT // 4)
def _part(_key: tuple[str, str], template: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
    return Markup(_render(template, **dict(values)))  # noqa: S704  # an escaped template


def _key() -> tuple[str, str]:
    """What a fragment depends on beside its values: the language and the build of the assets."""
    asset = current_app.jinja_env.globals["asset"]
    return str(get_locale() or "fr"), asset("icons.svg")  # type: ignore[operator]


@lru_cache(maxsize=KEPT)
def _card(_key: tuple[str, str], offer: tuple[tuple[str, Any], ...], eager: bool, gap: bool) -> tuple[Markup, Markup]:
    values = dict(offer)
    ask_url = "" if gap else url_for("picks.choose", offer=values["id"])
    html = _render("public/catalogue/_card.html", offer=values, eager=eager, ask_url=ask_url, button=GAP if gap else "")
    before, _gap, after = html.partition(GAP)
    return Markup(before), Markup(after)  # noqa: S704  # the halves of an escaped template


@lru_cache(maxsize=KEPT)
def _tile(_key: tuple[str, str], code: str, gross: int, net: int) -> Markup:
    url, picture = url_for("catalogue.index", category=code), url_for("home.picture", code=code)
    html = _render("public/_tile.html", category=categories.get(code), gross=gross, net=net, url=url, picture=picture)
    return Markup(html)  # noqa: S704  # an escaped template


def _render(name: str, **values: Any) -> str:
    return current_app.jinja_env.get_template(name).render(values)
