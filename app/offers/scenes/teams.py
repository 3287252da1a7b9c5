"""Things done together: activities and team days."""

from __future__ import annotations

import math

from app.offers.scenes.drawing import (
    BLUE,
    FIR,
    HEIGHT,
    INK,
    MANDARIN,
    MINT,
    NIGHT,
    PAPER,
    ROSE,
    SAFFRON,
    SAND,
    SKY,
    WHITE,
    WINE,
    Seeded,
    area,
    around,
    box,
    disc,
    fir,
    ground,
    hills,
    line,
    n,
    oval,
    path,
    ring,
    shape,
    turned,
)  # fmt: skip


def mosaic(s: Seeded) -> str:
    """A wall of painted tiles."""
    back, *colours = s.some([BLUE, SAFFRON, MANDARIN, FIR, ROSE, SKY, INK, MINT], 6)
    out = [ground(back)]
    for column in range(8):
        for row in range(5):
            out.append(_tile(s, column * 80, row * 80, s.pick(colours), s.pick(colours)))
    return "".join(out)


def orienteering(s: Seeded) -> str:
    """A map with its contour lines, a path and its flags."""
    land, wood, trail = s.pick([(SAND, MINT, MANDARIN), (MINT, FIR, SAFFRON), (PAPER, SKY, BLUE), (SKY, MINT, WINE)])
    out = [ground(land)]
    for _ in range(3):
        x, y, r = s.between(60, 580), s.between(60, 340), s.between(60, 110)
        out.append(oval(x, y, r * 1.25, r, wood, 0.7))
        out += [ring(x, y, r * k * 1.25, r * k, INK, 2, 0.25) for k in (0.35, 0.6, 0.85)]
    there = path(
        "M",
        -10,
        s.between(60, 140),
        "Q",
        160,
        s.between(160, 220),
        300,
        s.between(120, 200),
        "T",
        650,
        s.between(240, 330),
    )
    back = path("v", 34, "Q", 480, 250, 300, s.between(190, 230), "T", -10, s.between(150, 190), "Z")
    out.append(shape(f"{there} {back}", SKY if land != SKY else BLUE))
    stops = [(70 + k * 125, s.between(70, 330)) for k in range(5)]
    out.append(line("M" + "L".join(f"{x} {y}" for x, y in stops), trail, 5, "2 13"))
    for x, y in stops:
        out += [
            box(x - 2, y - 54, 5, 56, INK, 2),
            area([(x + 3, y - 54), (x + 40, y - 40), (x + 3, y - 26)], trail),
            disc(x, y + 2, 7, INK),
        ]
    return "".join(out)


def climbing(s: Seeded) -> str:
    """A climbing wall and its climbers."""
    wall, panel = s.pick([(SAND, PAPER), (BLUE, SKY), (NIGHT, INK), (ROSE, PAPER), (MINT, PAPER)])
    out = [ground(wall)]
    for k in range(4):
        x = k * 170 - 20
        out.append(
            area([(x, 0), (x + s.between(60, 150), 0), (x + s.between(40, 170), HEIGHT), (x - 20, HEIGHT)], panel, 0.4)
        )
    for _ in range(34):
        x, y = s.between(14, 626), s.between(14, 380)
        hold = oval(
            x,
            y,
            s.between(9, 17),
            s.between(7, 12),
            s.pick([MANDARIN, SAFFRON, FIR, WINE, MINT if wall != MINT else BLUE]),
        )
        out.append(turned(hold, s.between(0, 170), x, y))
    for k in range(3):
        out.append(_climber(s, 120 + k * 200 + s.between(-30, 30), s.between(130, 250)))
    return "".join(out)


def circles(s: Seeded) -> str:
    """Discs that overlap: the team."""
    back, *discs = s.pick(
        [
            (PAPER, BLUE, SAFFRON, MANDARIN),
            (INK, SKY, ROSE, SAFFRON),
            (MINT, FIR, BLUE, SAFFRON),
            (SAFFRON, BLUE, MANDARIN, FIR),
            (BLUE, SAFFRON, ROSE, SKY),
        ]
    )
    cx, cy, turn = 320 + s.between(-50, 50), 200 + s.between(-10, 10), s.between(0, 628) / 100
    out = [ground(back)]
    for x, y in around(cx, cy, 260, s.between(9, 14), turn):
        out.append(disc(x, y, s.between(8, 22), s.pick(discs), 0.9))
    out += [disc(x, y, 106, fill, 0.88) for (x, y), fill in zip(around(cx, cy, 76, 3, turn), discs, strict=True)]
    return "".join([*out, disc(cx, cy, 38, back), disc(cx, cy, 16, discs[0])])


def kayaks(s: Seeded) -> str:
    """A river from above and its boats."""
    bank, water = s.pick([(MINT, BLUE), (SAND, SKY), (FIR, SKY), (SAFFRON, BLUE)])
    bend = s.between(-70, 70)
    out = [ground(bank)]
    upper = path("M", -10, 110, "Q", 160, 90 + bend, 320, 130, "T", 650, 110 - bend / 2, "V", 310 - bend / 2)
    out.append(shape(f"{upper} Q 480 {330 + bend} 320 300 T -10 290 Z", water))
    out += [line(f"M{s.between(20, 480)} {s.between(160, 270)}q20-12 40 0t40 0", WHITE, 3) for _ in range(6)]
    for k in range(3):
        x, y = 120 + k * 190 + s.between(-20, 20), 205 + s.between(-36, 36)
        out.append(turned(_kayak(s, x, y), s.between(-24, 24), x, y))
    for _ in range(14):
        x, y = s.between(6, 634), s.pick([s.between(8, 70), s.between(345, 392)])
        out += [disc(x, y, s.between(12, 24), s.pick([FIR, MINT, SAFFRON] if bank != FIR else [MINT, SAFFRON, INK]))]
    return "".join(out)


def campfire(s: Seeded) -> str:
    """A fire, tents and the evening."""
    sky, tent = s.pick([(NIGHT, SAFFRON), (WINE, MANDARIN), (BLUE, PAPER), (INK, ROSE)])
    out = [ground(sky), disc(s.between(90, 550), 78, 34, PAPER)]
    out += [disc(s.between(10, 630), s.between(8, 170), 2.5, PAPER) for _ in range(26)]
    out += [hills(s, 250, 60, INK if sky != INK else NIGHT), shape("M-10 300Q320 268 650 304V410H-10Z", FIR)]
    out += [
        fir(s.between(10, 630), s.between(292, 304), s.between(60, 110), INK if sky != INK else NIGHT) for _ in range(8)
    ]
    for x in (128 + s.between(-20, 20), 512 + s.between(-20, 20)):
        out += [
            area([(x, 224), (x - 84, 336), (x + 84, 336)], tent),
            area([(x, 224), (x - 22, 336), (x + 22, 336)], INK),
        ]
    out += [
        oval(320, 350, 150, 26, SAFFRON, 0.35),
        turned(box(270, 342, 100, 13, WINE, 6), 12, 320, 348),
        turned(box(270, 342, 100, 13, WINE, 6), -12, 320, 348),
    ]
    for fill, k in ((MANDARIN, 1.0), (SAFFRON, 0.62), (PAPER, 0.3)):
        left = path("M", 320 - 40 * k, 344, "q", -8 * k, -46 * k, 40 * k, -100 * k)
        out.append(shape(f"{left} {path('q', 48 * k, 54 * k, 40 * k, 100 * k, 'Z')}", fill))
    return "".join(out)


def _tile(s: Seeded, x: int, y: int, fill: str, other: str) -> str:
    form = s.below(7)
    if form == 0:
        return shape(f"M{x} {y}h80a80 80 0 0 1-80 80Z", fill)
    if form == 1:
        return disc(x + 40, y + 40, 31, fill) + disc(x + 40, y + 40, 13, other)
    if form == 2:
        return area([(x, y + 80), (x + 80, y + 80), (x + 80, y)], fill)
    if form == 3:
        return box(x + 13, y + 13, 54, 54, fill, 8)
    if form == 4:
        return shape(f"M{x} {y + 40}a40 40 0 0 1 80 0Z", fill) + shape(f"M{x} {y + 80}a40 40 0 0 1 80 0Z", other)
    if form == 5:
        return box(x, y, 80, 80, fill) + "".join(box(x + k * 20, y, 10, 80, other) for k in range(4))
    return ""


def _climber(s: Seeded, x: int, y: int) -> str:
    coat, legs, skin = s.pick([BLUE, MANDARIN, FIR, WINE]), s.pick([INK, WINE, BLUE]), s.pick([SAND, ROSE, MANDARIN])
    out = [
        line(f"M{x} -10V{y}", INK, 2.5),
        line(f"M{x - 10} {y + 8}L{x - 40} {y - 34}M{x + 10} {y + 8}L{x + 36} {y - 14}", skin, 11),
    ]
    out.append(line(f"M{x - 8} {y + 58}l-26 28l6 34M{x + 8} {y + 58}l30 12l-2 40", legs, 14))
    return "".join(
        [
            *out,
            box(x - 21, y, 42, 66, coat, 16),
            disc(x, y - 20, 17, skin),
            shape(f"M{x - 18} {y - 22}a18 18 0 0 1 36 0Z", SAFFRON),
        ]
    )


def _kayak(s: Seeded, x: int, y: int) -> str:
    hull, coat = s.some([MANDARIN, SAFFRON, WINE, PAPER, FIR], 2)
    out = [shape(f"M{x - 78} {y}q78-44 156 0q-78 44-156 0Z", hull), oval(x, y, 34, 12, INK)]
    angle = math.radians(s.between(55, 125))
    dx, dy = 52 * math.cos(angle), 52 * math.sin(angle)
    out += [
        line(f"M{n(x - dx)} {n(y - dy)}L{n(x + dx)} {n(y + dy)}", INK, 5),
        oval(x - dx, y - dy, 9, 12, coat),
        oval(x + dx, y + dy, 9, 12, coat),
    ]
    return "".join([*out, disc(x, y, 14, coat), disc(x, y, 8, SAND)])
