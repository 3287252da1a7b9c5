"""What an organiser does with her event before anyone is booked: describe it and say what it needs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core.clock import french_date, to_utc
from app.core.db import session
from app.core.errors import InvalidInput, InvalidTransition
from app.core.states import advance, audit
from app.events.models import Event, EventState, Need
from app.offers import categories
from app.rules import requirements
from app.rules.thresholds import limits
from app.search.words import fold

LONGEST = timedelta(days=31)
FARTHEST = timedelta(days=3 * 366)
MOST_NEEDS = 20
MOST_LINES = 60
OPEN_STATES = (EventState.DRAFT, EventState.PLANNING, EventState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as its organiser describes it. Times are wall times in `zone`; the budget is gross, in cents."""

    title: str
    starts_local: datetime
    ends_local: datetime
    headcount: int
    zone: str = "Europe/Paris"
    place_name: str = ""
    lat: float | None = None
    lon: float | None = None
    budget_cents: int | None = None
    description: str = ""
    programme: Sequence[dict[str, Any]] = ()
    children: int = 0


@dataclass(frozen=True, slots=True)
class Brief:
    """One need: a category, whether it must be met, requirement codes, and the organiser's own words."""

    category: str
    must: bool = True
    codes: Sequence[str] = ()
    others: Sequence[str] = ()
    title: str = ""
    notes: str = ""
    requirements: list[dict[str, Any]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        kind = categories.get(self.category)
        known = [{"code": code, "label": str(requirements.label(code))} for code in requirements.check(self.codes)]
        own = [text.strip() for text in self.others if text.strip()]
        if len(own) > 20:
            raise InvalidInput(_l("Au plus vingt besoins de votre main."), field="others")
        mine = [{"code": f"other-{place}", "label": text[:200]} for place, text in enumerate(own, 1)]
        order = {code: place for place, code in enumerate(kind.requirements)}
        known.sort(key=lambda one: order.get(str(one["code"]), len(order)))
        self.requirements.extend([*known, *mine])


def create(company_id: int, organiser_id: int, plan: Plan, *, invites_domain: str, by: str, now: datetime) -> Event:
    """A new event, a draft until it says what it needs. Its calendar UID is random at `invites_domain` and stays.

    Raises InvalidInput with the field that is wrong.
    """
    starts_at, ends_at = instants(plan, now)
    event = Event(
        company_id=company_id,
        organiser_id=organiser_id,
        slug=f"{_slug(plan.title)}-{secrets.token_hex(3)}",
        ical_uid=f"{secrets.token_hex(16)}@{invites_domain}",
        starts_at=starts_at,
        ends_at=ends_at,
        starts_local=plan.starts_local,
        ends_local=plan.ends_local,
        zone=plan.zone,
        headcount=plan.headcount,
        children=plan.children,
    )
    _describe(event, plan)
    session().add(event)
    session().flush()
    audit(event, "create", by=by, now=now, to_state=str(event.state))
    return event


def change(event: Event, plan: Plan, *, times_fixed: bool, by: str, now: datetime) -> None:
    """Change an event's description. `times_fixed`: providers were asked for these times and this headcount already.

    Raises InvalidInput, or InvalidTransition when the event is over or cancelled.
    """
    _lock(event)
    moved = (plan.starts_local, plan.ends_local, plan.zone) != (event.starts_local, event.ends_local, event.zone)
    if moved and times_fixed:
        message = _l("Des prestataires ont été sollicités pour ces dates : proposez un déplacement de l’évènement.")
        raise InvalidInput(message, field="starts")
    if moved and event.invites_sent_at is not None:
        message = _l(
            "Des personnes sont déjà invitées à ces dates\u00a0: déplacez l’évènement, elles seront prévenues."
        )
        raise InvalidInput(message, field="starts")
    if moved:
        event.starts_at, event.ends_at = instants(plan, now)
        event.starts_local, event.ends_local, event.zone = plan.starts_local, plan.ends_local, plan.zone
    _check_headcount(plan, now)
    event.headcount, event.children = plan.headcount, plan.children
    _describe(event, plan)
    audit(event, "change", by=by, now=now)
    session().flush()


def add_need(event: Event, brief: Brief, *, by: str, now: datetime) -> Need:
    """One more need; the first makes a draft an event in preparation.

    Raises InvalidInput when there are too many, InvalidTransition when the event is over or cancelled.
    """
    _lock(event)
    count = session().scalar(select(func.count(Need.id)).where(Need.event_id == event.id)) or 0
    if count >= MOST_NEEDS:
        raise InvalidInput(_l("Un évènement compte au plus %(most)s besoins.", most=MOST_NEEDS))
    last = session().scalar(select(func.max(Need.position)).where(Need.event_id == event.id)) or 0
    need = Need(event_id=event.id, position=last + 1)
    _brief(need, brief)
    session().add(need)
    session().flush()
    audit(need, "add", by=by, now=now)
    if event.state == EventState.DRAFT:
        advance(event, "plan", by=by, now=now)
    return need


def change_need(need: Need, brief: Brief, *, by: str, now: datetime) -> None:
    """Change what is asked for; requests already sent keep what they asked. Raises InvalidTransition."""
    _lock(need.event)
    _brief(need, brief)
    audit(need, "change", by=by, now=now)
    session().flush()


def remove_need(need: Need, *, asked: bool, by: str, now: datetime) -> None:
    """Take a need out. Raises InvalidTransition when providers were `asked` for it, or the event is over."""
    _lock(need.event)
    if asked:
        raise InvalidTransition(_l("Des prestataires ont déjà été sollicités pour ce besoin."))
    audit(need, "remove", by=by, now=now)
    session().delete(need)
    session().flush()


def instants(plan: Plan, now: datetime) -> tuple[datetime, datetime]:
    """When a plan starts and ends, in UTC. Raises InvalidInput: unknown zone, no such hour, past, or ends too early."""
    try:
        ZoneInfo(plan.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(_l("Choisissez un fuseau horaire dans la liste."), field="zone") from error
    starts_at = to_utc(plan.starts_local, plan.zone, field="starts")
    ends_at = to_utc(plan.ends_local, plan.zone, field="ends")
    if starts_at <= now:
        raise InvalidInput(_l("Cette date est passée : choisissez-en une à venir."), field="starts")
    if starts_at - now > FARTHEST:
        raise InvalidInput(_l("Choisissez une date dans les trois ans à venir."), field="starts")
    if ends_at <= starts_at:
        raise InvalidInput(_l("La fin doit venir après le début."), field="ends")
    if ends_at - starts_at > LONGEST:
        raise InvalidInput(_l("Un évènement dure au plus 31 jours."), field="ends")
    _check_headcount(plan, now)
    return starts_at, ends_at


def _check_headcount(plan: Plan, now: datetime) -> None:
    most = limits(french_date(now)).max_headcount
    if not 1 <= plan.headcount <= most:
        raise InvalidInput(_l("Indiquez un nombre de personnes entre 1 et %(most)s.", most=most), field="headcount")
    if not 0 <= plan.children <= plan.headcount:
        raise InvalidInput(_l("Indiquez un nombre d’enfants, parmi les personnes."), field="children")


def _describe(event: Event, plan: Plan) -> None:
    if len(plan.programme) > MOST_LINES:
        raise InvalidInput(_l("Le programme compte au plus %(most)s lignes.", most=MOST_LINES), field="programme")
    event.title, event.description = plan.title, plan.description
    event.place_name, event.lat, event.lon = plan.place_name, plan.lat, plan.lon
    event.budget_cents = plan.budget_cents
    event.programme = [dict(line) for line in plan.programme]


def _brief(need: Need, brief: Brief) -> None:
    need.category, need.must, need.title, need.notes = brief.category, brief.must, brief.title, brief.notes
    need.requirements = brief.requirements


def _lock(event: Event) -> None:
    session().flush()
    session().refresh(event, with_for_update={"of": Event})
    if event.state not in OPEN_STATES:
        raise InvalidTransition(_l("Cet évènement est terminé ou annulé : il ne change plus."))


def _slug(title: str) -> str:
    return fold(title).replace(" ", "-")[:40].strip("-") or "evenement"
