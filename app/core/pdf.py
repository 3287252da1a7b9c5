"""PDF documents from Typst templates: archivable (PDF/A-3a, tagged), and the same bytes for the same data.

Only the fonts inside the typst package are used, whatever the machine has: a document's hash must not depend on where
it was made. Data reach the template as JSON and are shown as text, never read as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

REPLACEMENT = "\ufffd"
UNSHOWABLE = re.compile(r'the text `?"(?P<text>[^`\n]+)"`? could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Control characters, and what only steers a display: bidirectional overrides, zero-width joiners, variation selectors.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\ufff9-\ufffc]"
)
PRIVATE = re.compile("[\ue000-\uf8ff\U000e0000-\U0010ffff]")
BEYOND_EUROPE = re.compile("[^\t\n\u0020-\u024f\u0370-\u04ff\u1e00-\u1fff\u2010-\u2030\u20ac\u2122\u2190-\u2193\ufffd]")
ROUNDS = 4
LONGEST = 60_000
"""Characters of data. Typst can't be stopped, and takes minutes for a text of some hundred thousand letters."""

_fonts = typst.Fonts(include_system_fonts=False)


class TemplateBroken(RuntimeError):
    """A template that Typst can't compile: a mistake of the program."""


def render(template: Path, data: Mapping[str, Any], *, created_at: datetime) -> bytes:
    """The PDF of a template and its data. `created_at` (aware) becomes its creation date.

    Characters that no font of ours can show (emoji, far scripts) are replaced by one sign, since an archivable document
    must show all its text. Raises InvalidInput for data above LONGEST, TemplateBroken for a template that doesn't
    compile.
    """
    text = json.dumps(_clean(data), ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST:
        raise InvalidInput(_l("Ce document est trop long\u00a0: raccourcissez ses textes."))
    for _ in range(ROUNDS):
        try:
            return _compile(template, text, created_at)
        except typst.TypstError as error:
            if not (unshowable := _unshowable(error)):
                raise TemplateBroken(error.diagnostic[:2000]) from error
            text = text.translate(dict.fromkeys(map(ord, unshowable), REPLACEMENT))
    return _compile(template, BEYOND_EUROPE.sub(REPLACEMENT, text), created_at)


def _clean(value: Any) -> Any:
    """The same data with texts that can be printed."""
    if isinstance(value, str):
        return PRIVATE.sub(REPLACEMENT, UNPRINTABLE.sub("", value))
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value


def _compile(template: Path, text: str, created_at: datetime) -> bytes:
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards="a-3a",
        timestamp=int(created_at.timestamp()),
    )


def _unshowable(error: typst.TypstError) -> set[str]:
    """The characters that Typst says it has no glyph for."""
    found = "".join(match["text"] for match in UNSHOWABLE.finditer(error.diagnostic))
    escaped = (chr(int(code, 16)) for code in ESCAPED.findall(found))
    return {character for character in (*found, *escaped) if not character.isascii()}
