"""Addresses that others keep: the one address of an offer's page, and full ones for machines outside."""

from __future__ import annotations

from flask import current_app, request, url_for

from app.config import Settings
from app.offers.address import words_of


def offer_path(offer_id: int, title: str, **query: str | int | None) -> str:
    """The present address of an offer's page, such as `/offers/412-deux-jours-au-vert`."""
    return url_for("offers.show", offer_id=offer_id, words=words_of(title), **query)  # type: ignore[arg-type]


def full(path: str) -> str:
    """A path as the whole address that BASE_URL makes of it, whatever `Host` the request came to."""
    settings: Settings = current_app.extensions["settings"]
    root = settings.base_url.rstrip("/")
    return root + path.removeprefix(request.script_root if root.endswith(request.script_root) else "")
