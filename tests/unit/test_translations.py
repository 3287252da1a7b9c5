"""English is complete: every string that the sources mark has a translation, with the same placeholders."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "_l": None,
    "_ln": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")


@cache
def marked() -> frozenset[str | tuple[str, ...]]:
    """What the sources mark for translation."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return frozenset(tuple(text) if isinstance(text, (list, tuple)) else text for _, _, text, _, _ in found)


@cache
def english() -> Catalog:
    with (ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def singular(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def messages() -> list[Message]:
    return [message for message in english() if message.id]


def test_every_marked_string_is_in_the_english_catalogue() -> None:
    known = {singular(message.id) for message in messages()}
    assert sorted({singular(text) for text in marked()} - known) == []


def test_every_string_is_translated() -> None:
    def empty(message: Message) -> bool:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        return not all(texts) or message.fuzzy

    assert [singular(message.id) for message in messages() if empty(message)] == []


def test_translations_keep_their_placeholders() -> None:
    for message in messages():
        expected = set(PLACEHOLDER.findall(singular(message.id)))
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) <= expected | {"num"}, message.id
        assert set(PLACEHOLDER.findall(texts[-1])) >= expected - {"num"}, message.id


def test_the_catalogue_holds_nothing_that_the_sources_dropped() -> None:
    needed = {singular(text) for text in marked()}
    assert sorted({singular(message.id) for message in messages()} - needed) == []
