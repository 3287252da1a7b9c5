"""Labels that an offer carries: each with its proof, read by an operator, and a last day.

A label that is refused, waits or has expired is neither shown nor searched. Thirty days before the last day the
provider is told once, unless a newer certificate is there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.core import documents
from app.core.clock import french_date
from app.core.db import session
from app.core.errors import InvalidInput, NotFound
from app.core.outbox import publish as tell
from app.core.states import advance, audit
from app.offers.models import LabelState, Offer, OfferLabel, OfferState

LABELS: Final[dict[str, Any]] = {
    "green_key": _l("Clef Verte"),
    "eu_ecolabel": _l("Écolabel européen"),
    "iso_20121": _l("ISO 20121"),
    "iso_14001": _l("ISO 14001"),
    "esat": _l("Entreprise adaptée ou Esat"),
    "bcorp": _l("B Corp"),
    "tourism_disability": _l("Tourisme et Handicap"),
}
REMIND_DAYS: Final = 30
LONGEST_YEARS: Final = 10
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PER_OFFER: Final = 20
PAGE: Final = 50
REASON_LEAST: Final = 10
PROOFS: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Proof:
    """The certificate as it was sent."""

    filename: str
    content: bytes


def add(
    offers: Sequence[Offer], code: str, valid_until: date | None, proof: Proof | None, *, by: str, now: datetime
) -> list[OfferLabel]:
    """Claim a label for offers of one provider, until its last day. An operator reads the proof first.

    Publishes `label.claimed` once. Raises InvalidInput with a sentence for each field that is wrong.
    """
    wrong = {**_wrong_label(code), **_wrong_day(valid_until, french_date(now)), **_wrong_proof(proof)}
    if wrong or proof is None or valid_until is None:
        raise InvalidInput(_l("Certains champs sont à corriger."), fields=wrong)
    for offer in offers:
        _refuse_too_many(offer)
    mime = next(mime for magic, mime in PROOFS.items() if proof.content.startswith(magic))
    document = documents.store("label_proof", proof.filename[-120:], mime, proof.content, now=now)
    rows = [
        OfferLabel(offer_id=offer.id, code=code, document_id=document.id, valid_until=valid_until, created_at=now)
        for offer in offers
    ]
    session().add_all(rows)
    session().flush()
    for row in rows:
        audit(row, "claim", by=by, now=now, to_state=str(row.state))
    tell("label.claimed", {"label_id": rows[0].id}, now=now)
    return rows


def accept(label: OfferLabel, *, by: str, now: datetime) -> None:
    """Show the label on its offer from now on. Publishes `offer.changed`. Raises InvalidTransition."""
    advance(label, "accept", by=by, now=now)
    tell("offer.changed", {"offer_id": label.offer_id}, now=now)


def refuse(label: OfferLabel, reason: str, *, by: str, now: datetime) -> None:
    """Don't show the label, and tell the provider why. Publishes `label.refused` and `offer.changed`.

    Raises InvalidInput without a reason, InvalidTransition when it was refused already.
    """
    reason = reason.strip()[:1000]
    if len(reason) < REASON_LEAST:
        raise InvalidInput(_l("Expliquez en une phrase : le prestataire la lira."), field="reason")
    advance(label, "refuse", by=by, now=now, reason=reason, also={"reason": reason})
    tell("label.refused", {"label_id": label.id}, now=now)
    tell("offer.changed", {"offer_id": label.offer_id}, now=now)


def remove(label: OfferLabel, *, by: str, now: datetime) -> None:
    """Take a label off its offer; its proof stays. Publishes `offer.changed`."""
    audit(label, "remove", by=by, now=now, from_state=str(label.state))
    session().delete(label)
    session().flush()
    tell("offer.changed", {"offer_id": label.offer_id}, now=now)


def held(offer_ids: Iterable[int], on: date) -> dict[int, tuple[str, ...]]:
    """The codes of the labels that these offers may show on a day, in the list's order; offers without are left out."""
    query = (
        select(OfferLabel.offer_id, OfferLabel.code)
        .where(OfferLabel.offer_id.in_(list(offer_ids)), OfferLabel.state == LabelState.ACCEPTED)
        .where(OfferLabel.valid_until >= on)
    )
    found: dict[int, set[str]] = {}
    for offer_id, code in session().execute(query):
        found.setdefault(offer_id, set()).add(code)
    return {offer_id: tuple(code for code in LABELS if code in codes) for offer_id, codes in found.items()}


def shown(offer_id: int, on: date) -> list[tuple[str, date]]:
    """Code and last day of each label that an offer's page shows."""
    query = (
        select(OfferLabel.code, func.max(OfferLabel.valid_until))
        .where(OfferLabel.offer_id == offer_id, OfferLabel.state == LabelState.ACCEPTED, OfferLabel.valid_until >= on)
        .group_by(OfferLabel.code)
    )
    found = dict(session().execute(query).all())
    return [(code, found[code]) for code in LABELS if code in found]


def of_offer(offer_id: int) -> Sequence[OfferLabel]:
    """All labels of an offer, the latest first, for its provider."""
    query = select(OfferLabel).where(OfferLabel.offer_id == offer_id).options(joinedload(OfferLabel.document))
    return session().scalars(query.order_by(OfferLabel.created_at.desc(), OfferLabel.id.desc())).all()


def one(label_id: int, provider_id: int | None) -> OfferLabel:
    """A label with its offer and proof: of that provider, or of any (for the operator). Raises NotFound."""
    query = (
        select(OfferLabel)
        .join(OfferLabel.offer)
        .where(OfferLabel.id == label_id)
        .options(
            contains_eager(OfferLabel.offer).joinedload(Offer.provider),
            contains_eager(OfferLabel.offer).joinedload(Offer.published_version),
            joinedload(OfferLabel.document),
        )
    )
    if provider_id is not None:
        query = query.where(Offer.provider_id == provider_id)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def pending(page: int = 1) -> tuple[Sequence[OfferLabel], int]:
    """A page of fifty labels that wait for the operator, the longest waiting first, and how many there are."""
    waits = OfferLabel.state == LabelState.PENDING
    query = select(OfferLabel).join(OfferLabel.offer).where(waits).order_by(OfferLabel.created_at, OfferLabel.id)
    query = query.options(
        contains_eager(OfferLabel.offer).joinedload(Offer.provider),
        contains_eager(OfferLabel.offer).joinedload(Offer.published_version),
        joinedload(OfferLabel.document),
    )
    rows = session().scalars(query.limit(PAGE).offset((max(1, page) - 1) * PAGE)).all()
    return rows, session().scalar(select(func.count(OfferLabel.id)).where(waits)) or 0


def remind(now: datetime, most: int = 100) -> int:
    """Publish `label.expiring` for labels whose last day is at most thirty days away. Returns how many; claims rows."""
    today, newer = french_date(now), aliased(OfferLabel)
    renewed = exists().where(
        newer.offer_id == OfferLabel.offer_id,
        newer.code == OfferLabel.code,
        newer.valid_until > OfferLabel.valid_until,
        newer.state != LabelState.REFUSED,
    )
    query = (
        select(OfferLabel)
        .join(Offer, Offer.id == OfferLabel.offer_id)
        .where(OfferLabel.state == LabelState.ACCEPTED, OfferLabel.reminded_at.is_(None), ~renewed)
        .where(OfferLabel.valid_until.between(today, today + timedelta(days=REMIND_DAYS)))
        .where(Offer.state != OfferState.WITHDRAWN)
        .order_by(OfferLabel.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=OfferLabel)
    )
    rows = session().scalars(query).all()
    for row in rows:
        row.reminded_at = now
        tell("label.expiring", {"label_id": row.id}, now=now)
    session().flush()
    return len(rows)


def lapse(now: datetime, most: int = 500) -> int:
    """Publish `offer.changed` for offers that have lost a label, so that nobody finds them by it any more."""
    query = (
        select(OfferLabel)
        .where(OfferLabel.state == LabelState.ACCEPTED, OfferLabel.lapsed_at.is_(None))
        .where(OfferLabel.valid_until < french_date(now))
        .order_by(OfferLabel.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session().scalars(query).all()
    for row in rows:
        row.lapsed_at = now
    for offer_id in sorted({row.offer_id for row in rows}):
        tell("offer.changed", {"offer_id": offer_id}, now=now)
    session().flush()
    return len(rows)


def _wrong_label(code: str) -> dict[str, Any]:
    return {} if code in LABELS else {"code": _l("Choisissez dans la liste.")}


def _wrong_day(day: date | None, today: date) -> dict[str, Any]:
    if day is None:
        return {"valid_until": _l("Indiquez le dernier jour de validité, tel qu’il figure sur le certificat.")}
    if day < today:
        return {"valid_until": _l("Ce certificat a déjà expiré.")}
    if day > today + timedelta(days=366 * LONGEST_YEARS):
        return {"valid_until": _l("Vérifiez l’année : un certificat dure rarement plus de dix ans.")}
    return {}


def _wrong_proof(proof: Proof | None) -> dict[str, Any]:
    if proof is None or not proof.content:
        return {"proof": _l("Joignez le certificat : un PDF, ou une photo en JPEG ou PNG.")}
    if len(proof.content) > MOST_BYTES:
        return {"proof": _l("Ce fichier est trop lourd : 5 Mo au plus.")}
    if not any(proof.content.startswith(magic) for magic in PROOFS):
        return {"proof": _l("Ce fichier n’est ni un PDF, ni un JPEG, ni un PNG.")}
    return {}


def _refuse_too_many(offer: Offer) -> None:
    query = select(func.count(OfferLabel.id)).where(OfferLabel.offer_id == offer.id)
    if (session().scalar(query) or 0) >= MOST_PER_OFFER:
        raise InvalidInput(_l("Retirez d’abord les labels qui ne servent plus."), field="code")
