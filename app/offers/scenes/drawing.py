"""What every scene draws with: the palette, flat shapes as SVG text, and choices that a seed decides."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TypeVar

INK, PAPER, BLUE, SKY, SAFFRON = "#16182b", "#f4f2ea", "#3340d9", "#9cc9ff", "#ffc53d"
MANDARIN, FIR, MINT, ROSE, WINE = "#ff7a45", "#1e7b57", "#a9dfc4", "#ffb9c8", "#7a1f3d"
WHITE, NIGHT, SAND, SLATE = "#ffffff", "#232752", "#f3e3c3", "#56608f"
WIDTH, HEIGHT = 640, 400

T = TypeVar("T")


class Seeded:
    """Choices that follow from a text alone, the same on every machine and Python."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        self._count += 1
        digest = hashlib.sha256(f"{self._text}/{self._count}".encode()).digest()
        return int.from_bytes(digest[:6], "big") % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True `percent` times in a hundred."""
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[self.below(len(options))]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different ones of `options`, in a random order."""
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in range(count)]


def n(value: float) -> str:
    """A coordinate: at most one decimal, none when whole."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def path(*parts: str | float) -> str:
    """Path data from letters and numbers: `path("M", 10, 20, "h", 5)` is `M 10 20 h 5`."""
    return " ".join(part if isinstance(part, str) else n(part) for part in parts)


def ring(x: float, y: float, rx: float, ry: float, stroke: str, width: float, opacity: float = 1) -> str:
    """The line of an ellipse."""
    outline = f'stroke="{stroke}" stroke-width="{n(width)}"{_opacity(opacity)}'
    return f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="{n(rx)}" ry="{n(ry)}" fill="none" {outline}/>'


def disc(x: float, y: float, radius: float, fill: str, opacity: float = 1) -> str:
    """A filled circle."""
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{fill}"{_opacity(opacity)}/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1) -> str:
    """A filled ellipse."""
    return f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="{n(rx)}" ry="{n(ry)}" fill="{fill}"{_opacity(opacity)}/>'


def box(x: float, y: float, width: float, height: float, fill: str, round_: float = 0, opacity: float = 1) -> str:
    """A filled rectangle, its corners rounded by `round_`."""
    corner = f' rx="{n(round_)}"' if round_ else ""
    size = f'width="{n(width)}" height="{n(height)}"'
    return f'<rect x="{n(x)}" y="{n(y)}" {size}{corner} fill="{fill}"{_opacity(opacity)}/>'


def ground(fill: str) -> str:
    """The whole picture in one colour."""
    return box(0, 0, WIDTH, HEIGHT, fill)


def area(points: Sequence[tuple[float, float]], fill: str, opacity: float = 1) -> str:
    """A filled polygon."""
    joined = " ".join(f"{n(x)},{n(y)}" for x, y in points)
    return f'<polygon points="{joined}" fill="{fill}"{_opacity(opacity)}/>'


def shape(d: str, fill: str, opacity: float = 1) -> str:
    """A filled path."""
    return f'<path d="{d}" fill="{fill}"{_opacity(opacity)}/>'


def line(d: str, stroke: str, width: float = 4, dash: str = "") -> str:
    """A stroked path with round ends."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{n(width)}" stroke-linecap="round"{dashes}/>'


def turned(content: str, degrees: float, x: float, y: float) -> str:
    """`content` turned around a point."""
    return f'<g transform="rotate({n(degrees)} {n(x)} {n(y)})">{content}</g>'


def half_disc(x: float, y: float, radius: float, fill: str) -> str:
    """The upper half of a disc, standing on y."""
    return shape(f"M{n(x - radius)} {n(y)}a{n(radius)} {n(radius)} 0 0 1 {n(2 * radius)} 0Z", fill)


def swag(x: float, y: float, radius: float, fill: str) -> str:
    """The lower half of a disc, hanging from y."""
    return shape(f"M{n(x - radius)} {n(y)}a{n(radius)} {n(radius)} 0 0 0 {n(2 * radius)} 0Z", fill)


def fir(x: float, y: float, height: float, fill: str, trunk: str = WINE) -> str:
    """A fir tree whose foot stands at (x, y)."""
    half = height * 0.3
    low = area([(x, y - height * 0.72), (x - half, y - height * 0.12), (x + half, y - height * 0.12)], fill)
    top = area([(x, y - height), (x - half * 0.74, y - height * 0.42), (x + half * 0.74, y - height * 0.42)], fill)
    return box(x - height * 0.04, y - height * 0.13, height * 0.08, height * 0.13, trunk) + low + top


def tree(x: float, y: float, radius: float, fill: str, trunk: str = WINE) -> str:
    """A round tree whose foot stands at (x, y)."""
    return box(x - radius * 0.09, y - radius * 1.3, radius * 0.18, radius * 1.3, trunk, 2) + disc(
        x, y - radius * 1.7, radius, fill
    )


def hills(seed: Seeded, base: float, rise: int, fill: str) -> str:
    """A rolling line across the picture, filled down to its foot."""
    a, b, c = (base - seed.between(0, rise) for _ in range(3))
    d = f"M-10 {n(a)}C120 {n(a - rise)} 180 {n(b + rise / 2)} 320 {n(b)}S540 {n(c - rise / 2)} 650 {n(c)}V410H-10Z"
    return shape(d, fill)


def garland(seed: Seeded, y: float, colours: Sequence[str], wire: str, lamps: int = 11) -> str:
    """A hanging string of lamps from edge to edge."""
    sag = seed.between(34, 64)
    out = [line(f"M-10 {n(y)}Q320 {n(y + 2 * sag)} 650 {n(y - 8)}", wire, 2.5)]
    for index in range(lamps):
        t = (index + 0.5) / lamps
        lamp_y = (1 - t) ** 2 * y + 2 * t * (1 - t) * (y + 2 * sag) + t**2 * (y - 8)
        out.append(disc(-10 + 660 * t, lamp_y + 10, 9, colours[index % len(colours)]))
    return "".join(out)


def person(x: float, y: float, size: float, coat: str, skin: str) -> str:
    """Head and shoulders, standing on y."""
    return half_disc(x, y, size, coat) + disc(x, y - size * 1.28, size * 0.46, skin)


def around(x: float, y: float, radius: float, count: int, start: float = 0) -> list[tuple[float, float]]:
    """`count` points evenly on a circle, from the angle `start` (radians)."""
    angles = (start + 2 * math.pi * k / count for k in range(count))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _opacity(value: float) -> str:
    return "" if value == 1 else f' opacity="{value:g}"'
