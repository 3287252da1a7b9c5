"""Where a form sends its reader back to: only ever a page of this site."""

from __future__ import annotations

from flask import request


def is_ours(target: str) -> bool:
    """Whether `target` is a path of this site, and nothing that a browser could read as another host."""
    plain = not any(ord(character) < 33 or character == "\\" for character in target)
    return plain and target.startswith("/") and not target.startswith("//")


def safe_next(default: str = "") -> str:
    """The `next` that was asked for, when it is a page of ours; else `default`."""
    target = request.form.get("next") or request.args.get("next") or ""
    return target if is_ours(target) else default
