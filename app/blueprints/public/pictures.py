"""Pictures of offers: photos as we have stored them, and the illustration that stands in until there are some."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from app.accounts.roles import Action
from app.blueprints.access import public
from app.config import Settings
from app.core.errors import NotFound
from app.offers import media, queries
from app.offers.illustrations import SCENES, art
from app.offers.models import Offer, OfferPhoto, OfferVersion
from app.web import current_person

bp = Blueprint("pictures", __name__)

ART_AGE = 30 * 24 * 3600
PHOTO_AGE = 365 * 24 * 3600
SEED_LENGTH = 80


def media_url() -> str:
    """Where photos lie: MEDIA_URL, or a folder of the instance."""
    settings: Settings = current_app.extensions["settings"]
    return settings.media_url or f"file://{settings.instance_dir}/media"


def photo_url(photo: OfferPhoto, width: int = media.WIDTHS[1]) -> str:
    """The address of a photo in one of three widths."""
    return url_for("pictures.photo", photo_id=photo.id, width=width)


def pictures_of(offer: Offer, version: OfferVersion) -> list[dict[str, Any]]:
    """The photos of a version for a gallery, or its illustration alone; each with a picture to fall back on."""
    drawn = url_for("pictures.illustration", offer_id=offer.id)
    if not version.photos:
        return [{"url": drawn, "alt": "", "set": "", "width": 640, "height": 400}]
    return [
        {
            "url": photo_url(photo),
            "alt": photo.alt,
            "set": ", ".join(f"{photo_url(photo, width)} {width}w" for width in media.WIDTHS),
            "width": photo.width,
            "height": photo.height,
        }
        for photo in version.photos
    ]


@bp.get("/art/<category>/<seed>")
@public
def drawing(category: str, seed: str) -> Any:
    if category not in SCENES or len(seed) > SEED_LENGTH:
        raise NotFound
    return _drawn(category, seed)


@bp.get("/offers/<int:offer_id>/illustration.svg")
@public
def illustration(offer_id: int) -> Any:
    return _drawn(*queries.illustration(offer_id))


@bp.get("/photos/<int:photo_id>-<int:width>.webp")
@public
def photo(photo_id: int, width: int) -> Any:
    found = queries.photo(photo_id)
    if not found.public and not _insider(found.provider_id):
        raise NotFound
    if width not in media.WIDTHS:
        raise NotFound
    try:
        content = media.load(media_url(), found.media_key, width)
    except NotFound:
        return _drawn(*queries.illustration(found.offer_id), lasting=False)
    response = Response(content, mimetype="image/webp")
    scope = "public" if found.public else "private"
    response.headers["Cache-Control"] = f"{scope}, max-age={PHOTO_AGE}, immutable"
    response.set_etag(f"{found.media_key}-{width}")
    return response.make_conditional(request)


def _insider(provider_id: int) -> bool:
    """Whether the reader writes this provider's offers, or moderates all."""
    who = current_person()
    if who is None or who.organisation is None:
        return False
    own = who.can(Action.OFFER_EDIT) and who.organisation.id == provider_id
    return own or who.can(Action.OFFER_MODERATE)


def _drawn(category: str, seed: str, *, lasting: bool = True) -> Any:
    """`lasting` is false when it stands in for a photo that can't be read just now."""
    response = Response(art(category, seed), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={ART_AGE}" if lasting else "no-cache"
    response.add_etag()
    return response.make_conditional(request)
