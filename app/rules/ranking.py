"""How results are ordered: published weights, dated. Nothing that is paid for enters them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.money import round_half_up
from app.rules.dated import Dated, value_on

WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """Thousandths of the score: what each criterion counts. They sum to 1000."""

    text: int
    distance: int
    rating: int
    answer: int
    availability: int
    completeness: int


@dataclass(frozen=True, slots=True)
class Signals:
    """One offer's marks for one search, each from 0 (worst) to 1000 (best)."""

    text: int
    distance: int
    rating: int
    answer: int
    availability: int
    completeness: int


WEIGHTS = (
    Dated(
        Weights(text=300, distance=200, rating=200, answer=100, availability=150, completeness=50),
        date(2020, 1, 1),
        "Published ranking criteria (C. conso., art. L. 111-7 and D. 111-7)",
    ),
)

LABELS: dict[str, Any] = {
    "text": _l("Correspondance avec les mots cherchés"),
    "distance": _l("Proximité du lieu demandé"),
    "rating": _l("Avis vérifiés"),
    "answer": _l("Rapidité de réponse"),
    "availability": _l("Disponibilité à la date demandée"),
    "completeness": _l("Précision de la fiche"),
}


def score(signals: Signals, on: date) -> int:
    """The score of an offer, 0 to 1000, with the weights in force on a day."""
    weights = value_on(WEIGHTS, on)
    total = sum(getattr(weights, name) * getattr(signals, name) for name in LABELS)
    return round_half_up(total, WHOLE)


def distance_mark(distance_km: float, radius_km: float) -> int:
    """1000 at the place itself, 0 at the radius and beyond."""
    return max(0, round(WHOLE * (1 - distance_km / radius_km))) if radius_km > 0 else 0


def rating_mark(rating_hundredths: int | None, reviews: int) -> int:
    """A mean that few reviews can't carry far, as if five of 3.5 had come before. 460 hundredths are 4.6."""
    steadied = round_half_up((rating_hundredths or 0) * reviews + 350 * 5, reviews + 5)
    return max(0, min(WHOLE, round_half_up((steadied - 100) * WHOLE, 400)))


def answer_mark(answer_minutes: int | None) -> int:
    """1000 within the hour, 0 from three days on; the middle for who hasn't answered yet."""
    if answer_minutes is None:
        return WHOLE // 2
    late = max(0, answer_minutes - 60)
    return max(0, WHOLE - round_half_up(late * WHOLE, 3 * 24 * 60 - 60))
