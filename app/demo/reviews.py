"""Opinions that differ, with stars that follow from how good the seller is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from app.demo.data import texts
from app.demo.dice import Dice
from app.demo.seeds import ProviderSeed, ReviewSeed

MOST = 40


@cache
def _words() -> dict[str, Any]:
    return texts("reviews")


@cache
def _people() -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = texts("names")
    return names["first"], names["last"]


def some_reviews(
    dice: Dice, seller: ProviderSeed, category: str, headcount: int, today: date
) -> tuple[ReviewSeed, ...]:
    """From none to forty, the latest first, all before `today`; no two of an offer alike."""
    count = 0 if dice.chance(0.14) else int(1 + (MOST - 1) * dice.roll() ** 2.4)
    written: dict[str, ReviewSeed] = {}
    for _ in range(count):
        review = _review(dice, seller, category, headcount, today)
        written.setdefault(review.text, review)
    return tuple(sorted(written.values(), key=lambda review: review.written_at, reverse=True))


def _review(dice: Dice, seller: ProviderSeed, category: str, headcount: int, today: date) -> ReviewSeed:
    first, last = _people()
    stars = _stars(dice, seller.quality)
    day = today - timedelta(days=1 + int(1000 * dice.roll() ** 1.5))
    at = datetime.combine(day, time(8 + int(12 * dice.roll()), int(60 * dice.roll())), UTC)
    people = max(6, int(headcount * (0.3 + 0.6 * dice.roll())))
    text = _text(dice, category, stars).format(n=people, contact=seller.contact.split()[0])
    return ReviewSeed(f"{dice.pick(first)} {dice.pick(last)[0]}.", stars, text, at)


def _stars(dice: Dice, quality: float) -> int:
    roll = dice.roll()
    five, four, three = 0.34 + 0.42 * quality, 0.8 + 0.14 * quality, 0.92 + 0.06 * quality
    if roll < five:
        return 5
    if roll < four:
        return 4
    return 3 if roll < three else 2 if roll < 0.985 else 1


def _text(dice: Dice, category: str, stars: int) -> str:
    words = _words()
    kind, but = words["kind"][category], words["but"]
    mood = "good" if stars >= 4 else "fair" if stars == 3 else "bad"
    parts = [dice.pick(words["start"][mood])]
    if mood != "bad":
        parts.append(dice.pick(words["detail"][category]))
    if mood == "bad":
        parts.append(dice.pick(but[f"{kind}_bad"]))
    elif mood == "fair" or (stars == 4 and dice.chance(0.35)):
        parts.append(dice.pick(but[kind] if dice.chance(0.7) else but["fair"]))
    elif dice.chance(0.3):
        parts.append(dice.pick(words["detail"][category]))
    parts.append(dice.pick(words["end"][mood]))
    return " ".join(dict.fromkeys(part for part in parts if part))
