"""Photos sent with the editor: read and stored outside any transaction, then added to the draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.provider.offer_forms import OfferForm, form_class
from app.blueprints.provider.offer_values import show_photos
from app.blueprints.provider.quote_reading import say
from app.blueprints.public.pictures import Picture, media_url, picture_of
from app.core.db import close_read, transaction
from app.core.errors import InvalidInput, NotFound
from app.offers import media, photos, queries, service
from app.offers.models import Offer, OfferVersion


def add_sent(form: OfferForm, offer: Offer, *, by: str, now: datetime) -> int:
    """Add the photos that came with the request. Returns how many; each that is refused leaves its sentence.

    `offer` is expired afterwards: its session was emptied.
    """
    files = [file for file in request.files.getlist("uploads") if file.filename]
    if not files:
        return 0
    close_read()
    stored = []
    for file in files[: photos.MOST + 1]:
        try:
            stored.append(media.store(media_url(), media.read(file.stream.read(media.MAX_BYTES + 1))))
        except InvalidInput as error:
            say(form.uploads, _("%(file)s : %(sentence)s", file=file.filename or "", sentence=error))
    return _attach(form, offer, stored, by=by, now=now) if stored else 0


def _attach(form: OfferForm, offer: Offer, stored: list[media.Stored], *, by: str, now: datetime) -> int:
    try:
        with transaction():
            photos.add(offer, stored, by=by, now=now)
    except InvalidInput as error:
        say(form.uploads, error)
        for picture in stored:
            media.delete(media_url(), picture.key)
        return 0
    return len(stored)


def rearrange(form: OfferForm, offer: Offer, do: str, *, by: str, now: datetime) -> None:
    """Do what a button beside a photo says: `photo-cover-<key>`, and as well `earlier`, `later` or `remove`."""
    _head, action, key = do.split("-", 2)
    try:
        with transaction():
            if action == "remove":
                photos.remove(offer, key, by=by, now=now)
            elif action == "cover":
                photos.put_in_order(offer, [key], by=by, now=now)
            else:
                photos.move(offer, key, -1 if action == "earlier" else 1, by=by, now=now)
    except NotFound as error:
        say(form.uploads, error)
        return
    if action == "remove" and not queries.media_in_use(key):
        close_read()
        media.delete(media_url(), key)


def rows(offer: Offer) -> dict[str, Any]:
    """What the list of photos shows, from the draft."""
    version = service.latest_version(offer)
    form = form_class(offer.category)(formdata=None)
    show_photos(form, version.photos)
    return {"photo_rows": paired(version, form), "save_url": url_for("provider_offers.save", offer_id=offer.id)}


def paired(version: OfferVersion, form: OfferForm) -> list[tuple[Any, Picture, Any]]:
    """Each photo, as the macro `photo` takes it, and its row of the form."""
    controls: Any = form
    return [(photo, picture_of(photo), row) for photo, row in zip(version.photos, controls.photos, strict=False)]
