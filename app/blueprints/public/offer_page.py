"""What the page of an offer shows, gathered once: for everyone, for its provider's preview, for the operator."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from app.accounts.models import Provider
from app.accounts.person import Person
from app.accounts.roles import Action, OrganisationKind
from app.availability import queries as availability
from app.blueprints.public.cancellation_view import fee_steps, terms_of
from app.blueprints.public.fragments import part
from app.blueprints.public.month_view import chosen_month, month_page, public_cell
from app.blueprints.public.pictures import pictures_of
from app.blueprints.public.simulator import Simulation, simulate
from app.blueprints.public.structured import page_facts
from app.core.clock import local_date
from app.formatting import money
from app.offers import categories, labels, questions
from app.offers.content import LANGUAGES
from app.offers.models import Offer, OfferVersion
from app.offers.price_rule import Component
from app.reviews import queries as reviews
from app.rules import requirements
from app.translation import gettext as _
from app.web import current_person, locale

ZONE = "Europe/Paris"


def page_values(offer: Offer, version: OfferVersion, args: MultiDict[str, str], now: datetime) -> dict[str, Any]:
    """Everything that `public/offers/show.html` shows of a version, for the query of the request."""
    simulation = simulation_of(offer, version, args, now)
    terms = terms_of(version)
    category = categories.get(offer.category)
    return {
        "offer": offer,
        "version": version,
        "provider": offer.provider,
        "category": category,
        "pictures": pictures_of(offer, version),
        "facts": part("public/offers/_facts.html", all=_facts_of(offer, version)),
        "care": _care(offer, version, now),
        "questions": asking(offer),
        "included": [_included(line) for line in simulation.lines if not line.optional],
        "optional": [_included(line) for line in simulation.lines if line.optional],
        "simulation": simulation,
        "month": month_of(offer, args.get("month", ""), now),
        "terms": terms,
        "terms_part": part("public/offers/_terms.html", terms=terms, fee_steps=tuple(fee_steps(terms)))
        if terms
        else "",
        "provider_part": part("public/offers/_provider.html", provider=_provider(offer.provider)),
        "reviews": part("public/offers/_reviews.html", offer=_rated(offer), reviews=tuple(reviews.of_offer(offer.id))),
        "places": _places(offer, version, simulation),
        "facts_page": page_facts(offer, version, category, simulation),
        "here": request.path,
        "now": now,
    }


def simulation_of(offer: Offer, version: OfferVersion, args: MultiDict[str, str], now: datetime) -> Simulation:
    """The simulator's answer to a query."""
    return simulate(
        version,
        args,
        args.getlist("options"),
        franchise=offer.provider.vat_franchise,
        on=local_date(now, ZONE),
    )


def month_of(offer: Offer, asked: str, now: datetime) -> Any:
    """The month of the calendar that was asked for; else the first one in which something can be booked."""
    today = local_date(now, ZONE)
    bookable = today + timedelta(days=offer.published_version.notice_days if offer.published_version else 0)
    first = chosen_month(asked or f"{bookable:%Y-%m}", today)
    days = availability.month(offer, first.year, first.month, now)
    return month_page(first, [public_cell(day, today) for day in days], locale=locale(), today=today)


class Asking(NamedTuple):
    """The questions about an offer as this reader sees them, and what she typed."""

    published: list[questions.Published]
    waiting: list[str]
    may_ask: bool
    may_log_in: bool
    typed: str = ""
    error: str = ""


def asking(offer: Offer, typed: str = "", error: str = "") -> Asking:
    """Questions and answers, and whether this reader may ask one."""
    who = current_person()
    asks = who is not None and who.kind == OrganisationKind.COMPANY and who.can(Action.EVENT_WRITE)
    company_id = who.organisation.id if asks and who is not None and who.organisation is not None else 0
    waiting = questions.waiting_of(offer.id, company_id) if company_id else []
    return Asking(questions.published(offer.id), waiting, asks, who is None, typed, error)


class Rated(NamedTuple):
    """How an offer is rated."""

    rating_hundredths: int | None
    review_count: int


class Seller(NamedTuple):
    """What the page says of the provider."""

    name: str
    city: str
    answer_minutes: int | None
    rating_hundredths: int | None
    review_count: int
    created_at: datetime
    resells_stays: bool
    atout_france: str
    about: str


def _rated(offer: Offer) -> Rated:
    return Rated(offer.rating_hundredths, offer.review_count)


def _provider(provider: Provider) -> Seller:
    return Seller(*(getattr(provider, name) for name in Seller._fields))


def _care(offer: Offer, version: OfferVersion, now: datetime) -> Any:
    """Labels that hold today, and what people with a disability need to know."""
    return part(
        "public/offers/_labels.html",
        labels=tuple(
            (str(labels.LABELS[code]), until) for code, until in labels.shown(offer.id, local_date(now, ZONE))
        ),
        open_to_all=_accessible(offer.category, json.dumps(version.details), locale()),
    )


@lru_cache(maxsize=4_096)  # by what the details say, so that it is never out of date
def _accessible(category: str, details: str, language: str) -> tuple[tuple[str, str], ...]:
    names = categories.ACCESSIBILITY_FIELDS
    return tuple(categories.facts(category, json.loads(details), language, only=names))


def _facts_of(offer: Offer, version: OfferVersion) -> tuple[tuple[str, str], ...]:
    facts = _facts(offer.category, json.dumps(version.details), locale())
    spoken = ", ".join(str(LANGUAGES[code]) for code in version.languages if code in LANGUAGES)
    return (*facts, (_("Langues parlées"), spoken)) if facts and spoken else facts


@lru_cache(maxsize=4_096)  # by what the details say, so that it is never out of date
def _facts(category: str, details: str, language: str) -> tuple[tuple[str, str], ...]:
    return tuple(categories.facts(category, json.loads(details), language, without=categories.ACCESSIBILITY_FIELDS))


def _included(line: Component) -> dict[str, Any]:
    covers = [str(requirements.label(code)) for code in line.covers]
    return {"label": line.label, "covers": [words for words in covers if words.lower() not in line.label.lower()]}


def _places(offer: Offer, version: OfferVersion, simulation: Simulation) -> list[dict[str, Any]]:
    if version.lat is None or version.lon is None:
        return []
    price = simulation.price
    return [
        {
            "lat": round(version.lat, 4),
            "lon": round(version.lon, 4),
            "title": version.title,
            "url": "",
            "place": version.place_name,
            "gross": money(round(price.per_person_gross.cents, -2), locale=locale()) if price else "",
            "net": money(round(price.per_person_net.cents, -2), locale=locale()) if price else "",
        }
    ]


def may_ask(who: Person | None) -> bool:
    """Whether this reader may ask for quotes: an organiser, or anyone who may still log in as one."""
    return who is None or who.can(Action.EVENT_WRITE)


def ask_url(offer_id: int, who: Person | None) -> str:
    """Where this reader asks for a quote; empty for one who may not."""
    return url_for("picks.choose", offer=offer_id) if may_ask(who) else ""
