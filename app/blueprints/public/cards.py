"""Results as cards and pins: what a page shows of an offer found, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import request, url_for

from app.accounts.models import Organisation
from app.blueprints.public.pictures import shown
from app.core.clock import french_date, utcnow
from app.formatting import money, short_date
from app.offers import media
from app.offers.address import words_of
from app.rules import carbon
from app.search.criteria import Criteria
from app.search.queries import Found
from app.translation import gettext as _
from app.translation import language


def picture_url(offer_id: int, photo_id: int | None = None) -> str:
    """The address of an offer's first photo, or of its illustration while it has none."""
    if photo_id is not None:
        return _address(request.script_root, "pictures.photo", photo_id=photo_id, width=media.WIDTHS[1])
    return _address(request.script_root, "pictures.illustration", offer_id=offer_id)


def offer_url(offer_id: int, title: str, headcount: int | None = None) -> str:
    """The address of an offer's page, for a headcount if one is known."""
    return _address(request.script_root, "offers.show", offer_id=offer_id, words=words_of(title), headcount=headcount)


@lru_cache(maxsize=16_384)
def _address(_root: str, endpoint: str, **values: int | str | None) -> str:
    """Flask's `url_for`, once for each address: a page of results asks for a hundred. `_root`: where we are mounted."""
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def cards(found: Iterable[Found], criteria: Criteria, company: Organisation | None) -> list[dict[str, Any]]:
    """The cards of results, as the macro `offer_card` takes them."""
    return [_card(one, criteria, company) for one in found]


def pins(found: Iterable[Found], locale: str) -> list[dict[str, Any]]:
    """The same results on the map; those without a position are left out."""
    return [
        {
            "lat": round(one.lat, 4),
            "lon": round(one.lon, 4),
            "title": one.title,
            "url": offer_url(one.offer_id, one.title),
            "place": one.place,
            "gross": _whole(one.gross_cents, locale),
            "net": _whole(one.net_cents, locale),
        }
        for one in found
        if one.lat is not None and one.lon is not None
    ]


def _card(one: Found, criteria: Criteria, company: Organisation | None) -> dict[str, Any]:
    return {
        "id": one.offer_id,
        "url": offer_url(one.offer_id, one.title, headcount=criteria.headcount),
        "title": one.title,
        "picture": picture_url(one.offer_id, one.photo.id if one.photo else None),
        "photo": shown(picture_url(one.offer_id, one.photo.id), one.photo) if one.photo else None,
        "provider": one.provider,
        "place": _place(one),
        "too_far": _too_far(one),
        "capacity_min": one.capacity_min,
        "capacity_max": one.capacity_max,
        "score": (one.rating_hundredths or 0) / 100,
        "review_count": one.review_count,
        "answer_hours": max(1, round(one.answer_minutes / 60)) if one.answer_minutes else None,
        "co2_kg": _co2_kg(one, company),
        "gross_cents": one.gross_cents,
        "net_cents": one.net_cents,
        "headcount": criteria.headcount,
        "starting": one.starting,
        "free": "busy" if one.free in ("closed", "notice") else one.free,
        "free_text": _free(one.free, criteria),
    }


def _place(one: Found) -> str:
    if one.service_radius_km is not None:
        return str(_("%(place)s, vient chez vous jusqu’à %(km)s km", place=one.place, km=one.service_radius_km))
    if one.distance_km is not None and one.distance_km >= 1:
        return str(_("%(place)s, à %(km)s km", place=one.place, km=round(one.distance_km)))
    return one.place


def _too_far(one: Found) -> bool:
    """Whether a provider that comes to the customer doesn't come that far."""
    return one.service_radius_km is not None and one.distance_km is not None and one.distance_km > one.service_radius_km


def _free(state: str, criteria: Criteria) -> str:
    if not state or criteria.first_day is None:
        return ""
    day = short_date(criteria.first_day, language(), today=french_date(utcnow()))
    if state == "free":
        return _("Libre le %(day)s", day=day)
    if state == "held":
        return _("Sur option le %(day)s", day=day)
    if state == "busy":
        return _("Pris le %(day)s", day=day)
    return _("Fermé le %(day)s", day=day) if state == "closed" else _("Trop tôt pour le %(day)s", day=day)


def _co2_kg(one: Found, company: Organisation | None) -> int | None:
    """Kilograms a person for the way there and back from the company; nobody travels to who comes."""
    if company is None or company.lat is None or company.lon is None or one.lat is None or one.lon is None:
        return None
    if one.service_radius_km is not None:
        return None
    straight = carbon.straight_km((company.lat, company.lon), (one.lat, one.lon))
    return max(1, round(2 * carbon.journey(straight, french_date(utcnow())).grams / 1000))


@lru_cache(maxsize=16_384)
def _whole(cents: int | None, locale: str) -> str:
    return money(round(cents, -2), locale=locale) if cents is not None else ""
