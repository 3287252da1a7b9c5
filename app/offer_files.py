"""What both doors of an import share: the page and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Provider
from app.availability import plan as opening
from app.core.errors import InvalidInput
from app.offers import categories, exchange
from app.offers.models import Offer
from app.search.places import lookup

AREAS = ("department", "region")
ALL_DAY = time(0)


def records(filename: str, text: str) -> list[dict[str, Any]]:
    """The records of a file, by the end of its name. Raises InvalidInput."""
    return exchange.from_json(text) if _is_json(filename, text) else exchange.from_csv(text)


def bring_in(
    provider: Provider, found: Sequence[Mapping[str, Any]], *, by: str, now: datetime, dry_run: bool
) -> list[exchange.Line]:
    """What each record does, or would do. The caller opens the transaction."""
    lines = exchange.plan(provider.id, found, _position)
    if dry_run:
        return lines
    return exchange.carry_out(provider, lines, by=by, now=now, begun=lambda offer: begin(offer, by=by, now=now))


def begin(offer: Offer, *, by: str, now: datetime) -> None:
    """A new offer has its category's usual weekdays and one unit, so that it can be booked once it is published."""
    category = categories.get(offer.category)
    opening.set_opening(offer.id, category.weekdays, ALL_DAY, ALL_DAY)
    opening.add_unit(offer.id, _("Équipe 1") if category.comes_to_you else _("Espace 1"), by=by, now=now)


def decoded(content: bytes) -> str:
    """The text of a file as spreadsheets write it. Raises InvalidInput."""
    if len(content) > exchange.MOST_BYTES:
        raise InvalidInput(_("Ce fichier est trop lourd\u202f: 5 Mo au plus."), field="file")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(_("Ce fichier n’est pas un texte lisible."), field="file")


def _is_json(filename: str, text: str) -> bool:
    suffix = PurePath(filename).suffix.lower()
    return suffix == ".json" or (suffix != ".csv" and text.lstrip("\ufeff \r\n\t")[:1] in ("{", "["))


def _position(name: str, postcode: str) -> tuple[float, float] | None:
    """Where a commune or resort is; its department decides among namesakes."""
    found = [place for place in lookup(f"{name} ({postcode[:2]})" if postcode else name) if place.kind not in AREAS]
    found = found or [place for place in lookup(name) if place.kind not in AREAS]
    return (found[0].lat, found[0].lon) if found else None
