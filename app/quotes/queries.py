"""Reading requests and quotes, each scoped to the side that reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app.accounts.models import Company
from app.availability.models import Reservation, ReservationState, Unit
from app.core.db import session
from app.core.errors import NotFound
from app.events.models import Event, Need
from app.offers.models import OfferVersion
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState

PAGE = 30
NO_REQUEST = _l("Cette demande n’existe pas.")
NO_QUOTE = _l("Ce devis n’existe pas.")
NO_NEED = _l("Ce besoin n’existe pas.")
TABS = ("open", "sent", "won", "closed")
SHOWN = (QuoteState.SENT, QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.EXPIRED, QuoteState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of a provider's inbox. `tab`: where it belongs now; amounts are of its newest quote."""

    id: int
    tab: str
    state: RequestState
    event_title: str
    company: str
    offer_title: str
    headcount: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    answer_by: datetime
    sent_at: datetime
    competitors: int
    quote_state: QuoteState | None
    gross_cents: int | None
    net_cents: int | None
    valid_until: datetime | None


def newest_of_request() -> ColumnElement[Any]:
    """The id of a request's newest quote."""
    other = aliased(Quote)
    return select(func.max(other.id)).where(other.request_id == QuoteRequest.id).scalar_subquery()


def _tab(now: datetime) -> ColumnElement[str]:
    return case(
        (and_(QuoteRequest.state == RequestState.OPEN, QuoteRequest.answer_by > now), "open"),
        (Quote.state == QuoteState.ACCEPTED, "won"),
        (and_(Quote.state == QuoteState.SENT, Quote.valid_until > now), "sent"),
        else_="closed",
    )


def inbox(provider_id: int, tab: str, now: datetime, *, page: int = 1, size: int = PAGE) -> list[RequestRow]:
    """A page of a provider's requests in one of TABS: those to answer by their deadline, others the latest first."""
    which = _tab(now)
    query = (
        select(
            QuoteRequest.id, which, QuoteRequest.state, Event.title, Company.name, OfferVersion.title,
            QuoteRequest.headcount, QuoteRequest.starts_at, QuoteRequest.ends_at, QuoteRequest.zone,
            QuoteRequest.answer_by, QuoteRequest.sent_at, QuoteRequest.competitors,
            Quote.state, Quote.gross_cents, Quote.net_cents, Quote.valid_until,
        )
        .join(Event, Event.id == QuoteRequest.event_id)
        .join(Company, Company.id == Event.company_id)
        .join(OfferVersion, OfferVersion.id == QuoteRequest.offer_version_id)
        .outerjoin(Quote, Quote.id == newest_of_request())
        .where(QuoteRequest.provider_id == provider_id, which == tab)
    )  # fmt: skip
    order = QuoteRequest.answer_by.asc() if tab == "open" else QuoteRequest.sent_at.desc()
    rows = session().execute(query.order_by(order, QuoteRequest.id.desc()).limit(size).offset((page - 1) * size))
    return [RequestRow(*tuple[Any, ...](row)) for row in rows]


def inbox_counts(provider_id: int, now: datetime) -> dict[str, int]:
    """How many requests of a provider each of TABS holds."""
    which = _tab(now).label("tab")
    query = (
        select(which, func.count())
        .select_from(QuoteRequest)
        .outerjoin(Quote, Quote.id == newest_of_request())
        .where(QuoteRequest.provider_id == provider_id)
        .group_by("tab")
    )
    return dict.fromkeys(TABS, 0) | dict(session().execute(query).all())


def request_for_provider(request_id: int, provider_id: int) -> QuoteRequest:
    """A provider's request with its event, company, need, offer and version. Raises NotFound."""
    query = (
        select(QuoteRequest)
        .where(QuoteRequest.id == request_id, QuoteRequest.provider_id == provider_id)
        .options(
            joinedload(QuoteRequest.event).options(joinedload(Event.company), joinedload(Event.organiser)),
            joinedload(QuoteRequest.need),
            joinedload(QuoteRequest.offer),
            joinedload(QuoteRequest.offer_version),
            joinedload(QuoteRequest.provider),
        )
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(NO_REQUEST)
    return found


def versions_of(request_id: int) -> Sequence[Quote]:
    """All quotes sent for a request, the newest first, with lines and option."""
    query = select(Quote).where(Quote.request_id == request_id).order_by(Quote.version.desc())
    return session().scalars(query.options(selectinload(Quote.lines), joinedload(Quote.reservation))).all()


def quote_for_provider(quote_id: int, provider_id: int) -> Quote:
    """A provider's own quote. Raises NotFound."""
    return _quote(_whole().where(Quote.id == quote_id, Quote.provider_id == provider_id))


def quote_for_company(quote_id: int, company_id: int) -> Quote:
    """A quote sent to a company, with its lines, request, event, offer and document. Raises NotFound."""
    sent = Quote.state != QuoteState.DRAFT
    return _quote(_whole().where(Quote.id == quote_id, Event.company_id == company_id, sent))


def quote_by_id(quote_id: int) -> Quote:
    """Any quote, for a job. Raises NotFound."""
    return _quote(_whole().where(Quote.id == quote_id))


def request_by_id(request_id: int) -> QuoteRequest:
    """Any request with what a mail says of it, for a job. Raises NotFound."""
    provider_id = session().scalar(select(QuoteRequest.provider_id).where(QuoteRequest.id == request_id))
    return request_for_provider(request_id, provider_id or 0)


def quote_of_hold(reservation_id: int) -> Quote | None:
    """The open quote that a hold goes with, if any."""
    query = _whole().where(Quote.reservation_id == reservation_id, Quote.state == QuoteState.SENT)
    return session().scalars(query).unique().one_or_none()


def _whole() -> Select[Quote]:
    request = contains_eager(Quote.request)
    return (
        select(Quote)
        .join(QuoteRequest, QuoteRequest.id == Quote.request_id)
        .join(Event, Event.id == QuoteRequest.event_id)
        .options(
            request.contains_eager(QuoteRequest.event).options(joinedload(Event.company), joinedload(Event.organiser)),
            request.joinedload(QuoteRequest.offer_version),
            request.joinedload(QuoteRequest.offer),
            request.joinedload(QuoteRequest.need),
            joinedload(Quote.provider),
            joinedload(Quote.reservation),
            joinedload(Quote.document),
            selectinload(Quote.lines),
        )
    )


def _quote(query: Select[Quote]) -> Quote:
    found = session().scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(NO_QUOTE)
    return found


def need_for_company(slug: str, need_id: int, company_id: int) -> Need:
    """A need of a company's event, with the event and its company. Raises NotFound."""
    query = (
        select(Need)
        .join(Event, Event.id == Need.event_id)
        .where(Need.id == need_id, Event.slug == slug, Event.company_id == company_id)
        .options(contains_eager(Need.event).joinedload(Event.company))
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(NO_NEED)
    return found


def requests_of(need_id: int) -> Sequence[QuoteRequest]:
    """Everyone who was asked for a need, in the order they were asked, with provider, offer and photos."""
    query = (
        select(QuoteRequest)
        .where(QuoteRequest.need_id == need_id)
        .options(
            joinedload(QuoteRequest.provider),
            joinedload(QuoteRequest.offer),
            joinedload(QuoteRequest.offer_version).selectinload(OfferVersion.photos),
        )
        .order_by(QuoteRequest.id)
    )
    return session().scalars(query).all()


def newest_quotes(need_id: int) -> Sequence[Quote]:
    """The newest quote of each provider that was asked for a need, with lines and option, by request."""
    query = (
        select(Quote)
        .join(QuoteRequest, QuoteRequest.id == Quote.request_id)
        .where(QuoteRequest.need_id == need_id, Quote.id == newest_of_request(), Quote.state.in_(SHOWN))
        .options(selectinload(Quote.lines), joinedload(Quote.reservation))
        .order_by(Quote.request_id)
    )
    return session().scalars(query).all()


def places_in_queue(reservation_ids: Sequence[int]) -> dict[int, int]:
    """The rank of queued options at their time: 2 stands right behind the one that holds it."""
    mine, other, own, their = aliased(Reservation), aliased(Reservation), aliased(Unit), aliased(Unit)
    query = (
        select(mine.id, 2 + func.count(other.id))
        .join(own, own.id == mine.unit_id)
        .join(their, their.offer_id == own.offer_id)
        .outerjoin(
            other,
            and_(
                other.unit_id == their.id,
                other.state == ReservationState.QUEUED,
                other.during.op("&&")(mine.during),
                or_(other.created_at < mine.created_at, and_(other.created_at == mine.created_at, other.id < mine.id)),
            ),
        )
        .where(mine.id.in_(reservation_ids), mine.state == ReservationState.QUEUED)
        .group_by(mine.id)
    )
    return dict(session().execute(query).all()) if reservation_ids else {}


def overdue_quotes(now: datetime, *, limit: int = 200) -> Sequence[int]:
    """Ids of sent quotes past their validity, the oldest first."""
    query = select(Quote.id).where(Quote.state == QuoteState.SENT, Quote.valid_until <= now)
    return session().scalars(query.order_by(Quote.valid_until).limit(limit)).all()


def overdue_requests(now: datetime, *, limit: int = 200) -> Sequence[int]:
    """Ids of open requests past their deadline, the oldest first."""
    query = select(QuoteRequest.id).where(QuoteRequest.state == RequestState.OPEN, QuoteRequest.answer_by <= now)
    return session().scalars(query.order_by(QuoteRequest.answer_by).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option that a provider's open quotes have put on a date."""

    request_id: int
    event_title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    state: ReservationState
    expires_at: datetime


def options_of(provider_id: int, now: datetime, *, limit: int = 100) -> list[OptionRow]:
    """The options of a provider that stand or wait behind another, by date."""
    query = (
        select(
            QuoteRequest.id, Event.title, Quote.starts_at, Quote.ends_at, QuoteRequest.zone, Reservation.state,
            Reservation.expires_at,
        )
        .join(Quote, Quote.request_id == QuoteRequest.id)
        .join(Reservation, Reservation.id == Quote.reservation_id)
        .join(Event, Event.id == QuoteRequest.event_id)
        .where(
            Quote.provider_id == provider_id,
            Quote.state == QuoteState.SENT,
            Reservation.state.in_((ReservationState.ACTIVE, ReservationState.QUEUED)),
            Reservation.expires_at > now,
        )
        .order_by(Quote.starts_at, Quote.id)
    )  # fmt: skip
    return [OptionRow(*tuple[Any, ...](row)) for row in session().execute(query.limit(limit))]


def offers_waited_for(now: datetime) -> set[int]:
    """The ids of offers that someone asks about or may accept now: what they say of their time must be fresh."""
    sent = and_(Quote.state == QuoteState.SENT, Quote.valid_until > now)
    query = (
        select(QuoteRequest.offer_id)
        .outerjoin(Quote, and_(Quote.request_id == QuoteRequest.id, sent))
        .where(or_(QuoteRequest.state == RequestState.OPEN, Quote.id.is_not(None)))
        .distinct()
    )
    return set(session().scalars(query))
