"""What a search finds is what looking at every offer finds: random offers, calendars and criteria."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app.availability.calendars import openings_of_all
from app.availability.models import Blackout, OpeningRule, Reservation, ReservationState, Unit, span
from app.availability.queries import free_units
from app.core.clock import to_utc
from app.core.db import session
from app.offers.models import Offer, OfferVersion
from app.offers.price_rule import Component, PriceRule, price_for
from app.search import engine
from app.search.criteria import Criteria, Near, Sort
from app.search.places import distance_km
from app.search.service import index_offers, reindex
from app.search.tags import tags_of
from tests.factories import Factories, in_days, now

WORDS = ("moulin", "château", "piscine", "atelier", "cocktail", "forêt")
PLACES = (("Lyon", 45.76, 4.85), ("Chaponost", 45.71, 4.74), ("Grenoble", 45.19, 5.72), ("Paris", 48.85, 2.35))
CATEGORIES = ("day_seminar", "evening", "activity", "catering")
SEEDS = range(4)


def some_offers(factories: Factories, dice: random.Random, count: int) -> None:
    for _ in range(count):
        name, lat, lon = dice.choice(PLACES)
        low = dice.choice((4, 8, 20))
        offer = factories.offer(
            units=dice.randint(1, 3), category=dice.choice(CATEGORIES), place_name=name,
            title=" ".join(dice.sample(WORDS, 2)), description=dice.choice(WORDS), summary="",
            lat=lat + dice.uniform(-0.1, 0.1), lon=lon + dice.uniform(-0.1, 0.1),
            service_radius_km=dice.choice((None, None, 30, 90)), capacity_min=low,
            capacity_max=low * dice.choice((2, 5, 10)),
            notice_days=dice.choice((0, 20)), duration_minutes=dice.choice((120, 480)),
            languages=dice.choice((["fr"], ["fr", "en"])), price_rule=some_price(dice),
        )  # fmt: skip
        rule = session().get_one(OpeningRule, offer.id)
        rule.weekdays = dice.choice(([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], [4, 5, 6]))
        rule.opens, rule.closes = dice.choice(((time(0), time(0)), (time(9), time(18)), (time(18), time(2))))
        offer.rating_hundredths = dice.choice((None, 320, 410, 480))
        take_some(factories, offer, dice)


def some_price(dice: random.Random) -> dict[str, Any]:
    parts = [Component("Par personne", "food_immediate", "person", dice.randrange(1_000, 9_000))]
    if dice.random() < 0.5:
        parts.append(Component("Salle", "room_hire", "group", dice.randrange(10_000, 90_000)))
    return PriceRule(tuple(parts)).to_json()


def take_some(factories: Factories, offer: Offer, dice: random.Random, days: range = range(26, 46, 2)) -> None:
    first = in_days(25).date() + timedelta(days=dice.randrange(20))
    if days.start % 2 == 0 and dice.random() < 0.4:
        factories.add(Blackout(offer_id=offer.id, first_day=first, last_day=first + timedelta(days=3)))
    for unit in session().query(Unit).filter_by(offer_id=offer.id):
        for day in dice.sample(days, 5):
            hold = dice.random() < 0.4
            during = span(in_days(day, 8), in_days(day, dice.choice((12, 20))))
            state = ReservationState.ACTIVE if hold else ReservationState.BOOKED
            expires = now() + timedelta(hours=dice.choice((-1, 1))) if hold else None
            factories.add(Reservation(unit_id=unit.id, during=during, state=state, expires_at=expires))


def some_criteria(dice: random.Random) -> Criteria:
    name, lat, lon = dice.choice(PLACES)
    first = in_days(26).date() + timedelta(days=dice.randrange(12)) if dice.random() < 0.6 else None
    return Criteria(
        words=dice.choice(("", "", *WORDS)),
        category=dice.choice(("", *CATEGORIES)),
        near=Near(name, lat, lon, dice.choice((15, 60, 120))) if dice.random() < 0.6 else None,
        headcount=dice.choice((None, 10, 40)),
        first_day=first,
        last_day=first and first + timedelta(days=dice.choice((0, 0, 1))),
        flexible_days=dice.choice((0, 0, 2)) if first else 0,
        budget_cents=dice.choice((None, 4_000, 7_500)),
        basis=dice.choice(("net", "gross")),
        tags=dice.choice(((), (), ("language.en",))),
        rating=dice.choice((None, None, 400)),
        minutes=dice.choice(((None, None), (None, 200), (300, None))),
        sort=dice.choice([sort for sort in Sort if sort != Sort.CO2 or name]),
    )  # fmt: skip


@dataclass(frozen=True)
class Model:
    """An offer as it stands in the tables."""

    offer: Offer
    version: OfferVersion
    openings: Any

    def why_not(self, wanted: Criteria) -> list[str]:
        checks = (self._words, self._facts, self._place, self._price, self._days)
        return [check.__name__ for check in checks if not check(wanted)]

    def fits(self, wanted: Criteria) -> bool:
        return not self.why_not(wanted)

    def _words(self, wanted: Criteria) -> bool:
        return not wanted.words or wanted.words in f"{self.version.title} {self.version.description}"

    def _facts(self, wanted: Criteria) -> bool:
        version = self.version
        shortest, longest = wanted.minutes
        marked = tags_of(
            self.offer.category, {}, version.languages, comes=version.service_radius_km is not None, labels=()
        )
        return (
            wanted.category in ("", self.offer.category)
            and (wanted.headcount is None or version.capacity_min <= wanted.headcount <= version.capacity_max)
            and (wanted.rating is None or (self.offer.rating_hundredths or 0) >= wanted.rating)
            and set(wanted.tags) <= set(marked)
            and (shortest is None or (version.duration_minutes or 0) >= shortest)
            and (longest is None or (version.duration_minutes or 0) <= longest)
        )

    def _place(self, wanted: Criteria) -> bool:
        if wanted.near is None:
            return True
        assert self.version.lat is not None and self.version.lon is not None
        away = distance_km(wanted.near.lat, wanted.near.lon, self.version.lat, self.version.lon)
        return away <= max(wanted.near.radius_km, self.version.service_radius_km or 0)

    def _price(self, wanted: Criteria) -> bool:
        if wanted.budget_cents is None:
            return True
        people = wanted.headcount or self.version.capacity_max
        rule = PriceRule.from_json(self.version.price_rule)
        price = price_for(rule, people, on=now().date(), dated=False)
        total = price.gross if wanted.basis == "gross" else price.net
        return total.cents <= (wanted.budget_cents + 0.5) * people + people  # the filter's lines round each price

    def _days(self, wanted: Criteria) -> bool:
        if wanted.first_day is None:
            return True
        length = (wanted.last_day or wanted.first_day) - wanted.first_day
        shifts = range(-wanted.flexible_days, wanted.flexible_days + 1)
        return any(self._free(wanted.first_day + timedelta(days=n), length) for n in shifts)

    def _free(self, first: date, length: timedelta) -> bool:
        days = [first + timedelta(days=n) for n in range(length.days + 1)]
        earliest, _latest = self.openings.bookable_days(now())
        if first < earliest or any(self.openings.closed_on(day) for day in days):
            return False
        starts, ends = self.openings.walls(days[0])[0][0], self.openings.walls(days[-1])[-1][1]
        times = to_utc(starts, "Europe/Paris"), to_utc(ends, "Europe/Paris")
        return bool(free_units([self.offer.id], *times, now())[self.offer.id])


def models() -> Iterator[Model]:
    rows = session().query(Offer, OfferVersion).join(OfferVersion, OfferVersion.id == Offer.published_version_id).all()
    openings = openings_of_all([offer.id for offer, _version in rows])
    return (Model(offer, version, openings[offer.id]) for offer, version in rows)


def found(wanted: Criteria, moment: datetime) -> list[int]:
    """Every hit, page after page."""
    asked, ids = engine.ask(wanted, moment), []
    after = None
    while hits := engine.find(asked, limit=5, after=after):
        ids += [hit.offer_id for hit in hits]
        assert len(ids) <= 200, wanted
        after = engine.Cursor(hits[-1].key, hits[-1].score, hits[-1].offer_id)
    return ids


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_is_what_fits(factories: Factories, seed: int) -> None:
    dice = random.Random(seed)
    some_offers(factories, dice, 40)
    reindex(now())
    session().commit()
    for offer in session().query(Offer).limit(10).all():  # after the documents were written: triggers
        take_some(factories, offer, dice, range(27, 47, 2))
    every = list(models())
    some = 0
    for _ in range(60):
        wanted = some_criteria(dice)
        expected = {model.offer.id for model in every if model.fits(wanted)}
        ids = found(wanted, now())
        assert len(ids) == len(set(ids)), wanted
        wrong = [(model, model.why_not(wanted)) for model in every if model.offer.id in expected ^ set(ids)]
        assert wrong == [], wanted
        counts = engine.count(engine.ask(wanted, now()))
        assert (counts.total, counts.more) == (len(expected), False), wanted
        some += bool(expected)
    assert some > 10


def test_pages_by_cursor_are_the_order_by_number(factories: Factories) -> None:
    dice = random.Random(9)
    some_offers(factories, dice, 30)
    index_offers([model.offer.id for model in models()], now())
    session().commit()
    for sort in Sort:
        wanted = Criteria(near=Near("Lyon", 45.76, 4.85, 600), headcount=20, sort=sort)
        whole = [hit.offer_id for hit in engine.find(engine.ask(wanted, now()), limit=100)]
        assert len(whole) > 5 and found(wanted, now()) == whole, sort
    by_score = [hit.offer_id for hit in engine.find(engine.ask(Criteria(), now()), limit=100)]
    assert len(by_score) == 30 and found(Criteria(), now()) == by_score
