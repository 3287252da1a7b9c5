"""Pictures of offers: photos as we have stored them, and the illustration that stands in until there are some."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

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


class Drawn(Protocol):
    """What is known of a photo."""

    @property
    def alt(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def blur(self) -> str: ...
    @property
    def variants(self) -> list[str]: ...


def media_url() -> str:
    """Where photos lie."""
    settings: Settings = current_app.extensions["settings"]
    return media.place_of(settings.media_url, settings.instance_dir)


def photo_url(photo: OfferPhoto, width: int = media.WIDTHS[1]) -> str:
    """The address of a photo in one of three widths; while that is not drawn yet, it answers with what there is."""
    return url_for("pictures.photo", photo_id=photo.id, width=width)


class Picture(NamedTuple):
    """A photo or a drawing as the macro `photo` takes it; hashable, since cards are kept by what they show."""

    url: str
    alt: str
    width: int
    height: int
    blur: str = ""
    webp: str = ""
    avif: str = ""


def picture_of(photo: OfferPhoto) -> Picture:
    """A photo as the macro `photo` takes it."""
    return shown(photo_url(photo), photo)


def shown(url: str, photo: Drawn) -> Picture:
    """A photo at an address: what there is of it in each format, and what stands in while it loads."""
    blur = f"data:image/webp;base64,{photo.blur}" if photo.blur else ""
    webp, avif = (_source_set(url.rpartition("-")[0], photo, kind) for kind in media.KINDS)
    return Picture(url, photo.alt, photo.width, photo.height, blur, webp, avif)


def _source_set(stem: str, photo: Drawn, kind: str) -> str:
    there = media.sources(photo.variants, photo.width, kind)
    return ", ".join(f"{stem}-{width}.{kind} {true}w" for width, true in there)


def pictures_of(offer: Offer, version: OfferVersion) -> list[Picture]:
    """The photos of a version for a gallery, or its illustration alone; each with a picture to fall back on."""
    if version.photos:
        return [picture_of(photo) for photo in version.photos]
    drawn = url_for("pictures.illustration", offer_id=offer.id)
    return [Picture(drawn, "", 640, 400)]


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


@bp.get("/photos/<int:photo_id>-<int:width>.webp", defaults={"kind": "webp"})
@bp.get("/photos/<int:photo_id>-<int:width>.<any(avif):kind>")
@public
def photo(photo_id: int, width: int, kind: str) -> Any:
    found = queries.photo(photo_id)
    if not found.public and not _insider(found.provider_id):
        raise NotFound
    name = f"{kind}-{width}"
    try:
        content = media.load(media_url(), found.media_key, name)
    except NotFound:
        return _instead(found, width)
    return _sent(content, found, name, lasting=True)


def _instead(found: queries.PhotoFile, width: int) -> Any:
    """What there is while a width or a format is not drawn yet, or when the file is lost. Raises NotFound."""
    if width not in media.WIDTHS:
        raise NotFound
    try:
        return _sent(media.load(media_url(), found.media_key, media.FIRST), found, media.FIRST, lasting=False)
    except NotFound:
        return _drawn(*queries.illustration(found.offer_id), lasting=False)


def _sent(content: bytes, found: queries.PhotoFile, name: str, *, lasting: bool) -> Any:
    response = Response(content, mimetype=f"image/{name.partition('-')[0]}")
    scope = "public" if found.public else "private"
    response.headers["Cache-Control"] = f"{scope}, max-age={PHOTO_AGE}, immutable" if lasting else f"{scope}, no-cache"
    response.set_etag(f"{found.media_key}-{name}")
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
