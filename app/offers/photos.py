"""The photos of a draft: added, put in order, described, removed; and what a worker has drawn of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app.core.db import session
from app.core.errors import InvalidInput, NotFound
from app.core.outbox import publish as tell
from app.offers.media import Stored
from app.offers.models import Offer, OfferPhoto, OfferVersion
from app.offers.service import open_draft

MOST = 12
ALT_LENGTH = 240


def add(offer: Offer, pictures: Sequence[Stored], *, by: str, now: datetime) -> OfferVersion:
    """Add stored pictures after the photos of the draft. Raises InvalidInput when there would be too many.

    Publishes `photo.added` for each.
    """
    version = open_draft(offer, by=by, now=now)
    session().expire(version, ["photos"])
    if len(version.photos) + len(pictures) > MOST:
        raise InvalidInput(_l("Au plus %(most)s photos par offre.", most=MOST), field="uploads")
    for position, picture in enumerate(pictures, start=len(version.photos)):
        version.photos.append(
            OfferPhoto(
                position=position,
                media_key=picture.key,
                width=picture.width,
                height=picture.height,
                blur=picture.blur,
                variants=list(picture.variants),
            )
        )
        tell("photo.added", {"media_key": picture.key}, now=now)
    session().flush()
    return version


def remove(offer: Offer, media_key: str, *, by: str, now: datetime) -> None:
    """Drop a photo of the draft; the file stays until the door deletes it. Raises NotFound."""
    version = open_draft(offer, by=by, now=now)
    version.photos.remove(_photo(version, media_key))
    for position, photo in enumerate(version.photos):
        photo.position = position
    session().flush()


def move(offer: Offer, media_key: str, places: int, *, by: str, now: datetime) -> None:
    """Move a photo of the draft by so many places; it stops at the ends. Raises NotFound."""
    version = open_draft(offer, by=by, now=now)
    keys = [photo.media_key for photo in version.photos]
    at = keys.index(_photo(version, media_key).media_key)
    keys.insert(max(0, at + places), keys.pop(at))
    _number(version, keys)


def put_in_order(offer: Offer, keys: Sequence[str], *, by: str, now: datetime) -> None:
    """Put the photos of the draft in the order of `keys`: the first is the cover. Those not named come last."""
    _number(open_draft(offer, by=by, now=now), keys)


def describe(version: OfferVersion, texts: Mapping[str, str]) -> None:
    """Say what photos show, by their key, for who doesn't see them. Raises InvalidInput for a text too long."""
    for photo in version.photos:
        text = texts.get(photo.media_key, photo.alt).strip()
        if len(text) > ALT_LENGTH:
            raise InvalidInput(
                _l("Au plus %(most)s caractères.", most=ALT_LENGTH), field=f"photos.{photo.position}.alt"
            )
        photo.alt = text
    session().flush()


def drawn(media_key: str, variants: Sequence[str]) -> None:
    """Note what there is of a stored picture now, in every version that shows it.

    The offer is locked, so that a draft that is being copied from such a version waits, or is found.
    """
    offers = (
        select(OfferVersion.offer_id)
        .join(OfferPhoto, OfferPhoto.version_id == OfferVersion.id)
        .where(OfferPhoto.media_key == media_key)
    )
    session().execute(select(Offer.id).where(Offer.id.in_(offers)).order_by(Offer.id).with_for_update())
    session().execute(update(OfferPhoto).where(OfferPhoto.media_key == media_key).values(variants=list(variants)))


def _number(version: OfferVersion, keys: Sequence[str]) -> None:
    places = {key: place for place, key in enumerate(keys)}
    order = sorted(version.photos, key=lambda photo: (places.get(photo.media_key, len(places)), photo.position))
    for position, photo in enumerate(order):
        photo.position = position
    session().flush()
    session().expire(version, ["photos"])


def _photo(version: OfferVersion, media_key: str) -> OfferPhoto:
    found = next((photo for photo in version.photos if photo.media_key == media_key), None)
    if found is None:
        raise NotFound(_l("Cette photo n’existe plus."))
    return found
