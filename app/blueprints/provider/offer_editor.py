"""The editor of an offer: one form with many buttons. Each posts the whole form, so nothing typed is ever lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.blueprints.access import person
from app.blueprints.provider import offer_photos, offer_reading
from app.blueprints.provider.offer_drafts import Hold, done_in, drafted, keep_typed, refilled, texts_beside
from app.blueprints.provider.offer_forms import OfferForm, form_class
from app.blueprints.provider.offer_values import filled, line_prices, sample_prices, show_photos, use_terms
from app.blueprints.provider.quote_reading import read_terms
from app.blueprints.public.cancellation_view import fee_steps
from app.blueprints.public.offer_page import ZONE
from app.core.clock import local_date
from app.core.db import transaction
from app.core.errors import InvalidInput, NotAllowed
from app.offers import categories, photos, service, typed
from app.offers.completeness import SECTIONS
from app.offers.content import Content
from app.offers.models import Offer, OfferState, OfferVersion, VersionState
from app.offers.terms import PRESETS, Terms, preset

POSITION = re.compile(r"\d{1,3}", re.ASCII)
PHOTO_BUTTONS = ("photo-cover-", "photo-earlier-", "photo-later-", "photo-remove-")
SAVING = ("save", "preview", "submit")


def opened(offer: Offer, now: datetime) -> Any:
    """The editor as it was left, whatever was typed; else as the newest version fills it.

    The preview while that can't be changed.
    """
    version = service.latest_version(offer)
    if closed(offer, version):
        return redirect(url_for("provider_offers.preview", offer_id=offer.id))
    kept = typed.current(offer.id)
    form = refilled(offer.category, kept.fields) if kept and not kept.saved else filled(offer.category, version)
    return _page(offer, version, form, now, hold=Hold(secrets.token_hex(8), kept.token if kept else 0))


def posted(offer: Offer, do: str, now: datetime) -> Any:
    """What a button of the editor does."""
    version = service.latest_version(offer)
    if closed(offer, version):
        flash(_("Cette offre ne peut pas être modifiée maintenant."), "error")
        return redirect(url_for("provider_offers.preview", offer_id=offer.id), 303)
    form, by = form_class(offer.category)(), person().actor
    form.wear(offer.category)
    hold = Hold.sent()
    kept = keep_typed(offer, hold, now, insist=request.form.get("insist") == "yes")
    if kept.beside:
        return _page(offer, version, form, now, 409, hold=Hold(hold.tab, kept.token), kept=kept)
    added = offer_photos.add_sent(form, offer, by=by, now=now)
    if do in SAVING:
        return _save(offer, form, do, now)
    status = 422 if form.uploads.errors else 200
    if do.startswith(PHOTO_BUTTONS):
        offer_photos.rearrange(form, offer, do, by=by, now=now)
    elif do == "photos" and not added and not form.uploads.errors:
        form.uploads.errors = [_("Choisissez une ou plusieurs photos sur votre appareil.")]
        status = 422
    else:
        _change_form(form, offer.category, do)
    return _page(offer, service.latest_version(offer), form, now, status)


def _change_form(form: OfferForm, category: str, do: str) -> None:
    head, _dash, rest = do.partition("-")
    if do == "add":
        form.components.add()
        form.wear(category)
    elif head == "remove" and POSITION.fullmatch(rest):
        form.components.remove(int(rest))
    elif do == "season":
        form.seasons.add()
        form.wear(category)
    elif head == "unseason" and POSITION.fullmatch(rest):
        form.seasons.remove(int(rest))
    elif head == "terms" and rest in PRESETS:
        use_terms(form, preset(rest))


def _save(offer: Offer, form: OfferForm, do: str, now: datetime) -> Any:
    version = service.latest_version(offer)
    content = offer_reading.read_content(
        form, offer.category, version, on=_today(now), franchise=offer.provider.vat_franchise
    )
    if content is None or form.uploads.errors:
        return _page(offer, version, form, now, 422)
    try:
        _write(offer, content, form, now)
    except InvalidInput as error:
        offer_reading.show(form, error)
        return _page(offer, service.latest_version(offer), form, now, 422)
    if do == "submit":
        return _submit(offer, form, now)
    if do == "preview":
        return redirect(url_for("provider_offers.preview", offer_id=offer.id), 303)
    flash(_("Le brouillon est enregistré."), "success")
    return redirect(url_for("provider_offers.edit", offer_id=offer.id), 303)


def _write(offer: Offer, content: Content, form: OfferForm, now: datetime) -> None:
    rows: Any = form.photos
    with transaction():
        version = service.save(offer, content, by=person().actor, now=now)
        typed.settle(offer.id)
        photos.describe(version, {row.form.key.data: row.form.alt.data or "" for row in rows})


def _submit(offer: Offer, form: OfferForm, now: datetime) -> Any:
    try:
        with transaction():
            service.submit(offer, by=person().actor, now=now)
    except InvalidInput as error:
        version = service.latest_version(offer)
        show_photos(form, version.photos)
        offer_reading.show(form, error)
        return _page(offer, version, form, now, 422, saved=True)
    except NotAllowed as error:
        form.form_errors.append(str(error))
        return _page(offer, service.latest_version(offer), form, now, 403, saved=True)
    flash(_("L’offre est soumise : nous la relisons, et un message vous dira quand elle paraît."), "success")
    return redirect(url_for("provider_offers.index"), 303)


def _page(
    offer: Offer,
    version: OfferVersion,
    form: OfferForm,
    now: datetime,
    status: int = 200,
    *,
    saved: bool = False,
    hold: Hold | None = None,
    kept: typed.Kept | None = None,
) -> tuple[str, int]:
    category, franchise = categories.get(offer.category), offer.provider.vat_franchise
    show_photos(form, version.photos)
    terms = _typed_terms(form)
    sample, borders = sample_prices(form, on=_today(now), franchise=franchise)
    page = render_template(
        "provider/offers/edit.html",
        offer=offer,
        version=version,
        provider=offer.provider,
        category=category,
        groups=_groups(form, category),
        form=form,
        wrong=list(form.wrong()),
        saved=saved,
        line_prices=line_prices(form, on=_today(now), franchise=franchise),
        sample=sample,
        borders=borders,
        presets={code: (words, fee_steps(each), each) for code, (words, each) in PRESETS.items()},
        same_terms=next((code for code, (_words, each) in PRESETS.items() if each == terms), ""),
        steps=fee_steps(terms) if terms else [],
        sections=SECTIONS,
        done=done_in(drafted(offer, version, form, now), offer.category),
        hold=hold or Hold.after(offer.id),
        kept=kept,
        beside=texts_beside(offer.id, person().actor),
        photo_rows=offer_photos.paired(version, form),
        most_photos=photos.MOST,
    )
    return page, status


def _typed_terms(form: OfferForm) -> Terms | None:
    """The terms as typed, for their picture. What is wrong with them is said when the form is saved, not before."""
    said = form.said()
    terms = read_terms(form)
    form.say_again(said)
    return replace(terms, payment_terms="", performance_terms="") if terms else None


def _groups(form: OfferForm, category: categories.Category) -> list[tuple[str, list[Any]]]:
    """The category's fields under their headings, each with its control."""
    controls, groups = form.details(), dict[str, list[Any]]()
    for field in category.fields:
        groups.setdefault(str(field.section), []).append((field, controls[field.name]))
    return list(groups.items())


def closed(offer: Offer, version: OfferVersion) -> bool:
    return offer.state == OfferState.WITHDRAWN or version.state == VersionState.IN_REVIEW


def _today(now: datetime) -> date:
    return local_date(now, ZONE)
