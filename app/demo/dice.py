"""Chance that can be repeated, cheaply."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A seeded source of choices; faster than `random.choice`, since a catalogue takes millions."""

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def roll(self) -> float:
        """From 0 to below 1."""
        return self._random()

    def pick(self, items: Sequence[Item]) -> Item:
        """One of them."""
        return items[int(self._random() * len(items))]

    def between(self, low: int, high: int, step: int = 1) -> int:
        """A multiple of `step` away from `low`, both ends included."""
        return low + int(self._random() * ((high - low) // step + 1)) * step

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def some(self, items: Sequence[Item], probability: float) -> list[Item]:
        """Each with that probability, in their order, but at least one."""
        return [item for item in items if self._random() < probability] or [self.pick(items)]

    def around(self, middle: float, spread: float) -> float:
        """Within `spread` (a share) of the middle, the middle more often."""
        return middle * (1 + spread * (self._random() + self._random() - 1))
