"""Reading offers: the public page, a provider's own, and what waits for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Provider, ProviderState
from app.core.db import session
from app.core.errors import NotFound
from app.offers.completeness import advice, sections_done
from app.offers.models import Offer, OfferPhoto, OfferState, OfferVersion, VersionState

NO_OFFER = _l("Cette offre n’existe pas, ou n’est plus proposée.")
PAGE = 50


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """A line of a provider's list. `version_state` is the newest version's; `done` of `parts` parts are complete.

    `title` is what the newest version says; `changing`: a published offer whose next version isn't on sale yet.
    `score` is how complete it is, of 100, and `advice` what would add most to it.
    """

    id: int
    slug: str
    category: str
    state: OfferState
    title: str
    place: str
    version_state: VersionState
    review_note: str
    changing: bool
    photo_id: int | None
    done: int
    parts: int
    score: int
    advice: tuple[Any, ...]
    submitted_at: datetime | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits for the operator. `again`: the offer has been published before."""

    version_id: int
    offer_id: int
    title: str
    category: str
    provider: str
    number: int
    again: bool
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """Where a photo lies, and who may see it: anyone once its version has been published."""

    media_key: str
    public: bool
    provider_id: int
    offer_id: int


def on_sale(offer_id: int) -> Offer:
    """An offer that anyone may see, with its version, photos and provider. Raises NotFound."""
    return _one(_on_sale(), {"offer_id": offer_id})


@cache
def _on_sale() -> Select[Offer]:
    """Built once: the most read page there is asks it."""
    return _with_all().where(
        Offer.id == bindparam("offer_id"),
        Offer.state == OfferState.PUBLISHED,
        Provider.state == ProviderState.APPROVED,
    )


def with_published(offer_id: int, provider_id: int) -> Offer:
    """A provider's own offer that has been published, on sale or not. Raises NotFound."""
    return _one(_with_all().where(Offer.id == offer_id, Offer.provider_id == provider_id))


def own(offer_id: int, provider_id: int) -> Offer:
    """A provider's own offer. Raises NotFound when it is another's."""
    found = session().get(Offer, offer_id, options=[joinedload(Offer.provider)])
    if found is None or found.provider_id != provider_id:
        raise NotFound(NO_OFFER)
    return found


def own_offers(provider_id: int, *, withdrawn: bool = False, page: int = 1) -> list[OwnOffer]:
    """A page of fifty of a provider's offers, those that need its attention first, in two statements."""
    latest = _latest().subquery("latest")
    query = (
        select(OfferVersion, Offer)
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .join(latest, (latest.c.offer_id == OfferVersion.offer_id) & (latest.c.number == OfferVersion.number))
        .where(Offer.provider_id == provider_id, (Offer.state == OfferState.WITHDRAWN) == withdrawn)
        .options(selectinload(OfferVersion.photos))
        .order_by(
            OfferVersion.state != VersionState.REJECTED,
            OfferVersion.state != VersionState.DRAFT,
            func.coalesce(OfferVersion.submitted_at, OfferVersion.created_at).desc(),
            Offer.id.desc(),
        )
        .limit(PAGE)
        .offset((max(1, page) - 1) * PAGE)
    )
    return [_own(version, offer) for version, offer in session().execute(query)]


def own_standing(provider_id: int) -> Sequence[Offer]:
    """All offers of a provider that are not withdrawn, by id."""
    query = select(Offer).where(Offer.provider_id == provider_id, Offer.state != OfferState.WITHDRAWN)
    return session().scalars(query.order_by(Offer.id)).all()


def own_counts(provider_id: int) -> dict[OfferState, int]:
    """How many offers a provider has in each state."""
    query = select(Offer.state, func.count()).where(Offer.provider_id == provider_id).group_by(Offer.state)
    return dict.fromkeys(OfferState, 0) | dict(session().execute(query).all())


def bookable(provider_id: int) -> Sequence[Any]:
    """Id, title and state of a provider's offers that are not withdrawn, by title, for its calendar."""
    latest = _latest().subquery("latest")
    query = (
        select(Offer.id, OfferVersion.title, Offer.state)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id)
        .join(latest, (latest.c.offer_id == Offer.id) & (latest.c.number == OfferVersion.number))
        .where(Offer.provider_id == provider_id, Offer.state != OfferState.WITHDRAWN)
        .order_by(OfferVersion.title, Offer.id)
    )
    return session().execute(query).all()


def waiting(page: int = 1, *, category: str = "", again: bool | None = None) -> tuple[list[Waiting], int]:
    """A page of fifty versions in review, the longest waiting first, and how many there are in all.

    `category`: only its offers. `again`: only changes of published offers, or only new ones.
    """
    wanted = [OfferVersion.state == VersionState.IN_REVIEW]
    wanted += [Offer.category == category] if category else []
    wanted += [] if again is None else [Offer.published_version_id.is_not(None) == again]
    query = (
        select(
            OfferVersion.id, Offer.id, OfferVersion.title, Offer.category, Provider.name, OfferVersion.number,
            Offer.published_version_id.is_not(None), OfferVersion.submitted_at,
        )
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .join(Provider, Provider.id == Offer.provider_id)
        .where(*wanted)
        .order_by(OfferVersion.submitted_at, OfferVersion.id)
    )  # fmt: skip
    rows = session().execute(query.limit(PAGE).offset((max(1, page) - 1) * PAGE))
    count = select(func.count(OfferVersion.id)).join(Offer, Offer.id == OfferVersion.offer_id).where(*wanted)
    return [Waiting(*row) for row in rows], session().scalar(count) or 0


def waiting_count() -> int:
    """How many versions wait for the operator."""
    query = select(func.count(OfferVersion.id)).where(OfferVersion.state == VersionState.IN_REVIEW)
    return session().scalar(query) or 0


def submitted(version_id: int) -> OfferVersion:
    """Any version that has been submitted, with its offer and provider, for the operator. Raises NotFound."""
    options = joinedload(OfferVersion.offer).joinedload(Offer.provider), selectinload(OfferVersion.photos)
    found = session().get(OfferVersion, version_id, options=list(options))
    if found is None or found.state == VersionState.DRAFT:
        raise NotFound(NO_OFFER)
    return found


def before(version: OfferVersion) -> OfferVersion | None:
    """The version of the same offer that was on sale last before this one; None for a first one."""
    query = (
        select(OfferVersion)
        .where(OfferVersion.offer_id == version.offer_id, OfferVersion.number < version.number)
        .where(OfferVersion.published_at.is_not(None))
        .order_by(OfferVersion.number.desc())
        .limit(1)
        .options(selectinload(OfferVersion.photos))
    )
    return session().scalars(query).one_or_none()


def versions(offer_id: int, most: int = PAGE) -> Sequence[OfferVersion]:
    """The versions of an offer with their photos, the newest first."""
    query = select(OfferVersion).where(OfferVersion.offer_id == offer_id).options(selectinload(OfferVersion.photos))
    return session().scalars(query.order_by(OfferVersion.number.desc()).limit(most)).all()


def illustration(offer_id: int) -> tuple[str, str]:
    """Category and seed of the picture that an offer shows until it has photos. Raises NotFound."""
    row = session().execute(select(Offer.category, Offer.slug).where(Offer.id == offer_id)).one_or_none()
    if row is None:
        raise NotFound(NO_OFFER)
    return row.category, row.slug


def photo(photo_id: int) -> PhotoFile:
    """Where a photo lies. Raises NotFound."""
    query = (
        select(OfferPhoto.media_key, OfferVersion.published_at, Offer.provider_id, Offer.id)
        .join(OfferVersion, OfferVersion.id == OfferPhoto.version_id)
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .where(OfferPhoto.id == photo_id)
    )
    row = session().execute(query).one_or_none()
    if row is None:
        raise NotFound
    return PhotoFile(row.media_key, row.published_at is not None, row.provider_id, row.id)


def media_in_use(media_key: str) -> bool:
    """Whether some version still shows the stored picture of this key."""
    return session().scalar(select(OfferPhoto.id).where(OfferPhoto.media_key == media_key).limit(1)) is not None


def _with_all() -> Select[Offer]:
    return (
        select(Offer)
        .join(Offer.provider)
        .join(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .options(
            contains_eager(Offer.provider),
            contains_eager(Offer.published_version).joinedload(OfferVersion.photos),
        )
    )


def _one(query: Select[Offer], values: dict[str, Any] | None = None) -> Offer:
    found = session().scalars(query, values).unique().one_or_none()
    if found is None:
        raise NotFound(NO_OFFER)
    return found


def _latest() -> Select[int, int]:
    return select(OfferVersion.offer_id, func.max(OfferVersion.number).label("number")).group_by(OfferVersion.offer_id)


def _own(version: OfferVersion, offer: Offer) -> OwnOffer:
    done = sections_done(version, offer.category, version.photos)
    found = advice(version, offer.category, version.photos)
    return OwnOffer(
        id=offer.id,
        slug=offer.slug,
        category=offer.category,
        state=offer.state,
        title=version.title,
        place=version.place_name,
        version_state=version.state,
        review_note=version.why,
        changing=offer.published_version_id is not None and offer.published_version_id != version.id,
        photo_id=version.photos[0].id if version.photos else None,
        done=sum(done.values()),
        parts=len(done),
        score=100 - sum(one.points for one in found),
        advice=tuple(found[:3]),
        submitted_at=version.submitted_at,
        published_at=version.published_at,
    )
