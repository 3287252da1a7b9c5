"""Translated words for templates, looked up once for each language: a page asks for a hundred of them.

Takes the place of Flask-Babel's own callables, with the same meaning: a string is marked safe where the template
escapes, and what is put into it is escaped there.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

_known: dict[str, dict[str, Markup]] = {}


def register(app: Flask) -> None:
    """Install `_`, `gettext` and `ngettext` in templates. After Flask-Babel, which installs its own."""
    _known.clear()
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


def language() -> str:
    """The reader's language as two letters; French where nobody reads."""
    locale = get_locale()
    return locale.language if locale is not None else "fr"


def gettext(text: str, **variables: Any) -> str:
    """As Flask-Babel's, for code that says many words a page."""
    return str(_word(text)) % variables if variables else str(_word(text))


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **variables: Any) -> str:
    found = _word(text)
    if not context.autoescape:
        return str(found) % variables
    return found % variables if variables or "%" in found else found


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, count: int, /, **variables: Any) -> str:
    found = get_translations().ungettext(one, many, count)
    variables.setdefault("num", count)
    return (Markup(found) if context.autoescape else found) % variables  # noqa: S704  # our own words


def _word(text: str) -> Markup:
    words = _known.setdefault(language(), {})
    found = words.get(text)
    if found is None:
        found = words[text] = Markup(get_translations().ugettext(text))  # noqa: S704  # our own words
    return found
