"""What is typed into the editor, kept while it is typed; and what can be read of it, for the preview and the steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.datastructures import MultiDict
from wtforms import FieldList

from app.blueprints.access import person
from app.blueprints.provider.offer_forms import DETAILS, OfferForm, form_class
from app.blueprints.provider.offer_reading import readable_content
from app.blueprints.provider.offer_values import filled
from app.blueprints.public.offer_page import ZONE
from app.core.clock import local_date
from app.core.db import transaction
from app.offers import typed
from app.offers.completeness import sections_done
from app.offers.content import NAMES
from app.offers.models import Offer, OfferPhoto, OfferVersion

TAB_LENGTH = 32
MOST_FIELDS = 3_000
LEFT_OUT = frozenset({"csrf_token", "do", "uploads", "tab", "seen", "insist"})


@dataclass(frozen=True, slots=True)
class Hold:
    """One opening of the editor: its own name, and the newest text that it has seen."""

    tab: str
    seen: int | None

    @classmethod
    def sent(cls) -> Hold:
        """As the form says. One without them, such as a program's, never conflicts."""
        tab, seen = request.form.get("tab", "")[:TAB_LENGTH], request.form.get("seen", "")
        known = bool(tab) and seen.isascii() and seen.isdigit() and len(seen) < 10
        return cls(tab or "form", int(seen) if known else None)

    @classmethod
    def after(cls, offer_id: int) -> Hold:
        """The sent one once its text has been kept: it has seen the newest."""
        newest = typed.current(offer_id)
        return cls(cls.sent().tab, newest.token if newest else 0)


def keep_typed(offer: Offer, hold: Hold, now: datetime, *, insist: bool = False) -> typed.Kept:
    """Keep the form of this request, exactly as it was typed, in a transaction of its own."""
    names = form_class(offer.category)(formdata=None)._fields.keys()
    pairs = [(name, text) for name, text in request.form.items(multi=True) if _is_field(name, names)]
    with transaction():
        return typed.keep(offer, hold.tab, hold.seen, pairs[:MOST_FIELDS], by=person().actor, now=now, insist=insist)


def refilled(category: str, pairs: Iterable[Any]) -> OfferForm:
    """The form as it was typed."""
    form = form_class(category)(formdata=MultiDict([(name, text) for name, text in pairs]))
    form.wear(category)
    return form


def typed_form(offer: Offer, version: OfferVersion, tab: str = "") -> OfferForm:
    """The form as a tab holds it; else the current text; else the version."""
    kept = (typed.of_tab(offer.id, tab) if tab else None) or typed.current(offer.id)
    return refilled(offer.category, kept.fields) if kept and not kept.saved else filled(offer.category, version)


def drafted(offer: Offer, version: OfferVersion, form: OfferForm, now: datetime) -> OfferVersion:
    """The version that the form would make, as far as it can be read. It belongs to no session and is never saved."""
    copy = refilled(offer.category, _texts(form))
    content = readable_content(
        copy, offer.category, version, on=local_date(now, ZONE), franchise=offer.provider.vat_franchise
    )
    values = {column.key: getattr(version, column.key) for column in OfferVersion.__table__.columns}
    values |= {name: getattr(content, name) for name in NAMES} | {"languages": list(content.languages)}
    draft = OfferVersion(**values)
    set_committed_value(draft, "offer", offer)
    set_committed_value(draft, "photos", _photos(form, version))
    return draft


def done_in(draft: OfferVersion, category: str) -> dict[str, bool]:
    """Each step and whether nothing is missing in it."""
    return sections_done(draft, category, draft.photos)


def texts_beside(offer_id: int, actor: str) -> list[dict[str, Any]]:
    """The texts that are kept beside the current one: when each was typed, by the reader or another, and its title."""
    return [
        {
            "id": row.id,
            "at": row.typed_at,
            "own": row.typed_by == actor,
            "title": next((text for name, text in row.fields if name == "title"), ""),
        }
        for row in typed.beside(offer_id)
    ]


def _is_field(name: str, names: Iterable[str]) -> bool:
    return name not in LEFT_OUT and (name in names or name.partition("-")[0] in names or name.startswith(DETAILS))


def _texts(form: OfferForm) -> list[tuple[str, str]]:
    """What the form's controls would send."""
    return [pair for field in form for pair in _sent_by(field)]


def _sent_by(field: Any) -> list[tuple[str, str]]:
    if isinstance(field, FieldList):
        return [pair for entry in field.entries for part in entry.form for pair in _sent_by(part)]
    if field.name in LEFT_OUT or field.data is None or field.data is False:
        return []
    if field.type == "BooleanField":
        return [(field.name, "y")]
    if isinstance(field.data, list | tuple):
        return [(field.name, str(each)) for each in field.data]
    return [(field.name, str(field.data))]


def _photos(form: OfferForm, version: OfferVersion) -> list[OfferPhoto]:
    rows: Any = form.photos
    texts = {row.form.key.data: row.form.alt.data or "" for row in rows}
    columns = [column.key for column in OfferPhoto.__table__.columns]
    return [
        OfferPhoto(**{name: getattr(photo, name) for name in columns} | {"alt": texts.get(photo.media_key, photo.alt)})
        for photo in version.photos
    ]
