"""What happens to an offer: drafted, submitted, published or returned, paused, withdrawn. Its photos: `photos.py`.

A version is written while it is a draft and never after. What a published offer's provider changes becomes the next
version's draft; the published one stays as it was until that is published.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.accounts.models import Provider, ProviderState
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition, NotAllowed
from app.core.outbox import publish as tell
from app.core.states import advance, audit
from app.offers import categories, reasons
from app.offers.address import words_of
from app.offers.completeness import missing
from app.offers.content import NAMES, Content, check, starting_content
from app.offers.models import Offer, OfferPhoto, OfferState, OfferVersion, VersionState

MAX_DRAFTS = 200
REASON_LEAST = 10
REASON_MOST = 2_000
EDITABLE = (VersionState.DRAFT, VersionState.REJECTED)


def create(provider: Provider, category: str, title: str, *, by: str, now: datetime) -> Offer:
    """Begin an offer: a draft with what offers of its category usually have. Returns the flushed row.

    Raises InvalidInput for an unknown category or a title that can't be kept.
    """
    content = starting_content(category, title.strip())
    check(content)
    if (session().scalar(select(func.count(Offer.id)).where(_draft_of(provider.id))) or 0) >= MAX_DRAFTS:
        raise InvalidInput(_l("Vous avez déjà beaucoup de brouillons : retirez ceux qui ne servent plus."))
    offer = Offer(provider_id=provider.id, category=category, slug=_slug(content.title), created_at=now)
    session().add(offer)
    session().flush()
    version = OfferVersion(offer_id=offer.id, number=1, created_at=now)
    _write(version, content)
    session().add(version)
    session().flush()
    audit(offer, "create", by=by, now=now, to_state=str(offer.state))
    return offer


def open_draft(offer: Offer, *, by: str, now: datetime) -> OfferVersion:
    """The version that may be written: the draft, the one that was returned, or a new copy of what is published.

    Raises InvalidTransition while a version is in review, or when the offer is withdrawn.
    """
    _lock(offer)
    latest = latest_version(offer)
    if offer.state == OfferState.WITHDRAWN:
        raise InvalidTransition(_l("Cette offre est retirée : elle ne change plus."))
    if latest.state == VersionState.IN_REVIEW:
        raise InvalidTransition(_l("Cette version est en relecture : reprenez-la pour la modifier."))
    if latest.state == VersionState.REJECTED:
        advance(latest, "revise", by=by, now=now)
    return latest if latest.state == VersionState.DRAFT else _next_draft(latest, by=by, now=now)


def save(offer: Offer, content: Content, *, by: str, now: datetime) -> OfferVersion:
    """Write a draft, whose parts may still be missing. Raises InvalidInput, and InvalidTransition as `open_draft`."""
    check(content)
    details = categories.validate_details(offer.category, content.details, draft=True)
    version = open_draft(offer, by=by, now=now)
    _write(version, content)
    version.details = details
    session().flush()
    return version


def submit(offer: Offer, *, by: str, now: datetime) -> OfferVersion:
    """Hand the draft to the operator. Publishes `offer.submitted`.

    Raises NotAllowed while the provider isn't approved, InvalidInput with a sentence for each field that is missing,
    InvalidTransition when there is no draft.
    """
    _lock(offer)
    if offer.provider.state != ProviderState.APPROVED:
        raise NotAllowed(_l("Votre inscription n’est pas encore validée : vous pourrez alors soumettre cette offre."))
    version = latest_version(offer)
    wrong = missing(version, offer.category)
    if wrong:
        raise InvalidInput(_l("Cette offre n’est pas encore complète."), fields=wrong)
    if version.state == VersionState.REJECTED:
        advance(version, "revise", by=by, now=now)
    advance(version, "submit", by=by, now=now, also={"submitted_at": now, "review_note": "", "review_reasons": []})
    tell("offer.submitted", {"offer_id": offer.id, "version_id": version.id}, now=now)
    return version


def recall(offer: Offer, *, by: str, now: datetime) -> OfferVersion:
    """Take a version back from review, to change it. Raises InvalidTransition when it isn't in review."""
    _lock(offer)
    version = latest_version(offer)
    advance(version, "recall", by=by, now=now)
    return version


def publish(version: OfferVersion, *, by: str, now: datetime) -> None:
    """Put a version in review on sale in place of the one before. Publishes `offer.published` and `offer.changed`.

    Raises NotAllowed for a provider that isn't approved, InvalidTransition when the version isn't in review.
    """
    offer = version.offer
    _lock(offer)
    if offer.provider.state != ProviderState.APPROVED:
        raise NotAllowed(_l("Ce prestataire n’est pas validé : ses offres ne peuvent pas être publiées."))
    if offer.state == OfferState.WITHDRAWN:
        raise InvalidTransition(_l("Cette offre a été retirée par le prestataire."))
    before = offer.published_version
    advance(version, "publish", by=by, now=now, also={"published_at": now})
    if before is not None and before.id != version.id:
        advance(before, "supersede", by=by, now=now)
    advance(offer, "publish", by=by, now=now, also={"published_version_id": version.id})
    session().refresh(offer)
    tell("offer.published", {"offer_id": offer.id, "version_id": version.id}, now=now)
    _changed(offer, now)


def send_back(version: OfferVersion, reason: str, *, by: str, now: datetime, chosen: Sequence[str] = ()) -> None:
    """Return a version in review to its provider, who reads the `chosen` reasons (codes of `reasons.py`) and the words.

    Publishes `offer.returned`. Raises InvalidInput without either, InvalidTransition when the version isn't in review.
    """
    reason, codes = reason.strip(), reasons.known(chosen)
    if not codes and len(reason) < REASON_LEAST:
        raise InvalidInput(_l("Expliquez en une phrase ce qui est à changer : le prestataire la lira."), field="reason")
    if len(reason) > REASON_MOST:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=REASON_MOST), field="reason")
    _lock(version.offer)
    why = reasons.in_words(codes, reason)
    advance(version, "reject", by=by, now=now, reason=why, also={"review_note": reason, "review_reasons": codes})
    tell("offer.returned", {"offer_id": version.offer_id, "version_id": version.id}, now=now)


def pause(offer: Offer, *, by: str, now: datetime) -> None:
    """Take an offer off sale for a while. Raises InvalidTransition. Publishes `offer.changed`."""
    _move(offer, "pause", by=by, now=now)


def resume(offer: Offer, *, by: str, now: datetime) -> None:
    """Put a paused offer on sale again. Raises InvalidTransition. Publishes `offer.changed`."""
    _move(offer, "resume", by=by, now=now)


def withdraw(offer: Offer, *, by: str, now: datetime) -> None:
    """Take an offer off sale for good; quotes and bookings made from it stay. Raises InvalidTransition.

    A version in review leaves the operator's queue. Publishes `offer.changed`.
    """
    _lock(offer)
    latest = latest_version(offer)
    if latest.state == VersionState.IN_REVIEW:
        advance(latest, "recall", by=by, now=now)
    _move(offer, "withdraw", by=by, now=now)


def drop_draft(offer: Offer, *, by: str, now: datetime) -> None:
    """Forget the changes to an offer that has a published version. Raises InvalidTransition when there is no draft."""
    _lock(offer)
    latest = latest_version(offer)
    if offer.published_version_id is None or latest.state not in EDITABLE:
        raise InvalidTransition(_l("Il n’y a pas de modification en cours."))
    session().delete(latest)
    session().flush()
    audit(offer, "drop draft", by=by, now=now)


def latest_version(offer: Offer) -> OfferVersion:
    """The newest version of an offer, whatever its state."""
    query = select(OfferVersion).where(OfferVersion.offer_id == offer.id).order_by(OfferVersion.number.desc()).limit(1)
    return session().scalars(query).one()


def _write(version: OfferVersion, content: Content) -> None:
    for name in NAMES:
        value: Any = getattr(content, name)
        setattr(version, name, list(value) if isinstance(value, tuple) else value)


def _next_draft(version: OfferVersion, *, by: str, now: datetime) -> OfferVersion:
    draft = OfferVersion(offer_id=version.offer_id, number=version.number + 1, created_at=now)
    for name in NAMES:
        setattr(draft, name, getattr(version, name))
    draft.photos = [
        OfferPhoto(
            position=photo.position,
            media_key=photo.media_key,
            alt=photo.alt,
            width=photo.width,
            height=photo.height,
            blur=photo.blur,
            variants=list(photo.variants),
        )
        for photo in version.photos
    ]
    session().add(draft)
    session().flush()
    audit(draft, "draft", by=by, now=now, to_state=str(draft.state))
    return draft


def _draft_of(provider_id: int) -> Any:
    return (Offer.provider_id == provider_id) & (Offer.state == OfferState.DRAFT)


def _lock(offer: Offer) -> None:
    session().flush()
    session().refresh(offer, with_for_update={"of": Offer})


def _move(offer: Offer, action: str, *, by: str, now: datetime) -> None:
    advance(offer, action, by=by, now=now)
    _changed(offer, now)


def _changed(offer: Offer, now: datetime) -> None:
    tell("offer.changed", {"offer_id": offer.id}, now=now)


def _slug(title: str) -> str:
    return f"{words_of(title)[:60].strip('-')}-{secrets.token_hex(4)}"
