"""What is typed into an offer's editor, kept as it is, right or wrong, until a version holds it.

One text is the current one: the editor opens with it. A tab that has not seen the newest does not overwrite it: what
was typed there is kept beside it, and its person chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.db import session
from app.core.errors import NotFound
from app.offers.models import Offer, OfferTyped

MOST_ASIDE = 10
"""How many texts are kept beside the current one; beyond, the oldest goes."""

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping a text: the newest token, and whether the text is only kept beside another one.

    `other_at` and `other_by` say when and by whom that other one was typed.
    """

    token: int
    beside: bool = False
    other_at: datetime | None = None
    other_by: str = ""


def keep(
    offer: Offer, tab: str, seen: int | None, fields: Fields, *, by: str, now: datetime, insist: bool = False
) -> Kept:
    """Keep what a tab holds. `seen` is the token it has seen; None never conflicts.

    It becomes the current text when the tab has seen the newest one or is where that was typed, or when it insists;
    otherwise it is kept beside.
    """
    session().refresh(offer, with_for_update={"of": Offer})
    newest = current(offer.id)
    if newest is not None and not (insist or seen is None or newest.tab == tab or newest.token == seen):
        _write(offer.id, tab, fields, token=seen or 0, now_current=False, by=by, now=now)
        _bound(offer.id)
        return Kept(newest.token, True, newest.typed_at, newest.typed_by)
    token = 1 + (newest.token if newest else seen or 0)
    if newest is not None and newest.tab != tab:
        _step_back(newest, replaced=not insist or not newest.fields)
    _write(offer.id, tab, fields, token=token, now_current=True, by=by, now=now)
    _bound(offer.id)
    return Kept(token)


def settle(offer_id: int) -> None:
    """Say that a version holds the current text now."""
    newest = current(offer_id)
    if newest is not None:
        newest.saved = True


def discard(offer_id: int) -> None:
    """Forget all that was typed; tabs that are still open are told when they save."""
    newest = current(offer_id)
    for row in beside(offer_id):
        session().delete(row)
    if newest is not None:
        newest.fields, newest.saved, newest.token, newest.tab = [], True, newest.token + 1, ""


def current(offer_id: int) -> OfferTyped | None:
    """The text that the editor opens with, unless a version holds it already."""
    return session().scalar(select(OfferTyped).where(OfferTyped.offer_id == offer_id, OfferTyped.current))


def beside(offer_id: int) -> Sequence[OfferTyped]:
    """The texts kept beside the current one, the newest first."""
    query = select(OfferTyped).where(OfferTyped.offer_id == offer_id, ~OfferTyped.current)
    return session().scalars(query.order_by(OfferTyped.typed_at.desc(), OfferTyped.id.desc())).all()


def of_tab(offer_id: int, tab: str) -> OfferTyped | None:
    """What a tab holds."""
    return session().scalar(select(OfferTyped).where(OfferTyped.offer_id == offer_id, OfferTyped.tab == tab))


def take_back(offer: Offer, typed_id: int) -> None:
    """Make a text that is kept beside the current one. Raises NotFound."""
    session().refresh(offer, with_for_update={"of": Offer})
    row, newest = _aside(offer.id, typed_id), current(offer.id)
    token = 1 + (newest.token if newest else row.token)
    if newest is not None:
        _step_back(newest, replaced=not newest.fields)
    row.current, row.saved, row.token = True, False, token
    session().flush()


def forget(offer: Offer, typed_id: int) -> None:
    """Drop a text that is kept beside. Raises NotFound."""
    session().delete(_aside(offer.id, typed_id))


def _aside(offer_id: int, typed_id: int) -> OfferTyped:
    row = session().get(OfferTyped, typed_id)
    if row is None or row.offer_id != offer_id or row.current:
        raise NotFound
    return row


def _step_back(row: OfferTyped, *, replaced: bool) -> None:
    """`replaced`: the new current text began as this one, or there is nothing in it."""
    if replaced:
        session().delete(row)
    else:
        row.current = False
    session().flush()


def _write(offer_id: int, tab: str, fields: Fields, *, token: int, now_current: bool, by: str, now: datetime) -> None:
    row = of_tab(offer_id, tab)
    if row is None:
        row = OfferTyped(offer_id=offer_id, tab=tab)
        session().add(row)
    row.fields = [[name, text.replace("\0", "")] for name, text in fields]
    row.current, row.saved, row.token, row.typed_at, row.typed_by = now_current, False, token, now, by
    session().flush()


def _bound(offer_id: int) -> None:
    for row in beside(offer_id)[MOST_ASIDE:]:
        session().delete(row)
