"""Who is invited to the demonstration's event, and what they have answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.demo.data import typeset
from app.invites.models import Answer


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone of the company. `days` ago she answered; without an answer it means nothing."""

    name: str
    email: str
    said: Answer = Answer.NEEDS_ACTION
    comment: str = ""
    days: int = 0
    at: str = "09:00"


def _guest(
    name: str, local: str, said: str = Answer.NEEDS_ACTION, days: int = 0, at: str = "09:00", comment: str = ""
) -> Guest:
    return Guest(name, f"{local}@halage.example", Answer(said), typeset(comment), days, at)


GUESTS: Final = (
    _guest("Aïcha Benhaddou", "aicha.benhaddou", "accepted", 5, "09:12"),
    _guest("Bastien Le Goff", "bastien.legoff", "accepted", 5, "10:47", "Je viens avec le train de 8 h 06."),
    _guest("Chloé Marchand", "chloe.marchand", "accepted", 4, "08:55"),
    _guest("Éloïse d’Arcy", "eloise.darcy", "tentative", 4, "17:20", "Je dois faire garder ma fille le jeudi soir."),
    _guest("François-Xavier Petit", "fx.petit", "accepted", 3, "11:03"),
    _guest("Gaëlle Nguyen", "gaelle.nguyen", "declined", 3, "14:31", "Je suis en congé cette semaine-là."),
    _guest("Hugo Œuvrard", "hugo.oeuvrard", "accepted", 2, "09:40"),
    _guest("Maëlys Zidane", "maelys.zidane", "tentative", 1, "16:08"),
    _guest("Noël Peña", "noel.pena"),
    _guest("Solène Kowalczyk", "solene.kowalczyk"),
)
